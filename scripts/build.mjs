// Builds dist/: a small entry and lazily loaded chunks, with every package inside.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
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
const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  banner: { js: banner },
  loader: TEXT_LOADERS,
};

/** The code of the validator: compiled once here instead of in every run. */
async function writeValidator() {
  const folder = mkdtempSync(join(tmpdir(), 'rootstock-build-'));
  try {
    const outfile = join(folder, 'validator-source.mjs');
    await build({ ...common, entryPoints: ['scripts/validator-source.ts'], outfile, logLevel: 'warning' });
    return (await import(pathToFileURL(outfile).href)).writeValidator();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const validator = await writeValidator();
const compiledValidator = {
  name: 'compiled-validator',
  setup({ onLoad }) {
    onLoad({ filter: /generator\/environment\/compile-validator\.ts$/ }, () => ({
      contents: `${validator}\nexport const compileValidator = () => validate;`,
      resolveDir: 'generator/environment',
      loader: 'js',
    }));
  },
};
/** cdktf packs assets with it: we have none, and a tenth of every run would go into loading it. */
const withoutArchiver = {
  name: 'without-archiver',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^archiver$/ }, () => ({ path: 'archiver', namespace: 'left-out' }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
      contents: "module.exports = () => { throw new Error('archiver is not part of this build'); };",
    }));
  },
};
/** Git's client logs with it where DEBUG is set: each command, and the environment with the tokens that are in it. */
const withoutDebug = {
  name: 'without-debug',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^debug$/ }, () => ({ path: 'debug', namespace: 'silent' }));
    onLoad({ filter: /.*/, namespace: 'silent' }, () => ({
      contents: `const silent = () => Object.assign(() => {}, { enabled: false, extend: silent });
        module.exports = Object.assign(silent, { default: silent, formatters: {}, enabled: () => false });`,
    }));
  },
};
await build({
  ...common,
  plugins: [compiledValidator, withoutArchiver, withoutDebug],
  entryPoints: { rootstock: 'generator/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
});
