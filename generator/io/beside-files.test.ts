import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { planBesideFiles } from './beside-files.ts';
import { listDeleted } from './git-deleted.ts';
import { digest } from './write-journal.ts';

const base = makeTemporaryFolder();
const PATH = 'clusters/lab/manifests/shop/sealed-login.yaml';
let count = 0;
let folder = '';

beforeEach(() => {
  folder = join(base, `case-${count++}`);
  mkdirSync(folder);
});

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

describe('generator/io/beside-files', () => {
  it.each([
    ['a file that is not there', undefined, [{ path: PATH, action: 'create', after: digest('new') }]],
    ['another text', 'old', [{ path: PATH, action: 'update', before: digest('old'), after: digest('new') }]],
    ['the same text', 'new', []],
  ])('writes over %s', (_, existing, steps) => {
    if (existing !== undefined) put(PATH, existing);

    const planned = planBesideFiles(folder, { writes: [{ path: PATH, content: 'new' }], deletes: [] });

    expect(planned).toMatchObject({ ok: true, value: { steps } });
  });

  it.each([
    ['what is there', 'old', [{ path: PATH, action: 'delete', before: digest('old') }]],
    ['nothing where nothing is', undefined, []],
  ])('deletes %s', (_, existing, steps) => {
    if (existing !== undefined) put(PATH, existing);

    const planned = planBesideFiles(folder, { writes: [], deletes: [PATH] });

    expect(planned).toMatchObject({ ok: true, value: { steps } });
  });

  it.each([
    ['write', { writes: [{ path: PATH, content: 'new' }], deletes: [] }],
    ['delete', { writes: [], deletes: [PATH] }],
  ])('IO-008: does not %s through a link', (_, files) => {
    mkdirSync(join(folder, 'away'));
    mkdirSync(join(folder, 'clusters/lab/manifests'), { recursive: true });
    symlinkSync(join(folder, 'away'), join(folder, 'clusters/lab/manifests/shop'));

    const planned = planBesideFiles(folder, files);

    expect(planned).toMatchObject({
      ok: false,
      problems: [
        {
          code: 'IO-008',
          place: { file: join(folder, 'clusters/lab/manifests/shop') },
          hint: 'put what clusters/lab/manifests/shop leads to in its place',
        },
      ],
    });
  });
});

describe('generator/io/git-deleted', () => {
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words]);

  it('lists what the last commit has and the folder has not, of one form', async () => {
    put(PATH, 'sealed\n');
    put('README.md', 'text\n');
    put('kept.yaml', 'kept\n');
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'all');
    for (const path of [PATH, 'README.md']) rmSync(join(folder, path));

    expect(listDeleted(folder, /\.yaml$/)).toEqual([{ path: PATH, content: 'sealed\n' }]);
  });

  it.each([
    ['no repository', () => undefined],
    ['no commit', () => git('init', '--quiet')],
  ])('lists nothing where there is %s', async (_, arrange) => {
    arrange();

    expect(listDeleted(folder, /./)).toEqual([]);
  });
});
