// What was generated last, what people made of it, and what is generated now → what has to be written. Writes nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileTree, TreeFile } from '../core/file-tree.ts';
import { BASE_FOLDER, type BaseEntry, findBasePath, parseBase, writeBase } from '../core/generated-base.ts';
import { LOCK_PATH, type Lock } from '../core/lock.ts';
import { compareText, fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import { findPredecessors, findReplaced, isSince } from './base-history.ts';
import { readCommittedRun } from './committed-run.ts';
import { listBases, readRecordedFolder } from './generated-folder.ts';
import { isMerging, readCommitted } from './git-committed.ts';
import { LINKED, SKIPPED, UNSAVED } from './io-problems.ts';
import { type Bases, joinBases } from './last-run.ts';
import { findMarkers, mergeText } from './merge-text.ts';
import { editedProblem, findFreePath, inTheWayProblem, unresolvedProblem } from './user-files.ts';
import { findDirty, findSkipped } from './worktree-state.ts';
import { digest, findBlockingFile, findDigest, findLink, type Step, type WrittenFile } from './write-journal.ts';

/**
 * - `create`, `same`, `update`, `delete`: as generated; nobody had touched the file.
 * - `keep`: edited, and nothing of it is generated differently now.
 * - `orphan`: edited, and no longer generated at all.
 * - `absent`: somebody deleted it, so it stays away.
 * - `merge`: the edit and the change went together.
 * - `conflict`: they did not; the file has markers.
 */
export type FileAction = 'create' | 'same' | 'update' | 'delete' | 'keep' | 'orphan' | 'absent' | 'merge' | 'conflict';

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
  /** An edit is written over, so that a commit has to hold it. */
  readonly replacesEdit?: true;
  /** What a base keeps of a file besides what is generated now. */
  readonly kept?: BaseEntry;
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
 * holds, IO-018 for files that Git leaves out of the working tree.
 * @param restore paths of files that are written as generated, whether somebody deleted or edited them
 */
export function mergeRepository(
  folder: string,
  files: FileTree,
  restore: readonly string[] = [],
): Outcome<RepositoryMerge> {
  const existing = readRecordedFolder(folder);
  // A lock that cannot be read protects nothing: stop.
  if (!existing.ok) return existing;
  const state: State = {
    folder,
    ...(existing.value ?? NO_RECORDS),
    committed: readCommittedRun(folder) ?? NO_RECORDS,
    restore,
  };
  const known = [
    Object.keys(state.lock?.files ?? {}),
    [...state.entries.keys()],
    listBases(folder),
    [...state.committed.entries.keys()],
  ].flat();
  const skipped = findSkipped(folder);
  const leftOut = [...new Set([...files.keys(), ...known])].filter((path) => skipped.paths.has(path)).sort(compareText);
  if (leftOut.length > 0) return fail([skippedProblem(folder, leftOut, skipped.isSparse)]);
  const [records, contents] = split([...files.values()], ({ path }) => isRecord(path));
  const decided = contents.map((file) => decideWrite(state, file));
  const deleted = [...new Set(known)].filter((path) => !files.has(path)).map((path) => decideDelete(state, path));
  const kept = [...decided, ...deleted].flatMap((decision) => decision.kept ?? []);
  const decisions = [
    ...records.map((record) => decideWrite(state, addHistory(state, record, kept, files))),
    ...decided,
    ...deleted,
  ];
  const problems = decisions.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) return fail(problems);
  const unsaved = findUnsaved(
    folder,
    decisions.flatMap(({ replacesEdit, file }) => (replacesEdit && file !== undefined ? [file.path] : [])),
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

function split<T>(items: readonly T[], isFirst: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

interface Records extends Bases {
  readonly lock: Lock | undefined;
}

const NO_RECORDS: Records = { lock: undefined, ...joinBases([], undefined) };

interface State extends Records {
  readonly folder: string;
  /** What was generated last when HEAD was made: Git can bring it back although more was generated since. */
  readonly committed: Records;
  readonly restore: readonly string[];
}

/** Lock and bases are records of ours: nobody's edit of them counts. */
function isRecord(path: string): boolean {
  return path === LOCK_PATH || path.startsWith(BASE_FOLDER);
}

/**
 * A base tells what each entry came after, and remembers what was generated for files that were not there to take it, or
 * are generated no more.
 */
function addHistory(state: State, record: TreeFile, kept: readonly BaseEntry[], files: FileTree): TreeFile {
  if (!record.path.startsWith(BASE_FOLDER)) return record;
  const generated = parseBase(record.content).map((entry) => {
    const after = findPredecessors(state.entries.get(entry.path) ?? [], entry);
    return after.length === 0 ? entry : { ...entry, after };
  });
  const own = kept.filter(({ path }) => findBasePath(files.get(path) ?? {}) === record.path);
  return { ...record, content: writeBase([...generated, ...own]) };
}

function decideWrite(state: State, theirs: TreeFile): Decision {
  const { folder, lock, restore } = state;
  const { path, kind, content } = theirs;
  const link = findLink(folder, path);
  if (link !== undefined) return { problem: refuseLink(state, path, link) };
  const before = findDigest(join(folder, path));
  const after = digest(content);
  if (before === undefined) return decideAbsent(state, theirs);
  if (before === after) return { file: { path, kind, action: 'same' } };
  const update: Decision = {
    file: { path, kind, action: 'update' },
    step: { path, action: 'update', before, after },
    content: theirs,
  };
  const [last] = listTexts(state, path);
  const generated = lock?.files[path] ?? (last === undefined ? undefined : digest(last));
  if (isRecord(path) || isGenerated(state, path, before)) return update;
  if (generated === undefined || before === NOT_A_FILE) return { problem: refuse(folder, theirs, generated) };
  if (kind !== 'environment' && restore.includes(path)) return { ...update, replacesEdit: true };
  const found = readFileSync(join(folder, path), 'utf8');
  const ours = withLinesOf(found, last);
  if (isGenerated(state, path, digest(ours))) return update;
  const [marker] = findMarkers(ours, path);
  if (marker !== undefined) return { problem: unresolvedProblem(folder, path, marker) };
  // What is rendered has to be what lies there: an edit of an environment file is given, or it is refused.
  if (kind === 'environment') return { problem: refuse(folder, theirs, generated) };
  const keep: Decision = { file: { path, kind, action: 'keep' } };
  const bases = listBasesOf(state, path, found);
  const [base] = bases;
  if (base === undefined && generated === after) return keep;
  // What was read as text has to be the file, byte for byte, or writing it back would change it; Git merges no bytes.
  if (base === undefined || digest(found) !== before || found.includes('\0'))
    return { problem: refuse(folder, theirs, generated) };
  const own = takeBranchesOut(ours, bases);
  if (base === content && own === ours) return keep;
  const { text, conflicts } = mergeText({ ours: own, base, theirs: content });
  // Brought back with the change in it.
  if (text === found && base !== last) return keep;
  return {
    file: { path, kind, action: conflicts === 0 ? 'merge' : 'conflict' },
    step: { path, action: 'update', before, after: digest(text) },
    content: { content: text, ...(theirs.executable === undefined ? {} : { executable: theirs.executable }) },
    replacesEdit: true,
  };
}

/** True for a text that Rootstock generated for the path, as far as anything tells: nobody's work is lost with it. */
function isGenerated({ lock, entries, committed }: State, path: string, now: string): boolean {
  const texts = [...(entries.get(path) ?? []), ...(committed.entries.get(path) ?? [])].filter(isText);
  return now === lock?.files[path] || texts.some(({ content }) => digest(content) === now);
}

/** An editor that ends lines otherwise changes nothing: Git leaves that out of commits, as .gitattributes tells it. */
function withLinesOf(text: string, generated = ''): string {
  return generated.includes('\r') ? text : text.replaceAll('\r\n', '\n');
}

/**
 * What an edited file was made of. Where it was generated again since the last commit and Git brought it back from there,
 * it is what was generated then.
 */
function listBasesOf(state: State, path: string, found: string): readonly string[] {
  const then = listTexts(state.committed, path);
  const isRendered = (state.entries.get(path) ?? []).some((entry) => then[0] !== undefined && isSince(entry, then[0]));
  return isRendered && readCommitted(state.folder, [path]).get(path) === found ? then : listTexts(state, path);
}

/**
 * A file of two branches that were both rendered holds what was generated on each. What came from the others is no edit:
 * the text becomes what it would be, had it been made of the first base alone.
 */
function takeBranchesOut(text: string, [first = '', ...others]: readonly string[]): string {
  return others.reduce((ours, other) => {
    const merged = mergeText({ ours, base: other, theirs: first });
    return merged.conflicts === 0 ? merged.text : ours;
  }, text);
}

/** Generated before and gone: somebody deleted it. What was rendered from has to lie there all the same. */
function decideAbsent(state: State, theirs: TreeFile): Decision {
  const { lock, entries, recorded, restore } = state;
  const { path, kind, content } = theirs;
  const after = digest(content);
  const generated = lock?.files[path];
  const known = entries.get(path) ?? [];
  const isRecorded = known.some((entry) => !entry.gone && !entry.pending);
  // A path that only the lock has comes from a version that kept no bases, or from a branch whose bases were not taken.
  const isLocked = known.length === 0 && generated !== undefined && !recorded.has(findBasePath(theirs));
  // What one branch generated no more was deleted by no person.
  const isForgotten = known.some((entry) => entry.gone);
  const isKnown = lock !== undefined && (isRecorded || isLocked) && !isForgotten;
  if (!isKnown || isRecord(path) || kind === 'environment' || restore.includes(path)) {
    const blocking = findBlockingFile(state.folder, path);
    if (blocking !== undefined) return { problem: inTheWayProblem(state.folder, blocking) };
    return { file: { path, kind, action: 'create' }, step: { path, action: 'create', after }, content: theirs };
  }
  const file: MergedFile = { path, kind, action: 'absent' };
  const [base] = listTexts(state, path);
  if (base === content || (base === undefined && generated === after)) return { file };
  // Where nothing tells what was there, all of the file will be a conflict: better than an old file that nobody notices.
  return { file, kept: { path, content: base ?? '', missed: after } };
}

/** What a file was made of: the last text that was written to it, then those of branches that came together. */
function listTexts({ lock, entries }: Records, path: string): readonly string[] {
  const all = (entries.get(path) ?? []).filter(isText);
  const missed = all.filter((entry) => entry.missed !== undefined && entry.missed === lock?.files[path]);
  return [...new Set([...missed, ...all].map(({ content }) => content))];
}

/** False for what only says that a path is generated no more. */
function isText({ content, gone }: BaseEntry): boolean {
  return !gone || content !== '';
}

const NOT_A_FILE = 'not a file';

function decideDelete(state: State, path: string): Decision {
  const { folder } = state;
  // Nothing is deleted through a link: what it leads to is not ours.
  const before = findLink(folder, path) === undefined ? findDigest(join(folder, path)) : undefined;
  const kind = 'document';
  if (isRecord(path))
    return before === undefined
      ? {}
      : { file: { path, kind, action: 'delete' }, step: { path, action: 'delete', before } };
  const gone = { path, content: '', gone: true } as const;
  const after = findPredecessors(state.entries.get(path) ?? [], gone);
  if (before === undefined) return { kept: { ...gone, after } };
  if (isGenerated(state, path, before) || isOfBranches(state, path, before))
    return {
      file: { path, kind, action: 'delete' },
      step: { path, action: 'delete', before },
      kept: { ...gone, after },
    };
  const [content = findReplaced(state.replaced.get(path) ?? [], after)?.content ?? ''] = listTexts(state, path);
  return { file: { path, kind, action: 'orphan' }, kept: { ...gone, content, after } };
}

/** True for a text that is nothing but what two branches generated, brought together by Git. */
function isOfBranches(state: State, path: string, before: string): boolean {
  const texts = listTexts(state, path);
  if (texts.length < 2 || before === NOT_A_FILE) return false;
  return takeBranchesOut(readFileSync(join(state.folder, path), 'utf8'), texts) === texts[0];
}

/** Of these files, those whose content no commit holds. All of them where there is no repository or no commit. */
function findUnsaved(folder: string, paths: readonly string[]): readonly string[] {
  const dirty = findDirty(folder, paths);
  return dirty === undefined ? paths : paths.filter((path) => dirty.has(path));
}

function skippedProblem(folder: string, paths: readonly string[], isSparse: boolean): Problem {
  const [first = '', ...others] = paths;
  const more = others.length === 0 ? '' : `, nor ${others.length} other generated files`;
  const message = `Git does not keep ${first} in the working tree${more}.`;
  const hint = isSparse
    ? formatCommand('git', '-C', folder, 'sparse-checkout', 'disable')
    : formatCommand('git', '-C', folder, 'update-index', '--no-skip-worktree', '--', ...paths);
  return makeProblem(SKIPPED, { place: { file: join(folder, first) }, message, hint });
}

function unsavedProblem(folder: string, path: string): Problem {
  const message = `${path} was edited, would be written over, and no commit holds your version.`;
  const add = formatCommand('git', '-C', folder, 'add', '--', path);
  const hint = isMerging(folder)
    ? `end the merge first: ${formatCommand('git', '-C', folder, 'status')}`
    : `${add} && ${formatCommand('git', '-C', folder, 'commit', '-m', `Edit ${path}`)}`;
  return makeProblem(UNSAVED, { place: { file: join(folder, path) }, message, hint });
}

function refuseLink({ folder, lock }: State, path: string, link: string): Problem {
  const place = join(folder, link);
  // What was generated there before stays away by itself.
  const how = lock?.files[path] === undefined ? '' : ` with ${formatCommand('--restore', link)}`;
  return makeProblem(LINKED, {
    place: { file: place },
    message: `${link} is a symbolic link on the way to ${path}.`,
    hint: `${formatCommand('mv', place, findFreePath(`${place}.mine`))}, then render again${how}`,
  });
}

function refuse(folder: string, { path, kind }: TreeFile, generated: string | undefined): Problem {
  return generated === undefined ? inTheWayProblem(folder, path) : editedProblem(folder, path, kind === 'environment');
}
