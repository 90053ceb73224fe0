// The steps of a write, decided before the first one is done: a run that is killed is completed by the next.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { BASE_FOLDER, PENDING_BASE } from '../core/generated-base.ts';
import { isSafePath, LOCK_PATH, parseLock } from '../core/lock.ts';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import { BAD_JOURNAL, INTERRUPTED } from './io-problems.ts';
import { withRunLock } from './run-lock.ts';
import { findBranch, findDirty } from './worktree-state.ts';

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
const STAGING = `${WORK}/staging`;
/** Relative to the folder. */
export const JOURNAL = `${WORK}/journal.json`;

/** A write that was decided. */
interface Journal {
  /** Digest of the lock that it was decided for; absent: there was none. */
  readonly lock?: string;
  /** Branch on which it was decided, or the commit; absent: there was no repository. */
  readonly branch?: string;
  readonly steps: readonly Step[];
}

/**
 * - `none`: no run was interrupted.
 * - `completed`: all of it lay as the run had left it.
 * - `discarded`: files were changed since, or Git laid another state there, so that it was taken back.
 */
export interface Recovery {
  readonly state: 'none' | 'completed' | 'discarded';
  /** Number of files that the run concerned. */
  readonly files: number;
}

/** What happens to a run that cannot be completed any more. */
export type Misfit = 'discard' | 'refuse';

const NOTHING: Recovery = { state: 'none', files: 0 };

/**
 * Completes a write that was interrupted, if there is one and the folder is as it left it.
 * @param misfit discard: for whoever decides anew afterwards; refuse: for whoever takes what is there
 * Codes: IO-006 while another run writes, IO-009 for a journal that cannot be trusted, IO-010 for a refusal.
 */
export async function recoverFolder(folder: string, misfit: Misfit = 'discard'): Promise<Outcome<Recovery>> {
  if (!isInterrupted(folder)) return succeed(NOTHING);
  return await withRunLock(folder, () => completeWrite(folder, misfit));
}

/** True if a run stopped after its write was decided and before it was complete. */
export function isInterrupted(folder: string): boolean {
  return existsSync(join(folder, JOURNAL));
}

/** The same for whoever holds the run lock. Codes: IO-009, IO-010. */
export function completeWrite(folder: string, misfit: Misfit = 'discard'): Outcome<Recovery> {
  if (!isInterrupted(folder)) {
    // Of a run that was killed just before its journal, or just after.
    rmSync(join(folder, STAGING), { recursive: true, force: true });
    return succeed(NOTHING);
  }
  const journal = parseJournal(readFileSync(join(folder, JOURNAL), 'utf8'));
  const link = journal?.steps.map(({ path }) => findLink(folder, path)).find((path) => path !== undefined);
  if (journal === undefined || link !== undefined) return fail([badJournalProblem(folder, link)]);
  const files = journal.steps.filter(({ path }) => path !== PENDING_BASE).length;
  if (isAsLeft(folder, journal)) {
    applySteps(folder, journal.steps);
    return succeed({ state: 'completed', files });
  }
  if (misfit === 'refuse') return fail([interruptedProblem(folder)]);
  discardSteps(folder, journal);
  return succeed({ state: 'discarded', files });
}

function badJournalProblem(folder: string, link: string | undefined): Problem {
  const reason = link === undefined ? 'it is not one that Rootstock wrote' : `${link} is a symbolic link`;
  const message = `${join(folder, JOURNAL)} cannot be carried out: ${reason}.`;
  const hint = `${formatCommand('rm', '-rf', join(folder, JOURNAL), join(folder, STAGING))}, then render again`;
  return makeProblem(BAD_JOURNAL, { place: { file: join(folder, JOURNAL) }, message, hint });
}

function interruptedProblem(folder: string): Problem {
  const message = `A run in ${folder} was interrupted, and files were changed since.`;
  const hint = formatCommand('rootstock', 'render', '-e', 'FILE', '-o', folder);
  return makeProblem(INTERRUPTED, { place: { file: folder }, message, hint });
}

/** Reads a journal; undefined for anything that could lead out of the folder: it is a file that anybody can edit. */
function parseJournal(text: string): Journal | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (data === null || typeof data !== 'object') return undefined;
  const { lock, branch, steps } = data as Partial<Record<keyof Journal, unknown>>;
  if (![lock, branch].every((text) => text === undefined || typeof text === 'string')) return undefined;
  if (!Array.isArray(steps) || !steps.every(isStep)) return undefined;
  return data as Journal;
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
  const staged = stageSteps(folder, steps, files);
  const ignore = () => undefined;
  process.on('SIGINT', ignore).on('SIGTERM', ignore);
  try {
    applySteps(folder, staged);
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', ignore);
  }
}

/** Decides a write and begins none of it. */
export function stageSteps(
  folder: string,
  steps: readonly Step[],
  files: ReadonlyMap<string, WrittenFile>,
): readonly Step[] {
  const staging = join(folder, STAGING);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const made = new Set<string>([staging]);
  const pending = planPending(folder, steps, files);
  // Records come last: they say of all other files what lies there. Until then another one tells what is coming.
  const ordered = steps
    .filter(({ path }) => path !== pending?.step.path)
    .sort((a, b) => rankRecord(a.path) - rankRecord(b.path));
  const staged = [...(pending === undefined ? [] : [pending.step]), ...ordered].map((step, index): Step => {
    const file = step === pending?.step ? pending : files.get(step.path);
    if (step.action === 'delete' || file === undefined) return step;
    const name = `${STAGING}/${index}`;
    writeFile(join(folder, name), file, made);
    if (step.action === 'update') keepMode(join(folder, step.path), join(folder, name), file);
    return { ...step, staged: name };
  });
  const lock = findDigest(join(folder, LOCK_PATH));
  const branch = findBranch(folder);
  const decided: Journal = {
    ...(lock === undefined ? {} : { lock }),
    ...(branch === undefined ? {} : { branch }),
    steps: staged,
  };
  const journal = join(folder, JOURNAL);
  writeFileSync(`${journal}.new`, JSON.stringify(decided));
  // From here on the write is decided: whoever comes next finds the journal and completes it.
  renameSync(`${journal}.new`, journal);
  return staged;
}

/**
 * The base of a run that is under way. Somebody may commit what a killed run left, and journals are in no commit: what is
 * new in the files then has to be known as generated all the same.
 */
function planPending(folder: string, steps: readonly Step[], files: ReadonlyMap<string, WrittenFile>) {
  const known = (path: string) => (findDigest(join(folder, path)) === undefined ? '' : read(folder, path));
  const lines = steps.flatMap(({ path }) => {
    const content = path.startsWith(BASE_FOLDER) ? files.get(path)?.content : undefined;
    if (content === undefined) return [];
    const old = new Set(known(path).split('\n'));
    return content.split('\n').filter((line) => !old.has(line));
  });
  if (lines.length === 0) return undefined;
  const content = `${known(PENDING_BASE)}${lines.join('\n')}\n`;
  const before = findDigest(join(folder, PENDING_BASE));
  const action = before === undefined ? 'create' : 'update';
  const step: Step = {
    path: PENDING_BASE,
    action,
    ...(before === undefined ? {} : { before }),
    after: digest(content),
  };
  return { step, content };
}

function read(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

function rankRecord(path: string): number {
  return path === LOCK_PATH ? 2 : path.startsWith(BASE_FOLDER) ? 1 : 0;
}

/** The mode that people gave a file is an edit of theirs; what has to be run can be run all the same. */
function keepMode(existing: string, staged: string, { executable }: WrittenFile): void {
  chmodSync(staged, (statSync(existing).mode & 0o777) | (executable ? 0o111 : 0));
}

/** False if anything was done to the folder since: then nothing tells what completing the run would do. */
function isAsLeft(folder: string, journal: Journal): boolean {
  if (findBranch(folder) !== journal.branch) return false;
  return (
    isLockAsLeft(folder, journal) &&
    journal.steps.every((step, index) => isPendingOver(folder, step) || isStepAsLeft(folder, step, index))
  );
}

function isLockAsLeft(folder: string, { lock, steps }: Journal): boolean {
  const step = steps.find(({ path }) => path === LOCK_PATH);
  const now = findDigest(join(folder, LOCK_PATH));
  return now === lock || (step !== undefined && now === step.after);
}

/** Done, or not begun: a file that is as before although it was moved was brought back by somebody. */
function isStepAsLeft(folder: string, { path, before, after, staged }: Step, index: number): boolean {
  const now = findDigest(join(folder, path));
  if (now === after) return true;
  if (now !== before) return false;
  return staged === undefined ? !existsSync(keptPath(folder, index)) : existsSync(join(folder, staged));
}

/** Does all steps; may run again after an interruption. */
function applySteps(folder: string, steps: readonly Step[]): void {
  for (const [index, step] of steps.entries()) if (!isPendingOver(folder, step)) applyStep(folder, step, index);
  if (steps.some(({ path }) => path === PENDING_BASE)) writeFileSync(join(folder, PENDING_BASE), '');
  endJournal(folder);
}

/** The base of the run is the first thing written, and the last one emptied. */
function isPendingOver(folder: string, { path, staged }: Step): boolean {
  return path === PENDING_BASE && staged !== undefined && !existsSync(join(folder, staged));
}

/** Moves a staged file into place or deletes an old one, once. What was there is kept until the end of the run. */
export function applyStep(folder: string, step: Step, index: number): void {
  const path = join(folder, step.path);
  if (findDigest(path) !== step.before) return;
  if (step.staged === undefined) {
    renameSync(path, keptPath(folder, index));
    removeEmptyFolders(folder, dirname(step.path));
    return;
  }
  if (step.before !== undefined) {
    // Of an earlier try, and perhaps read-only.
    rmSync(keptPath(folder, index), { force: true });
    copyFileSync(path, keptPath(folder, index));
  }
  mkdirSync(dirname(path), { recursive: true });
  renameSync(join(folder, step.staged), path);
}

/** What a step replaced. */
function keptPath(folder: string, index: number): string {
  return join(folder, STAGING, `before-${index}`);
}

/**
 * Takes back what a run did, so that lock, bases and files belong together again. Files that differ are left, and so are
 * those that a commit holds as they lie there: somebody took them for good.
 */
function discardSteps(folder: string, journal: Journal): void {
  const { steps } = journal;
  const isOurs = findLeftOver(folder, journal);
  for (const [index, step] of steps.entries()) {
    const path = join(folder, step.path);
    if (findDigest(path) !== step.after || !isOurs(step)) continue;
    const kept = keptPath(folder, index);
    if (step.before === undefined) {
      rmSync(path);
      removeEmptyFolders(folder, dirname(step.path));
    } else if (existsSync(kept)) {
      mkdirSync(dirname(path), { recursive: true });
      renameSync(kept, path);
    }
  }
  endJournal(folder);
}

/** Under a lock of another state, the run may also have written what that state holds by itself: this is left. */
function findLeftOver(folder: string, journal: Journal): (step: Step) => boolean {
  const { steps } = journal;
  const text = findDigest(join(folder, LOCK_PATH)) === undefined ? '' : readFileSync(join(folder, LOCK_PATH), 'utf8');
  const lock = parseLock(text);
  const paths = steps.map(({ path }) => path);
  const dirty = findDirty(folder, paths) ?? new Set(paths);
  const isOther = !isLockAsLeft(folder, journal);
  const isRecorded = ({ path, after }: Step) => isOther && after !== undefined && lock?.files[path] === after;
  return (step) => dirty.has(step.path) && !isRecorded(step);
}

/** The journal first: without what it staged it could be neither completed nor taken back. */
function endJournal(folder: string): void {
  rmSync(join(folder, JOURNAL), { force: true });
  rmSync(join(folder, STAGING), { recursive: true, force: true });
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
    const stat = findStat(join(folder, at));
    if (stat === undefined) return undefined;
    if (stat.isSymbolicLink()) return at;
  }
  return undefined;
}

/** A file where a folder on the way to a path has to be, relative to the folder. */
export function findBlockingFile(folder: string, path: string): string | undefined {
  const parts = path.split('/');
  const parents = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  return parents.find((parent) => findStat(join(folder, parent))?.isFile());
}

/** SHA-256 in hex of a file; `not a file` for anything else that is there. */
export function findDigest(path: string): string | undefined {
  const stat = findStat(path);
  if (stat === undefined) return undefined;
  return stat.isFile() ? digest(readFileSync(path)) : 'not a file';
}

/** Undefined where nothing is, as below a file. */
function findStat(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

export function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
