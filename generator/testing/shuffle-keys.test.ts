import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { listKeys, shuffleKeys } from './shuffle-keys.ts';

const TEXT = 'a: 1\nb:\n  c: [3, 1, 2]\n  d: x\n  e: y\nf:\n  - g: 1\n    h: 2\n';

describe('generator/testing/shuffle-keys.ts', () => {
  it('changes the order of keys and nothing else', () => {
    const shuffled = shuffleKeys(TEXT, 1);

    expect(listKeys(shuffled)).not.toEqual(listKeys(TEXT));
    expect(listKeys(shuffled).sort()).toEqual(listKeys(TEXT).sort());
    expect(parse(shuffled)).toEqual(parse(TEXT));
  });

  it('gives the same order for the same seed', () => {
    expect(shuffleKeys(TEXT, 7)).toBe(shuffleKeys(TEXT, 7));
  });
});
