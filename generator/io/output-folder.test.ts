import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { findOutputFolder } from './output-folder.ts';

const top = makeTemporaryFolder();
let base = '';
let count = 0;

beforeEach(() => {
  base = join(top, `case-${count++}`);
  mkdirSync(join(base, 'real'), { recursive: true });
  mkdirSync(join(base, 'outer/.git'), { recursive: true });
  writeFileSync(join(base, 'file'), 'mine');
  symlinkSync('real', join(base, 'link'));
  symlinkSync('nowhere', join(base, 'dangling'));
  symlinkSync('loop', join(base, 'loop'));
  symlinkSync('outer/.git', join(base, 'innocent'));
  symlinkSync('file', join(base, 'to-file'));
  execFileSync('git', ['init', '-q', '--bare', join(base, 'bare.git')]);
});

describe('generator/io/output-folder', () => {
  it.each([
    ['a new folder', 'new', 'new'],
    ['a new folder in new folders', 'a/b/c', 'a/b/c'],
    ['a folder that is there', 'real', 'real'],
    ['a link to a folder', 'link', 'real'],
    ['a new folder below a link', 'link/new', 'real/new'],
    ['a repository', 'outer', 'outer'],
    ['a name like that of Git', 'outer/.github', 'outer/.github'],
  ])('takes %s', (_name, path, target) => {
    expect(findOutputFolder(join(base, path))).toMatchObject({ ok: true, value: join(base, target) });
  });

  it.each([
    [
      'a link to nothing',
      'dangling',
      'IO-008',
      'BASE/dangling is a symbolic link that leads nowhere.',
      'rm BASE/dangling',
    ],
    [
      'a folder below one',
      'dangling/x',
      'IO-008',
      'BASE/dangling is a symbolic link that leads nowhere.',
      'rm BASE/dangling',
    ],
    ['a link to itself', 'loop', 'IO-008', 'BASE/loop is a symbolic link that leads nowhere.', 'rm BASE/loop'],
    ['a file', 'file', 'IO-004', 'BASE/file is a file.', 'name another folder with -o'],
    ['a link to a file', 'to-file', 'IO-004', 'BASE/to-file is a file.', 'name another folder with -o'],
    [
      'a folder below a file',
      'file/x/y',
      'IO-005',
      'BASE/file is a file, so it holds no folder BASE/file/x/y.',
      'name another folder with -o',
    ],
    [
      "Git's own folder",
      'outer/.git',
      'IO-004',
      'BASE/outer/.git lies inside BASE/outer/.git, which belongs to Git.',
      'name another folder with -o',
    ],
    [
      "a folder in Git's own",
      'outer/.git/x',
      'IO-004',
      'BASE/outer/.git/x lies inside BASE/outer/.git, which belongs to Git.',
      'name another folder with -o',
    ],
    [
      'the same through a link',
      'innocent/x',
      'IO-004',
      'BASE/innocent/x lies inside BASE/outer/.git, which belongs to Git.',
      'name another folder with -o',
    ],
    [
      'the same in capitals',
      'new/.GIT/x',
      'IO-004',
      'BASE/new/.GIT/x lies inside BASE/new/.GIT, which belongs to Git.',
      'name another folder with -o',
    ],
    [
      'a bare repository',
      'bare.git/x',
      'IO-004',
      'BASE/bare.git/x lies inside BASE/bare.git, which belongs to Git.',
      'name another folder with -o',
    ],
  ])('refuses %s', (_name, path, code, message, hint) => {
    const before = readdirSync(base, { recursive: true }).length;

    const found = findOutputFolder(join(base, path));

    const named = (text: string) => text.replaceAll('BASE', base);
    expect(found.problems).toMatchObject([{ code, message: named(message), hint: named(hint) }]);
    expect(readdirSync(base, { recursive: true }).length).toBe(before);
  });
});
