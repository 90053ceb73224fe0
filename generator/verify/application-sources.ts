// What an Application reads: its sources, and the files of this repository they point at.
import type { FileTree, TreeFile } from '../core/file-tree.ts';
import type { KeyPath } from '../core/key-path.ts';
import { compareText } from '../core/problem.ts';
import type { PlainMap, PlainValue } from '../core/provenance.ts';
import { asList, asMap, asText, isMap, type PlacedObject } from './kubernetes-objects.ts';

export interface PlacedSource {
  readonly source: PlainMap;
  /** Keys that lead to it, e.g. `['spec', 'sources', 0]`. */
  readonly path: KeyPath;
}

/** The sources of an Application, whether it has one or several. */
export function listSources({ object }: PlacedObject): PlacedSource[] {
  const spec = asMap(object['spec']);
  const single = isMap(spec['source']) ? [{ source: spec['source'], path: ['spec', 'source'] }] : [];
  const several = asList(spec['sources']).map((source, index) => ({
    source: asMap(source),
    path: ['spec', 'sources', index],
  }));
  return [...single, ...several];
}

/** True for a Helm chart from a chart repository; anything else is Git. */
export function isChart({ source }: PlacedSource): boolean {
  return source['chart'] !== undefined;
}

/** Host and path of a Git URL without scheme, user, port and `.git`: what two spellings of one repository share. */
export function normalizeRepository(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/^[^/@]+@/, '')
    .replace(/^([^/:]+):(\d+\/)?/, '$1/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

/** Files that Argo CD would read as manifests for a source with a `path`. */
export function listManifestFiles(tree: FileTree, placed: PlacedSource): TreeFile[] {
  const { source } = placed;
  const folder = asText(source['path'])?.replace(/^\/+|\/+$/g, '');
  if (folder === undefined || isChart(placed)) return [];
  const directory = asMap(source['directory']);
  const include = readGlob(directory['include']);
  const exclude = readGlob(directory['exclude']);
  const prefix = folder === '' || folder === '.' ? '' : `${folder}/`;
  return listFilesUnder(tree, prefix).filter((file) => {
    if (!/\.(ya?ml|json)$/.test(file.path)) return false;
    const relative = file.path.slice(prefix.length);
    if (directory['recurse'] !== true && relative.includes('/')) return false;
    return include?.test(relative) !== false && exclude?.test(relative) !== true;
  });
}

/** Sorted lists of trees: a search in them keeps the cost of one environment the same, however many there are. */
const sortedFiles = new WeakMap<FileTree, readonly TreeFile[]>();

/** Files whose path starts with a prefix, in order of their paths. */
function listFilesUnder(tree: FileTree, prefix: string): TreeFile[] {
  const files = sortedFiles.get(tree) ?? [...tree.values()].sort((a, b) => compareText(a.path, b.path));
  sortedFiles.set(tree, files);
  let low = 0;
  let high = files.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((files[middle]?.path ?? '') < prefix) low = middle + 1;
    else high = middle;
  }
  const found: TreeFile[] = [];
  for (let at = low; files[at]?.path.startsWith(prefix) === true; at += 1) {
    const file = files[at];
    if (file !== undefined) found.push(file);
  }
  return found;
}

/** Argo CD's globs: `*` also crosses slashes, `{a,b}` is a choice. Undefined where none is written. */
function readGlob(value: PlainValue | undefined): RegExp | undefined {
  const glob = asText(value) ?? '';
  if (glob === '') return undefined;
  const pattern = glob
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replace(/\{([^}]*)\}/g, (_, choices: string) => `(?:${choices.replaceAll(',', '|')})`);
  return new RegExp(`^${pattern}$`);
}
