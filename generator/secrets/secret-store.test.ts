import { describe, expect, it } from 'vitest';
import { makeStore, parseStore, putValue, removeValue, writeStore } from './secret-store.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const LATER = new Date('2027-01-01T00:00:00Z');
const empty = makeStore('prod', ['age1b', 'age1a']);
const put = (store: typeof empty, path: string, value: string, now = NOW) =>
  putValue(store, path, { value, source: 'given', now });

describe('generator/secrets/secret-store', () => {
  it('starts with a digest key of its own and sorted recipients', () => {
    expect(Buffer.from(empty.digestKey, 'base64')).toHaveLength(32);
    expect(makeStore('prod', []).digestKey).not.toBe(empty.digestKey);
    expect(empty.recipients).toEqual(['age1a', 'age1b']);
  });

  it('keeps the date of a value that did not change', () => {
    const first = put(empty, 'a/b/c', 'x');

    expect(put(first, 'a/b/c', 'x', LATER)).toBe(first);
    expect(put(first, 'a/b/c', 'y', LATER).values['a/b/c']?.changedAt).toBe(LATER.toISOString());
    expect(empty.values).toEqual({});
  });

  it('forgets one value and no other', () => {
    const two = put(put(empty, 'a/b/c', 'x'), 'a/b/d', 'y');

    expect(Object.keys(removeValue(two, 'a/b/c').values)).toEqual(['a/b/d']);
  });

  it('writes the same text whatever was put first, and reads it back', () => {
    const one = put(put(empty, 'a/b/c', 'x'), 'a/b/d', 'y');
    const other = put(put(empty, 'a/b/d', 'y'), 'a/b/c', 'x');

    expect(writeStore(one)).toBe(writeStore(other));
    expect(parseStore(writeStore(one))).toEqual(one);
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['another version', JSON.stringify({ ...empty, version: 2 })],
    ['no environment', JSON.stringify({ ...empty, environment: 1 })],
    ['no digest key', JSON.stringify({ ...empty, digestKey: undefined })],
    ['recipients that are no texts', JSON.stringify({ ...empty, recipients: [1] })],
    ['half a key pair', JSON.stringify({ ...empty, sealingKeys: [{ certificate: 'x', madeAt: 'y' }] })],
    ['a bare value', JSON.stringify({ ...empty, values: { 'a/b/c': 'x' } })],
    ['no values', JSON.stringify({ ...empty, values: null })],
  ])('takes %s for no store', (_, text) => {
    expect(parseStore(text)).toBeUndefined();
  });
});
