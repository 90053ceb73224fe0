// A written folder → a commit → the remote branch. Never forces, never loses a commit, converges when run again.
import { existsSync, lstatSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import { BASE_FOLDER } from '../core/generated-base.ts';
import { LOCK_PATH, parseLock } from '../core/lock.ts';
import { fail, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { findCheckoutProblem } from './git-checkout.ts';
import {
  explainFolderError,
  explainRemoteError,
  formatGit,
  type GitTarget,
  hookProblem,
  isKnownInFolder,
  movedProblem,
  refspec,
} from './git-problems.ts';
import { maskUrl } from './git-secrets.ts';
import { inTheWayProblem } from './user-files.ts';

export interface PushRequest extends GitTarget {
  /** Commit message; the first line names environments and versions. */
  readonly message: string;
  /** Paths that Rootstock generated: only these, and those of the last committed lock, are committed. */
  readonly paths: readonly string[];
  /** Git may ask on the terminal for a password. */
  readonly interactive: boolean;
  /** Told before each step that may take a while. */
  readonly progress: (text: string) => void;
}

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
const SEEN = 'refs/rootstock/remote';

/** Hooks that can stop a commit, in the order in which Git runs them. */
const COMMIT_HOOKS = ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'reference-transaction'];

/**
 * Commits and pushes. Codes: GIT-001 to GIT-014, IO-003, IO-005, IO-008; after any of them the folder is whole and the
 * next run goes on.
 */
export async function pushRepository(request: PushRequest): Promise<Outcome<PushReport>> {
  const git = openGit(request);
  const ready = await inFolder(request, () => prepareFolder(git, request));
  if (!ready.ok) return ready;
  request.progress(`asking ${request.branch} of the remote`);
  const asked = await atRemote(request, 'ls-remote', () => findRemoteHead(git, request));
  if (!asked.ok) return asked;
  const committed = await inFolder(request, () => commitGenerated(git, request));
  if (!committed.ok) return committed;
  const published = await publish(git, request, asked.value, committed.value);
  return published.ok ? await inFolder(request, () => report(git, request, asked.value, committed.value)) : published;
}

/** A step that concerns the folder alone. */
async function inFolder<T>(request: PushRequest, step: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await step();
  } catch (error) {
    return fail([explainFolderError(error, request)]);
  }
}

/** A step that speaks with the remote. */
async function atRemote<T>(request: PushRequest, command: string, step: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return succeed(await step());
  } catch (error) {
    const words = command === 'push' ? [refspec(request)] : [`refs/heads/${request.branch}`];
    return fail([explainRemoteError(error, request, formatGit(request, command, maskUrl(request.url), ...words))]);
  }
}

/** Makes a repository of a folder that is none; of one that is, asks whether a commit would go to the right place. */
async function prepareFolder(git: SimpleGit, request: PushRequest): Promise<Outcome<undefined>> {
  // A link that leads nowhere is something in the way, too: Git says so, and makes no second repository.
  const isRepository = lstatSync(join(request.folder, '.git'), { throwIfNoEntry: false }) !== undefined;
  if (!isRepository) await git.raw('init', '-q', '-b', request.branch);
  const problem = await findCheckoutProblem(git, request);
  const problems = problem === undefined ? findReplaced(request) : [problem];
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
  const remembered = await inFolder(request, async () => succeed(await rememberRemote(git, request.url)));
  if (!remembered.ok || remoteHead === head) return remembered;
  request.progress(`pushing ${head.slice(0, 10)}`);
  return await push(git, request);
}

async function push(git: SimpleGit, request: PushRequest): Promise<Outcome<undefined>> {
  try {
    await git.raw('push', '--quiet', '--', request.url, refspec(request));
    return succeed(undefined);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // Another push can win between the question and ours.
    if (/\[rejected\]|non-fast-forward|fetch first/.test(text)) return fail([movedProblem(request, true)]);
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
  const status = await git.raw('status', '--porcelain', '--untracked-files=normal');
  const untouched = status
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(3));
  const state = remoteHead === head ? 'up-to-date' : 'pushed';
  return succeed({ commit: head, state, url: maskUrl(url), branch, untouched });
}

function openGit(request: PushRequest): SimpleGit {
  const quiet = request.interactive
    ? {}
    : {
        GIT_TERMINAL_PROMPT: '0',
        ...(process.env['GIT_SSH_COMMAND'] === undefined ? { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes' } : {}),
      };
  // The user's own environment reaches Git as it would on their command line; messages are in English so that they can be explained.
  const environment: NodeJS.ProcessEnv = { ...process.env, ...quiet, LC_ALL: 'C' };
  // Set where a hook of another repository runs us: they would lead Git there.
  for (const name of OTHER_REPOSITORY) delete environment[name];
  const allowEnvironment = Object.keys(environment);
  return simpleGit({ baseDir: request.folder, allowEnvironment, unsafe: USER_SETTINGS, errors }).env(environment);
}

const OTHER_REPOSITORY = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
];

/** simple-git takes a command that fails without a word on stderr, as a silent hook makes it, for a success. */
function errors(
  error: Buffer | Error | undefined,
  { exitCode, stdOut, stdErr }: { readonly exitCode: number; readonly stdOut: Buffer[]; readonly stdErr: Buffer[] },
): Buffer | Error | undefined {
  return error ?? (exitCode === 0 ? undefined : Buffer.concat([...stdErr, ...stdOut]));
}

/** simple-git distrusts these when a program sets them; here the user's own shell did. */
const USER_SETTINGS = {
  allowUnsafeSshCommand: true,
  allowUnsafeAskPass: true,
  allowUnsafeEditor: true,
  allowUnsafePager: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeGitProxy: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeTemplateDir: true,
  allowUnsafeExec: true,
} as const;

async function findRemoteHead(git: SimpleGit, { url, branch }: PushRequest): Promise<string | undefined> {
  const listed = await git.raw('ls-remote', '--', url, `refs/heads/${branch}`);
  return /^([0-9a-f]{40,64})\t/.exec(listed)?.[1];
}

/** Folders in place of generated files: Git would commit what is in them. */
function findReplaced({ folder, paths }: PushRequest): readonly Problem[] {
  const isFolder = (path: string) => lstatSync(join(folder, path), { throwIfNoEntry: false })?.isDirectory() === true;
  return paths.filter(isFolder).map((path) => inTheWayProblem(folder, path));
}

/** Commits what Rootstock generated and nothing else, if any of it changed; gives HEAD. */
async function commitGenerated(git: SimpleGit, request: PushRequest): Promise<Outcome<string>> {
  const { folder, paths } = request;
  const tracked = new Set((await git.raw('ls-files', '-z')).split('\0'));
  const candidates = new Set([...paths, ...(await listPathsOfHead(git))]);
  const relevant = [...candidates].filter((path) => tracked.has(path) || existsSync(join(folder, path)));
  // A path list on disk has no length limit; in a worktree `.git` is a file, so Git says where its folder is.
  const list = resolve(folder, (await git.raw('rev-parse', '--git-path', 'rootstock-paths')).trim());
  try {
    writeFileSync(list, relevant.join('\0'));
    const from = [`--pathspec-from-file=${list}`, '--pathspec-file-nul'];
    await git.raw('add', '--all', '--force', ...from);
    const changed = (await git.raw('diff', '--cached', '--name-only', '-z')).split('\0');
    const ours = new Set(relevant);
    const stopped = changed.some((path) => ours.has(path)) ? await commit(git, request, from) : undefined;
    return stopped === undefined ? succeed((await git.raw('rev-parse', 'HEAD')).trim()) : fail([stopped]);
  } finally {
    rmSync(list, { force: true });
  }
}

/** Commits; a problem if the hooks of the folder refuse, thrown if Git does. */
async function commit(git: SimpleGit, request: PushRequest, from: readonly string[]): Promise<Problem | undefined> {
  try {
    await git.raw('commit', '--quiet', '--no-edit', '--only', ...from, '-m', request.message);
    return undefined;
  } catch (error) {
    if (isKnownInFolder(error, request)) throw error;
    const hooks = await findHooks(git, request.folder, COMMIT_HOOKS);
    if (hooks.length === 0) throw error;
    return hookProblem(error, hooks, request);
  }
}

/** Which of these hooks the folder has; Git runs only those that can be executed. */
async function findHooks(git: SimpleGit, folder: string, names: readonly string[]): Promise<readonly string[]> {
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

/** A fresh repository learns its remote, unless the URL holds a secret: it would stay in `.git/config`. */
async function rememberRemote(git: SimpleGit, url: string): Promise<undefined> {
  const remotes = (await git.raw('remote')).split('\n');
  if (!remotes.includes('origin') && maskUrl(url) === url) await git.raw('remote', 'add', 'origin', url);
  return undefined;
}
