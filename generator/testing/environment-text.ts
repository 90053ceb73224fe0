// Environment files for tests: an example with the few keys changed that a test is about.
import { parse, stringify } from 'yaml';
import type { PlainMap, PlainValue } from '../core/provenance.ts';
import { readExample } from './examples.ts';

/** The smallest example: single, zCompute, no domain. */
export const MINIMAL_EXAMPLE = 'zcompute-single';

/**
 * The text of an example with changes merged over it: maps deeply, lists and scalars as a whole, `null` removes the
 * key. `environmentText({ availability: 'high' })`
 * @param example name of an example of one environment; default: the smallest
 */
export function environmentText(changes: PlainMap = {}, example: string = MINIMAL_EXAMPLE): string {
  const [text, ...others] = readExample(example).texts;
  if (text === undefined || others.length > 0) throw new Error(`${example} is not an example of one environment`);
  return stringify(mergeDeep(parse(text.text) as PlainMap, changes), { lineWidth: 0 });
}

/** Merges changes over a map; see {@link environmentText}. */
export function mergeDeep(base: PlainMap, changes: PlainMap): PlainMap {
  const merged: Record<string, PlainValue> = { ...base };
  for (const [key, change] of Object.entries(changes)) {
    const before = merged[key];
    if (change === null) delete merged[key];
    else
      merged[key] = isMap(change)
        ? mergeDeep(isMap(before) && isSameKind(before, change) ? before : {}, change)
        : change;
  }
  return merged;
}

/** A map of another kind has other keys: nothing of the former stays. */
function isSameKind(before: PlainMap, change: PlainMap): boolean {
  return change['kind'] === undefined || change['kind'] === before['kind'];
}

function isMap(value: PlainValue | undefined): value is PlainMap {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
