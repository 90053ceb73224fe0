// Files that the last commit has and the folder has not.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readCommitted, readCommittedState } from './git-committed.ts';

export interface DeletedFile {
  /** Relative to the folder. */
  readonly path: string;
  /** As the last commit has it. */
  readonly content: string;
}

/** Those whose path has this form; none where there is no repository, or no commit. */
export function listDeleted(folder: string, form: RegExp): readonly DeletedFile[] {
  const { committed } = readCommittedState(folder);
  const paths = [...committed].filter((path) => form.test(path) && !existsSync(join(folder, path)));
  return paths.length === 0 ? [] : [...readCommitted(folder, paths)].map(([path, content]) => ({ path, content }));
}
