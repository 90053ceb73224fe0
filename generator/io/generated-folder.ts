// What Rootstock generated before, as its lock, its bases and its environment files tell.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BASE_FOLDER, type BaseEntry, parseBase } from '../core/generated-base.ts';
import { LOCK_PATH, type Lock, parseLock } from '../core/lock.ts';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import { NOT_RENDERED, UNREADABLE } from './io-problems.ts';
import { brokenLockProblem } from './lock-problems.ts';
import { digest } from './write-journal.ts';

/** What a folder holds that Rootstock generated before. */
export interface GeneratedFolder {
  readonly lock: Lock;
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

/** Content of files as they were generated last, by path: what the lock does not confirm is not among them. */
export function readBases(folder: string, lock: Lock): ReadonlyMap<string, string> {
  const entries = [...readBaseEntries(folder).values()].flat();
  const confirmed = entries.filter(({ path, content }) => digest(content) === lock.files[path]);
  return new Map(confirmed.map(({ path, content }) => [path, content]));
}

/** All that the bases hold, by path: after two branches came together, what was generated in either. */
export function readBaseEntries(folder: string): ReadonlyMap<string, readonly BaseEntry[]> {
  const entries = new Map<string, BaseEntry[]>();
  for (const base of listBases(folder)) {
    const text = readIfPresent(join(folder, base));
    for (const entry of parseBase(text.ok ? (text.value ?? '') : ''))
      entries.set(entry.path, [...(entries.get(entry.path) ?? []), entry]);
  }
  return entries;
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
