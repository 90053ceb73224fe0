// What was generated last, kept in the repository: the base of three-way merges. As files, because nothing else survives
// a clone, a squash merge, a rebase and a renamed branch.
import type { TreeFile } from './file-tree.ts';
import { isSafePath } from './lock.ts';
import { compareText } from './problem.ts';

/** Folder of the bases, with a slash at the end. */
export const BASE_FOLDER = '.rootstock/base/';
/** Base of a run that is under way: what is new in it. It is gone once the run is complete. */
export const PENDING_BASE = `${BASE_FOLDER}_pending.jsonl`;
/** Base of the files that belong to no environment; no environment can have this name. */
const SHARED = '_repository';

/** What was generated for a path. */
export interface BaseEntry {
  readonly path: string;
  readonly content: string;
  /**
   * Of a file that was not there when it was generated anew: this content is the last one that was written to it, and
   * here is the SHA-256 (hex) of the newer one, which never was. Should the file come back, it is merged from here.
   */
  readonly missed?: string;
  /** Of a file that is generated no more and stays all the same, because somebody edited it. */
  readonly gone?: true;
  /** Of a run that was interrupted: nothing tells whether it came to write the file. */
  readonly pending?: true;
}

/** One base for each environment and one for the rest: changes to staging and prod then never meet in one file. */
export function renderBases(files: readonly TreeFile[]): TreeFile[] {
  const groups = new Map<string, TreeFile[]>();
  for (const file of files) {
    const path = findBasePath(file);
    const known = groups.get(path);
    if (known === undefined) groups.set(path, [file]);
    else known.push(file);
  }
  return [...groups].map(([path, group]) => ({ path, kind: 'lock', origin: '', content: writeBase(group) }));
}

/** The base that holds a file, generated or no more. */
export function findBasePath({ environment }: Pick<TreeFile, 'environment'>): string {
  return `${BASE_FOLDER}${environment ?? SHARED}.jsonl`;
}

/** A base with entries more. */
export function addToBase(base: string, entries: readonly BaseEntry[]): string {
  return writeBase([...parseBase(base), ...entries]);
}

/** One line for each file: Git stores little for a change, and merges two of them by keeping the lines of both. */
function writeBase(entries: readonly BaseEntry[]): string {
  return [...entries]
    .sort((a, b) => compareText(a.path, b.path))
    .map(({ path, content, missed, gone }) => [
      path,
      content,
      ...(gone ? [null] : missed === undefined ? [] : [missed]),
    ])
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

/** Reads a base: every content that it has for a path. Lines that are none of ours are left out. */
export function parseBase(text: string): readonly BaseEntry[] {
  return text.split('\n').flatMap((line) => {
    const entry = parseLine(line);
    if (!Array.isArray(entry) || entry.length < 2 || entry.length > 3) return [];
    const [path, content, missed] = entry as readonly unknown[];
    if (typeof path !== 'string' || typeof content !== 'string' || !isSafePath(path)) return [];
    if (entry.length === 2) return [{ path, content }];
    if (missed === null) return [{ path, content, gone: true }];
    return typeof missed === 'string' ? [{ path, content, missed }] : [];
  });
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
