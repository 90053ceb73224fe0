// A folder → the tree that a push commits: what is proven has to be what others get.
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FileTree, makeFileTree } from '../core/file-tree.ts';
import { LOCK_PATH, parseLock } from '../core/lock.ts';
import { readCommitted, readCommittedState } from './git-committed.ts';
import { isPartOfRepository, makeReadFile } from './read-files.ts';
import { digest } from './write-journal.ts';

export interface PushedTree {
  readonly files: FileTree;
  /** Files of people that are otherwise in the folder than in the commit, sorted. */
  readonly left: readonly string[];
  /** Texts that the push takes from the folder. */
  readonly digests: TextDigests;
}

/** SHA-256 (hex) of texts by path; undefined for a file that is not there. */
export type TextDigests = ReadonlyMap<string, string | undefined>;

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
  const files = makeFileTree([...kept, ...[...texts].map(([path, text]) => makeReadFile(path, text))]);
  return { files, left, digests: digestTexts(folder, own, tree) };
}

/** Paths of which a folder has another text by now, sorted. */
export function findChanged(folder: string, digests: TextDigests): readonly string[] {
  const now = digestTexts(folder, digests.keys());
  return [...digests.keys()].filter((path) => digests.get(path) !== now.get(path)).sort();
}

/** @param read texts that were read before, and count */
function digestTexts(folder: string, paths: Iterable<string>, read: FileTree = new Map()): TextDigests {
  const find = (path: string) => read.get(path)?.content ?? readText(join(folder, path));
  const texts = [...new Set(paths)].map((path) => [path, find(path)] as const);
  return new Map(texts.map(([path, text]) => [path, text === undefined ? undefined : digest(text)]));
}

/** What is no file has no text. */
function readText(file: string): string | undefined {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(file, 'utf8') : undefined;
}
