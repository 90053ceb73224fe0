// A written folder → a commit → the remote branch. Never forces, never loses a commit, converges when run again.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import { LOCK_PATH, parseLock } from '../core/lock.ts';
import { fail, type Outcome, succeed } from '../core/problem.ts';
import { explainGitError, type GitTarget, movedProblem } from './git-problems.ts';

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
  readonly url: string;
  readonly branch: string;
  /** Files in the folder that are neither committed nor ignored: the user's own business. */
  readonly untouched: readonly string[];
}

/** Where the remote branch was last seen; fetched to tell whether it moved. */
const SEEN = 'refs/rootstock/remote';

/** Commits and pushes. Codes: GIT-001 to GIT-008; after any of them the folder is whole and the next run goes on. */
export async function pushRepository(request: PushRequest): Promise<Outcome<PushReport>> {
  try {
    const git = openGit(request);
    if (!existsSync(join(request.folder, '.git'))) await git.raw('init', '-q', '-b', request.branch);
    request.progress(`asking ${request.branch} of the remote`);
    const remoteHead = await findRemoteHead(git, request);
    await commitGenerated(git, request);
    const head = (await git.raw('rev-parse', 'HEAD')).trim();
    const moved = remoteHead === undefined ? undefined : await findMove(git, request, remoteHead, head);
    if (moved !== undefined) return fail([movedProblem(request, moved.related)]);
    await rememberRemote(git, request.url);
    if (remoteHead !== head) {
      request.progress(`pushing ${head.slice(0, 10)}`);
      await git.raw('push', '--quiet', request.url, `HEAD:refs/heads/${request.branch}`);
    }
    const untouched = (await git.raw('status', '--porcelain', '--untracked-files=normal'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.slice(3));
    return succeed({
      commit: head,
      state: remoteHead === head ? 'up-to-date' : 'pushed',
      url: request.url,
      branch: request.branch,
      untouched,
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // Another push can win between the question and ours.
    if (/\[rejected\]|non-fast-forward|fetch first/.test(text)) return fail([movedProblem(request, true)]);
    return fail([explainGitError(error, request)]);
  }
}

function openGit(request: PushRequest): SimpleGit {
  const quiet = request.interactive
    ? {}
    : {
        GIT_TERMINAL_PROMPT: '0',
        ...(process.env['GIT_SSH_COMMAND'] === undefined ? { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes' } : {}),
      };
  // The user's own environment reaches Git as it would on their command line; messages are in English so that they can be explained.
  const environment = { ...process.env, ...quiet, LC_ALL: 'C' };
  return simpleGit({ baseDir: request.folder, allowEnvironment: Object.keys(environment), unsafe: USER_SETTINGS }).env(
    environment,
  );
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
  const listed = await git.raw('ls-remote', url, `refs/heads/${branch}`);
  return /^([0-9a-f]{40,64})\t/.exec(listed)?.[1];
}

/** Commits what Rootstock generated and nothing else; no commit if nothing changed. */
async function commitGenerated(git: SimpleGit, { folder, message, paths }: PushRequest): Promise<void> {
  const tracked = new Set((await git.raw('ls-files', '-z')).split('\0'));
  const candidates = new Set([...paths, ...(await listPathsOfHead(git))]);
  const relevant = [...candidates].filter((path) => tracked.has(path) || existsSync(join(folder, path)));
  // A path list on disk has no length limit; in a worktree `.git` is a file, so Git says where its folder is.
  const list = resolve(folder, (await git.raw('rev-parse', '--git-path', 'rootstock-paths')).trim());
  writeFileSync(list, relevant.join('\0'));
  try {
    await git.raw('add', '--all', '--force', `--pathspec-from-file=${list}`, '--pathspec-file-nul');
    const changed = await git.raw('diff', '--cached', '--name-only', '-z');
    const ours = new Set(relevant);
    if (!changed.split('\0').some((path) => ours.has(path))) return;
    await git.raw(
      'commit',
      '--quiet',
      '--no-edit',
      '--only',
      `--pathspec-from-file=${list}`,
      '--pathspec-file-nul',
      '-m',
      message,
    );
  } finally {
    rmSync(list, { force: true });
  }
}

/** What the last commit's lock calls generated: files that are gone since then belong into this commit as deletions. */
async function listPathsOfHead(git: SimpleGit): Promise<readonly string[]> {
  const text = await git.raw('show', `HEAD:${LOCK_PATH}`).catch(() => '');
  return Object.keys(parseLock(text)?.files ?? {});
}

/** Undefined if the remote branch is part of our history; else whether the two are related at all. */
async function findMove(
  git: SimpleGit,
  { url, branch }: PushRequest,
  remoteHead: string,
  head: string,
): Promise<{ readonly related: boolean } | undefined> {
  if (remoteHead === head) return undefined;
  await git.raw('fetch', '--quiet', '--no-tags', url, `+refs/heads/${branch}:${SEEN}/${branch}`);
  // `merge-base` prints nothing where there is no common commit.
  const base = (await git.raw('merge-base', '--all', `${SEEN}/${branch}`, head).catch(() => '')).trim();
  return base.split('\n').includes(remoteHead) ? undefined : { related: base !== '' };
}

/** A fresh repository learns its remote, without any password in the URL. */
async function rememberRemote(git: SimpleGit, url: string): Promise<void> {
  const remotes = (await git.raw('remote')).split('\n');
  if (!remotes.includes('origin') && !/:\/\/[^/@]*:[^/@]*@/.test(url)) await git.raw('remote', 'add', 'origin', url);
}
