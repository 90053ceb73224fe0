// One run at a time per folder: a lock file with the process id, taken over when its process is gone.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fail, makeProblem, type Outcome } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import { removeGitLocks } from './git-locks.ts';
import { BUSY } from './io-problems.ts';

/** Runs an action while holding the folder's lock. Code: IO-006 if another run holds it. */
export async function withRunLock<T>(
  folder: string,
  action: () => Outcome<T> | Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const path = join(folder, '.rootstock', 'run.lock');
  mkdirSync(join(folder, '.rootstock'), { recursive: true });
  const taken = takeLock(path);
  if ('owner' in taken) {
    const message = `Process ${taken.owner} is writing to ${folder} right now.`;
    return fail([
      makeProblem(BUSY, {
        place: { file: path },
        message,
        hint: `wait for it to end, then run the same command again; if that process is another program: ${formatCommand('rm', path)}`,
      }),
    ]);
  }
  try {
    if (taken.abandonedMs !== undefined) await removeGitLocks(folder, taken.abandonedMs);
    return await action();
  } finally {
    rmSync(path, { force: true });
  }
}

/** `abandonedMs`: when the run began whose lock was taken over, because it is gone. */
type Taken = { readonly owner: number } | { readonly abandonedMs?: number };

function takeLock(path: string): Taken {
  let abandonedMs: number | undefined;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return abandonedMs === undefined ? {} : { abandonedMs };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = readOwner(path);
      if (owner !== undefined && isAlive(owner)) return { owner };
      abandonedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
      rmSync(path, { force: true });
    }
  }
  return { owner: 0 };
}

function readOwner(path: string): number | undefined {
  try {
    const owner = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(owner) && owner > 0 ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** True if a process other than this one has the id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
