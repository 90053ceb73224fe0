// A folder whose lock is missing or cannot be read → what to type so that it gets a good one.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LOCK_PATH, parseLock } from '../core/lock.ts';
import { makeProblem, type Problem } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import { gitEnvironment } from './git-environment.ts';
import { NOT_GENERATED } from './io-problems.ts';
import { findFreePath } from './user-files.ts';

/** A folder without a lock. Code: IO-007. */
export function missingLockProblem(folder: string): Problem {
  const message = existsSync(folder) ? `${folder} holds no ${LOCK_PATH}.` : `${folder} does not exist.`;
  // Render refuses a folder that holds something else.
  const target = isWritable(folder) ? folder : findFreePath(`${resolve(folder)}-rendered`);
  return makeProblem(NOT_GENERATED, { place: { file: folder }, message, hint: formatRender(folder, target) });
}

/** A lock that names no environment, as none that was written does. Code: IO-007. */
export function emptyLockProblem(folder: string): Problem {
  const file = join(folder, LOCK_PATH);
  const message = `${file} records no environment, so there is nothing that a push could prove.`;
  return makeProblem(NOT_GENERATED, { place: { file }, message, hint: formatRender(folder, folder) });
}

/** A lock that somebody edited, or that another version wrote. Code: IO-007. */
export function brokenLockProblem(folder: string): Problem {
  const file = join(folder, LOCK_PATH);
  const message = `${file} is not a lock that this version can read.`;
  const hint = isGoodLockCommitted(folder)
    ? formatCommand('git', '-C', folder, 'checkout', 'HEAD', '--', LOCK_PATH)
    : formatRender(folder, findFreePath(`${resolve(folder)}-rendered`));
  return makeProblem(NOT_GENERATED, { place: { file }, message, hint });
}

function isWritable(folder: string): boolean {
  if (!existsSync(folder)) return true;
  return statSync(folder).isDirectory() && (readdirSync(folder).length === 0 || existsSync(join(folder, '.git')));
}

/** With the environment files that lie in the folder, where there are any. */
function formatRender(folder: string, target: string): string {
  const home = join(folder, 'environments');
  const names = existsSync(home) && statSync(home).isDirectory() ? readdirSync(home).sort() : [];
  const files = names.filter((name) => /\.ya?ml$/.test(name)).map((name) => join(home, name));
  return formatCommand(
    'rootstock',
    'render',
    ...(files.length > 0 ? files : ['FILE']).flatMap((file) => ['-e', file]),
    '-o',
    target,
  );
}

/** Asks Git, because a hint that fails when it is typed is worse than a longer one. */
function isGoodLockCommitted(folder: string): boolean {
  try {
    const words = ['-C', folder, 'show', `HEAD:./${LOCK_PATH}`];
    const text = execFileSync('git', words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: gitEnvironment(),
    });
    return parseLock(text) !== undefined;
  } catch {
    return false;
  }
}
