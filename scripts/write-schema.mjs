// Writes environment.schema.json, which editors read, from the schema that validation uses and the apps' inputs.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import './index-blueprints.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
// The catalog imports text files as modules, which plain Node does not: bundle it first, as the build does.
const { outputFiles } = await build({
  stdin: {
    contents: [
      "export { emitJsonSchema, makeEnvironmentSchema } from './generator/environment/schema/environment-schema.ts';",
      "export { listInputSchemas } from './generator/catalog/catalog.ts';",
    ].join('\n'),
    resolveDir: root,
    loader: 'ts',
  },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  loader: { '.txt': 'text', '.sh': 'text', '.lua': 'text', '.mustache': 'text', '.tftpl': 'text' },
});
const source = Buffer.from(outputFiles[0].contents).toString('base64');
const { emitJsonSchema, listInputSchemas, makeEnvironmentSchema } = await import(
  `data:text/javascript;base64,${source}`
);
const schema = emitJsonSchema(makeEnvironmentSchema(listInputSchemas()));
writeFileSync(`${root}environment.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);
