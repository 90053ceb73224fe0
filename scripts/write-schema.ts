// Writes environments/environment.schema.json, which editors read, from the schema that validation uses and the apps' inputs.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { listInputSchemas } from '../generator/catalog/catalog.ts';
import {
  formatJsonSchema,
  makeEnvironmentSchema,
  SCHEMA_FILE,
} from '../generator/environment/schema/environment-schema.ts';

const target = fileURLToPath(new URL(`../environments/${SCHEMA_FILE}`, import.meta.url));
writeFileSync(target, formatJsonSchema(makeEnvironmentSchema(listInputSchemas())));
