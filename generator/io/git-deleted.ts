// Files that the last commit has and the folder has not.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { simpleGit } from 'simple-git';

export interface DeletedFile {
  /** Relative to the folder. */
  readonly path: string;
  /** As the last commit has it. */
  readonly content: string;
}

/** Those whose path has this form; none where there is no repository, or no commit. */
export async function listDeleted(folder: string, form: RegExp): Promise<readonly DeletedFile[]> {
  if (!existsSync(join(folder, '.git'))) return [];
  const git = simpleGit({ baseDir: folder });
  try {
    const listed = (await git.raw('ls-tree', '-r', '-z', '--name-only', 'HEAD')).split('\0');
    const paths = listed.filter((path) => form.test(path) && !existsSync(join(folder, path)));
    return await Promise.all(paths.map(async (path) => ({ path, content: await git.show(`HEAD:${path}`) })));
  } catch {
    return [];
  }
}
