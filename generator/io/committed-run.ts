// The last commit of a folder → what Rootstock had generated then: what a push adds is measured against it.
import { BASE_FOLDER } from '../core/generated-base.ts';
import { LOCK_PATH, parseLock } from '../core/lock.ts';
import { listMerged, readCommitted } from './git-committed.ts';
import { joinRecords, type LastRun } from './last-run.ts';

/**
 * Undefined for a folder without a commit that holds a lock: nothing can be lost by its first push.
 * @param commit default: the last one
 */
export function readCommittedRun(folder: string, commit?: string): LastRun | undefined {
  const committed = readCommitted(folder, [LOCK_PATH, BASE_FOLDER], commit);
  const lock = parseLock(committed.get(LOCK_PATH) ?? '');
  if (lock === undefined) return undefined;
  return joinRecords(
    lock,
    [...committed].filter(([path]) => path.startsWith(BASE_FOLDER)),
  );
}

/** Path and text of the bases of each branch that came together in HEAD, or in a merge that waits for its commit. */
export function readMergedBases(folder: string): readonly (readonly [string, string])[] {
  return listMerged(folder).flatMap((commit) => [...readCommitted(folder, [BASE_FOLDER], commit)]);
}
