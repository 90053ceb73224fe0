import { describe, expect, it } from 'vitest';
import { findPlace } from './yaml-place.ts';

const TEXT = '# comment\na:\n  - b: 1\n  - b: 2\n    c: 3\n---\n# nothing\n---\nd: 4\n';

describe('generator/verify/yaml-place.ts', () => {
  it.each([
    ['a key', 0, ['a'], { line: 2, column: 1 }],
    ['an item of a list', 0, ['a', 1], { line: 4, column: 5 }],
    ['a key in an item', 0, ['a', 1, 'c'], { line: 5, column: 5 }],
    ['the map that lacks a key', 0, ['a', 0, 'x'], { line: 3, column: 5 }],
    ['the list that lacks an item', 0, ['a', 7], { line: 3, column: 3 }],
    ['a key of a later document, empty ones not counted', 1, ['d'], { line: 9, column: 1 }],
    ['nothing in a document that is not there', 5, ['a'], {}],
  ])('finds %s', (_, document, path, place) => {
    expect(findPlace(TEXT, document, path)).toEqual(place);
  });
});
