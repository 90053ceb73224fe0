// What people wrote on the branch of a pull request, as opposed to what Rootstock generated there: replacing the branch
// would take it away.
import type { SimpleGit } from 'simple-git';
import { LOCK_PATH, parseLock } from '../core/lock.ts';
import { digestChange, readChanges } from './change-name.ts';
import { readCommitted } from './git-committed.ts';
import { entryOf, findMergeBase, treeOf } from './git-objects.ts';
import { digest } from './write-journal.ts';

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
  const foreign = await findForeign(git, head, known);
  return foreign.map(({ commit, author, subject }) => `${commit.slice(0, 7)} by ${author} (${subject})`);
}

interface ForeignCommit {
  readonly commit: string;
  readonly author: string;
  readonly subject: string;
}

async function findForeign(git: SimpleGit, head: string, known: readonly string[]): Promise<readonly ForeignCommit[]> {
  const log = await git.raw('log', '-z', '--format=%H%x1f%P%x1f%an%x1f%s%x1f%B', head, '--not', ...known);
  const foreign: ForeignCommit[] = [];
  for (const entry of log.split('\0').filter((line) => line !== '')) {
    const [commit = '', parents = '', author = '', subject = '', message = ''] = entry.split('\x1f');
    const [parent, second, third] = parents.split(' ').filter((one) => one !== '');
    const ours =
      parent !== undefined && second === undefined
        ? await isNamed(git, message, parent, commit)
        : parent !== undefined &&
          second !== undefined &&
          third === undefined &&
          (await isPlainMerge(git, commit, parent, second));
    if (!ours) foreign.push({ commit, author, subject });
  }
  return foreign;
}

/** True if the message of a commit names its change, as Rootstock does. */
async function isNamed(git: SimpleGit, message: string, parent: string, commit: string): Promise<boolean> {
  const named = readChanges(message);
  return named.length > 0 && named.includes(await digestChange(git, parent, commit));
}

/** True if a merge holds what Git makes by itself: nobody put anything into it. */
async function isPlainMerge(git: SimpleGit, commit: string, first: string, second: string): Promise<boolean> {
  const merged = await git.raw('merge-tree', '--write-tree', first, second).catch(() => '');
  return merged.trim() === (await treeOf(git, commit));
}

/** Files that somebody changed in commits of Rootstock, and that the next ones have otherwise. */
export async function listHeld(git: SimpleGit, replacement: Replacement): Promise<readonly string[]> {
  const { folder, head, base, next } = replacement;
  const from = await findMergeBase(git, base, head);
  // Of another history every commit is somebody's.
  if (from === undefined || (await isRebased(git, replacement))) return [];
  const held: string[] = [];
  for (const path of await listWritten(git, folder, from, head))
    if ((await entryOf(git, head, path)) !== (await entryOf(git, next, path))) held.push(`what was written to ${path}`);
  return held;
}

/** True if each commit of a branch is among the new ones, perhaps made anew on another one. */
async function isRebased(git: SimpleGit, { head, base, next }: Replacement): Promise<boolean> {
  // A tree that is not committed yet has no commits of its own.
  const isCommit = (await git.raw('cat-file', '-t', next)).trim() === 'commit';
  const list = async (commit: string) => readChanges(await git.raw('log', '--format=%B', commit, '--not', base));
  const [own, known] = [await list(head), new Set(isCommit ? await list(next) : [])];
  return own.length > 0 && own.every((change) => known.has(change));
}

/**
 * True if the base once had all that people did on a branch, as the branch has it: after a squash merge the commits are
 * not there, and what they made of the files is.
 */
export async function isTakenIn(git: SimpleGit, { folder, head, base }: Omit<Replacement, 'next'>): Promise<boolean> {
  const from = await findMergeBase(git, base, head);
  // Without a lock nothing tells what was written by people.
  if (from === undefined || (await entryOf(git, head, LOCK_PATH)) === '') return false;
  const written = await listWritten(git, folder, from, head);
  const touched = await listTouched(git, await findForeign(git, head, [base]));
  const paths = [...new Set([...written, ...touched])].map((path) => `:(top,literal)${path}`);
  if (paths.length === 0) return false;
  // Only a commit that changes one of them can have taken them in: before, the base may have them as the branch has them
  // after it took everything back.
  const commits = (await git.raw('rev-list', '--first-parent', `${from}..${base}`, '--', ...paths)).split('\n');
  for (const commit of commits.filter((line) => line !== ''))
    if ((await git.raw('diff-tree', '-r', ...PLAIN, '--name-only', head, commit, '--', ...paths)) === '') return true;
  return false;
}

/** Whatever the user set: paths as they are, with the commits of other repositories. */
const PLAIN = ['--no-renames', '--ignore-submodules=none', '-z'];

/** Inputs, wherever they come from. */
const INPUT = /^(?:environments|secrets)\//;

/** Records of ours hold nothing that people wrote. */
function isOfPeople(path: string): boolean {
  return path !== '' && !path.startsWith('.rootstock/');
}

/** Paths that commits changed; of a merge those that are as in none of its parents. */
async function listTouched(git: SimpleGit, commits: readonly ForeignCommit[]): Promise<readonly string[]> {
  if (commits.length === 0) return [];
  const words = ['log', '--no-walk', '--cc', '--name-only', '--format=', ...PLAIN];
  const listed = await git.raw(...words, ...commits.map(({ commit }) => commit));
  return listed.split('\0').filter(isOfPeople);
}

/** Paths that differ between two commits, without those that were only generated, by the locks of the two. Sorted. */
async function listWritten(git: SimpleGit, folder: string, from: string, to: string): Promise<readonly string[]> {
  const listed = await git.raw('diff-tree', '-r', '--raw', ...PLAIN, from, to);
  // `:100644 100644 <id> <id> M`, then the path, both with a NUL at the end.
  const changes = [...listed.matchAll(/:(\d+) (\d+) \w+ \w+ \w\0([^\0]+)\0/g)]
    .map(([, before = '', after = '', path = '']) => ({ before, after, path }))
    .filter(({ path }) => isOfPeople(path));
  if (changes.length === 0) return [];
  const texts = readCommitted(folder, [...changes.map(({ path }) => path), LOCK_PATH], to);
  const lock = parseLock(texts.get(LOCK_PATH) ?? '');
  const earlier = parseLock(readCommitted(folder, [LOCK_PATH], from).get(LOCK_PATH) ?? '');
  const isGenerated = ({ before, after, path }: (typeof changes)[number]) => {
    const [text, known] = [texts.get(path), lock?.files[path]];
    if (after === ABSENT) return known === undefined && earlier?.files[path] !== undefined;
    return text !== undefined && known === digest(text) && (before === ABSENT || before === after);
  };
  const isWritten = (change: (typeof changes)[number]) => lock !== undefined && !isGenerated(change);
  return changes
    .filter((change) => INPUT.test(change.path) || isWritten(change))
    .map(({ path }) => path)
    .sort();
}

/** Mode of a path that is not there. */
const ABSENT = '000000';
