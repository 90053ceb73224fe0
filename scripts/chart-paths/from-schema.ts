// values.schema.json → draft: keys that the values do not show, and where a chart allows any key.
import { type DraftNode, makeDraft } from './draft.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Adds what a chart's JSON Schema knows to a draft. Where it closes a map or gives a shape for further keys, it decides. */
export function addSchemaKeys(draft: DraftNode, schema: Schema): void {
  addKeys(draft, schema, schema, 0);
}

function addKeys(draft: DraftNode, schema: Schema, root: Schema, depth: number): void {
  const resolved = resolve(schema, root);
  const properties = (resolved['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  // Deeper than any chart goes: a schema that refers to itself.
  if (depth > 20) return;
  for (const [name, property] of Object.entries(properties)) {
    const known = draft.keys.get(name);
    const node = known ?? makeDraft(kindOf(resolve(property, root)));
    if (known === undefined) draft.keys.set(name, node);
    else if (known.commented) {
      known.commented = false;
      known.kind = kindOf(resolve(property, root));
    }
    addKeys(node, property, root, depth + 1);
  }
  const further = resolved['additionalProperties'];
  if (further === false && Object.keys(properties).length > 0) close(draft);
  else if (isSchema(further)) addAny(draft, further, root, depth);
}

/** `additionalProperties: false` beside properties: these and no others, whatever the default in values.yaml says. */
function close(draft: DraftNode): void {
  draft.decided = true;
  if (draft.kind === 'open') draft.kind = 'map';
  for (const [name, node] of draft.keys) if (node.commented) draft.keys.delete(name);
}

function addAny(draft: DraftNode, schema: Schema, root: Schema, depth: number): void {
  if (resolve(schema, root)['properties'] === undefined) {
    if (draft.kind === 'map') draft.kind = 'open';
    return;
  }
  draft.decided = true;
  draft.kind = 'map';
  draft.any = makeDraft('map');
  addKeys(draft.any, schema, root, depth + 1);
  // What each named key lacks it may still have: the shape is the same.
  for (const node of draft.keys.values()) addKeys(node, schema, root, depth + 1);
}

function kindOf(schema: Schema): DraftNode['kind'] {
  const types = [schema['type'] ?? []].flat().filter((type) => type !== 'null');
  if (types.length !== 1) return 'open';
  if (types[0] === 'array') return 'list';
  if (types[0] !== 'object') return 'value';
  return schema['properties'] === undefined ? 'open' : 'map';
}

function resolve(schema: Schema, root: Schema): Schema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema;
  let found: unknown = root;
  for (const part of reference.slice(2).split('/')) found = (found as Schema | undefined)?.[part];
  return isSchema(found) ? resolve(found, root) : {};
}

function isSchema(value: unknown): value is Schema {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
