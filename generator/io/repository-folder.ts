// VerifiedTree → folder, without ever losing a byte that somebody wrote: first decide everything, then stage, then move.
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
import { basename, dirname, join } from 'node:path';
import type { FileTree, TreeFile } from '../core/file-tree.ts';
import { isSafePath, LOCK_PATH, type Lock, parseLock } from '../core/lock.ts';
import { compareText, fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import type { VerifiedTree } from '../core/verified-tree.ts';
import { BAD_JOURNAL, FOREIGN_FOLDER, LINKED, UNREADABLE, UNWRITABLE } from './io-problems.ts';
import { brokenLockProblem } from './lock-problems.ts';
import { findOutputFolder } from './output-folder.ts';
import { isAlive, withRunLock } from './run-lock.ts';
import { editedProblem, findFreePath, inTheWayProblem } from './user-files.ts';

export type FileAction = 'create' | 'same' | 'update' | 'delete';

export interface WriteReport {
  readonly folder: string;
  /** One entry per generated file, in order of the paths. */
  readonly files: readonly { readonly path: string; readonly action: FileAction; readonly kind: TreeFile['kind'] }[];
}

/** What a folder holds that Rootstock generated before. */
export interface GeneratedFolder {
  readonly lock: Lock;
  /** Environment files of the repository, by environment name; without a text if somebody deleted the file. */
  readonly environments: ReadonlyMap<string, { readonly file: string; readonly text: string | undefined }>;
}

interface Step {
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
const JOURNAL = `${WORK}/journal.json`;

/**
 * Reads lock and recorded environments; undefined for a folder that Rootstock did not write.
 * Codes: IO-001 for a file that is there but cannot be read, IO-007 for a lock that is none.
 */
export function readGeneratedFolder(folder: string): Outcome<GeneratedFolder | undefined> {
  const path = join(folder, LOCK_PATH);
  const text = readIfPresent(path);
  if (!text.ok) return text;
  if (text.value === undefined) return succeed(undefined);
  const lock = parseLock(text.value);
  if (lock === undefined) return fail([brokenLockProblem(folder)]);
  const environments = new Map<string, { file: string; text: string | undefined }>();
  const problems: Problem[] = [];
  for (const [name, { file }] of Object.entries(lock.environments)) {
    const recorded = readIfPresent(join(folder, file));
    if (recorded.ok) environments.set(name, { file: join(folder, file), text: recorded.value });
    else problems.push(...recorded.problems);
  }
  return problems.length > 0 ? fail(problems) : succeed({ lock, environments });
}

function readIfPresent(path: string): Outcome<string | undefined> {
  try {
    return succeed(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return succeed(undefined);
    const message = `${path} cannot be read: ${code}.`;
    return fail([
      makeProblem(UNREADABLE, { place: { file: path }, message, hint: 'check what it is, and its permissions' }),
    ]);
  }
}

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

function completeWrite(folder: string): Outcome<number> {
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

/**
 * Writes a proven tree into an empty folder, a Git repository or a folder generated before.
 * Edited files stop it before anything is written. Interrupted at any point, the folder is as before, or the next
 * run completes it from a journal. Codes: IO-002 to IO-006, IO-008, IO-009.
 */
export async function writeRepository(folder: string, tree: VerifiedTree): Promise<Outcome<WriteReport>> {
  try {
    const output = findOutputFolder(folder);
    if (!output.ok) return output;
    const target = output.value;
    if (isEmptyOrAbsent(target)) return succeed(writeNew(target, tree.files));
    if (isForeign(target)) {
      const message = `${target} is neither empty, nor a Git repository, nor was it generated before.`;
      return fail([
        makeProblem(FOREIGN_FOLDER, { place: { file: folder }, message, hint: 'name an empty folder with -o' }),
      ]);
    }
    return await withRunLock(target, () => {
      const recovered = completeWrite(target);
      return recovered.ok ? updateFolder(target, tree.files) : recovered;
    });
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    if (cause.code === undefined || cause.syscall === undefined) throw error;
    return fail([
      makeProblem(UNWRITABLE, {
        place: { file: cause.path ?? folder },
        message: `${cause.syscall} failed: ${cause.code}.`,
        hint: 'check free space and permissions, then run the same command again',
      }),
    ]);
  }
}

function isEmptyOrAbsent(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0;
}

function isForeign(folder: string): boolean {
  return !['.git', LOCK_PATH, JOURNAL].some((path) => existsSync(join(folder, path)));
}

/** A new folder appears with all its files at once: written beside, then renamed. */
function writeNew(folder: string, files: FileTree): WriteReport {
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  const prefix = `.${basename(folder)}.rootstock-`;
  removeAbandoned(parent, prefix);
  const staging = join(parent, `${prefix}${process.pid}`);
  // By itself, because Node's recursive mkdir never ends where nothing can be made (/proc).
  mkdirSync(staging);
  try {
    const made = new Set<string>();
    for (const file of files.values()) writeFile(join(staging, file.path), file, made);
    renameSync(staging, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return { folder, files: [...files.values()].map(({ path, kind }) => ({ path, kind, action: 'create' })) };
}

/** Staging folders of runs that were killed before the rename. */
function removeAbandoned(parent: string, prefix: string): void {
  for (const name of readdirSync(parent)) {
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function writeFile(path: string, file: TreeFile, made: Set<string>): void {
  const parent = dirname(path);
  if (!made.has(parent)) {
    mkdirSync(parent, { recursive: true });
    made.add(parent);
  }
  writeFileSync(path, file.content);
  if (file.executable) chmodSync(path, 0o755);
}

function updateFolder(folder: string, files: FileTree): Outcome<WriteReport> {
  const existing = readGeneratedFolder(folder);
  // A lock that cannot be read protects nothing: stop.
  if (!existing.ok) return existing;
  const lock = existing.value?.lock;
  const old = Object.keys(lock?.files ?? {}).filter((path) => !files.has(path));
  const decisions = [
    ...[...files.values()].map((file) => decideWrite(folder, file, lock)),
    ...old.map((path) => decideDelete(folder, path, lock)),
  ];
  const problems = decisions.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) return fail(problems);
  const steps = decisions.flatMap(({ step }) => step ?? []);
  if (steps.length > 0) stageAndApply(folder, steps, files);
  const report = decisions.flatMap(({ entry }) => entry ?? []);
  return succeed({ folder, files: report.sort((a, b) => compareText(a.path, b.path)) });
}

/** What becomes of one path: its line in the report, the step that does it, or why it must not be done. */
interface Decision {
  readonly entry?: WriteReport['files'][number];
  readonly step?: Step;
  readonly problem?: Problem;
}

function decideWrite(folder: string, { path, kind, content }: TreeFile, lock: Lock | undefined): Decision {
  const link = findLink(folder, path);
  if (link !== undefined) return { problem: refuseLink(folder, path, link) };
  const before = findDigest(join(folder, path));
  const after = digest(content);
  if (before === undefined) return { entry: { path, kind, action: 'create' }, step: { path, action: 'create', after } };
  if (before === after) return { entry: { path, kind, action: 'same' } };
  if (path !== LOCK_PATH && lock?.files[path] !== before) return { problem: refuse(folder, path, lock, true) };
  return { entry: { path, kind, action: 'update' }, step: { path, action: 'update', before, after } };
}

function decideDelete(folder: string, path: string, lock: Lock | undefined): Decision {
  // Nothing is deleted through a link: what it leads to is not ours.
  const before = findLink(folder, path) === undefined ? findDigest(join(folder, path)) : undefined;
  if (before === undefined) return {};
  if (before !== lock?.files[path]) return { problem: refuse(folder, path, lock, false) };
  return { entry: { path, kind: 'document', action: 'delete' }, step: { path, action: 'delete', before } };
}

function refuseLink(folder: string, path: string, link: string): Problem {
  return makeProblem(LINKED, {
    place: { file: join(folder, link) },
    message: `${link} is a symbolic link on the way to ${path}.`,
    hint: `${formatCommand('mv', join(folder, link), findFreePath(join(folder, `${link}.mine`)))}, then render again`,
  });
}

function refuse(folder: string, path: string, lock: Lock | undefined, replaced: boolean): Problem {
  return lock?.files[path] === undefined ? inTheWayProblem(folder, path) : editedProblem(folder, path, replaced);
}

function stageAndApply(folder: string, steps: readonly Step[], files: FileTree): void {
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

/** The first part of a path that is a symbolic link, relative to the folder. */
function findLink(folder: string, path: string): string | undefined {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const at = parts.slice(0, depth).join('/');
    const stat = lstatSync(join(folder, at), { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (stat.isSymbolicLink()) return at;
  }
  return undefined;
}

function findDigest(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  return stat.isFile() ? digest(readFileSync(path)) : 'not a file';
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
