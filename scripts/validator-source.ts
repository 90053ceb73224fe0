// Code of the validator of environment files, for the build.
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { listInputSchemas } from '../generator/catalog/catalog.ts';
import { makeEnvironmentSchema } from '../generator/environment/schema/environment-schema.ts';
import { AJV_SETTINGS, AJV_VOCABULARY } from '../generator/environment/validator-settings.ts';

/** An ES module whose default export validates. */
export function writeValidator(): string {
  const ajv = new Ajv2020({ ...AJV_SETTINGS, code: { source: true, esm: true } });
  ajv.addVocabulary([...AJV_VOCABULARY]);
  const validate = ajv.compile(makeEnvironmentSchema(listInputSchemas()));
  // A CommonJS package: the bundle sees its exports, TypeScript their default.
  const write = (standalone as unknown as { readonly default?: typeof standalone }).default ?? standalone;
  return write(ajv, validate);
}
