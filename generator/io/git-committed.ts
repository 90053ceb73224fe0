// Files as a commit of a folder has them.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gitEnvironment } from './git-environment.ts';

const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Texts by path, of these files and of the files in these folders; empty for a folder without a commit.
 * @param paths relative to the folder, folders with a slash at the end; none: all files
 * @param commit default: the last one
 */
export function readCommitted(folder: string, paths: readonly string[], commit = 'HEAD'): ReadonlyMap<string, string> {
  try {
    const blobs = listBlobs(folder, commit, paths);
    const bytes = gitBytes(folder, ['cat-file', '--batch'], blobs.map(({ id }) => `${id}\n`).join(''));
    return new Map(splitBatch(bytes).map((text, index) => [blobs[index]?.path ?? '', text]));
  } catch {
    // No repository, no commit, no Git: whoever pushes says so.
    return new Map();
  }
}

/** Files of a commit, without the other repositories that it may point to. */
function listBlobs(folder: string, commit: string, paths: readonly string[]) {
  const listed = git(folder, 'ls-tree', '-r', '-z', commit, '--', ...paths);
  return [...listed.matchAll(/\d+ blob ([0-9a-f]+)\t([^\0]+)\0/g)].map(([, id = '', path = '']) => ({ id, path }));
}

/** What `git cat-file --batch` prints: for each object a line that ends with its size, the object, and a line end. */
function splitBatch(bytes: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = bytes.indexOf('\n', at) + 1;
    const size = Number(bytes.subarray(at, start).toString().trim().split(' ')[2]);
    texts.push(bytes.subarray(start, start + size).toString('utf8'));
    at = start + size + 1;
  }
  return texts;
}

/** The last commit of a folder; undefined where it is no repository of its own, or has none. */
export function readHead(folder: string): string | undefined {
  try {
    if (!hasRepository(folder)) return undefined;
    return git(folder, 'rev-parse', '--quiet', '--verify', 'HEAD^{commit}').trim();
  } catch {
    return undefined;
  }
}

function hasRepository(folder: string): boolean {
  return lstatSync(join(folder, '.git'), { throwIfNoEntry: false }) !== undefined;
}

/** How a folder differs from its last commit, by paths relative to it. */
export interface CommittedState {
  readonly committed: ReadonlySet<string>;
  /** Of these, the ones that are different in the folder, or gone from it. */
  readonly changed: ReadonlySet<string>;
}

/** Nothing for a folder that is no repository of its own, or has no commit. */
export function readCommittedState(folder: string): CommittedState {
  try {
    if (!hasRepository(folder)) throw new Error('no repository');
    const changed = git(folder, 'diff', '--name-only', '--no-renames', '-z', 'HEAD').split('\0').filter(Boolean);
    return { committed: listCommitted(folder, 'HEAD'), changed: new Set(changed) };
  } catch {
    return { committed: new Set(), changed: new Set() };
  }
}

function listCommitted(folder: string, commit: string): ReadonlySet<string> {
  return new Set(git(folder, 'ls-tree', '-r', '-z', '--name-only', commit).split('\0').filter(Boolean));
}

/** Commits that came together last: in HEAD, or in a merge that is not committed yet; none where HEAD is no merge. */
export function listMerged(folder: string): readonly string[] {
  try {
    const [, ...parents] = git(folder, 'rev-list', '--parents', '--max-count=1', 'HEAD').trim().split(' ');
    const mergeHead = findMergeHead(folder);
    if (existsSync(mergeHead)) return ['HEAD', ...readFileSync(mergeHead, 'utf8').trim().split('\n')];
    return parents.length > 1 ? parents : [];
  } catch {
    return [];
  }
}

function findMergeHead(folder: string): string {
  return resolve(folder, git(folder, 'rev-parse', '--git-path', 'MERGE_HEAD').trim());
}

/** True while a merge waits for its commit. */
export function isMerging(folder: string): boolean {
  try {
    return existsSync(findMergeHead(folder));
  } catch {
    return false;
  }
}

function git(folder: string, ...words: readonly string[]): string {
  return gitBytes(folder, words).toString('utf8');
}

function gitBytes(folder: string, words: readonly string[], input = ''): Buffer {
  // A question that is killed leaves no lock in the repository.
  const env: NodeJS.ProcessEnv = { ...gitEnvironment(), GIT_OPTIONAL_LOCKS: '0' };
  return execFileSync('git', words, { cwd: folder, input, stdio: 'pipe', maxBuffer: MAX_BYTES, env });
}
