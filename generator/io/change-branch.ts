// A written folder → a commit on a branch of its own → the remote: what a pull request is made of. Rootstock replaces its
// own commits there, and never those of others.
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { BASE_FOLDER } from '../core/generated-base.ts';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { FOREIGN_COMMITS } from './forge/forge-problems.ts';
import { findChangeProblem, findInUseProblem } from './git-checkout.ts';
import { commitGenerated, findReplaced, planCommit } from './git-commit.ts';
import { isAncestor, isRelated, treeOf } from './git-objects.ts';
import { absentProblem, blockedProblem, formatGit, formatPull, formatPush, movedProblem } from './git-problems.ts';
import { listUntouched, pushHead, pushLocked, rememberRemote, SEEN } from './git-push.ts';
import { maskUrl } from './git-secrets.ts';
import { atRemote, inFolder, openGit, type PushRequest, settleToken } from './git-session.ts';
import { isTakenIn, listForeign, listHeld } from './held-work.ts';
import { withRunLock } from './run-lock.ts';

export interface ChangeRequest extends PushRequest {
  /** Branch that the pull request is for; `branch` is its own. */
  readonly base: string;
  /** Branch that is Rootstock's for these environments, whether it is the one of this run or not. */
  readonly ownBranch: string;
  /** Commits at which earlier pull requests of the branch were merged, whoever made them. */
  readonly merged: readonly string[];
}

export interface ChangedFile {
  readonly path: string;
  readonly action: 'create' | 'update' | 'delete';
}

export interface ChangeReport {
  /**
   * - `first`: the remote had no base branch, so that was pushed: there is nothing yet that a pull request could change
   * - `nothing`: the folder is as the base branch is
   * - `kept`: the same, and the branch of the pull request holds what people wrote elsewhere, so that it stays
   */
  readonly state: 'pushed' | 'up-to-date' | 'nothing' | 'kept' | 'first';
  readonly commit: string;
  /** Commit of the base branch that the change is measured against. */
  readonly baseCommit: string;
  /** What the pull request changes, by path. */
  readonly files: readonly ChangedFile[];
  /** Without secrets. */
  readonly url: string;
  readonly untouched: readonly string[];
  /** Remote head that holds nothing any more: `removeBranch` takes it away. */
  readonly obsolete?: string;
}

/** Heads of the remote; undefined for branches that it does not have. */
interface Heads {
  readonly base: string;
  readonly change: string | undefined;
}

/** True for commits of which the base has all that people wrote: nothing of them is left to keep. */
type IsSettled = (commit: string) => Promise<boolean>;

/**
 * Commits and pushes the branch of a pull request. The folder is on that branch afterwards if there was something to
 * commit; its base branch stays as it is. Codes: those of a push, GIT-016, GIT-017, and FORGE-007.
 */
export async function pushChange(request: ChangeRequest): Promise<Outcome<ChangeReport>> {
  return await withRunLock(request.folder, () => pushChangeLocked(request));
}

async function pushChangeLocked(given: ChangeRequest): Promise<Outcome<ChangeReport>> {
  const request = { ...(await settleToken(given)), merges: true };
  const git = openGit(request);
  request.progress(`asking ${request.base} and ${request.branch} of the remote`);
  const listed = await atRemote(request, 'ls-remote', () => listHeads(git, request));
  if (!listed.ok) return listed;
  const { base, change, blocking } = listed.value;
  if (blocking !== undefined) return fail([blockedProblem(request, blocking)]);
  if (base === undefined) return await pushFirst(git, request);
  const heads = { base, change };
  const ready = await inFolder(request, () => prepareFolder(git, request));
  if (!ready.ok) return ready;
  const fetched = await atRemote(request, 'fetch', () => fetchHeads(git, request, heads));
  if (!fetched.ok) return fetched;
  const committed = await inFolder(request, () => commitChange(git, request, heads));
  if (!committed.ok) return committed;
  if (committed.value.state !== 'pushed') return committed;
  request.progress(`pushing ${committed.value.commit.slice(0, 10)}`);
  const pushed = await pushHead(git, request, [lease(request, heads.change)]);
  return pushed.ok ? committed : pushed;
}

/** Takes away a branch that holds nothing any more, unless somebody pushed to it since. */
export async function removeBranch(given: ChangeRequest, head: string): Promise<Outcome<undefined>> {
  const request = await settleToken(given);
  return await atRemote(request, 'push', async () => {
    const words = [lease(request, head), '--', request.url, `:refs/heads/${request.branch}`];
    // Gone already: the forge may remove it with its pull request.
    const left = await listHeads(openGit(request), request);
    if (left.change === head) await openGit(request).raw('push', '--quiet', ...words);
    return undefined;
  });
}

/** Where the remote has no branch at all there is nothing that a pull request could change, so the base is pushed. */
async function pushFirst(git: SimpleGit, request: ChangeRequest): Promise<Outcome<ChangeReport>> {
  const others = await atRemote(request, 'ls-remote', () => git.raw('ls-remote', '--heads', '--', request.url));
  if (!others.ok) return others;
  const names = readHeads(others.value).map(([name]) => name);
  if (names.length > 0) return fail([absentProblem(request, request.base, names)]);
  const pushed = await pushLocked(onBase(request));
  if (!pushed.ok) return pushed;
  const { commit, url, untouched } = pushed.value;
  return succeed({ state: 'first', commit, baseCommit: commit, url, untouched, files: [] });
}

async function listHeads(git: SimpleGit, { url, base, branch }: ChangeRequest) {
  const parts = branch.split('/');
  const parents = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  const patterns = [base, branch, `${branch}/*`, ...parents].map((name) => `refs/heads/${name}`);
  const heads = new Map(readHeads(await git.raw('ls-remote', '--', url, ...patterns)));
  // Git keeps a branch as a file: there is none beside a folder of its name.
  const isBlocking = (name: string) => parents.includes(name) || name.startsWith(`${branch}/`);
  return { base: heads.get(base), change: heads.get(branch), blocking: [...heads.keys()].find(isBlocking) };
}

/** Name and commit of each branch, as `git ls-remote` prints them. */
function readHeads(listed: string): readonly (readonly [string, string])[] {
  return [...listed.matchAll(/^([0-9a-f]+)\trefs\/heads\/(.+)$/gm)].map(([, commit = '', name = '']) => [name, commit]);
}

async function prepareFolder(git: SimpleGit, request: ChangeRequest): Promise<Outcome<undefined>> {
  // Without a `.git` of its own the folder may lie in another repository, which is none of ours.
  const isRepository = lstatSync(join(request.folder, '.git'), { throwIfNoEntry: false }) !== undefined;
  const problem =
    isRepository && (await hasCommit(git))
      ? await findChangeProblem(git, request, { base: request.base, own: request.ownBranch })
      : unrelated(request);
  const problems = problem === undefined ? findReplaced(request) : [problem];
  return problems.length > 0 ? fail(problems) : succeed(undefined);
}

/** A folder that has no commit was made beside the remote instead of in a clone of it. */
async function hasCommit(git: SimpleGit): Promise<boolean> {
  const found = await git.raw('rev-parse', '--quiet', '--verify', 'HEAD^{commit}').catch((error: Error) => {
    // An empty answer is Git's way to say no; anything else is for people.
    if (error.message.trim() === '') return '';
    throw error;
  });
  return found.trim() !== '';
}

function unrelated(request: ChangeRequest): Problem {
  return movedProblem(onBase(request), false);
}

/** The same run, seen from the base branch: hints still name the branch that somebody gave. */
function onBase(request: ChangeRequest): ChangeRequest {
  const { base, branch, branchGiven } = request;
  const flags = branchGiven ? [...request.flags, '--branch', branch] : request.flags;
  return { ...request, branch: base, branchGiven: false, flags };
}

async function fetchHeads(git: SimpleGit, request: ChangeRequest, heads: Heads): Promise<void> {
  const branches = heads.change === undefined ? [request.base] : [request.base, request.branch];
  const refs = branches.map((branch) => `+refs/heads/${branch}:${SEEN}/${branch}`);
  const fetch = (...options: readonly string[]) =>
    git.raw('fetch', '--quiet', '--no-tags', '--no-write-fetch-head', ...options, '--', request.url, ...refs);
  await fetch();
  if ((await git.raw('rev-parse', '--is-shallow-repository')).trim() !== 'true') return;
  const others = ['HEAD', ...(heads.change === undefined ? [] : [heads.change])];
  const missing = await findFirst(others, async (commit) => !(await isRelated(git, heads.base, commit)));
  if (missing === undefined) return;
  request.progress('fetching the history that a shallow clone lacks');
  await fetch('--unshallow');
}

async function commitChange(git: SimpleGit, request: ChangeRequest, heads: Heads): Promise<Outcome<ChangeReport>> {
  if (!(await isRelated(git, heads.base, 'HEAD'))) return fail([unrelated(request)]);
  const planned = await planCommit(git, request);
  // The same was pushed before, from here or from another clone: nothing is to be done, not even a commit.
  const { change } = heads;
  const isThere = change !== undefined && (await treeOf(git, change)) === planned.tree;
  if (isThere && planned.tree !== (await treeOf(git, heads.base)) && (await isAncestor(git, heads.base, change)))
    return succeed(await report(git, request, heads, { state: 'up-to-date', commit: change }));
  const isSettled: IsSettled = async (head) =>
    request.merged.includes(head) || (await isTakenIn(git, { folder: request.folder, head, base: heads.base }));
  const before = (await git.raw('rev-parse', 'HEAD')).trim();
  const commit = await commitOnBranch(git, request, heads, { ...planned, isSettled });
  if (!commit.ok) return commit;
  const isBehind = !(await isAncestor(git, heads.base, commit.value));
  if (isBehind) return fail([await behindProblem(git, request, [before, change ?? before], { isSettled })]);
  const state = await compare(git, request, heads, { commit: commit.value, isSettled });
  if (!state.ok) return state;
  await rememberRemote(git, request.url, request.base);
  return succeed(await report(git, request, heads, { state: state.value, commit: commit.value }));
}

/** Commits what is planned on the branch of the change, and goes there if the folder is elsewhere; gives HEAD. */
async function commitOnBranch(
  git: SimpleGit,
  request: ChangeRequest,
  heads: Heads,
  planned: { readonly tree: string; readonly change: string; readonly isSettled: IsSettled },
): Promise<Outcome<string>> {
  if (planned.tree === (await treeOf(git, 'HEAD'))) return succeed((await git.raw('rev-parse', 'HEAD')).trim());
  const current = (await git.raw('branch', '--show-current')).trim();
  if (current !== request.branch) {
    const kept = (await findInUseProblem(git, request)) ?? (await findKept(git, request, heads, planned));
    if (kept !== undefined) return fail([kept]);
    await switchTo(git, request.branch);
  }
  return await commitGenerated(git, request, planned.change);
}

/** Makes the branch anew where HEAD is, and goes there. */
async function switchTo(git: SimpleGit, branch: string): Promise<void> {
  try {
    await git.raw('switch', '--quiet', '--force-create', branch);
  } catch (error) {
    // A hook that fails after the switch, as that of Git LFS does where it is not installed, is Git's failure, too.
    if ((await git.raw('branch', '--show-current')).trim() !== branch) throw error;
  }
}

/** A local branch of that name is replaced only if nothing but earlier commits of Rootstock is lost with it. */
async function findKept(
  git: SimpleGit,
  request: ChangeRequest,
  heads: Heads,
  { tree, isSettled }: { readonly tree: string; readonly isSettled: IsSettled },
): Promise<Problem | undefined> {
  const { branch, folder } = request;
  const local = (await git.raw('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`)).trim();
  if (local === '') return undefined;
  const known = ['HEAD', heads.base, ...(heads.change === undefined ? [] : [heads.change])];
  const isElsewhere = (await git.raw('rev-list', '--max-count=1', local, '--not', ...known)).trim() === '';
  const isKnown = isElsewhere || (await isSettled(local));
  const held = isKnown ? [] : await listHeld(git, { folder, head: local, base: heads.base, next: tree });
  const lost = [...(isKnown ? [] : await listForeign(git, local, known)), ...held];
  if (lost.length === 0 && (isOwn(request) || (await isAncestor(git, local, 'HEAD')))) return undefined;
  const message = `The branch ${branch} of ${folder} has what is nowhere else: ${lost.join('; ')}.`;
  const hint = `${formatGit(request, 'branch', '-m', branch, `${branch}-kept`)}, then ${formatPush(request)}`;
  return makeProblem(FOREIGN_COMMITS, { message, hint });
}

/** What is left to push, if it may be pushed. */
async function compare(
  git: SimpleGit,
  request: ChangeRequest,
  { base, change }: Heads,
  { commit, isSettled }: { readonly commit: string; readonly isSettled: IsSettled },
): Promise<Outcome<ChangeReport['state']>> {
  const isNothing = await isSame(git, base, commit);
  if (change === undefined) return succeed(isNothing ? 'nothing' : 'pushed');
  if (change === commit && !isNothing) return succeed('up-to-date');
  const replaces = !(await isAncestor(git, change, commit));
  const isLeft = replaces && !(await isSettled(change));
  const foreign = isLeft ? await listForeign(git, change, [commit, base]) : [];
  const replacement = { folder: request.folder, head: change, base, next: commit };
  const lost = isLeft && foreign.length === 0 ? await listHeld(git, replacement) : foreign;
  const isFree = lost.length === 0 && (isOwn(request) || !replaces);
  if (isNothing) return succeed(isFree ? 'nothing' : 'kept');
  return isFree ? succeed('pushed') : fail([foreignProblem(request, lost)]);
}

/**
 * A commit does not hold the base: that moved, or it took earlier commits in by a squash, which hides that it has them.
 * @param earlier commits below the new one, of which the base may have all
 */
async function behindProblem(
  git: SimpleGit,
  request: ChangeRequest,
  earlier: readonly string[],
  { isSettled }: { readonly isSettled: IsSettled },
): Promise<Problem> {
  const problem = movedProblem(onBase(request), true);
  const merged = await findFirst([...request.merged, ...earlier], async (one) =>
    (await isAncestor(git, one, 'HEAD').catch(() => false)) ? await isSettled(one) : false,
  );
  if (merged === undefined) return problem;
  const rebase = formatGit(request, 'rebase', '--autostash', '--onto', `${SEEN}/${request.base}`, merged);
  return { ...problem, hint: `${rebase}, then ${formatPush(request)}` };
}

async function findFirst<T>(items: readonly T[], is: (item: T) => Promise<boolean>): Promise<T | undefined> {
  for (const item of items) if (await is(item)) return item;
  return undefined;
}

function foreignProblem(request: ChangeRequest, foreign: readonly string[]): Problem {
  const { branch } = request;
  const url = maskUrl(request.url);
  const what = foreign.length === 0 ? 'commits that this folder does not have' : foreign.join('; ');
  return makeProblem(FOREIGN_COMMITS, {
    message: `${branch} of ${url} holds ${what}. Nothing was pushed.`,
    hint: `${formatPull(request)}, then ${formatPush(request)}`,
  });
}

async function report(
  git: SimpleGit,
  request: ChangeRequest,
  heads: Heads,
  { state, commit }: Pick<ChangeReport, 'state' | 'commit'>,
): Promise<ChangeReport> {
  const isObsolete = state === 'nothing' && isOwn(request) && heads.change !== undefined;
  return {
    state,
    commit,
    baseCommit: heads.base,
    files: state === 'nothing' || state === 'kept' ? [] : await listFiles(git, heads.base, commit),
    url: maskUrl(request.url),
    untouched: await listUntouched(git),
    ...(isObsolete && !(await isAncestor(git, heads.change ?? '', heads.base)) ? { obsolete: heads.change ?? '' } : {}),
  };
}

const ACTIONS: Readonly<Record<string, ChangedFile['action']>> = { A: 'create', D: 'delete' };

async function listFiles(git: SimpleGit, base: string, commit: string): Promise<readonly ChangedFile[]> {
  const words = (await git.raw('diff', '--name-status', '--no-renames', '-z', base, commit)).split('\0');
  const files: ChangedFile[] = [];
  for (let index = 0; index + 1 < words.length; index += 2) {
    const [letter = '', path = ''] = words.slice(index, index + 2);
    files.push({ path, action: ACTIONS[letter] ?? 'update' });
  }
  return files;
}

/** The branch is Rootstock's: its commits may be replaced. Somebody else's branch is only added to. */
function isOwn({ branch, ownBranch }: ChangeRequest): boolean {
  return branch === ownBranch;
}

/** Refuses a push where the remote branch is not what we saw; an empty value stands for no branch. */
function lease({ branch }: ChangeRequest, seen: string | undefined): string {
  return `--force-with-lease=refs/heads/${branch}:${seen ?? ''}`;
}

/** True if two commits hold the same, but for what bases tell of times before. */
async function isSame(git: SimpleGit, a: string, b: string): Promise<boolean> {
  const words = ['diff', '--name-only', '--no-renames', a, b, '--', ':/', `:(exclude,top)${BASE_FOLDER}`];
  return (await git.raw(...words)).trim() === '';
}
