// Lock and bases → what was generated last. Where two branches came together, the lock is that of one, or neither, and
// the bases hold what was generated on both.
import { BASE_FOLDER, type BaseEntry, PENDING_BASE, parseBase } from '../core/generated-base.ts';
import type { Lock, LockedEnvironment } from '../core/lock.ts';
import { dropReplaced } from './base-history.ts';
import { digest } from './write-journal.ts';

export interface Bases {
  /** What they hold, by path; the entry first that the lock confirms. */
  readonly entries: ReadonlyMap<string, readonly BaseEntry[]>;
  /** Entries that other ones came after, by path. */
  readonly replaced: ReadonlyMap<string, readonly BaseEntry[]>;
  /** Paths of the bases that hold anything. */
  readonly recorded: ReadonlySet<string>;
}

export interface LastRun extends Bases {
  /** With the environments and files that only a base knows. */
  readonly lock: Lock;
}

/** What one run generated. */
export interface LastState {
  readonly lock: Lock;
  /** Content by path; nothing of files that no base holds. */
  readonly files: ReadonlyMap<string, string>;
}

/** @param texts path and text of each base, of all branches that came together */
export function joinRecords(lock: Lock, texts: Iterable<readonly [string, string]>): LastRun {
  const { entries, replaced, recorded } = joinBases(texts, lock);
  const generated = [...entries].flatMap(([path, [first]]) =>
    first === undefined || first.gone || first.pending ? [] : [[path, first.missed ?? digest(first.content)] as const],
  );
  const files = { ...lock.files, ...Object.fromEntries(generated) };
  const environments = { ...findEnvironments(recorded, files), ...lock.environments };
  return { lock: { ...lock, environments, files }, entries, replaced, recorded };
}

/** @param lock undefined: nothing is confirmed */
export function joinBases(texts: Iterable<readonly [string, string]>, lock: Lock | undefined): Bases {
  const entries = new Map<string, BaseEntry[]>();
  const recorded = new Set<string>();
  for (const [path, text] of texts)
    for (const parsed of parseBase(text)) {
      recorded.add(path);
      const entry: BaseEntry = path === PENDING_BASE ? { ...parsed, pending: true } : parsed;
      const known = entries.get(entry.path);
      if (known === undefined) entries.set(entry.path, [entry]);
      else known.push(entry);
    }
  const rank = (entry: BaseEntry) => (isConfirmed(lock, entry) ? 0 : entry.gone ? 3 : entry.pending ? 2 : 1);
  const replaced = new Map<string, readonly BaseEntry[]>();
  for (const [path, known] of entries) {
    if (known.length < 2) continue;
    const left = dropReplaced(known).sort((a, b) => rank(a) - rank(b));
    entries.set(path, left);
    if (left.length < known.length)
      replaced.set(
        path,
        known.filter((entry) => !left.includes(entry)),
      );
  }
  return { entries, replaced, recorded };
}

function isConfirmed(lock: Lock | undefined, { path, content, missed, gone }: BaseEntry): boolean {
  return !gone && (missed ?? digest(content)) === lock?.files[path];
}

/** An environment of another branch than the lock: its base is there, and holds its file. */
function findEnvironments(
  recorded: ReadonlySet<string>,
  files: Lock['files'],
): Readonly<Record<string, LockedEnvironment>> {
  const names = [...recorded].map((path) => path.slice(BASE_FOLDER.length, -'.jsonl'.length));
  const known = names.filter((name) => files[`environments/${name}.yaml`] !== undefined);
  return Object.fromEntries(known.map((name) => [name, { file: `environments/${name}.yaml`, charts: {} }]));
}

/** The states that came together: mostly one, else as many as a file has bases. The lock's own comes first. */
export function listStates({ lock, entries }: LastRun): readonly LastState[] {
  const generated = [...entries].map(([path, all]) => [path, listContents(all)] as const);
  const count = Math.max(1, ...generated.map(([, contents]) => contents.length));
  return Array.from({ length: count }, (_, index) => ({
    lock,
    files: new Map(
      generated.flatMap(([path, contents]) => {
        const content = contents[Math.min(index, contents.length - 1)];
        return content === undefined ? [] : [[path, content] as const];
      }),
    ),
  }));
}

/** What was generated for a path, each text once; without what was only kept for it. */
function listContents(entries: readonly BaseEntry[]): readonly string[] {
  return [
    ...new Set(entries.flatMap(({ content, missed, gone, pending }) => (missed || gone || pending ? [] : [content]))),
  ];
}
