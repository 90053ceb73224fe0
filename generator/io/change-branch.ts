// A written folder → a commit on a branch of its own → the remote: what a pull request is made of. Rootstock replaces its
// own commits there, and never those of others.
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { BASE_FOLDER } from '../core/generated-base.ts';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { FOREIGN_COMMITS } from './forge/forge-problems.ts';
import { findChangeProblem } from './git-checkout.ts';
import { commitGenerated, digestChange, findReplaced, planCommit } from './git-commit.ts';
import { formatGit, formatPush, movedProblem } from './git-problems.ts';
import { listUntouched, pushHead, pushLocked, rememberRemote, SEEN } from './git-push.ts';
import { maskUrl } from './git-secrets.ts';
import { atRemote, inFolder, openGit, type PushRequest, settleToken } from './git-session.ts';
import { withRunLock } from './run-lock.ts';
import { listWritten } from './written-files.ts';

export interface ChangeRequest extends PushRequest {
  /** Branch that the pull request is for; `branch` is its own. */
  readonly base: string;
  /** The branch is Rootstock's: its commits may be replaced. Somebody else's branch is only added to. */
  readonly own: boolean;
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

/** Names the change of a commit that Rootstock made: see {@link digestChange}. */
const TRAILER = 'Rootstock-Change';

/** Heads of the remote; undefined for branches that it does not have. */
interface Heads {
  readonly base: string;
  readonly change: string | undefined;
}

/**
 * Commits and pushes the branch of a pull request. The folder is on that branch afterwards if there was something to
 * commit; its base branch stays as it is. Codes: those of a push, and FORGE-007.
 */
export async function pushChange(request: ChangeRequest): Promise<Outcome<ChangeReport>> {
  return await withRunLock(request.folder, () => pushChangeLocked(request));
}

async function pushChangeLocked(given: ChangeRequest): Promise<Outcome<ChangeReport>> {
  const request = await settleToken(given);
  const git = openGit(request);
  request.progress(`asking ${request.base} and ${request.branch} of the remote`);
  const listed = await atRemote(request, 'ls-remote', () => listHeads(git, request));
  if (!listed.ok) return listed;
  const { base, change } = listed.value;
  if (base === undefined) return await pushFirst(request);
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

async function pushFirst(request: ChangeRequest): Promise<Outcome<ChangeReport>> {
  const pushed = await pushLocked(onBase(request));
  if (!pushed.ok) return pushed;
  const { commit, url, untouched } = pushed.value;
  return succeed({ state: 'first', commit, baseCommit: commit, url, untouched, files: [] });
}

async function listHeads(git: SimpleGit, { url, base, branch }: ChangeRequest) {
  const listed = await git.raw('ls-remote', '--', url, `refs/heads/${base}`, `refs/heads/${branch}`);
  const heads = new Map(listed.split('\n').map((line) => line.split('\t').reverse() as [string, string]));
  return { base: heads.get(`refs/heads/${base}`), change: heads.get(`refs/heads/${branch}`) };
}

async function prepareFolder(git: SimpleGit, request: ChangeRequest): Promise<Outcome<undefined>> {
  // Without a `.git` of its own the folder may lie in another repository, which is none of ours.
  const isRepository = lstatSync(join(request.folder, '.git'), { throwIfNoEntry: false }) !== undefined;
  const problem =
    isRepository && (await hasCommit(git)) ? await findChangeProblem(git, request, request.base) : unrelated(request);
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
  await git.raw('fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', request.url, ...refs);
}

async function commitChange(git: SimpleGit, request: ChangeRequest, heads: Heads): Promise<Outcome<ChangeReport>> {
  if (!(await isRelated(git, heads.base, 'HEAD'))) return fail([unrelated(request)]);
  const planned = await planCommit(git, request);
  // The same was pushed before, from here or from another clone: nothing is to be done, not even a commit.
  const { change } = heads;
  const isThere = change !== undefined && (await treeOf(git, change)) === planned.tree;
  if (isThere && planned.tree !== (await treeOf(git, heads.base)) && (await isAncestor(git, heads.base, change)))
    return succeed(await report(git, request, heads, { state: 'up-to-date', commit: change }));
  const commit = await commitOnBranch(git, request, heads, planned);
  if (!commit.ok) return commit;
  const state = await compare(git, request, heads, commit.value);
  if (!state.ok) return state;
  await rememberRemote(git, request.url, request.base);
  return succeed(await report(git, request, heads, { state: state.value, commit: commit.value }));
}

/** Commits what is planned on the branch of the change, and goes there if the folder is elsewhere; gives HEAD. */
async function commitOnBranch(
  git: SimpleGit,
  request: ChangeRequest,
  heads: Heads,
  planned: { readonly tree: string; readonly change: string },
): Promise<Outcome<string>> {
  if (planned.tree === (await treeOf(git, 'HEAD'))) return succeed((await git.raw('rev-parse', 'HEAD')).trim());
  const current = (await git.raw('branch', '--show-current')).trim();
  if (current !== request.branch) {
    const kept = await findKept(git, request, heads, planned.tree);
    if (kept !== undefined) return fail([kept]);
    await git.raw('switch', '--quiet', '--force-create', request.branch);
  }
  return await commitGenerated(git, {
    ...request,
    message: `${request.message.trimEnd()}\n\n${TRAILER}: ${planned.change}`,
  });
}

/** A local branch of that name is replaced only if nothing but earlier commits of Rootstock is lost with it. */
async function findKept(
  git: SimpleGit,
  request: ChangeRequest,
  heads: Heads,
  next: string,
): Promise<Problem | undefined> {
  const { branch, folder } = request;
  const local = (await git.raw('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`)).trim();
  if (local === '') return undefined;
  const known = ['HEAD', heads.base, ...(heads.change === undefined ? [] : [heads.change])];
  const isElsewhere = (await git.raw('rev-list', '--max-count=1', local, '--not', ...known)).trim() === '';
  const held = isElsewhere ? [] : await listHeld(git, request, local, { base: heads.base, next });
  const lost = [...(await listForeign(git, local, known)), ...held];
  if (lost.length === 0 && (request.own || (await isAncestor(git, local, 'HEAD')))) return undefined;
  const message = `The branch ${branch} of ${folder} has what is nowhere else: ${lost.join('; ')}.`;
  const hint = `${formatGit(request, 'branch', '-m', branch, `${branch}-kept`)}, then ${formatPush(request)}`;
  return makeProblem(FOREIGN_COMMITS, { message, hint });
}

/** What is left to push, if it may be pushed. */
async function compare(
  git: SimpleGit,
  request: ChangeRequest,
  heads: Heads,
  commit: string,
): Promise<Outcome<ChangeReport['state']>> {
  const { change } = heads;
  if (!(await isAncestor(git, heads.base, commit))) return fail([await findBehind(git, request, commit)]);
  const isNothing = await isSame(git, heads.base, commit);
  if (change === undefined) return succeed(isNothing ? 'nothing' : 'pushed');
  if (change === commit && !isNothing) return succeed('up-to-date');
  const isMerged = request.merged.includes(change);
  const foreign = isMerged ? [] : await listForeign(git, change, [commit, heads.base]);
  const replaces = !(await isAncestor(git, change, commit));
  if (foreign.length > 0 || (replaces && !request.own)) return fail([foreignProblem(request, foreign)]);
  const held = isMerged || !replaces ? [] : await listHeld(git, request, change, { base: heads.base, next: commit });
  if (held.length > 0 && !isNothing) return fail([foreignProblem(request, held)]);
  return succeed(held.length > 0 ? 'kept' : isNothing ? 'nothing' : 'pushed');
}

/** Why a commit does not hold the base: it moved, or it took the earlier commits in by a squash, which hides that it has them. */
async function findBehind(git: SimpleGit, request: ChangeRequest, commit: string): Promise<Problem> {
  const problem = movedProblem(onBase(request), true);
  const ancestors = await Promise.all(request.merged.map((one) => isAncestor(git, one, commit).catch(() => false)));
  const merged = request.merged.find((_, index) => ancestors[index]);
  if (merged === undefined) return problem;
  const rebase = formatGit(request, 'rebase', '--onto', `${SEEN}/${request.base}`, merged);
  return { ...problem, hint: `${rebase}, then ${formatPush(request)}` };
}

/** Files that somebody changed in commits of Rootstock, which replacing these would take back. */
async function listHeld(
  git: SimpleGit,
  { folder }: ChangeRequest,
  head: string,
  { base, next }: { readonly base: string; readonly next: string },
): Promise<readonly string[]> {
  const from = (await git.raw('merge-base', base, head)).trim();
  if (await isRebased(git, head, { base, next })) return [];
  const files = await listWritten(git, folder, from, head);
  const differs = async (path: string) => (await blobOf(git, head, path)) !== (await blobOf(git, next, path));
  const held: string[] = [];
  for (const path of files) if (await differs(path)) held.push(`what was written to ${path}`);
  return held;
}

/** True if each commit of a branch is among the new ones, perhaps made anew on another one. */
async function isRebased(
  git: SimpleGit,
  head: string,
  { base, next }: { readonly base: string; readonly next: string },
): Promise<boolean> {
  // A tree that is not committed yet has no commits of its own.
  const isCommit = (await git.raw('cat-file', '-t', next)).trim() === 'commit';
  const list = async (commit: string) =>
    (await git.raw('log', `--format=%(trailers:key=${TRAILER},valueonly,separator=%x2C)`, commit, '--not', base))
      .split('\n')
      .filter((line) => line !== '');
  const [own, known] = [await list(head), new Set(isCommit ? await list(next) : [])];
  return own.length > 0 && own.every((change) => known.has(change));
}

function foreignProblem(request: ChangeRequest, foreign: readonly string[]): Problem {
  const { branch } = request;
  const url = maskUrl(request.url);
  const what = foreign.length === 0 ? 'commits that this folder does not have' : foreign.join('; ');
  return makeProblem(FOREIGN_COMMITS, {
    message: `${branch} of ${url} holds ${what}. Nothing was pushed.`,
    hint: `${formatGit(request, 'pull', '--rebase', url, branch)}, then ${formatPush(request)}`,
  });
}

/**
 * Commits that neither Rootstock made nor Git by itself, as people know them: those that would be lost if a branch were
 * replaced. A commit of Rootstock that was amended counts; one that was rebased, or merged with the base, does not.
 */
async function listForeign(git: SimpleGit, head: string, known: readonly string[]): Promise<readonly string[]> {
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

async function report(
  git: SimpleGit,
  request: ChangeRequest,
  heads: Heads,
  { state, commit }: Pick<ChangeReport, 'state' | 'commit'>,
): Promise<ChangeReport> {
  const isObsolete = state === 'nothing' && request.own && heads.change !== undefined;
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

/** Refuses a push where the remote branch is not what we saw; an empty value stands for no branch. */
function lease({ branch }: ChangeRequest, seen: string | undefined): string {
  return `--force-with-lease=refs/heads/${branch}:${seen ?? ''}`;
}

/** True if two commits hold the same, but for what bases tell of times before. */
async function isSame(git: SimpleGit, a: string, b: string): Promise<boolean> {
  const words = ['diff', '--name-only', '--no-renames', a, b, '--', ':/', `:(exclude,top)${BASE_FOLDER}`];
  return (await git.raw(...words)).trim() === '';
}

async function blobOf(git: SimpleGit, tree: string, path: string): Promise<string> {
  return (await git.raw('ls-tree', tree, '--', path)).split('\t')[0] ?? '';
}

async function treeOf(git: SimpleGit, commit: string): Promise<string> {
  return (await git.raw('rev-parse', `${commit}^{tree}`)).trim();
}

async function isRelated(git: SimpleGit, a: string, b: string): Promise<boolean> {
  return (await git.raw('merge-base', a, b).catch(() => '')).trim() !== '';
}

async function isAncestor(git: SimpleGit, ancestor: string, commit: string): Promise<boolean> {
  const bases = await git.raw('merge-base', '--all', ancestor, commit).catch(() => '');
  return bases.split('\n').includes((await git.raw('rev-parse', `${ancestor}^{commit}`)).trim());
}
