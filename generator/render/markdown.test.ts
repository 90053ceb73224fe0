import { describe, expect, it } from 'vitest';
import { listInWords, markdownTable } from './markdown.ts';

describe('generator/render/markdown', () => {
  it('aligns columns, numbers to the right', () => {
    const table = markdownTable(
      ['Name', 'GiB'],
      [
        ['control', '64'],
        ['gpu', '1200'],
      ],
      [1],
    );

    expect(table).toBe(
      ['| Name    |  GiB |', '| ------- | ---: |', '| control |   64 |', '| gpu     | 1200 |'].join('\n'),
    );
  });

  it.each([
    ['a pipe', 'a|b', 'a\\|b'],
    ['a line break', 'a\n  b', 'a b'],
  ])('keeps a cell in its place: %s', (_, cell, expected) => {
    const table = markdownTable(['Name'], [[cell]]);

    expect(table.split('\n')[2]).toContain(expected);
  });

  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ])('writes %j as a list in words', (items, expected) => {
    expect(listInWords(items)).toBe(expected);
  });
});
