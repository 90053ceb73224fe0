import { describe, expect, it } from 'vitest';
import { findMarkers } from './merge-text.ts';

describe('generator/io/merge-text', () => {
  it.each([
    ['the first', '<<<<<<< yours', 'a.yaml'],
    ['the one of the base', '||||||| last generated', 'a.yaml'],
    ['the one between', '=======', 'a.tf'],
    ['the one between, with a Windows line end', '=======\r', 'a.tf'],
    ['the last', '>>>>>>> generated now', 'README.md'],
  ])('finds %s of the markers where only that one is left', (_, marker, path) => {
    expect(findMarkers(`a\n${marker}\nb\n`, path)).toEqual([2]);
  });

  it.each([
    ['a heading', 'Restore\n=======\n', 'README.md'],
    ['a longer line', '========\n', 'a.tf'],
    ['a marker that is text', 'a: <<<<<<< yours\n', 'a.yaml'],
  ])('takes %s for what it is', (_, text, path) => {
    expect(findMarkers(text, path)).toEqual([]);
  });
});
