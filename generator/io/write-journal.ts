// The steps of a write, decided before the first one is done: a run that is killed is completed by the next.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isSafePath } from '../core/lock.ts';
import { fail, makeProblem, type Outcome, succeed } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import { BAD_JOURNAL } from './io-problems.ts';
import { withRunLock } from './run-lock.ts';

/** What is done to one path. */
export interface Step {
  readonly path: string;
  readonly action: 'create' | 'update' | 'delete';
  /** Digest of the file before the step; absent: no file. */
  readonly before?: string;
  /** Digest after it; absent: deleted. */
  readonly after?: string;
  /** Staged file; absent for a deletion. */
  readonly staged?: string;
}

const WORK = '.rootstock';
/** Relative to the folder. */
export const JOURNAL = `${WORK}/journal.json`;

/**
 * Completes a write that was interrupted, if there is one; gives the number of files it concerned.
 * Codes: IO-006 while another run writes, IO-009 for a journal that cannot be trusted.
 */
export async function recoverFolder(folder: string): Promise<Outcome<number>> {
  if (!isInterrupted(folder)) return succeed(0);
  return await withRunLock(folder, () => completeWrite(folder));
}

/** True if a run stopped after its write was decided and before it was complete. */
export function isInterrupted(folder: string): boolean {
  return existsSync(join(folder, JOURNAL));
}

/** The same for whoever holds the run lock. Code: IO-009. */
export function completeWrite(folder: string): Outcome<number> {
  if (!isInterrupted(folder)) return succeed(0);
  const steps = parseJournal(readFileSync(join(folder, JOURNAL), 'utf8'));
  const link = steps?.map(({ path }) => findLink(folder, path)).find((path) => path !== undefined);
  if (steps === undefined || link !== undefined) {
    const reason = link === undefined ? 'it is not one that Rootstock wrote' : `${link} is a symbolic link`;
    const message = `${join(folder, JOURNAL)} cannot be carried out: ${reason}.`;
    const hint = `${formatCommand('rm', '-rf', join(folder, JOURNAL), join(folder, WORK, 'staging'))}, then render again`;
    return fail([makeProblem(BAD_JOURNAL, { place: { file: join(folder, JOURNAL) }, message, hint })]);
  }
  applySteps(folder, steps);
  return succeed(steps.length);
}

/** Reads a journal; undefined for anything that could lead out of the folder: it is a file that anybody can edit. */
function parseJournal(text: string): readonly Step[] | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Array.isArray(data) && data.every(isStep) ? data : undefined;
}

function isStep(value: unknown): value is Step {
  if (value === null || typeof value !== 'object') return false;
  const { path, action, before, after, staged } = value as Partial<Record<keyof Step, unknown>>;
  const texts = [before, after].every((digest) => digest === undefined || typeof digest === 'string');
  const place = staged === undefined || (typeof staged === 'string' && /^\.rootstock\/staging\/\d+$/.test(staged));
  return typeof path === 'string' && isSafePath(path) && typeof action === 'string' && texts && place;
}

/** Stages what has to be written, then writes the journal, then moves: from the journal on, the write is decided. */
export function stageAndApply(folder: string, steps: readonly Step[], files: ReadonlyMap<string, WrittenFile>): void {
  const staging = join(folder, WORK, 'staging');
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const made = new Set<string>([staging]);
  const staged = steps.map((step, index): Step => {
    const file = files.get(step.path);
    if (step.action === 'delete' || file === undefined) return step;
    const name = `${WORK}/staging/${index}`;
    writeFile(join(folder, name), file, made);
    return { ...step, staged: name };
  });
  const journal = join(folder, JOURNAL);
  writeFileSync(`${journal}.new`, JSON.stringify(staged));
  // From here on the write is decided: whoever comes next finds the journal and completes it.
  renameSync(`${journal}.new`, journal);
  const ignore = () => undefined;
  process.on('SIGINT', ignore).on('SIGTERM', ignore);
  try {
    applySteps(folder, staged);
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', ignore);
  }
}

/** Moves staged files into place and deletes old ones; may run again after an interruption. */
function applySteps(folder: string, steps: readonly Step[]): void {
  for (const step of steps) {
    const path = join(folder, step.path);
    const now = findDigest(path);
    // Somebody edited the file between the interruption and this run: theirs stays, and the next render reports it.
    if (now !== step.before) continue;
    if (step.staged === undefined) {
      rmSync(path, { force: true });
      removeEmptyFolders(folder, dirname(step.path));
    } else if (existsSync(join(folder, step.staged))) {
      mkdirSync(dirname(path), { recursive: true });
      renameSync(join(folder, step.staged), path);
    }
  }
  rmSync(join(folder, WORK, 'staging'), { recursive: true, force: true });
  rmSync(join(folder, JOURNAL), { force: true });
}

function removeEmptyFolders(folder: string, relative: string): void {
  for (let at = relative; at !== '.' && at !== ''; at = dirname(at)) {
    const path = join(folder, at);
    if (!existsSync(path) || readdirSync(path).length > 0) return;
    rmdirSync(path);
  }
}

/** Content of a file, and whether it can be run. */
export interface WrittenFile {
  readonly content: string;
  readonly executable?: true;
}

export function writeFile(path: string, file: WrittenFile, made: Set<string>): void {
  const parent = dirname(path);
  if (!made.has(parent)) {
    mkdirSync(parent, { recursive: true });
    made.add(parent);
  }
  writeFileSync(path, file.content);
  if (file.executable) chmodSync(path, 0o755);
}

/** The first part of a path that is a symbolic link, relative to the folder. */
export function findLink(folder: string, path: string): string | undefined {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const at = parts.slice(0, depth).join('/');
    const stat = lstatSync(join(folder, at), { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (stat.isSymbolicLink()) return at;
  }
  return undefined;
}

/** SHA-256 in hex of a file; `not a file` for anything else that is there. */
export function findDigest(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  return stat.isFile() ? digest(readFileSync(path)) : 'not a file';
}

export function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
