// What Rootstock generated in a folder → a commit with that and nothing else.
import { existsSync, lstatSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { BASE_FOLDER } from '../core/generated-base.ts';
import { LOCK_PATH, parseLock } from '../core/lock.ts';
import { fail, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { digestChange, nameChange, readChanges } from './change-name.ts';
import { changedByHookProblem, changedSinceProblem, hookProblem, isKnownInFolder } from './git-problems.ts';
import { openGit, type PushRequest } from './git-session.ts';
import { findChanged } from './pushed-tree.ts';
import { inTheWayProblem } from './user-files.ts';

/** Hooks that can stop a commit, in the order in which Git runs them. */
const COMMIT_HOOKS = ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'reference-transaction'];

/** Folders in place of generated files: Git would commit what is in them. */
export function findReplaced({ folder, paths }: PushRequest): readonly Problem[] {
  const isFolder = (path: string) => lstatSync(join(folder, path), { throwIfNoEntry: false })?.isDirectory() === true;
  return paths.filter(isFolder).map((path) => inTheWayProblem(folder, path));
}

/**
 * Commits what Rootstock generated and nothing else, if any of it changed; gives HEAD. Codes: GIT-013, GIT-018, GIT-019.
 * @param change names the commit, for a branch that Rootstock may replace
 */
export async function commitGenerated(git: SimpleGit, request: PushRequest, change?: string): Promise<Outcome<string>> {
  return await withPathList(git, request, async (relevant, from) => {
    await git.raw('add', '--all', '--force', ...from);
    const changed = (await git.raw('diff', '--cached', '--name-only', '-z')).split('\0');
    const ours = new Set(relevant);
    const isChanged = changed.some((path) => ours.has(path));
    const stopped = isChanged
      ? ((await commit(git, request, from, change)) ?? (await findHookChange(git, request, ours)))
      : undefined;
    // What a hook made of the files is what lies there now.
    if (stopped !== undefined) await git.raw('add', '--all', '--force', ...from);
    const problem = stopped ?? (await findUnproven(git, request));
    return problem === undefined ? succeed((await git.raw('rev-parse', 'HEAD')).trim()) : fail([problem]);
  });
}

/** Seconds may pass between the proof and the commit: what somebody saved or committed in between was not proven. */
async function findUnproven(git: SimpleGit, request: PushRequest): Promise<Problem | undefined> {
  const { folder, proven } = request;
  const { head, digests } = proven;
  const [commit, parent] = (await git.raw('rev-list', '--parents', '--max-count=1', 'HEAD')).trim().split(' ');
  const isMoved = head !== commit && head !== parent;
  const changed = [...(isMoved ? ['HEAD'] : []), ...findChanged(folder, digests)];
  return changed.length === 0 ? undefined : changedSinceProblem(changed, request);
}

/** Git gives hooks an index of their own: what they change is in the commit, and not in the index of the folder. */
async function findHookChange(
  git: SimpleGit,
  request: PushRequest,
  ours: ReadonlySet<string>,
): Promise<Problem | undefined> {
  const list = async (...words: string[]) => (await git.raw(...words)).split('\0').filter((path) => path !== '');
  const names = ['--name-only', '--no-renames', '-z'];
  const otherwise = await list('diff', '--cached', ...names, 'HEAD');
  const committed = await list('diff-tree', '-r', '--root', '--no-commit-id', ...names, 'HEAD');
  const paths = [...otherwise.filter((path) => ours.has(path)), ...committed.filter((path) => !ours.has(path))];
  return paths.length === 0 ? undefined : changedByHookProblem(paths.sort(), request);
}

/** What a commit would hold, told with an index of its own: nothing that the user sees changes. */
export interface PlannedCommit {
  /** Id of its tree. */
  readonly tree: string;
  /** Digest of its change against HEAD: see {@link digestChange}. */
  readonly change: string;
}

/** Plans the commit that {@link commitGenerated} would make. HEAD must be a commit. */
export async function planCommit(git: SimpleGit, request: PushRequest): Promise<PlannedCommit> {
  const index = resolve(request.folder, (await git.raw('rev-parse', '--git-path', 'rootstock-index')).trim());
  const aside = openGit(request, { GIT_INDEX_FILE: index });
  try {
    await aside.raw('read-tree', 'HEAD');
    await withPathList(aside, request, (_relevant, from) => aside.raw('add', '--all', '--force', ...from));
    const tree = (await aside.raw('write-tree')).trim();
    return { tree, change: await digestChange(git, 'HEAD', tree) };
  } finally {
    rmSync(index, { force: true });
  }
}

/** A path list on disk has no length limit; in a worktree `.git` is a file, so Git says where its folder is. */
async function withPathList<T>(
  git: SimpleGit,
  request: PushRequest,
  use: (relevant: readonly string[], from: readonly string[]) => Promise<T>,
): Promise<T> {
  const { folder, paths } = request;
  const tracked = new Set((await git.raw('ls-files', '-z')).split('\0'));
  const candidates = new Set([...paths, ...(await listPathsOfHead(git))]);
  const relevant = [...candidates].filter((path) => tracked.has(path) || existsSync(join(folder, path)));
  const list = resolve(folder, (await git.raw('rev-parse', '--git-path', 'rootstock-paths')).trim());
  try {
    writeFileSync(list, relevant.join('\0'));
    return await use(relevant, [`--pathspec-from-file=${list}`, '--pathspec-file-nul']);
  } finally {
    rmSync(list, { force: true });
  }
}

/** Commits; a problem if the hooks of the folder refuse, thrown if Git does. */
async function commit(
  git: SimpleGit,
  request: PushRequest,
  from: readonly string[],
  change: string | undefined,
): Promise<Problem | undefined> {
  const message = change === undefined ? request.message : nameChange(request.message, change);
  try {
    await git.raw('commit', '--quiet', '--no-edit', '--only', ...from, '-m', message);
    if (change !== undefined) await nameAgain(git);
    return undefined;
  } catch (error) {
    if (isKnownInFolder(error, request)) throw error;
    const hooks = await findHooks(git, request.folder, COMMIT_HOOKS);
    if (hooks.length === 0) throw error;
    return hookProblem(error, hooks, request);
  }
}

/** Hooks may have changed files or the message: then the commit gets the name of the change that it holds. */
async function nameAgain(git: SimpleGit): Promise<void> {
  const message = await git.raw('log', '-1', '--format=%B');
  const change = await digestChange(git, 'HEAD^', 'HEAD');
  if (readChanges(message).includes(change)) return;
  // They said what they had to say.
  await git.raw('commit', '--quiet', '--amend', '--only', '--no-verify', '-m', nameChange(message, change));
}

/** Which of these hooks the folder has; Git runs only those that can be executed. */
export async function findHooks(git: SimpleGit, folder: string, names: readonly string[]): Promise<readonly string[]> {
  const listed = await git.raw('rev-parse', ...names.flatMap((name) => ['--git-path', `hooks/${name}`]));
  const paths = listed.split('\n');
  return names.filter((_name, index) => isExecutable(resolve(folder, paths[index] ?? '')));
}

function isExecutable(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true && (stat.mode & 0o111) !== 0;
}

/** What the last commit's lock calls generated: files that are gone since then belong into this commit as deletions. */
async function listPathsOfHead(git: SimpleGit): Promise<readonly string[]> {
  const text = await git.raw('show', `HEAD:${LOCK_PATH}`).catch(() => '');
  const bases = await git.raw('ls-tree', '--name-only', 'HEAD', BASE_FOLDER).catch(() => '');
  return [...Object.keys(parseLock(text)?.files ?? {}), ...bases.split('\n').filter((path) => path !== '')];
}
