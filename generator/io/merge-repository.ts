// What was generated last, what people made of it, and what is generated now → what has to be written. Writes nothing.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileTree, TreeFile } from '../core/file-tree.ts';
import { BASE_FOLDER } from '../core/generated-base.ts';
import { LOCK_PATH, type Lock } from '../core/lock.ts';
import { compareText, fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import { listBases, readBases, readGeneratedFolder } from './generated-folder.ts';
import { LINKED, UNSAVED } from './io-problems.ts';
import { findMarkers, mergeText } from './merge-text.ts';
import { editedProblem, findFreePath, inTheWayProblem, unresolvedProblem } from './user-files.ts';
import { digest, findDigest, findLink, type Step, type WrittenFile } from './write-journal.ts';

/**
 * - `create`, `same`, `update`, `delete`: as generated; nobody had touched the file.
 * - `keep`: edited, and nothing of it is generated differently now, or it is no longer generated at all.
 * - `absent`: somebody deleted it, so it stays away.
 * - `merge`: the edit and the change went together.
 * - `conflict`: they did not; the file has markers.
 */
export type FileAction = 'create' | 'same' | 'update' | 'delete' | 'keep' | 'absent' | 'merge' | 'conflict';

export interface MergedFile {
  readonly path: string;
  readonly action: FileAction;
  readonly kind: TreeFile['kind'];
}

/** A merge, decided and not written. */
export interface RepositoryMerge {
  /** One entry per file, in order of the paths. */
  readonly files: readonly MergedFile[];
  readonly steps: readonly Step[];
  /** What the steps write, by path. */
  readonly contents: ReadonlyMap<string, WrittenFile>;
}

/** What happens to one path, or why nothing may. */
interface Decision {
  readonly file?: MergedFile;
  readonly step?: Step;
  readonly content?: WrittenFile;
  readonly problem?: Problem;
}

/** For a folder that is not there yet. */
export function mergeNothing(files: FileTree): RepositoryMerge {
  return {
    files: [...files.values()].map(({ path, kind }) => ({ path, kind, action: 'create' })),
    steps: [...files.values()].map(({ path, content }) => ({ path, action: 'create', after: digest(content) })),
    contents: files,
  };
}

/**
 * Merges a tree with a folder. Codes: IO-002 for an edit that cannot be merged, IO-003 for a foreign file in the way,
 * IO-007 for a broken lock, IO-008 for links, IO-013 for markers that are still there, IO-014 for edits that no commit
 * holds.
 * @param restore paths of deleted files that are written again
 */
export function mergeRepository(
  folder: string,
  files: FileTree,
  restore: readonly string[] = [],
): Outcome<RepositoryMerge> {
  const existing = readGeneratedFolder(folder);
  // A lock that cannot be read protects nothing: stop.
  if (!existing.ok) return existing;
  const lock = existing.value?.lock;
  const state: State = { folder, lock, bases: lock === undefined ? new Map() : readBases(folder, lock), restore };
  const old = [...Object.keys(lock?.files ?? {}), ...listBases(folder)].filter((path) => !files.has(path));
  const decisions = [
    ...[...files.values()].map((file) => decideWrite(state, file)),
    ...old.map((path) => decideDelete(state, path)),
  ];
  const problems = decisions.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) return fail(problems);
  const unsaved = findUnsaved(
    folder,
    decisions.flatMap(({ file }) => (file?.action === 'merge' || file?.action === 'conflict' ? [file.path] : [])),
  );
  if (unsaved.length > 0) return fail(unsaved.map((path) => unsavedProblem(folder, path)));
  return succeed({
    files: decisions.flatMap(({ file }) => file ?? []).sort((a, b) => compareText(a.path, b.path)),
    steps: decisions.flatMap(({ step }) => step ?? []),
    contents: new Map(
      decisions.flatMap(({ step, content }) =>
        step === undefined || content === undefined ? [] : [[step.path, content] as const],
      ),
    ),
  });
}

interface State {
  readonly folder: string;
  readonly lock: Lock | undefined;
  /** What was generated last, by path. */
  readonly bases: ReadonlyMap<string, string>;
  readonly restore: readonly string[];
}

/** Lock and bases are records of ours: nobody's edit of them counts. */
function isRecord(path: string): boolean {
  return path === LOCK_PATH || path.startsWith(BASE_FOLDER);
}

function decideWrite(state: State, theirs: TreeFile): Decision {
  const { folder, lock, bases } = state;
  const { path, kind, content } = theirs;
  const link = findLink(folder, path);
  if (link !== undefined) return { problem: refuseLink(folder, path, link) };
  const before = findDigest(join(folder, path));
  const after = digest(content);
  const generated = lock?.files[path];
  const isUnchanged = generated === after;
  if (before === undefined) {
    // Generated before and gone: somebody deleted it. What was rendered from has to lie there all the same.
    const isDeleted = generated !== undefined && !isRecord(path) && kind !== 'environment';
    if (isDeleted && !state.restore.includes(path)) return { file: { path, kind, action: 'absent' } };
    return { file: { path, kind, action: 'create' }, step: { path, action: 'create', after }, content: theirs };
  }
  if (before === after) return { file: { path, kind, action: 'same' } };
  if (isRecord(path) || before === generated)
    return { file: { path, kind, action: 'update' }, step: { path, action: 'update', before, after }, content: theirs };
  if (generated === undefined || before === NOT_A_FILE) return { problem: refuse(folder, theirs, generated) };
  const ours = readFileSync(join(folder, path), 'utf8');
  const [marker] = findMarkers(ours);
  if (marker !== undefined) return { problem: unresolvedProblem(folder, path, marker) };
  // What is rendered has to be what lies there: an edit of an environment file is given, or it is refused.
  if (kind === 'environment') return { problem: refuse(folder, theirs, generated) };
  if (isUnchanged) return { file: { path, kind, action: 'keep' } };
  const base = bases.get(path);
  // What was read as text has to be the file, byte for byte, or writing it back would change it.
  if (base === undefined || digest(ours) !== before) return { problem: refuse(folder, theirs, generated) };
  const { text, conflicts } = mergeText({ ours, base, theirs: content });
  return {
    file: { path, kind, action: conflicts === 0 ? 'merge' : 'conflict' },
    step: { path, action: 'update', before, after: digest(text) },
    content: { content: text, ...(theirs.executable === undefined ? {} : { executable: theirs.executable }) },
  };
}

const NOT_A_FILE = 'not a file';

function decideDelete({ folder, lock }: State, path: string): Decision {
  // Nothing is deleted through a link: what it leads to is not ours.
  const before = findLink(folder, path) === undefined ? findDigest(join(folder, path)) : undefined;
  if (before === undefined) return {};
  const kind = 'document';
  if (before !== lock?.files[path] && !isRecord(path)) return { file: { path, kind, action: 'keep' } };
  return { file: { path, kind, action: 'delete' }, step: { path, action: 'delete', before } };
}

/** Of these files, those whose content no commit holds. All of them where there is no repository or no commit. */
function findUnsaved(folder: string, paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [];
  const listed = ['status', '--porcelain=v1', '-z', '--no-renames', '--ignored', '--untracked-files=all', '--'];
  try {
    const options = { cwd: folder, encoding: 'utf8', stdio: 'pipe', maxBuffer: 64 * 1024 * 1024 } as const;
    execFileSync('git', ['rev-parse', '--verify', '--quiet', 'HEAD'], options);
    const status = execFileSync('git', [...listed, ...paths.map((path) => `:(literal)${path}`)], options);
    const dirty = new Set(status.split('\0').map((line) => line.slice(3)));
    // Git names paths from the top of its repository, which may be above the folder.
    const prefix = execFileSync('git', ['rev-parse', '--show-prefix'], options).trim();
    return paths.filter((path) => dirty.has(`${prefix}${path}`));
  } catch {
    return paths;
  }
}

function unsavedProblem(folder: string, path: string): Problem {
  const message = `${path} was edited, is generated differently now, and no commit holds your version.`;
  const add = formatCommand('git', '-C', folder, 'add', '--', path);
  const hint = `${add} && ${formatCommand('git', '-C', folder, 'commit', '-m', `Edit ${path}`)}`;
  return makeProblem(UNSAVED, { place: { file: join(folder, path) }, message, hint });
}

function refuseLink(folder: string, path: string, link: string): Problem {
  return makeProblem(LINKED, {
    place: { file: join(folder, link) },
    message: `${link} is a symbolic link on the way to ${path}.`,
    hint: `${formatCommand('mv', join(folder, link), findFreePath(join(folder, `${link}.mine`)))}, then render again`,
  });
}

function refuse(folder: string, { path, kind }: TreeFile, generated: string | undefined): Problem {
  return generated === undefined ? inTheWayProblem(folder, path) : editedProblem(folder, path, kind === 'environment');
}
