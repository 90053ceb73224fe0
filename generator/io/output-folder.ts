// The folder that somebody named → the one to write into, or why there can be none.
import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fail, makeProblem, type Outcome, succeed } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import { FOREIGN_FOLDER, LINKED, UNWRITABLE } from './io-problems.ts';

/**
 * Gives the absolute path, with links on the way to it resolved: naming a link is naming what it leads to.
 * Codes: IO-004 for a file and for a place inside Git's own folder, IO-005 below a file, IO-008 for a link that leads
 * nowhere.
 */
export function findOutputFolder(folder: string): Outcome<string> {
  const path = resolve(folder);
  const found = findExisting(path);
  const place = { file: folder };
  if (lstatSync(found).isSymbolicLink() && !existsSync(found)) {
    const message = `${found} is a symbolic link that leads nowhere.`;
    return fail([makeProblem(LINKED, { place, message, hint: formatCommand('rm', found) })]);
  }
  if (!statSync(found).isDirectory()) {
    const kind = found === path ? FOREIGN_FOLDER : UNWRITABLE;
    const message = `${found} is a file${found === path ? '' : `, so it holds no folder ${path}`}.`;
    return fail([makeProblem(kind, { place, message, hint: 'name another folder with -o' })]);
  }
  const target = join(realpathSync(found), path.slice(found.length));
  const inside = findGitFolder(target);
  if (inside === undefined) return succeed(target);
  const message = `${folder} lies inside ${inside}, which belongs to Git.`;
  return fail([makeProblem(FOREIGN_FOLDER, { place, message, hint: 'name another folder with -o' })]);
}

/** The deepest part of a path that is there, be it a link. */
function findExisting(path: string): string {
  let at = path;
  while (!isThere(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // Below a file there is nothing.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}

/** The part of a path that is a `.git`, or a bare repository. */
function findGitFolder(path: string): string | undefined {
  for (let at = path; dirname(at) !== at; at = dirname(at)) {
    const bare = ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(at, name)));
    if (bare || /[/\\]\.git$/i.test(at)) return at;
  }
  return undefined;
}
