// Schema of a custom resource → draft: where a chart passes a map on as the spec of a custom resource, its keys are
// those of the CRD, and the API server drops any other in silence.
import { parseAllDocuments } from 'yaml';
import { type DraftNode, makeDraft } from './draft.ts';

/** The part of OpenAPI v3 that tells keys. */
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Crd {
  readonly kind: string;
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: { readonly properties: { readonly spec: Schema } } };
    }[];
  };
}

/** Levels that are written out; further down a list would be longer than anybody reads. */
const DEPTH = 2;

/** Keys of `spec` of a kind, from the text of files with CRDs. Throws if none defines it. */
export function draftFromCrd(texts: readonly string[], kind: string): DraftNode {
  const crds = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Crd | null));
  const found = crds.find((crd) => crd?.kind === 'CustomResourceDefinition' && crd.spec.names.kind === kind);
  const version = found?.spec.versions.find(({ storage }) => storage);
  if (version === undefined) throw new Error(`no CRD of this chart defines ${kind}`);
  return draftSchema(version.schema.openAPIV3Schema.properties.spec, DEPTH);
}

function draftSchema({ type, properties }: Schema, depth: number): DraftNode {
  if (type === 'array') return makeDraft('list');
  // Whatever has no type may be several.
  if (type !== 'object') return makeDraft(type === undefined ? 'open' : 'value');
  const draft = makeDraft(depth === 0 || properties === undefined ? 'open' : 'map');
  if (depth === 0) return draft;
  for (const [name, schema] of Object.entries(properties ?? {})) draft.keys.set(name, draftSchema(schema, depth - 1));
  return draft;
}
