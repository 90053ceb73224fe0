// What was generated for a path, one after the other: so that of several bases those are known that another one replaced.
import { type BaseEntry, GONE } from '../core/generated-base.ts';
import { digest } from './write-journal.ts';

/** Far more than a branch changes one file before it is merged. */
const KEPT = 16;
const ID_DIGITS = 12;

type Generated = Pick<BaseEntry, 'content' | 'gone'>;

function findId({ content, gone }: Generated): string {
  return gone ? GONE : digest(content).slice(0, ID_DIGITS);
}

/** What the next entry of a path comes after. The same again comes after the same. */
export function findPredecessors(known: readonly BaseEntry[], next: Generated): readonly string[] {
  const own = findId(next);
  const ids = known.flatMap((entry) => [...(entry.after ?? []), ...(findId(entry) === own ? [] : [findId(entry)])]);
  return ids.filter((id, index) => !ids.includes(id, index + 1)).slice(-KEPT);
}

/** True for an entry that a text of the same path came before: it was generated again since. */
export function isSince({ after = [] }: BaseEntry, content: string): boolean {
  return after.includes(findId({ content }));
}

/** Of what was replaced, the text that came last by a history. */
export function findReplaced(entries: readonly BaseEntry[], after: readonly string[]): BaseEntry | undefined {
  const latest = [...after].reverse().find((id) => id !== GONE && entries.some((entry) => findId(entry) === id));
  return entries.find((entry) => findId(entry) === latest);
}

/** Entries of one path, without those that another one came after. */
export function dropReplaced(entries: readonly BaseEntry[]): BaseEntry[] {
  return entries.filter((entry) => entry.missed !== undefined || !entries.some((other) => isAfter(other, entry)));
}

/** Nothing tells of an interrupted run whether it came so far. */
function isAfter(entry: BaseEntry, other: BaseEntry): boolean {
  const [later = [], earlier = []] = [entry.after, other.after];
  if (entry.pending || entry.missed !== undefined || !later.includes(findId(other))) return false;
  // Where something was generated again that had been generated before, the longer history is the later one.
  return !earlier.includes(findId(entry)) || later.length > earlier.length;
}
