// The whole repository in memory, before one byte is written.
import { compareText } from './problem.ts';
import type { PlainMap, Provenance } from './provenance.ts';

/** What a file is to a reader of the summary; `environment` is the user's own input, copied byte for byte. */
export type FileKind =
  | 'environment'
  | 'terraform'
  | 'application'
  | 'project'
  | 'values'
  | 'manifest'
  | 'document'
  | 'workflow'
  | 'lock';

export interface TreeFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly content: string;
  readonly kind: FileKind;
  /** Environment this file belongs to; absent for files that all share. */
  readonly environment?: string;
  /** Environment key the file as a whole came from, e.g. `apps.ollama`. */
  readonly origin: string;
  /** The same file as data, for checks; absent for files that are not YAML. */
  readonly documents?: readonly PlainMap[];
  /** Environment keys of nodes inside the file, by JSON pointer; for several documents prefixed with `/<index>`. */
  readonly provenance?: Provenance;
  readonly executable?: true;
}

/** Files by path, in order of their paths. */
export type FileTree = ReadonlyMap<string, TreeFile>;

/** Makes a tree, sorted by path. Two owners of one path would be our bug: throws. */
export function makeFileTree(files: readonly TreeFile[]): FileTree {
  const tree = new Map<string, TreeFile>();
  for (const file of [...files].sort((a, b) => compareText(a.path, b.path))) {
    if (tree.has(file.path)) throw new Error(`two blueprints write ${file.path}`);
    tree.set(file.path, file);
  }
  return tree;
}
