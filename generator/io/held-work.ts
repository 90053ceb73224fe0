// What people wrote on the branch of a pull request, as opposed to what Rootstock generated there: replacing the branch
// would take it away.
import type { SimpleGit } from 'simple-git';
import { LOCK_PATH, parseLock } from '../core/lock.ts';
import { digestChange } from './git-commit.ts';
import { readCommitted } from './git-committed.ts';
import { entryOf, treeOf } from './git-objects.ts';
import { digest } from './write-journal.ts';

/** Names the change of a commit that Rootstock made: see {@link digestChange}. */
export const TRAILER = 'Rootstock-Change';

/** A branch, and what would take its place. */
export interface Replacement {
  readonly folder: string;
  /** Commit of the branch. */
  readonly head: string;
  /** Commit of the branch that it is to be merged into. */
  readonly base: string;
  /** Commit or tree that comes instead. */
  readonly next: string;
}

/**
 * Commits that neither Rootstock made nor Git by itself, as people know them: those that would be lost if a branch were
 * replaced. A commit of Rootstock that was amended counts; one that was rebased, or merged with the base, does not.
 * @param known commits that hold everything before
 */
export async function listForeign(git: SimpleGit, head: string, known: readonly string[]): Promise<readonly string[]> {
  const format = `--format=%H%x1f%P%x1f%an%x1f%s%x1f%(trailers:key=${TRAILER},valueonly,separator=%x2C)`;
  const log = await git.raw('log', '-z', format, head, '--not', ...known);
  const foreign: string[] = [];
  for (const entry of log.split('\0').filter((line) => line !== '')) {
    const [commit = '', parents = '', author = '', subject = '', trailer = ''] = entry.split('\x1f');
    const [parent, second, third] = parents.split(' ').filter((one) => one !== '');
    const ours =
      parent !== undefined && second === undefined
        ? trailer !== '' && trailer.trim() === (await digestChange(git, parent, commit))
        : parent !== undefined &&
          second !== undefined &&
          third === undefined &&
          (await isPlainMerge(git, commit, parent, second));
    if (!ours) foreign.push(`${commit.slice(0, 7)} by ${author} (${subject})`);
  }
  return foreign;
}

/** True if a merge holds what Git makes by itself: nobody put anything into it. */
async function isPlainMerge(git: SimpleGit, commit: string, first: string, second: string): Promise<boolean> {
  const merged = await git.raw('merge-tree', '--write-tree', first, second).catch(() => '');
  return merged.trim() === (await treeOf(git, commit));
}

/** Files that somebody changed in commits of Rootstock, and that the next ones have otherwise. */
export async function listHeld(git: SimpleGit, replacement: Replacement): Promise<readonly string[]> {
  const { folder, head, base, next } = replacement;
  if (await isRebased(git, replacement)) return [];
  const from = (await git.raw('merge-base', base, head)).trim();
  const held: string[] = [];
  for (const path of await listWritten(git, folder, from, head))
    if ((await entryOf(git, head, path)) !== (await entryOf(git, next, path))) held.push(`what was written to ${path}`);
  return held;
}

/** True if each commit of a branch is among the new ones, perhaps made anew on another one. */
async function isRebased(git: SimpleGit, { head, base, next }: Replacement): Promise<boolean> {
  // A tree that is not committed yet has no commits of its own.
  const isCommit = (await git.raw('cat-file', '-t', next)).trim() === 'commit';
  const list = async (commit: string) =>
    (await git.raw('log', `--format=%(trailers:key=${TRAILER},valueonly,separator=%x2C)`, commit, '--not', base))
      .split('\n')
      .filter((line) => line !== '');
  const [own, known] = [await list(head), new Set(isCommit ? await list(next) : [])];
  return own.length > 0 && own.every((change) => known.has(change));
}

/**
 * True if the base took in all that people wrote on a branch: after a squash merge the commits are not there, and each
 * file was, as the branch has it.
 */
export async function isTakenIn(git: SimpleGit, { folder, head, base }: Omit<Replacement, 'next'>): Promise<boolean> {
  // Without a lock nothing tells what was written by people.
  if ((await entryOf(git, head, LOCK_PATH)) === '') return false;
  const from = (await git.raw('merge-base', base, head)).trim();
  const paths = await listWritten(git, folder, from, head);
  if (paths.length === 0) return false;
  const words = ['--raw', '--first-parent', '-m', '--no-renames', '--no-abbrev', '-z', '--format='];
  const log = await git.raw('log', ...words, `${from}..${base}`);
  // `:100644 100644 <id> <id> M`, then the path, both with a NUL at the end.
  const changes = [...log.matchAll(/:\d+ (\d+) \w+ (\w+) (\w)\0([^\0]+)\0/g)];
  const taken = new Set(
    changes.map(([, mode, id, letter, path]) => (letter === 'D' ? ` ${path}` : `${mode} blob ${id} ${path}`)),
  );
  for (const path of paths) if (!taken.has(`${await entryOf(git, head, path)} ${path}`)) return false;
  return true;
}

/** Inputs, wherever they come from. */
const INPUT = /^(?:environments|secrets)\//;

/** Paths that differ between two commits, without those that are as the lock of the second one says. Sorted. */
async function listWritten(git: SimpleGit, folder: string, from: string, to: string): Promise<readonly string[]> {
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
