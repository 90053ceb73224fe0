// Writes the reference pages: npm run docs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeReferencePages } from './reference.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const [path, text] of makeReferencePages()) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
