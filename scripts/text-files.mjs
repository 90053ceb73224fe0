// Lets Node import text files (.txt, .sh, .mustache, …) as modules with one string, as esbuild and vitest do.
// Usage: node --import tsx --import ./scripts/text-files.mjs SCRIPT
import { register } from 'node:module';

register('./text-files-hooks.mjs', import.meta.url);
