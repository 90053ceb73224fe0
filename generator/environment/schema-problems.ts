// Data → Environment by the JSON Schema, and what the schema has to say against it in words a user understands.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { distance } from 'fastest-levenshtein';
import type { TSchema } from 'typebox';
import { formatKeyPath, type KeyPath } from '../core/key-path.ts';
import { makeProblem, type Problem, type ProblemKind } from '../core/problem.ts';
import type { Source } from './source.ts';

const UNKNOWN_KEY: ProblemKind = {
  code: 'ENV-010',
  title: 'Unknown key',
  explanation:
    'Rootstock knows every key it reads, so an unknown one is a misspelling or belongs somewhere else. Nothing is ignored in silence.',
};
const MISSING_KEY: ProblemKind = {
  code: 'ENV-011',
  title: 'A required key is missing',
  explanation: 'Everything has a default except what only you know. This key is one of those.',
};
const WRONG_TYPE: ProblemKind = {
  code: 'ENV-012',
  title: 'A value has the wrong type',
  explanation: 'For example text where a number is expected, or one value where a list is expected.',
};
const WRONG_VALUE: ProblemKind = {
  code: 'ENV-013',
  title: 'A value has the wrong form or is out of range',
  explanation:
    'The value has the right type, but not the form or range the key needs. docs/reference/environment.md lists both for every key.',
};

export const schemaProblems: readonly ProblemKind[] = [UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, WRONG_VALUE];

/** Compiles a schema into a function that fills in defaults and reports problems. Compile once: it takes tens of milliseconds. */
export function compileSchema(schema: TSchema): (source: Source) => Problem[] {
  // The schema is ours: a test holds it against the meta-schema, so no run pays for that, nor for optimized code that
  // would validate a handful of files.
  const ajv = new Ajv2020({
    meta: false,
    validateSchema: false,
    code: { optimize: false },
    allErrors: true,
    useDefaults: true,
    discriminator: true,
    verbose: true,
    strict: true,
    strictRequired: false,
  });
  ajv.addVocabulary(['x-takes-effect', 'x-shape']);
  const validate = ajv.compile(schema);
  return (source) => findSchemaProblems(validate, source);
}

function findSchemaProblems(validate: ValidateFunction, source: Source): Problem[] {
  if (validate(source.data)) return [];
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const error of validate.errors ?? []) {
    const problem = describe(error, source);
    const identity = JSON.stringify(problem);
    if (problem === undefined || seen.has(identity)) continue;
    seen.add(identity);
    problems.push(problem);
  }
  return problems;
}

function describe(error: ErrorObject, source: Source): Problem | undefined {
  const at = toKeyPath(error.instancePath, source.data);
  const parameters = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(error, [...at, String(parameters['additionalProperty'])], source);
    case 'propertyNames':
      return undefined;
    case 'required':
      return missingKey(error, [...at, String(parameters['missingProperty'])], at, source);
    case 'type':
      return wrong(
        WRONG_TYPE,
        error,
        at,
        source,
        `${article(String(parameters['type']))} is expected here, not ${show(error.data)}.`,
      );
    case 'discriminator': {
      const tag = String(parameters['tag']);
      const values = (error.schema as { readonly propertyName: string }) && tagValues(error, tag);
      if (parameters['error'] === 'tag') return missingKey(error, [...at, tag], at, source, values);
      return wrong(
        WRONG_VALUE,
        error,
        [...at, tag],
        source,
        `${show(parameters['tagValue'])} is none of ${values.join(', ')}.`,
        nearest(String(parameters['tagValue']), values),
      );
    }
    case 'enum':
    case 'const': {
      const values =
        error.keyword === 'const'
          ? [String(parameters['allowedValue'])]
          : (parameters['allowedValues'] as unknown[]).map(String);
      const message =
        values.length === 1
          ? `${show(error.data)} must be ${values[0]}.`
          : `${show(error.data)} is none of ${values.join(', ')}.`;
      return wrong(WRONG_VALUE, error, at, source, message, nearest(String(error.data), values));
    }
    case 'pattern':
      return wrong(WRONG_VALUE, error, at, source, `${show(error.data)} is not ${shapeOf(error)}.`);
    case 'uniqueItems':
      return wrong(
        WRONG_VALUE,
        error,
        at,
        source,
        `Items ${String(parameters['j'])} and ${String(parameters['i'])} of the list are the same.`,
      );
    case 'minimum':
    case 'maximum':
    case 'minItems':
    case 'maxItems':
    case 'minLength':
    case 'maxLength':
      return wrong(WRONG_VALUE, error, at, source, limitMessage(error));
    default:
      return wrong(WRONG_VALUE, error, at, source, `${show(error.data)} ${error.message ?? 'is not valid'}.`);
  }
}

function wrong(
  kind: ProblemKind,
  error: ErrorObject,
  at: KeyPath,
  source: Source,
  message: string,
  hint?: string,
): Problem {
  return makeProblem(kind, { place: source.placeOf(at), key: at, message, hint: hint ?? exampleHint(error, at) });
}

function unknownKey(error: ErrorObject, at: KeyPath, source: Source): Problem {
  const name = String(at.at(-1));
  const schema = error.parentSchema as
    | { readonly properties?: object; readonly patternProperties?: Readonly<Record<string, unknown>> }
    | undefined;
  const known = Object.keys(schema?.properties ?? {}).sort();
  const pattern = Object.keys(schema?.patternProperties ?? {})[0];
  const place = source.placeOfKey(at);
  if (pattern !== undefined) {
    return makeProblem(WRONG_VALUE, {
      place,
      key: at,
      message: `"${name}" cannot be a name here: lower-case letters, digits and dashes only.`,
      hint: `write ${toLabel(name)}`,
    });
  }
  const message = `"${name}" is not a key of ${at.length === 1 ? 'an environment file' : formatKeyPath(at.slice(0, -1))}.`;
  return makeProblem(UNKNOWN_KEY, {
    place,
    key: at,
    message,
    hint: nearest(name, known) ?? `known keys: ${known.join(', ')}`,
  });
}

function missingKey(
  error: ErrorObject,
  at: KeyPath,
  parent: KeyPath,
  source: Source,
  values?: readonly string[],
): Problem {
  const name = String(at.at(-1));
  const properties = (
    error.parentSchema as
      | {
          readonly properties?: Readonly<
            Record<string, { readonly description?: string; readonly examples?: readonly unknown[] }>
          >;
        }
      | undefined
  )?.properties;
  const schema = properties?.[name];
  const example =
    values?.join(' or ') ?? (schema?.examples === undefined ? undefined : JSON.stringify(schema.examples[0]));
  const description = schema?.description === undefined ? '' : ` ${schema.description}`;
  return makeProblem(MISSING_KEY, {
    place: source.placeOf(parent),
    key: at,
    message: `${formatKeyPath(at)} is required.${description}`,
    hint: example === undefined ? undefined : `add ${name}: ${example}`,
  });
}

function tagValues(error: ErrorObject, tag: string): string[] {
  const schema = error.parentSchema as
    | { readonly oneOf?: readonly { readonly properties?: Readonly<Record<string, { readonly const?: unknown }>> }[] }
    | undefined;
  return (schema?.oneOf ?? []).map((member) => String(member.properties?.[tag]?.const));
}

function exampleHint(error: ErrorObject, at: KeyPath): string | undefined {
  const schema = error.parentSchema as
    | { readonly examples?: readonly unknown[]; readonly default?: unknown }
    | undefined;
  const example = schema?.examples?.[0] ?? schema?.default;
  const name = at.findLast((part) => typeof part === 'string');
  return example === undefined
    ? undefined
    : `for example ${String(name)}: ${typeof example === 'string' ? example : JSON.stringify(example)}`;
}

function shapeOf(error: ErrorObject): string {
  const shape = (error.parentSchema as { readonly 'x-shape'?: string } | undefined)?.['x-shape'];
  return shape ?? `of the form ${String((error.params as { pattern?: unknown }).pattern)}`;
}

function limitMessage(error: ErrorObject): string {
  const limit = String((error.params as { limit: unknown }).limit);
  const least = error.keyword.startsWith('min');
  if (error.keyword.endsWith('Items')) return `The list needs at ${least ? 'least' : 'most'} ${limit} items.`;
  if (error.keyword.endsWith('Length'))
    return `${show(error.data)} must have at ${least ? 'least' : 'most'} ${limit} characters.`;
  return `${show(error.data)} is out of range: at ${least ? 'least' : 'most'} ${limit}.`;
}

/** Finds the known word that was probably meant, as a hint; undefined if none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, steps: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  const best = ranked[0];
  return best !== undefined && best.steps <= Math.max(2, Math.floor(word.length / 3))
    ? `did you mean ${best.candidate}?`
    : undefined;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'a map';
  const text = typeof value === 'string' ? `"${value}"` : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function article(type: string): string {
  const names: Readonly<Record<string, string>> = {
    object: 'A map',
    array: 'A list',
    integer: 'A whole number',
    number: 'A number',
    boolean: 'true or false',
    string: 'Text',
    null: 'Nothing',
  };
  return names[type] ?? type;
}

function toLabel(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '') || 'a-name'
  );
}

function toKeyPath(pointer: string, data: unknown): KeyPath {
  let node = data;
  return pointer
    .split('/')
    .slice(1)
    .map((raw) => {
      const part = raw.replaceAll('~1', '/').replaceAll('~0', '~');
      const inList = Array.isArray(node);
      node = (node as Readonly<Record<string, unknown>> | undefined)?.[part];
      return inList ? Number(part) : part;
    });
}
