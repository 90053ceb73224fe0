import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareWithGoldens, readFolder, writeGoldens } from './goldens.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const FOLDER = join(makeTemporaryFolder(), 'goldens');
const FILES = new Map([
  ['.github/a.yaml', 'a\n'],
  ['manifests/b.yaml', 'b\n'],
]);

describe('generator/testing/goldens.ts', () => {
  it('reads what it wrote, and nothing that lay there before', () => {
    writeGoldens(FOLDER, new Map([['old.yaml', 'old\n']]));

    writeGoldens(FOLDER, FILES);

    expect(readFolder(FOLDER)).toEqual(FILES);
    expect(compareWithGoldens(FOLDER, FILES)).toEqual({ missing: [], extra: [], changed: [] });
  });

  it.each([
    { name: 'a file without a golden', files: [...FILES, ['c.yaml', 'c\n']], expected: { missing: ['c.yaml'] } },
    { name: 'a golden without a file', files: [...FILES].slice(1), expected: { extra: ['.github/a.yaml'] } },
    {
      name: 'another content',
      files: [...FILES, ['manifests/b.yaml', 'x\n']],
      expected: { changed: ['manifests/b.yaml'] },
    },
  ])('finds $name', ({ files, expected }) => {
    writeGoldens(FOLDER, FILES);

    const differences = compareWithGoldens(FOLDER, new Map(files as [string, string][]));

    expect(differences).toEqual({ missing: [], extra: [], changed: [], ...expected });
  });

  it('finds no golden in a folder that is not there', () => {
    expect(compareWithGoldens(join(FOLDER, 'nowhere'), FILES).missing).toEqual([...FILES.keys()]);
  });
});
