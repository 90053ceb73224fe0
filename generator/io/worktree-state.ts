// What Git says of files in a folder: which have content that no commit holds, and which it leaves out.
import { execFileSync } from 'node:child_process';
import { gitEnvironment } from './git-environment.ts';

const MAX_BYTES = 256 * 1024 * 1024;

/** Of these paths, those whose content no commit holds; undefined where there is no repository or no commit. */
export function findDirty(folder: string, paths: readonly string[]): ReadonlySet<string> | undefined {
  if (paths.length === 0) return new Set();
  const listed = ['status', '--porcelain=v1', '-z', '--no-renames', '--ignored', '--untracked-files=all', '--'];
  try {
    git(folder, 'rev-parse', '--verify', '--quiet', 'HEAD');
    const status = git(folder, ...listed, ...paths.map((path) => `:(literal)${path}`));
    const dirty = new Set(status.split('\0').map((line) => line.slice(3)));
    // Git names paths from the top of its repository, which may be above the folder.
    const prefix = git(folder, 'rev-parse', '--show-prefix').trim();
    return new Set(paths.filter((path) => dirty.has(`${prefix}${path}`)));
  } catch {
    return undefined;
  }
}

/** The branch of a folder, also one without a commit; the commit where there is no branch; undefined without a repository. */
export function findBranch(folder: string): string | undefined {
  for (const words of [
    ['symbolic-ref', '--quiet', 'HEAD'],
    ['rev-parse', '--verify', '--quiet', 'HEAD'],
  ]) {
    try {
      return git(folder, ...words).trim();
    } catch {
      // The next question, or none.
    }
  }
  return undefined;
}

/** Files that Git leaves out of the working tree, by path. */
export interface Skipped {
  readonly paths: ReadonlySet<string>;
  /** A sparse checkout does it, so that ending it brings them back. */
  readonly isSparse: boolean;
}

/** Nothing where there is no repository. */
export function findSkipped(folder: string): Skipped {
  try {
    const lines = git(folder, 'ls-files', '-t', '-z').split('\0');
    const paths = new Set(lines.filter((line) => line.startsWith('S ')).map((line) => line.slice(2)));
    return { paths, isSparse: paths.size > 0 && isSparse(folder) };
  } catch {
    return { paths: new Set(), isSparse: false };
  }
}

function isSparse(folder: string): boolean {
  return git(folder, 'config', '--type=bool', '--default=false', '--get', 'core.sparseCheckout').trim() === 'true';
}

function git(folder: string, ...words: readonly string[]): string {
  // A question that is killed leaves no lock in the repository.
  const env = { ...gitEnvironment(), GIT_OPTIONAL_LOCKS: '0' };
  return execFileSync('git', words, { cwd: folder, encoding: 'utf8', stdio: 'pipe', maxBuffer: MAX_BYTES, env });
}
