// Writes environment.schema.json, which editors read, from the schema that validation uses and the apps' inputs.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { listInputSchemas } from '../generator/catalog/catalog.ts';
import { emitJsonSchema, makeEnvironmentSchema } from '../generator/environment/schema/environment-schema.ts';

const schema = emitJsonSchema(makeEnvironmentSchema(listInputSchemas()));
const target = fileURLToPath(new URL('../environment.schema.json', import.meta.url));
writeFileSync(target, `${JSON.stringify(schema, null, 2)}\n`);
