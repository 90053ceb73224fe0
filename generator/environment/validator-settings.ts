// How the schema is compiled, at run time from the sources and once for all in the build.
import type { Options } from 'ajv/dist/2020.js';

/** The schema is ours: a test holds it against the meta-schema, so no run pays for that, nor for optimized code. */
export const AJV_SETTINGS: Options = {
  meta: false,
  validateSchema: false,
  code: { optimize: false },
  allErrors: true,
  useDefaults: true,
  discriminator: true,
  verbose: true,
  strict: true,
  strictRequired: false,
};

export const AJV_VOCABULARY: readonly string[] = ['x-takes-effect', 'x-shape'];
