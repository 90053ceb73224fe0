// Builds dist/: a small entry and lazily loaded chunks, with every package inside.
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import './index-blueprints.mjs';
import { TEXT_LOADERS } from './text-files-pattern.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
if (!readFileSync('generator/core/version.ts', 'utf8').includes(`'${version}'`))
  throw new Error('generator/core/version.ts and package.json differ');

rmSync('dist', { recursive: true, force: true });
// CommonJS packages inside an ES module need what Node gives them outside of one.
// Long names, because the minifier takes the short ones.
const banner =
  "import{createRequire as rootstockRequire}from'node:module';import{fileURLToPath as rootstockPath}from'node:url';" +
  "import{dirname as rootstockFolder}from'node:path';const require=rootstockRequire(import.meta.url)," +
  '__filename=rootstockPath(import.meta.url),__dirname=rootstockFolder(__filename);';
await build({
  entryPoints: { rootstock: 'generator/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  minify: true,
  legalComments: 'none',
  banner: { js: banner },
  loader: TEXT_LOADERS,
  logLevel: 'warning',
});
