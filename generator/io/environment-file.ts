// One new environment file, and the public key that goes into it.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { UNREADABLE, UNWRITABLE } from './io-problems.ts';

export function fileExists(file: string): boolean {
  return existsSync(file);
}

/** Writes a file whole or not at all. Code: IO-005. */
export function writeEnvironmentFile(file: string, text: string): Outcome<string> {
  const obstacle = findFileOnTheWay(dirname(file));
  if (obstacle !== undefined) return fail([unwritable(file, `${obstacle} is a file, not a folder`)]);
  const draft = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, text);
    renameSync(draft, file);
    return succeed(file);
  } catch (error) {
    rmSync(draft, { force: true });
    return fail([unwritable(file, (error as NodeJS.ErrnoException).code ?? String(error))]);
  }
}

/** The deepest part of a path that is there, if it is no folder. */
function findFileOnTheWay(folder: string): string | undefined {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return statSync(at).isDirectory() ? undefined : at;
}

function unwritable(file: string, reason: string): Problem {
  const message = `${file} cannot be written: ${reason}.`;
  return makeProblem(UNWRITABLE, { place: { file }, message, hint: 'name another file with -o' });
}

/** Keys begin with the name of their kind and a blank, and have no place in a path in any case if private. */
const KEY = /^$|^(?:ssh|ecdsa|sk)-\S+ |PRIVATE KEY|\n/;

/** Reads the first line of a key's file; text that is a key comes back unchanged. Code: IO-001. */
export function readSshKey(keyOrPath: string): Outcome<string> {
  if (KEY.test(keyOrPath)) return succeed(keyOrPath);
  const file = keyOrPath.replace(/^~(?=\/)/, homedir());
  try {
    const [line = ''] = readFileSync(file, 'utf8').split(/\r?\n/);
    return succeed(line.trim());
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    const message = `${keyOrPath} cannot be read: ${reason}.`;
    const hint = 'make one with ssh-keygen -t ed25519, or give the key itself';
    return fail([makeProblem(UNREADABLE, { place: { file }, message, hint })]);
  }
}
