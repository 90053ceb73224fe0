// Files as a commit of a folder has them.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Texts by path, of these files and of the files in these folders; empty for a folder without a commit.
 * @param paths relative to the folder, folders with a slash at the end
 * @param commit default: the last one
 */
export function readCommitted(folder: string, paths: readonly string[], commit = 'HEAD'): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  try {
    const listed = git(folder, 'ls-tree', '-r', '-z', '--name-only', commit, '--', ...paths);
    for (const path of listed.split('\0')) {
      // `./` makes it a path of the folder, which may lie below the top of its repository.
      if (path !== '') texts.set(path, git(folder, 'show', `${commit}:./${path}`));
    }
  } catch {
    // No repository, no commit, no Git: whoever pushes says so.
    return new Map();
  }
  return texts;
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
    if (lstatSync(join(folder, '.git'), { throwIfNoEntry: false }) === undefined) throw new Error('no repository');
    const list = (...words: readonly string[]) =>
      new Set(
        git(folder, ...words)
          .split('\0')
          .filter(Boolean),
      );
    return {
      committed: list('ls-tree', '-r', '-z', '--name-only', 'HEAD'),
      changed: list('diff', '--name-only', '--no-renames', '-z', 'HEAD'),
    };
  } catch {
    return { committed: new Set(), changed: new Set() };
  }
}

/** Paths of all files of a commit in a folder, relative to it; throws where there is none. */
export function listCommitted(folder: string, commit: string): ReadonlySet<string> {
  return new Set(git(folder, 'ls-tree', '-r', '-z', '--name-only', commit).split('\0').filter(Boolean));
}

/** Commits that came together last: in HEAD, or in a merge that is not committed yet; none where HEAD is no merge. */
export function listMerged(folder: string): readonly string[] {
  try {
    const [, ...parents] = git(folder, 'rev-list', '--parents', '--max-count=1', 'HEAD').trim().split(' ');
    const mergeHead = resolve(folder, git(folder, 'rev-parse', '--git-path', 'MERGE_HEAD').trim());
    if (existsSync(mergeHead)) return ['HEAD', ...readFileSync(mergeHead, 'utf8').trim().split('\n')];
    return parents.length > 1 ? parents : [];
  } catch {
    return [];
  }
}

function git(folder: string, ...words: readonly string[]): string {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C' };
  // Set where a hook of another repository runs us.
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX']) delete env[name];
  return execFileSync('git', words, { cwd: folder, encoding: 'utf8', stdio: 'pipe', maxBuffer: MAX_BYTES, env });
}
