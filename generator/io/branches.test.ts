// Branches that were both rendered, and came together in the ways that teams use.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { generatedTree } from '../testing/generated-tree.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { listOrphans, readGeneratedFolder } from './generated-folder.ts';
import { writeRepository } from './repository-folder.ts';

type Contents = Readonly<Record<string, string>>;

const ATTRIBUTES = { '.gitattributes': '.rootstock/base/** merge=union\n' };
const AUTHOR = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
const TEN = Array.from({ length: 10 }, (_, index) => `line ${index}`);
const lines = (changes: Readonly<Record<number, string>> = {}) =>
  `${TEN.map((line, index) => changes[index] ?? line).join('\n')}\n`;
const START = { 'a.txt': lines(), 'b.txt': lines(), 'c.txt': lines(), 'd.txt': lines() };

const top = makeTemporaryFolder();
let count = 0;
let folder = '';

const git = (...words: string[]) =>
  execFileSync('git', ['-C', folder, ...AUTHOR, ...words], { encoding: 'utf8', stdio: 'pipe' });
const commit = () => {
  git('add', '--all');
  git('commit', '-q', '--allow-empty', '-m', 'a commit');
};
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const remove = (path: string) => rmSync(join(folder, path));
async function render(contents: Contents): Promise<Contents> {
  const outcome = await writeRepository(folder, generatedTree({ ...ATTRIBUTES, ...contents }));
  expect(outcome.problems).toEqual([]);
  return outcome.ok ? Object.fromEntries(outcome.value.files.map(({ path, action }) => [path, action])) : {};
}

beforeEach(async () => {
  folder = join(top, `case-${count++}`);
  mkdirSync(folder);
  git('init', '-q', '-b', 'main');
  await render(START);
  commit();
});

/** What each branch does, and commits. */
async function branch(theirs: () => Promise<unknown>, ours: () => Promise<unknown>): Promise<void> {
  git('checkout', '-q', '-b', 'theirs');
  await theirs();
  commit();
  git('checkout', '-q', 'main');
  await ours();
  commit();
}

/** Git's own merge; of a file that one side deleted, what lies there afterwards; of a lock, one side. */
function tryMerge(...words: string[]): void {
  try {
    git(...words);
  } catch {
    // The conflicts are resolved below.
  }
  git('checkout', 'main', '--', '.rootstock/lock.json');
}

const WAYS: readonly (readonly [string, () => void])[] = [
  ['a merge', () => tryMerge('merge', '-q', '--no-commit', '-X', 'ours', 'theirs')],
  ['a squash', () => tryMerge('merge', '-q', '--squash', '-X', 'ours', 'theirs')],
  [
    'a merge and a commit more',
    () => {
      tryMerge('merge', '-q', '--no-commit', '-X', 'ours', 'theirs');
      commit();
      write('notes.txt', 'mine');
    },
  ],
  ['a cherry-pick', () => tryMerge('cherry-pick', '--no-commit', '-X', 'ours', 'main..theirs')],
];

describe.each(WAYS)('generator/io: branches that came together by %s', (_, bringTogether) => {
  it('leave an edit that was committed, next to what the other branch changed', async () => {
    await branch(
      () => render({ ...START, 'b.txt': lines({ 1: 'theirs' }) }),
      async () => {
        await render({ ...START, 'a.txt': lines({ 1: 'ours' }), 'c.txt': lines({ 1: 'ours' }) });
        commit();
        write('a.txt', lines());
        write('c.txt', lines({ 1: 'line 1', 8: 'mine' }));
      },
    );
    bringTogether();
    commit();

    const last = {
      ...START,
      'a.txt': lines({ 1: 'ours' }),
      'b.txt': lines({ 1: 'theirs' }),
      'c.txt': lines({ 1: 'ours' }),
    };
    const actions = await render(last);

    expect(actions).toMatchObject({ 'a.txt': 'keep', 'b.txt': 'same', 'c.txt': 'keep' });
    expect([read('a.txt'), read('c.txt')]).toEqual([lines(), lines({ 8: 'mine' })]);
  });

  it('have the files again that one of them generated no more', async () => {
    await branch(
      () => render({ ...START, 'a.txt': lines({ 1: 'theirs' }), 'd.txt': lines({ 1: 'theirs' }) }),
      () => render({ 'a.txt': lines(), 'd.txt': lines() }),
    );
    bringTogether();
    commit();

    const actions = await render({ ...START, 'a.txt': lines({ 1: 'theirs' }), 'd.txt': lines({ 1: 'theirs' }) });

    expect(actions).toMatchObject({ 'a.txt': 'same', 'b.txt': 'create', 'c.txt': 'create', 'd.txt': 'same' });
  });

  it('leave a file away that somebody deleted where it was new', async () => {
    await branch(
      async () => {
        await render({ ...START, 'new.txt': lines(), 'other.txt': lines() });
        commit();
        remove('new.txt');
      },
      () => render({ ...START, 'd.txt': lines({ 1: 'ours' }) }),
    );
    bringTogether();
    commit();

    const actions = await render({ ...START, 'd.txt': lines({ 1: 'ours' }), 'new.txt': lines(), 'other.txt': lines() });

    expect(actions).toMatchObject({ 'new.txt': 'absent', 'other.txt': 'same' });
  });

  it('tell of a file that one of them edited and the other generated no more', async () => {
    await branch(
      async () => write('b.txt', lines({ 1: 'mine' })),
      () => render({ 'a.txt': lines(), 'c.txt': lines(), 'd.txt': lines() }),
    );
    bringTogether();
    if (!existsSync(join(folder, 'b.txt'))) write('b.txt', lines({ 1: 'mine' }));
    commit();

    const actions = await render({ 'a.txt': lines(), 'c.txt': lines(), 'd.txt': lines() });
    const again = await render({ 'a.txt': lines(), 'c.txt': lines(), 'd.txt': lines() });
    const existing = readGeneratedFolder(folder);

    expect([actions['b.txt'], again['b.txt']]).toEqual(['orphan', 'orphan']);
    expect(existing.ok && existing.value && listOrphans(folder, existing.value)).toMatchObject([{ code: 'IO-019' }]);
  });
});

describe('generator/io: branches', () => {
  it.each(['main', 'theirs'])('are known in a merge of which the records of %s were taken whole', async (side) => {
    await branch(
      () => render({ 'a.txt': lines(), 'd.txt': lines({ 1: 'theirs' }), 'new.txt': lines() }),
      () => render({ ...START, 'a.txt': lines({ 1: 'ours' }) }),
    );
    tryMerge('merge', '-q', '--no-commit', '-X', 'ours', 'theirs');
    git('checkout', side, '--', '.rootstock');
    commit();

    const actions = await render({ ...START, 'a.txt': lines({ 1: 'ours' }) });

    expect(actions).toMatchObject({ 'b.txt': 'create', 'c.txt': 'create', 'd.txt': 'update', 'new.txt': 'delete' });
  });
});
