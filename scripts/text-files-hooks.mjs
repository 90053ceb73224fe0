// The loader that text-files.mjs registers; Node runs it in a thread of its own, so it is a file of its own.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TEXT_FILE } from './text-files-pattern.mjs';

/** Turns a text file into a module; everything else goes on to the next loader. */
export async function load(url, context, next) {
  const [file] = url.split('?');
  if (!TEXT_FILE.test(file)) return next(url, context);
  const source = `export default ${JSON.stringify(readFileSync(fileURLToPath(file), 'utf8'))}`;
  return { format: 'module', source, shortCircuit: true };
}
