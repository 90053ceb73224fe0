// VerifiedTree → folder, without ever losing a byte that somebody wrote: first decide everything, then stage, then move.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FileTree } from '../core/file-tree.ts';
import { LOCK_PATH } from '../core/lock.ts';
import { compareText, fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import type { VerifiedTree } from '../core/verified-tree.ts';
import { type BesideFiles, planBesideFiles } from './beside-files.ts';
import { BUSY, FOREIGN_FOLDER, UNWRITABLE } from './io-problems.ts';
import { type MergedFile, mergeNothing, mergeRepository, type RepositoryMerge } from './merge-repository.ts';
import { findOutputFolder } from './output-folder.ts';
import { isAlive, withRunLock } from './run-lock.ts';
import { completeWrite, JOURNAL, stageAndApply, writeFile } from './write-journal.ts';

export interface WriteReport {
  readonly folder: string;
  /** One entry per file, in order of the paths. */
  readonly files: readonly MergedFile[];
}

export interface WriteOptions {
  /** Looks at what is about to be written; any problem stops it. */
  readonly inspect?: (merge: RepositoryMerge) => readonly Problem[];
  /** Files that are no part of the tree. A folder that is not there yet has none. */
  readonly beside?: BesideFiles;
  /** Paths of files that are written as generated, whether somebody deleted or edited them. */
  readonly restore?: readonly string[];
}

/**
 * Writes a proven tree into an empty folder, a Git repository or a folder generated before.
 * What people edited is merged with what is generated. Interrupted at any point, the folder is as before, or the next
 * run completes it from a journal, or takes it back where files were changed since.
 * Codes: IO-002 to IO-006, IO-008, IO-009, IO-013, IO-014, IO-018.
 */
export async function writeRepository(
  folder: string,
  tree: VerifiedTree,
  options: WriteOptions = {},
): Promise<Outcome<WriteReport>> {
  try {
    const output = findOutputFolder(folder);
    if (!output.ok) return output;
    const target = output.value;
    if (isEmptyOrAbsent(target)) {
      const refusals = options.inspect?.(mergeNothing(tree.files)) ?? [];
      return refusals.length > 0 ? fail(refusals) : succeed(writeNew(target, tree.files));
    }
    if (isForeign(target)) return fail([foreignProblem(folder, target)]);
    return await withRunLock(target, () => {
      const recovered = completeWrite(target);
      return recovered.ok ? updateFolder(target, tree.files, options) : recovered;
    });
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    if (cause.code === undefined || cause.syscall === undefined) throw error;
    // Another run made the same new folder in the meantime.
    if (cause.syscall === 'rename' && (cause.code === 'ENOTEMPTY' || cause.code === 'EEXIST'))
      return fail([
        makeProblem(BUSY, {
          place: { file: folder },
          message: `Somebody else wrote into ${folder} at the same time.`,
          hint: 'run the same command again',
        }),
      ]);
    return fail([
      makeProblem(UNWRITABLE, {
        place: { file: cause.path ?? folder },
        message: `${cause.syscall} failed: ${cause.code}.`,
        hint: 'check free space and permissions, then run the same command again',
      }),
    ]);
  }
}

export function foreignProblem(folder: string, target: string): Problem {
  const message = `${target} is neither empty, nor a Git repository, nor was it generated before.`;
  return makeProblem(FOREIGN_FOLDER, { place: { file: folder }, message, hint: 'name an empty folder with -o' });
}

export function isEmptyOrAbsent(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0;
}

export function isForeign(folder: string): boolean {
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
  return { folder, files: mergeNothing(files).files };
}

/** Staging folders of runs that were killed before the rename. */
function removeAbandoned(parent: string, prefix: string): void {
  for (const name of readdirSync(parent)) {
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function updateFolder(
  folder: string,
  files: FileTree,
  { inspect = () => [], beside = { writes: [], deletes: [] }, restore }: WriteOptions,
): Outcome<WriteReport> {
  const merged = mergeRepository(folder, files, restore);
  if (!merged.ok) return merged;
  const refusals = inspect(merged.value);
  if (refusals.length > 0) return fail(refusals);
  const others = planBesideFiles(folder, beside);
  if (!others.ok) return others;
  const steps = [...merged.value.steps, ...others.value.steps];
  if (steps.length > 0) stageAndApply(folder, steps, new Map([...merged.value.contents, ...others.value.contents]));
  const report = [...merged.value.files, ...others.value.files].sort((a, b) => compareText(a.path, b.path));
  return succeed({ folder, files: report }, merged.problems);
}
