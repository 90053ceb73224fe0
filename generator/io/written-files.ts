// What people wrote in the commits of a branch, as opposed to what Rootstock generated from it.
import type { SimpleGit } from 'simple-git';
import { LOCK_PATH, parseLock } from '../core/lock.ts';
import { readCommitted } from './git-committed.ts';
import { digest } from './write-journal.ts';

/** Inputs, wherever they come from. */
const INPUT = /^(?:environments|secrets)\//;

/** Paths that differ between two commits, without those that are as the lock of the second one says. Sorted. */
export async function listWritten(
  git: SimpleGit,
  folder: string,
  from: string,
  to: string,
): Promise<readonly string[]> {
  const listed = await git.raw('diff', '--name-only', '--no-renames', '-z', from, to);
  const paths = listed.split('\0').filter((path) => path !== '' && !path.startsWith('.rootstock/'));
  if (paths.length === 0) return [];
  const texts = readCommitted(folder, [...paths, LOCK_PATH], to);
  const lock = parseLock(texts.get(LOCK_PATH) ?? '');
  const isGenerated = (path: string) => {
    const text = texts.get(path);
    return lock?.files[path] === (text === undefined ? undefined : digest(text));
  };
  return paths.filter((path) => INPUT.test(path) || (lock !== undefined && !isGenerated(path))).sort();
}
