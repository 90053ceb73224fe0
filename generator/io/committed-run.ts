// The last commit of a folder → what Rootstock had generated then: what a push adds is measured against it.
import { BASE_FOLDER } from '../core/generated-base.ts';
import { LOCK_PATH, NO_LOCK, parseLock } from '../core/lock.ts';
import { listMerged, readCommitted } from './git-committed.ts';
import { joinRecords, type LastRun } from './last-run.ts';

/**
 * Undefined for a folder without a commit that holds records: nothing can be lost by its first push. Where somebody took
 * the lock away, the bases tell.
 * @param commit default: the last one
 */
export function readCommittedRun(folder: string, commit?: string): LastRun | undefined {
  const committed = readCommitted(folder, [LOCK_PATH, BASE_FOLDER], commit);
  const lock = parseLock(committed.get(LOCK_PATH) ?? '');
  const bases = [...committed].filter(([path]) => path.startsWith(BASE_FOLDER));
  return lock === undefined && bases.length === 0 ? undefined : joinRecords(lock ?? NO_LOCK, bases);
}

/** Path and text of the bases of each branch that came together in HEAD, or in a merge that waits for its commit. */
export function readMergedBases(folder: string): readonly (readonly [string, string])[] {
  return listMerged(folder).flatMap((commit) => [...readCommitted(folder, [BASE_FOLDER], commit)]);
}
