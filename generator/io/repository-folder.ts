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
import { basename, dirname, join, resolve } from 'node:path';
import type { FileTree, TreeFile } from '../core/file-tree.ts';
import { isSafePath, LOCK_PATH, type Lock, parseLock } from '../core/lock.ts';
import { fail, makeProblem, type Outcome, type Problem, type ProblemKind, succeed } from '../core/problem.ts';
import type { VerifiedTree } from '../core/verified-tree.ts';
import { BAD_JOURNAL, EDITED, FOREIGN_FOLDER, IN_THE_WAY, LINKED, NOT_GENERATED, UNWRITABLE } from './io-problems.ts';
import { isAlive, withRunLock } from './run-lock.ts';

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

/** Reads lock and recorded environments; undefined for a folder that Rootstock did not write. Code: IO-007. */
export function readGeneratedFolder(folder: string): Outcome<GeneratedFolder | undefined> {
  const path = join(folder, LOCK_PATH);
  if (!existsSync(path)) return succeed(undefined);
  const lock = parseLock(readFileSync(path, 'utf8'));
  if (lock === undefined) {
    return fail([
      makeProblem(NOT_GENERATED, {
        place: { file: path },
        message: `${path} is not a lock that this version can read.`,
        hint: `git checkout -- ${LOCK_PATH}`,
      }),
    ]);
  }
  const environments = new Map<string, { file: string; text: string | undefined }>();
  for (const [name, { file }] of Object.entries(lock.environments)) {
    const full = join(folder, file);
    environments.set(name, { file: full, text: existsSync(full) ? readFileSync(full, 'utf8') : undefined });
  }
  return succeed({ lock, environments });
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
    const hint = `rm -r ${join(folder, JOURNAL)} ${join(folder, WORK, 'staging')}, then render again`;
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
  const target = resolve(folder);
  try {
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
  return !existsSync(folder) || (lstatSync(folder).isDirectory() && readdirSync(folder).length === 0);
}

function isForeign(folder: string): boolean {
  return (
    !lstatSync(folder).isDirectory() || !['.git', LOCK_PATH, JOURNAL].some((path) => existsSync(join(folder, path)))
  );
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
  const report: WriteReport['files'][number][] = [];
  const steps: Step[] = [];
  const problems: Problem[] = [];
  for (const file of files.values()) {
    const link = findLink(folder, file.path);
    if (link !== undefined) {
      problems.push(
        makeProblem(LINKED, {
          place: { file: join(folder, link) },
          message: `${link} is a symbolic link on the way to ${file.path}.`,
          hint: `replace ${link} by a folder`,
        }),
      );
      continue;
    }
    const before = findDigest(join(folder, file.path));
    const after = digest(file.content);
    const action: FileAction = before === undefined ? 'create' : before === after ? 'same' : 'update';
    report.push({ path: file.path, action, kind: file.kind });
    if (action === 'same') continue;
    if (action === 'update' && file.path !== LOCK_PATH && lock?.files[file.path] !== before)
      problems.push(refuse(folder, file.path, lock));
    steps.push({ path: file.path, action, after, ...(before === undefined ? {} : { before }) });
  }
  for (const [path, generated] of Object.entries(lock?.files ?? {})) {
    if (files.has(path) || findLink(folder, path) !== undefined) continue;
    const before = findDigest(join(folder, path));
    if (before === undefined) continue;
    report.push({ path, action: 'delete', kind: 'document' });
    if (before !== generated) problems.push(refuse(folder, path, lock));
    steps.push({ path, action: 'delete', before });
  }
  if (problems.length > 0) return fail(problems);
  if (steps.length > 0) stageAndApply(folder, steps, files);
  return succeed({ folder, files: report.sort((a, b) => (a.path < b.path ? -1 : 1)) });
}

function refuse(folder: string, path: string, lock: Lock | undefined): Problem {
  const kind: ProblemKind = lock?.files[path] === undefined ? IN_THE_WAY : EDITED;
  const message =
    kind === EDITED
      ? `${path} was edited by hand since it was generated.`
      : `${path} exists, but Rootstock did not generate it.`;
  const hint =
    kind === EDITED ? `git -C ${folder} diff -- ${path}` : `mv ${join(folder, path)} ${join(folder, `${path}.mine`)}`;
  return makeProblem(kind, { place: { file: join(folder, path) }, message, hint });
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
