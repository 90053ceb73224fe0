// A folder → the tree that a push commits: what is proven has to be what others get.
import { type FileTree, makeFileTree } from '../core/file-tree.ts';
import { LOCK_PATH, parseLock } from '../core/lock.ts';
import { readCommitted, readCommittedState } from './git-committed.ts';
import { isPartOfRepository, makeReadFile } from './read-files.ts';

export interface PushedTree {
  readonly files: FileTree;
  /** Files of people that are otherwise in the folder than in the commit, sorted. */
  readonly left: readonly string[];
}

/**
 * Generated files as they lie in the folder, all others as the last commit has them.
 * @param tree the folder
 * @param generated paths that the push commits
 */
export function readPushedTree(folder: string, tree: FileTree, generated: readonly string[]): PushedTree {
  const { committed, changed } = readCommittedState(folder);
  const lock = parseLock(committed.has(LOCK_PATH) ? (readCommitted(folder, [LOCK_PATH]).get(LOCK_PATH) ?? '') : '');
  const own = new Set([...generated, ...Object.keys(lock?.files ?? {})]);
  const isLeft = (path: string) => !own.has(path) && (changed.has(path) || !committed.has(path));
  const left = [...new Set([...tree.keys(), ...changed])]
    .filter((path) => isLeft(path) && isPartOfRepository(path))
    .sort();
  const before = left.filter((path) => committed.has(path));
  const texts = before.length === 0 ? new Map<string, string>() : readCommitted(folder, before);
  const kept = [...tree.values()].filter(({ path }) => !isLeft(path));
  return { files: makeFileTree([...kept, ...[...texts].map(([path, text]) => makeReadFile(path, text))]), left };
}
