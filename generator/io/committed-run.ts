// The last commit of a folder → what Rootstock had generated then: what a push adds is measured against it.
import { BASE_FOLDER, parseBase } from '../core/generated-base.ts';
import { LOCK_PATH, type Lock, parseLock } from '../core/lock.ts';
import { readCommitted } from './git-committed.ts';
import { digest } from './write-journal.ts';

export interface CommittedRun {
  readonly lock: Lock;
  /** Content of generated files by path; what the lock does not confirm is not among them. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Undefined for a folder without a commit that holds a lock: nothing can be lost by its first push.
 * @param commit default: the last one
 */
export function readCommittedRun(folder: string, commit?: string): CommittedRun | undefined {
  const committed = readCommitted(folder, [LOCK_PATH, BASE_FOLDER], commit);
  const lock = parseLock(committed.get(LOCK_PATH) ?? '');
  if (lock === undefined) return undefined;
  const files = new Map<string, string>();
  for (const [path, text] of committed) {
    if (!path.startsWith(BASE_FOLDER)) continue;
    for (const entry of parseBase(text))
      if (digest(entry.content) === lock.files[entry.path]) files.set(entry.path, entry.content);
  }
  return { lock, files };
}
