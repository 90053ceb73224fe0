// What Rootstock generated before, as its lock, its bases and its environment files tell.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BASE_FOLDER } from '../core/generated-base.ts';
import { LOCK_PATH, NO_LOCK, parseLock } from '../core/lock.ts';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import { readCommittedRun, readMergedBases } from './committed-run.ts';
import { NOT_RENDERED, UNREADABLE } from './io-problems.ts';
import { joinRecords, type LastRun } from './last-run.ts';
import { brokenLockProblem } from './lock-problems.ts';
import { orphanProblem } from './user-files.ts';
import { digest } from './write-journal.ts';

/** What a folder holds that Rootstock generated before. */
export interface GeneratedFolder extends LastRun {
  /** Environment files of the repository, by environment name; without a text if somebody deleted the file. */
  readonly environments: ReadonlyMap<string, { readonly file: string; readonly text: string | undefined }>;
}

/**
 * Reads lock and recorded environments; undefined for a folder that Rootstock did not write.
 * Codes: IO-001 for a file that is there but cannot be read, IO-007 for a lock that is none.
 */
export function readGeneratedFolder(folder: string): Outcome<GeneratedFolder | undefined> {
  const path = join(folder, LOCK_PATH);
  const text = readIfPresent(path);
  if (!text.ok) return text;
  if (text.value === undefined) return succeed(undefined);
  const parsed = parseLock(text.value);
  if (parsed === undefined) return fail([brokenLockProblem(folder)]);
  return readEnvironments(folder, joinRecords(parsed, readBases(folder)));
}

/**
 * The same for whoever writes a lock anew: where somebody took it away, what is left of the records says what was
 * generated, or the last commit.
 */
export function readRecordedFolder(folder: string): Outcome<GeneratedFolder | undefined> {
  const existing = readGeneratedFolder(folder);
  if (!existing.ok || existing.value !== undefined) return existing;
  const committed = readCommittedRun(folder);
  const bases = readBases(folder);
  const run = bases.length === 0 ? committed : joinRecords(committed?.lock ?? NO_LOCK, bases);
  return run === undefined ? existing : readEnvironments(folder, run);
}

function readEnvironments(folder: string, run: LastRun): Outcome<GeneratedFolder> {
  const environments = new Map<string, { file: string; text: string | undefined }>();
  const problems: Problem[] = [];
  for (const [name, { file }] of Object.entries(run.lock.environments)) {
    const recorded = readIfPresent(join(folder, file));
    if (recorded.ok) environments.set(name, { file: join(folder, file), text: recorded.value });
    else problems.push(...recorded.problems);
  }
  return problems.length > 0 ? fail(problems) : succeed({ ...run, environments });
}

/** Environments whose file is not what was rendered last. Code: IO-016. */
export function listNotRendered(folder: string, { lock, environments }: GeneratedFolder): readonly Problem[] {
  return [...environments.values()].flatMap(({ file, text }) => {
    const path = relative(folder, file);
    if (text === undefined || digest(text) === lock.files[path]) return [];
    const message = `${path} is not what the repository was rendered from.`;
    const hint = formatCommand('rootstock', 'render', '-e', file, '-o', folder);
    return [makeProblem(NOT_RENDERED, { place: { file }, message, hint })];
  });
}

/** Edited files that stay although they are no longer generated. Code: IO-019. */
export function listOrphans(folder: string, { entries }: GeneratedFolder): readonly Problem[] {
  return [...entries]
    .filter(([path, all]) => all.every(({ gone }) => gone) && existsSync(join(folder, path)))
    .map(([path]) => orphanProblem(folder, path));
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

/** Path and text of each base in a folder; in a merge those of the branches, too: people may have taken one side whole. */
export function readBases(folder: string): readonly (readonly [string, string])[] {
  const own = listBases(folder).map((path) => {
    const text = readIfPresent(join(folder, path));
    return [path, text.ok ? (text.value ?? '') : ''] as const;
  });
  return [...own, ...readMergedBases(folder)];
}

/** Paths of the bases in a folder, relative to it. */
export function listBases(folder: string): readonly string[] {
  const path = join(folder, BASE_FOLDER);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => `${BASE_FOLDER}${name}`);
}
