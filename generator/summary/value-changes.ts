// Two trees of plain data → the paths whose values differ. Nothing that may be a secret is repeated.
import { HIDDEN, hideSecrets } from '../core/hide-secrets.ts';
import { formatKeyPath, type KeyPath } from '../core/key-path.ts';
import { compareText } from '../core/problem.ts';
import type { PlainMap, PlainValue } from '../core/provenance.ts';
import type { ValueChange } from './summary.ts';

/** A change with its path in parts. */
export interface PathChange extends ValueChange {
  readonly at: KeyPath;
}

/**
 * The differences, in order of their paths. Maps are compared key by key, lists as a whole.
 * @param whole a map that comes or goes is one change; otherwise each of its keys is
 */
export function findValueChanges(
  before: PlainValue | undefined,
  after: PlainValue | undefined,
  { whole = false }: { readonly whole?: boolean } = {},
): PathChange[] {
  return walk(before, after, [], whole).sort((a, b) => compareText(a.path, b.path));
}

function walk(
  before: PlainValue | undefined,
  after: PlainValue | undefined,
  at: KeyPath,
  whole: boolean,
): PathChange[] {
  if (before === after) return [];
  if (JSON.stringify(sortKeys(before)) === JSON.stringify(sortKeys(after))) return [];
  if (whole ? isMap(before) && isMap(after) : isOneMap(before, after)) {
    const [old, now] = [before ?? {}, after ?? {}] as readonly [PlainMap, PlainMap];
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return keys.flatMap((key) => walk(old[key], now[key], [...at, key], whole));
  }
  return [
    {
      at,
      path: formatKeyPath(at),
      ...(before === undefined ? {} : { from: hide(before, at) }),
      ...(after === undefined ? {} : { to: hide(after, at) }),
    },
  ];
}

export function isMap(value: unknown): value is PlainMap {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** True if two values can be told as one map: both are maps, or one is and the other is not there. */
function isOneMap(before: PlainValue | undefined, after: PlainValue | undefined): boolean {
  const isFilled = [before, after].some((value) => isMap(value) && Object.keys(value).length > 0);
  return isFilled && [before, after].every((value) => value === undefined || isMap(value));
}

/** Two maps with the same keys in another order say the same. */
function sortKeys(value: PlainValue | undefined): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isMap(value)) return value;
  return Object.entries(value)
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, item]) => [key, sortKeys(item)]);
}

/** Keys that may hold a secret; those that only name one (`existingSecret`, `secretName`) are told. */
const SECRET_KEY = /passw(or)?d|passphrase|token|secret$|secretkey|privatekey|apikey|credentials?$|stringdata$/i;
const NAMES_ONE = /existing|name$|ref$|file$|key$/i;

function hide(value: PlainValue, at: KeyPath): PlainValue {
  const key = String(at.findLast((part) => typeof part === 'string') ?? '');
  const holdsSecret = SECRET_KEY.test(key) && !(NAMES_ONE.test(key) && !/(secret|private|api)key$/i.test(key));
  if (holdsSecret && typeof value !== 'boolean' && value !== null && value !== '') return HIDDEN;
  return hideIn(value);
}

function hideIn(value: PlainValue): PlainValue {
  if (typeof value === 'string') return hideSecrets(value);
  if (Array.isArray(value)) return value.map((item: PlainValue) => hideIn(item));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hide(item, [key])]));
}
