// What was generated last, kept in the repository: the base of three-way merges. As files, because nothing else survives
// a clone, a squash merge, a rebase and a renamed branch.
import type { TreeFile } from './file-tree.ts';
import { isSafePath } from './lock.ts';
import { compareText } from './problem.ts';

/** Folder of the bases, with a slash at the end. */
export const BASE_FOLDER = '.rootstock/base/';
/**
 * Base of a run that is under way: what is new in it. Empty at all other times, and still there: `git commit --all` takes
 * files along that Git knows, and `git clean` leaves them.
 */
export const PENDING_BASE = `${BASE_FOLDER}_pending.jsonl`;
/** Base of the files that belong to no environment; no environment can have this name. */
const SHARED = '_repository';

/** The id of nothing: a path that was generated no more for a while. */
export const GONE = '-';

/** What was generated for a path. */
export interface BaseEntry {
  readonly path: string;
  readonly content: string;
  /**
   * Of a file that was not there when it was generated anew: this content is the last one that was written to it, and
   * here is the SHA-256 (hex) of the newer one, which never was. Should the file come back, it is merged from here.
   */
  readonly missed?: string;
  /**
   * Of a file that is generated no more. The content is empty, or what was generated last where somebody edited the file,
   * so that it stays.
   */
  readonly gone?: true;
  /**
   * Ids of what was generated for the path before, the oldest first: {@link GONE}, or the first digits of a SHA-256. Git
   * keeps lines of both branches, and with them neighbours that one of the two had replaced already: this tells them.
   */
  readonly after?: readonly string[];
  /** Of a run that was interrupted: nothing tells whether it came to write the file. */
  readonly pending?: true;
}

/**
 * One base for each environment and one for the rest: changes to staging and prod then never meet in one file. And an
 * empty one, for runs that are under way.
 */
export function renderBases(files: readonly TreeFile[]): TreeFile[] {
  const groups = new Map<string, TreeFile[]>();
  for (const file of files) {
    const path = findBasePath(file);
    const known = groups.get(path);
    if (known === undefined) groups.set(path, [file]);
    else known.push(file);
  }
  const bases = [...groups].map(([path, group]) => [path, writeBase(group)] as const);
  return [...bases, [PENDING_BASE, ''] as const].map(([path, content]) => ({
    path,
    kind: 'lock',
    origin: '',
    content,
  }));
}

/** The base that holds a file, generated or no more. */
export function findBasePath({ environment }: Pick<TreeFile, 'environment'>): string {
  return `${BASE_FOLDER}${environment ?? SHARED}.jsonl`;
}

/** One line for each entry: Git stores little for a change, and merges two of them by keeping the lines of both. */
export function writeBase(entries: readonly BaseEntry[]): string {
  return [...entries]
    .sort((a, b) => compareText(a.path, b.path))
    .map(({ path, content, missed, gone, after = [] }) => {
      const more = { missed, gone, ...(after.length === 0 ? {} : { after }) };
      return JSON.stringify([
        path,
        content,
        ...(Object.values(more).every((value) => value === undefined) ? [] : [more]),
      ]);
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** Reads a base: every content that it has for a path. Lines that are none of ours are left out. */
export function parseBase(text: string): readonly BaseEntry[] {
  return text.split('\n').flatMap((line) => {
    const entry = parseLine(line);
    if (!Array.isArray(entry) || entry.length < 2 || entry.length > 3) return [];
    const [path, content, more = {}] = entry as readonly unknown[];
    if (typeof path !== 'string' || typeof content !== 'string' || !isSafePath(path) || !isMore(more)) return [];
    return [{ path, content, ...more }];
  });
}

type More = Pick<BaseEntry, 'missed' | 'gone' | 'after'>;

function isMore(value: unknown): value is More {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const { missed, gone, after, ...others } = value as Partial<Record<keyof More, unknown>>;
  const isList = after === undefined || (Array.isArray(after) && after.every((id) => typeof id === 'string'));
  const isText = missed === undefined || typeof missed === 'string';
  return isText && isList && (gone === undefined || gone === true) && Object.keys(others).length === 0;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
