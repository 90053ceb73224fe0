import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { TEXT_FILE } from './scripts/text-files-pattern.mjs';

export default defineConfig({
  plugins: [
    {
      name: 'text-files',
      enforce: 'pre',
      load(id: string) {
        const path = id.split('?')[0] ?? id;
        return TEXT_FILE.test(path) ? `export default ${JSON.stringify(readFileSync(path, 'utf8'))}` : undefined;
      },
    },
  ],
  test: {
    include: ['generator/**/*.test.ts', 'blueprints/**/*.test.ts', 'environments/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 120_000,
  },
});
