// What was generated last, kept in the repository: the base of three-way merges. As files, because nothing else survives
// a clone, a squash merge, a rebase and a renamed branch.
import type { TreeFile } from './file-tree.ts';
import { isSafePath } from './lock.ts';
import { compareText } from './problem.ts';

/** Folder of the bases, with a slash at the end. */
export const BASE_FOLDER = '.rootstock/base/';
/** Base of the files that belong to no environment; no environment can have this name. */
const SHARED = '_repository';

/** One base for each environment and one for the rest: changes to staging and prod then never meet in one file. */
export function renderBases(files: readonly TreeFile[]): TreeFile[] {
  const groups = new Map<string, TreeFile[]>();
  for (const file of files) {
    const name = file.environment ?? SHARED;
    groups.set(name, [...(groups.get(name) ?? []), file]);
  }
  return [...groups].map(([name, group]) => ({
    path: `${BASE_FOLDER}${name}.jsonl`,
    kind: 'lock',
    origin: '',
    content: writeBase(group),
  }));
}

/** One line for each file: Git stores little for a change, and merges two of them by keeping the lines of both. */
function writeBase(files: readonly TreeFile[]): string {
  return [...files]
    .sort((a, b) => compareText(a.path, b.path))
    .map(({ path, content }) => `${JSON.stringify([path, content])}\n`)
    .join('');
}

/** Reads a base: every content that it has for a path. Lines that are none of ours are left out. */
export function parseBase(text: string): readonly { readonly path: string; readonly content: string }[] {
  return text.split('\n').flatMap((line) => {
    const entry = parseLine(line);
    if (!Array.isArray(entry) || entry.length !== 2) return [];
    const [path, content] = entry as readonly unknown[];
    return typeof path === 'string' && typeof content === 'string' && isSafePath(path) ? [{ path, content }] : [];
  });
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
