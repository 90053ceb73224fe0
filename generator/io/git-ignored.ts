// Would Git commit this file?
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { simpleGit } from 'simple-git';

/** True or false; undefined where there is no Git repository to ask. */
export async function isIgnoredByGit(folder: string, path: string): Promise<boolean | undefined> {
  if (!existsSync(join(folder, '.git'))) return undefined;
  try {
    return (await simpleGit({ baseDir: folder }).checkIgnore([path])).length > 0;
  } catch {
    return undefined;
  }
}
