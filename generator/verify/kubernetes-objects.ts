// The Kubernetes objects under clusters/: what checks on Applications, projects and manifests start from.
import type { TreeFile } from '../core/file-tree.ts';
import { formatKeyPath, type KeyPath } from '../core/key-path.ts';
import type { Problem, ProblemKind } from '../core/problem.ts';
import { findOrigin, type PlainMap, type PlainValue } from '../core/provenance.ts';
import { type CheckInput, problemIn } from './check.ts';
import { findPlace } from './yaml-place.ts';

/** An object with the file it stands in. */
export interface PlacedObject {
  readonly file: TreeFile;
  /** Which document of the file, from 0. */
  readonly index: number;
  readonly object: PlainMap;
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  /** Folder under `clusters/`. */
  readonly environment: string;
}

/** Every check starts from the same list, so it is made once for each tree. */
const listed = new WeakMap<CheckInput['yaml'], readonly PlacedObject[]>();

/** All objects under `clusters/`, in order of file and document; Helm values are none. */
export function listObjects(input: CheckInput): readonly PlacedObject[] {
  const objects = listed.get(input.yaml) ?? placeObjects(input);
  listed.set(input.yaml, objects);
  return objects;
}

function placeObjects(input: CheckInput): PlacedObject[] {
  return input.yaml.flatMap(({ file, documents }) => {
    const environment = /^clusters\/([^/]+)\/(?!values\/)/.exec(file.path)?.[1];
    if (environment === undefined) return [];
    return documents.flatMap((object, index) => {
      const placed = placeObject(file, index, object, environment);
      return placed === undefined ? [] : [placed];
    });
  });
}

function placeObject(file: TreeFile, index: number, object: PlainMap, environment: string): PlacedObject | undefined {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const metadata = asMap(object['metadata']);
  return {
    file,
    index,
    object,
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    kind,
    name: asText(metadata['name']) ?? '',
    namespace: asText(metadata['namespace']),
    environment,
  };
}

export function isApplication({ group, kind }: PlacedObject): boolean {
  return group === 'argoproj.io' && kind === 'Application';
}

export function isProject({ group, kind }: PlacedObject): boolean {
  return group === 'argoproj.io' && kind === 'AppProject';
}

/** A problem at a node of an object, with line, column and the environment key the node came from. */
export function problemAt(
  kind: ProblemKind,
  { file, index }: Pick<PlacedObject, 'file' | 'index'>,
  path: KeyPath,
  details: { readonly message: string; readonly hint?: string },
): Problem {
  const pointer = [index, ...path].map((part) => `/${escapePointer(String(part))}`).join('');
  const origin = file.provenance === undefined ? undefined : findOrigin(file.provenance, pointer);
  return problemIn(kind, file, { ...details, key: origin, ...findPlace(file.content, index, path) });
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** How messages call an object: `Application cert-manager`. */
export function nameObject({ kind, name }: PlacedObject): string {
  return name === '' ? kind : `${kind} ${name}`;
}

/** How messages call a node of an object: `spec.syncPolicy.retry`. */
export function nameNode(path: KeyPath): string {
  return formatKeyPath(path);
}

export function annotationsOf({ object }: PlacedObject): PlainMap {
  return asMap(asMap(object['metadata'])['annotations']);
}

/** Options of a comma-separated annotation such as `Prune=false,Delete=false`. */
export function listOptions(annotation: PlainValue | undefined): string[] {
  return (asText(annotation) ?? '')
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '');
}

/** Groups by a text, in order of first appearance. */
export function groupBy<Item>(items: readonly Item[], toGroup: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = toGroup(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

export function asMap(value: PlainValue | undefined): PlainMap {
  return isMap(value) ? value : {};
}

export function isMap(value: PlainValue | undefined): value is PlainMap {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function asList(value: PlainValue | undefined): readonly PlainValue[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: PlainValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
