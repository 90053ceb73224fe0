import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const TEXT = /\.(txt|sh|lua|mustache|tftpl)$/;

export default defineConfig({
  plugins: [
    {
      name: 'text-files',
      enforce: 'pre',
      load(id: string) {
        const path = id.split('?')[0] ?? id;
        return TEXT.test(path) ? `export default ${JSON.stringify(readFileSync(path, 'utf8'))}` : undefined;
      },
    },
  ],
  test: {
    include: ['generator/**/*.test.ts', 'blueprints/**/*.test.ts', 'environments/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 120_000,
  },
});
