// Data → Environment by the JSON Schema, and what the schema has to say against it in words a user understands.
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import { HIDDEN, hideSecrets } from '../core/hide-secrets.ts';
import { formatKeyPath, type KeyPath } from '../core/key-path.ts';
import { nearest } from '../core/nearest.ts';
import { makeProblem, type Place, type Problem, type ProblemKind } from '../core/problem.ts';
import { compileValidator } from './compile-validator.ts';
import { fillRegions } from './fill-regions.ts';
import type { Environment } from './schema/environment-schema.ts';
import { CIDR_SHAPE, DNS_LABEL } from './schema/shapes.ts';
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

const compiled = new WeakMap<TSchema, (source: Source) => Problem[]>();

/** Compiles a schema into a function that fills in defaults and reports problems; once, as it takes tens of milliseconds. */
export function compileSchema(schema: TSchema): (source: Source) => Problem[] {
  const known = compiled.get(schema) ?? compile(schema);
  compiled.set(schema, known);
  return known;
}

function compile(schema: TSchema): (source: Source) => Problem[] {
  const validate = compileValidator(schema);
  return (source) => findSchemaProblems(validate, source);
}

function findSchemaProblems(validate: ValidateFunction, source: Source): Problem[] {
  if (validate(source.data)) {
    fillRegions(source.data as Environment);
    return [];
  }
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
      return missingKey(error, String(parameters['missingProperty']), at, source);
    case 'discriminator':
      return wrongTag(error, at, source);
    default:
      return wrongValue(error, at, source);
  }
}

/** Type, form and range of a value that stands where it belongs. */
function wrongValue(error: ErrorObject, at: KeyPath, source: Source): Problem {
  const { message, hint } = judge(error, at);
  const kind = error.keyword === 'type' ? WRONG_TYPE : WRONG_VALUE;
  return makeProblem(kind, { place: source.placeOf(at), key: at, message, hint: hint ?? exampleHint(error, at) });
}

function judge(error: ErrorObject, at: KeyPath): { readonly message: string; readonly hint?: string | undefined } {
  const shown = show(error.data);
  const parameters = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'type':
      return judgeType(error, String(parameters['type']));
    case 'const':
      return judgeWord(error, at, [String(parameters['allowedValue'])]);
    case 'enum':
      return judgeWord(error, at, (parameters['allowedValues'] as unknown[]).map(String));
    case 'pattern':
      return { message: `${shown} is not ${shapeOf(error)}.`, hint: asNetwork(error) };
    case 'uniqueItems': {
      const [i, j] = [Number(parameters['j']), Number(parameters['i'])].sort((a, b) => a - b);
      const twice = (error.data as readonly unknown[])[Number(i)];
      return { message: `${show(twice)} stands twice in the list, as items ${i} and ${j}.`, hint: 'keep one of them' };
    }
    case 'minItems':
    case 'maxItems': {
      const bound = error.keyword === 'minItems' ? 'least' : 'most';
      return { message: `The list needs at ${bound} ${String(parameters['limit'])} items.` };
    }
    case 'minLength':
    case 'maxLength': {
      const bound = error.keyword === 'minLength' ? 'at least' : 'at most';
      const length = String(error.data).length;
      return { message: `${shown} has ${length} characters; it needs ${bound} ${String(parameters['limit'])}.` };
    }
    case 'minimum':
    case 'maximum':
      return judgeRange(error, at, Number(parameters['limit']));
    default:
      return { message: `${shown} ${error.message ?? 'is not valid'}.` };
  }
}

function judgeType(error: ErrorObject, type: string): { readonly message: string; readonly hint?: string | undefined } {
  const expected = `${TYPE_NAMES[type] ?? type} is expected here`;
  if (error.data === null) return { message: `${expected}, but nothing stands here.` };
  const isPlain = typeof error.data === 'number' || typeof error.data === 'boolean';
  const quoted = type === 'string' && isPlain ? `write "${String(error.data)}" in quotes` : undefined;
  return {
    message: `${expected}, not ${show(error.data)}.`,
    hint: exampleOf(error.parentSchema) === undefined ? quoted : undefined,
  };
}

function judgeWord(error: ErrorObject, at: KeyPath, words: readonly string[]) {
  const message = words.length === 1 ? `${show(error.data)} is not ${String(words[0])}.` : noneOf(error.data, words);
  return { message, hint: nearest(String(error.data), words) ?? writeHint(at, words) };
}

function judgeRange(error: ErrorObject, at: KeyPath, limit: number) {
  const { minimum, maximum } = (error.parentSchema ?? {}) as { readonly minimum?: number; readonly maximum?: number };
  const range =
    minimum !== undefined && maximum !== undefined
      ? `between ${minimum} and ${maximum}`
      : `at ${error.keyword === 'minimum' ? 'least' : 'most'} ${limit}`;
  return { message: `${show(error.data)} is out of range: it must be ${range}.`, hint: writeHint(at, [String(limit)]) };
}

function wrongTag(error: ErrorObject, at: KeyPath, source: Source): Problem {
  const { tag, tagValue, error: reason } = error.params as Readonly<Record<string, unknown>>;
  const key = [...at, String(tag)];
  const words = listTagWords(error, String(tag));
  if (reason === 'tag' && tagValue === undefined) {
    const message = `${formatKeyPath(key)} is required: one of ${words.join(', ')}.`;
    return makeProblem(MISSING_KEY, { place: source.placeOf(at), key, message, hint: addHint(key, words) });
  }
  const message = noneOf(tagValue, words);
  const hint = nearest(String(tagValue), words) ?? writeHint(key, words);
  return makeProblem(WRONG_VALUE, { place: source.placeOf(key), key, message, hint });
}

function listTagWords(error: ErrorObject, tag: string): string[] {
  const { oneOf = [] } = (error.parentSchema ?? {}) as { readonly oneOf?: readonly JsonSchema[] };
  return oneOf.map((member) => String(member.properties?.[tag]?.const));
}

function unknownKey(error: ErrorObject, at: KeyPath, source: Source): Problem {
  const name = String(at.at(-1));
  const schema = (error.parentSchema ?? {}) as JsonSchema;
  const place = source.placeOfKey(at);
  const [pattern] = Object.keys(schema.patternProperties ?? {});
  if (pattern !== undefined) return wrongName(at, place, name, pattern);
  const known = Object.keys(schema.properties ?? {}).sort();
  const owner = at.length === 1 ? 'an environment file' : formatKeyPath(at.slice(0, -1));
  const message = `${show(name)} is not a key of ${owner}${describeChoice(schema)}.`;
  const hint = nearest(name, known) ?? (known.length === 0 ? 'remove it' : `known keys: ${known.join(', ')}`);
  return makeProblem(UNKNOWN_KEY, { place, key: at, message, hint });
}

/** A map's own keys are names that the user chooses. */
function wrongName(at: KeyPath, place: Place, name: string, pattern: string): Problem {
  const isLabel = pattern === DNS_LABEL;
  const shape = isLabel ? 'lower-case letters, digits and dashes only' : 'not a Kubernetes label key';
  return makeProblem(WRONG_VALUE, {
    place,
    key: at,
    message: `${show(name)} cannot be a name here: ${shape}.`,
    hint: isLabel ? `write ${toLabel(hideSecrets(name).replace(HIDDEN, ''))}` : 'for example example.com/team',
  });
}

/** Which member of a choice a schema is: ` with kind: zcompute`. */
function describeChoice({ properties = {} }: JsonSchema): string {
  const tag = ['kind', 'role'].find((key) => properties[key]?.const !== undefined);
  return tag === undefined || properties['apiVersion'] !== undefined
    ? ''
    : ` with ${tag}: ${String(properties[tag]?.const)}`;
}

function missingKey(error: ErrorObject, name: string, parent: KeyPath, source: Source): Problem | undefined {
  const schema = (error.parentSchema ?? {}) as JsonSchema;
  // A choice without its tag is reported once, by the discriminator.
  if (schema.discriminator !== undefined) return undefined;
  const key = [...parent, name];
  const child = schema.properties?.[name];
  const description = child?.description === undefined ? '' : ` ${child.description}`;
  const example = exampleOf(child);
  return makeProblem(MISSING_KEY, {
    place: source.placeOf(parent),
    key,
    message: `${formatKeyPath(key)} is required.${description}`,
    hint: example === undefined ? `add ${name}` : `add ${name}: ${example}`,
  });
}

function exampleHint(error: ErrorObject, at: KeyPath): string | undefined {
  const example = exampleOf(error.parentSchema);
  const name = at.findLast((part) => typeof part === 'string');
  return example === undefined ? undefined : `for example ${String(name)}: ${example}`;
}

/** The part of JSON Schema that messages are made of. */
interface JsonSchema {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly type?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, unknown>>;
  readonly oneOf?: readonly JsonSchema[];
  readonly discriminator?: unknown;
}

/** A value that the schema accepts, as YAML on one line; undefined where the schema shows none. */
function exampleOf(schema: object | undefined): string | undefined {
  const { examples, default: fallback, const: only, oneOf, properties, required } = (schema ?? {}) as JsonSchema;
  const value = examples?.[0] ?? fallback ?? only;
  if (value !== undefined) return toFlowYaml(value);
  if (oneOf !== undefined) return exampleOf(oneOf[0]);
  if (properties === undefined) return undefined;
  const parts = (required ?? []).flatMap((name) => {
    const child = properties[name];
    if (child === undefined || child.default !== undefined) return [];
    const example = exampleOf(child);
    return example === undefined ? [] : [`${name}: ${example}`];
  });
  return parts.length === 0 ? undefined : `{ ${parts.join(', ')} }`;
}

function toFlowYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toFlowYaml).join(', ')}]`;
  if (value === null || typeof value !== 'object') return String(value);
  const parts = Object.entries(value).map(([name, item]) => `${name}: ${toFlowYaml(item)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function shapeOf(error: ErrorObject): string {
  const shape = (error.parentSchema as { readonly 'x-shape'?: string } | undefined)?.['x-shape'];
  return shape ?? `of the form ${String((error.params as { pattern?: unknown }).pattern)}`;
}

/** A single address where a network is expected is a frequent and easy mistake. */
function asNetwork(error: ErrorObject): string | undefined {
  const isAddress = typeof error.data === 'string' && /^\d{1,3}(\.\d{1,3}){3}$/.test(error.data);
  return isAddress && shapeOf(error) === CIDR_SHAPE ? `write ${String(error.data)}/32 for one address` : undefined;
}

function noneOf(value: unknown, words: readonly string[]): string {
  return `${show(value)} is none of ${words.join(', ')}.`;
}

function writeHint(at: KeyPath, words: readonly string[]): string {
  return `write ${words.map((word) => `${String(at.at(-1))}: ${word}`).join(', or ')}`;
}

function addHint(at: KeyPath, words: readonly string[]): string {
  return writeHint(at, words).replace(/^write /, 'add ');
}

/** Shows a value on one line, cut where it is long. Secrets go first: a part of one is not known as such. */
function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  const text = JSON.stringify(hideSecrets(value));
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'A map',
  array: 'A list',
  integer: 'A whole number',
  number: 'A number',
  boolean: 'true or false',
  string: 'Text',
  null: 'Nothing',
};

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
