// The last commit of a folder → what Rootstock had generated then: what a push adds is measured against it.
import { BASE_FOLDER } from '../core/generated-base.ts';
import { LOCK_PATH, parseLock } from '../core/lock.ts';
import { listCommitted, listMerged, readCommitted } from './git-committed.ts';
import { joinRecords, type LastRun } from './last-run.ts';

/**
 * Undefined for a folder without a commit that holds a lock: nothing can be lost by its first push.
 * @param commit default: the last one
 */
export function readCommittedRun(folder: string, commit?: string): LastRun | undefined {
  const committed = readCommitted(folder, [LOCK_PATH, BASE_FOLDER], commit);
  const lock = parseLock(committed.get(LOCK_PATH) ?? '');
  if (lock === undefined) return undefined;
  return joinRecords(lock, new Map([...committed].filter(([path]) => path.startsWith(BASE_FOLDER))));
}

/** One of the branches that came together. */
export interface MergedRun {
  readonly run: LastRun;
  /** Paths of all files of its commit. */
  readonly paths: ReadonlySet<string>;
}

/** What was generated on each of the branches that came together in HEAD, or in a merge that waits for its commit. */
export function readMergedRuns(folder: string): readonly MergedRun[] {
  return listMerged(folder).flatMap((commit) => {
    const run = readCommittedRun(folder, commit);
    return run === undefined ? [] : [{ run, paths: listCommitted(folder, commit) }];
  });
}
