// A written folder → a commit → the remote branch. Never forces, never loses a commit, converges when run again.
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { fail, type Outcome, succeed } from '../core/problem.ts';
import { findCheckoutProblem } from './git-checkout.ts';
import { commitGenerated, findHooks, findReplaced } from './git-commit.ts';
import { hookProblem, insideProblem, movedProblem, refspec } from './git-problems.ts';
import { maskUrl } from './git-secrets.ts';
import { atRemote, inFolder, openGit, type PushRequest, settleToken } from './git-session.ts';
import { withRunLock } from './run-lock.ts';

export type { PushRequest } from './git-session.ts';

export interface PushReport {
  /** Commit that the remote branch now points to. */
  readonly commit: string;
  /** `pushed`, or `up-to-date` if the remote had everything. */
  readonly state: 'pushed' | 'up-to-date';
  /** Without secrets. */
  readonly url: string;
  readonly branch: string;
  /** Files in the folder that are neither committed nor ignored: the user's own business. */
  readonly untouched: readonly string[];
}

/** Where the remote branch was last seen; fetched to tell whether it moved. */
export const SEEN = 'refs/rootstock/remote';

/**
 * Commits and pushes. Codes: GIT-001 to GIT-015, GIT-018, GIT-019, IO-003, IO-005, IO-008; after any of them the folder is whole and the
 * next run goes on.
 */
export async function pushRepository(request: PushRequest): Promise<Outcome<PushReport>> {
  return await withRunLock(request.folder, () => pushLocked(request));
}

/** The same for a caller who holds the folder's lock. */
export async function pushLocked(given: PushRequest): Promise<Outcome<PushReport>> {
  const request = await settleToken(given);
  const git = openGit(request);
  const ready = await inFolder(request, () => prepareFolder(git, request));
  if (!ready.ok) return ready;
  request.progress(`asking ${request.branch} of the remote`);
  const asked = await atRemote(request, 'ls-remote', () => findRemoteHead(git, request));
  if (!asked.ok) return asked;
  const refused = await inFolder(request, () => inspectRemote(git, request, asked.value));
  if (!refused.ok) return refused;
  const committed = await inFolder(request, () => commitGenerated(git, request));
  if (!committed.ok) return committed;
  const published = await publish(git, request, asked.value, committed.value);
  return published.ok ? await inFolder(request, () => report(git, request, asked.value, committed.value)) : published;
}

/** Makes a repository of a folder that is none; of one that is, asks whether a commit would go to the right place. */
async function prepareFolder(git: SimpleGit, request: PushRequest): Promise<Outcome<undefined>> {
  // A link that leads nowhere is something in the way, too: Git says so, and makes no second repository.
  const isRepository = lstatSync(join(request.folder, '.git'), { throwIfNoEntry: false }) !== undefined;
  if (!isRepository) {
    const outer = await findOuterRepository(git);
    if (outer !== undefined) return fail([insideProblem(request, outer)]);
    await git.raw('init', '-q', '-b', request.branch);
  }
  const problem = await findCheckoutProblem(git, request);
  const problems = problem === undefined ? findReplaced(request) : [problem];
  return problems.length > 0 ? fail(problems) : succeed(undefined);
}

/** The repository that a folder without a `.git` is part of; undefined where there is none, or it ignores the folder. */
async function findOuterRepository(git: SimpleGit): Promise<string | undefined> {
  const top = (await git.raw('rev-parse', '--show-toplevel').catch(() => '')).trim();
  if (top === '') return undefined;
  // `check-ignore` prints what is ignored, and fails where nothing is.
  const ignored = await git.raw('check-ignore', '.').catch(() => '');
  return ignored.trim() === '' ? top : undefined;
}

/** Of a remote branch that is part of our history, and not its last commit: people have committed since. */
async function inspectRemote(
  git: SimpleGit,
  { inspect }: PushRequest,
  remoteHead: string | undefined,
): Promise<Outcome<undefined>> {
  if (inspect === undefined || remoteHead === undefined) return succeed(undefined);
  const isBelow = await git.raw('rev-list', '--max-count=1', `${remoteHead}..HEAD`).catch(() => '');
  const isAhead = await git.raw('rev-list', '--max-count=1', `HEAD..${remoteHead}`).catch(() => 'unknown');
  const problems = isBelow.trim() === '' || isAhead.trim() !== '' ? [] : inspect(remoteHead);
  return problems.length > 0 ? fail(problems) : succeed(undefined);
}

/** Brings the commit to the remote branch, unless that moved. */
async function publish(
  git: SimpleGit,
  request: PushRequest,
  remoteHead: string | undefined,
  head: string,
): Promise<Outcome<undefined>> {
  if (remoteHead !== undefined && remoteHead !== head) {
    const move = await atRemote(request, 'fetch', () => findMove(git, request, remoteHead, head));
    if (!move.ok) return move;
    if (move.value !== undefined) return fail([movedProblem(request, move.value.related)]);
  }
  const remembered = await inFolder(request, async () =>
    succeed(await rememberRemote(git, request.url, request.branch)),
  );
  if (!remembered.ok || remoteHead === head) return remembered;
  request.progress(`pushing ${head.slice(0, 10)}`);
  return await pushHead(git, request);
}

/** Also what a server says that was updating the branch for somebody else at that very moment. */
const LOST =
  /\[rejected\]|non-fast-forward|fetch first|\[remote rejected\].*(?:cannot lock ref|reference already exists|failed to update ref|incorrect old value)/;

/**
 * Pushes HEAD. Codes: GIT-001 to GIT-005, GIT-007, GIT-008, GIT-013.
 * @param options of `git push`
 */
export async function pushHead(
  git: SimpleGit,
  request: PushRequest,
  options: readonly string[] = [],
): Promise<Outcome<undefined>> {
  try {
    await git.raw('push', '--quiet', ...options, '--', request.url, refspec(request));
    return succeed(undefined);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // Another push can win between the question and ours.
    if (LOST.test(text)) return fail([movedProblem(request, true)]);
    // A remote that refuses lists the refs it refused; where the list is missing, Git never asked it.
    const ownHook = /failed to push some refs/.test(text) && !/^ ! \[/m.test(text);
    const hooks = ownHook ? await findHooks(git, request.folder, ['pre-push']) : [];
    if (hooks.length > 0) return fail([hookProblem(error, hooks, request)]);
    return await atRemote(request, 'push', () => Promise.reject(error));
  }
}

async function report(
  git: SimpleGit,
  { url, branch }: PushRequest,
  remoteHead: string | undefined,
  head: string,
): Promise<Outcome<PushReport>> {
  const untouched = await listUntouched(git);
  const state = remoteHead === head ? 'up-to-date' : 'pushed';
  return succeed({ commit: head, state, url: maskUrl(url), branch, untouched });
}

/** Files in the folder that are neither committed nor ignored. */
export async function listUntouched(git: SimpleGit): Promise<readonly string[]> {
  // The lock of this very run is nobody's file.
  const own = ':(exclude,top).rootstock/run.lock';
  const status = await git.raw('status', '--porcelain', '--untracked-files=normal', '--', ':/', own);
  return status
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(3));
}

async function findRemoteHead(git: SimpleGit, { url, branch }: PushRequest): Promise<string | undefined> {
  const listed = await git.raw('ls-remote', '--', url, `refs/heads/${branch}`);
  return /^([0-9a-f]{40,64})\t/.exec(listed)?.[1];
}

/** Undefined if the remote branch is part of our history; else whether the two are related at all. */
async function findMove(
  git: SimpleGit,
  { url, branch }: PushRequest,
  remoteHead: string,
  head: string,
): Promise<{ readonly related: boolean } | undefined> {
  await git.raw(
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--',
    url,
    `+refs/heads/${branch}:${SEEN}/${branch}`,
  );
  // `merge-base` prints nothing where there is no common commit.
  const base = (await git.raw('merge-base', '--all', `${SEEN}/${branch}`, head).catch(() => '')).trim();
  return base.split('\n').includes(remoteHead) ? undefined : { related: base !== '' };
}

/** A fresh repository learns its remote, and what its branch follows, unless the URL holds a secret: it would stay in `.git/config`. */
export async function rememberRemote(git: SimpleGit, url: string, branch: string): Promise<undefined> {
  const remotes = (await git.raw('remote')).split('\n');
  if (remotes.includes('origin') || maskUrl(url) !== url) return undefined;
  await git.raw('remote', 'add', 'origin', url);
  await git.raw('config', `branch.${branch}.remote`, 'origin');
  await git.raw('config', `branch.${branch}.merge`, `refs/heads/${branch}`);
  return undefined;
}
