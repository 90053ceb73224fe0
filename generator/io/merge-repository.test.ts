import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { generatedTree, withoutHistory } from '../testing/generated-tree.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { writeRepository } from './repository-folder.ts';

const TEN = Array.from({ length: 10 }, (_, index) => `line ${index}`);
const lines = (changes: Readonly<Record<number, string>> = {}) =>
  `${TEN.map((line, index) => changes[index] ?? line).join('\n')}\n`;

const top = makeTemporaryFolder();
let count = 0;
let folder = '';

beforeEach(() => {
  folder = join(top, `case-${count++}`);
});

const git = (...words: string[]) => execFileSync('git', ['-C', folder, ...words], { encoding: 'utf8', stdio: 'pipe' });
const AUTHOR = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
const commit = (message = 'a commit') => {
  git('add', '--all');
  git(...AUTHOR, 'commit', '-q', '--allow-empty', '-m', message);
};
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const readBase = (path: string) => withoutHistory(path, read(path));
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const render = async (contents: Readonly<Record<string, string>>, restore: readonly string[] = []) => {
  const outcome = await writeRepository(folder, generatedTree(contents), { restore });
  const actions = outcome.ok
    ? Object.fromEntries(
        outcome.value.files
          .filter(({ path }) => !path.startsWith('.rootstock/'))
          .map(({ path, action }) => [path, action]),
      )
    : {};
  return { ...outcome, actions };
};

/** A repository whose first render is committed. */
async function start(contents: Readonly<Record<string, string>>): Promise<void> {
  mkdirSync(folder);
  git('init', '-q');
  await render(contents);
  commit('first');
}

const ATTRIBUTES = { '.gitattributes': '.rootstock/base/** merge=union\n' };

/** Two branches that were both rendered and came together, with the lock of the second. */
async function startBranches(
  theirs: Readonly<Record<string, string>>,
  ours: Readonly<Record<string, string>>,
): Promise<void> {
  await start({ ...ATTRIBUTES, 'a.txt': lines() });
  git('branch', '-M', 'main');
  git('checkout', '-q', '-b', 'theirs');
  await render({ ...ATTRIBUTES, 'a.txt': lines(), ...theirs });
  commit();
  git('checkout', '-q', 'main');
  await render({ ...ATTRIBUTES, 'a.txt': lines(), ...ours });
  commit();
  try {
    git('merge', '-q', '--no-commit', 'theirs');
  } catch {
    git('checkout', '--ours', '--', 'a.txt');
  }
  git('checkout', 'main', '--', '.rootstock/lock.json');
  commit('merged');
}

describe('generator/io/merge-repository', () => {
  it('keeps an edit when nothing of the file is generated differently', async () => {
    await start({ 'a.txt': lines() });
    write('a.txt', lines({ 2: 'mine' }));

    const { ok, actions } = await render({ 'a.txt': lines() });

    expect({ ok, actions }).toEqual({ ok: true, actions: { 'a.txt': 'keep' } });
    expect(read('a.txt')).toBe(lines({ 2: 'mine' }));
  });

  it('merges an edit with a change elsewhere in the file, and once more', async () => {
    await start({ 'a.txt': lines() });
    write('a.txt', lines({ 1: 'mine' }));
    commit();

    const first = await render({ 'a.txt': lines({ 8: 'theirs' }) });
    commit();
    const second = await render({ 'a.txt': lines({ 8: 'theirs', 5: 'more' }) });

    expect([first.actions, second.actions]).toEqual([{ 'a.txt': 'merge' }, { 'a.txt': 'merge' }]);
    expect(read('a.txt')).toBe(lines({ 1: 'mine', 8: 'theirs', 5: 'more' }));
  });

  it('changes nothing the second time', async () => {
    await start({ 'a.txt': lines() });
    write('a.txt', lines({ 1: 'mine' }));
    commit();
    await render({ 'a.txt': lines({ 8: 'theirs' }) });
    commit();

    const { actions } = await render({ 'a.txt': lines({ 8: 'theirs' }) });

    expect(actions).toEqual({ 'a.txt': 'keep' });
    expect(git('status', '--porcelain')).toBe('');
  });

  it('leaves markers where both changed a line, waits until they are gone, and goes on', async () => {
    await start({ 'a.txt': lines(), 'b.txt': '1' });
    write('a.txt', lines({ 4: 'mine' }));
    commit();

    const conflict = await render({ 'a.txt': lines({ 4: 'theirs' }), 'b.txt': '2' });
    const text = read('a.txt');
    const blocked = await render({ 'a.txt': lines({ 4: 'theirs' }), 'b.txt': '3' });
    write('a.txt', lines({ 4: 'both' }));
    commit();
    const after = await render({ 'a.txt': lines({ 4: 'theirs', 0: 'new' }), 'b.txt': '3' });

    expect(conflict.actions).toEqual({ 'a.txt': 'conflict', 'b.txt': 'update' });
    expect(text).toContain(
      '<<<<<<< yours\nmine\n||||||| last generated\nline 4\n=======\ntheirs\n>>>>>>> generated now\n',
    );
    expect(blocked).toMatchObject({
      ok: false,
      problems: [{ code: 'IO-013', place: { file: join(folder, 'a.txt'), line: 5 } }],
    });
    expect(after.actions).toEqual({ 'a.txt': 'merge', 'b.txt': 'update' });
    expect(read('a.txt')).toBe(lines({ 4: 'both', 0: 'new' }));
  });

  it('leaves a deleted file away, changed or not', async () => {
    await start({ 'a.txt': '1', 'b.txt': '1' });
    rmSync(join(folder, 'a.txt'));

    const { actions } = await render({ 'a.txt': '2', 'b.txt': '1' });

    expect(actions).toEqual({ 'a.txt': 'absent', 'b.txt': 'same' });
    expect(existsSync(join(folder, 'a.txt'))).toBe(false);
  });

  it('keeps an edited file that is no longer generated, and deletes one that nobody edited', async () => {
    await start({ 'a.txt': '1', 'b.txt': '1', 'c.txt': '1' });
    write('a.txt', 'mine');

    const { actions } = await render({ 'c.txt': '1' });

    expect(actions).toEqual({ 'a.txt': 'orphan', 'b.txt': 'delete', 'c.txt': 'same' });
    expect(read('a.txt')).toBe('mine');
    expect(existsSync(join(folder, 'b.txt'))).toBe(false);
  });

  it('leaves files that people added', async () => {
    await start({ 'a.txt': '1' });
    write('deep/mine.txt', 'mine');

    await render({ 'a.txt': '2' });

    expect(read('deep/mine.txt')).toBe('mine');
  });

  it.each([
    ['in the working tree', () => undefined],
    ['in the index', () => git('add', '--all')],
  ])('merges no edit that is only %s, and writes nothing', async (_, save) => {
    await start({ 'a.txt': lines(), 'b.txt': '1' });
    write('a.txt', lines({ 1: 'mine' }));
    save();

    const outcome = await render({ 'a.txt': lines({ 8: 'theirs' }), 'b.txt': '2' });

    expect(outcome).toMatchObject({
      ok: false,
      problems: [{ code: 'IO-014', place: { file: join(folder, 'a.txt') } }],
    });
    expect([read('a.txt'), read('b.txt')]).toEqual([lines({ 1: 'mine' }), '1']);
  });

  it('merges nothing outside of a Git repository', async () => {
    await writeRepository(folder, generatedTree({ 'a.txt': lines() }));
    write('a.txt', lines({ 1: 'mine' }));

    const outcome = await render({ 'a.txt': lines({ 8: 'theirs' }) });

    expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'IO-014' }] });
    expect(read('a.txt')).toBe(lines({ 1: 'mine' }));
  });

  it('updates files that nobody edited in a tree that is dirty elsewhere', async () => {
    await start({ 'a.txt': '1', 'b.txt': '1' });
    write('b.txt', 'mine');

    const { actions } = await render({ 'a.txt': '2', 'b.txt': '1' });

    expect(actions).toEqual({ 'a.txt': 'update', 'b.txt': 'keep' });
  });

  it('never merges an environment file: what was rendered would not be what lies there', async () => {
    await start({ 'environments/prod.yaml': lines() });
    write('environments/prod.yaml', lines({ 1: 'mine' }));
    commit();

    const outcome = await render({ 'environments/prod.yaml': lines({ 8: 'theirs' }) });

    expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'IO-002' }] });
    expect(read('environments/prod.yaml')).toBe(lines({ 1: 'mine' }));
  });

  it('writes an environment file again that was deleted: what was rendered from has to lie there', async () => {
    await start({ 'environments/prod.yaml': lines(), 'a.txt': lines() });
    rmSync(join(folder, 'environments/prod.yaml'));
    rmSync(join(folder, 'a.txt'));

    const { actions } = await render({ 'environments/prod.yaml': lines(), 'a.txt': lines() });

    expect(actions).toEqual({ 'a.txt': 'absent', 'environments/prod.yaml': 'create' });
  });

  it('writes a deleted file again that is asked for, and an edited one as generated', async () => {
    const contents = { 'a.txt': lines(), 'b.txt': lines(), 'c.txt': lines(), 'd.txt': lines() };
    await start(contents);
    rmSync(join(folder, 'a.txt'));
    rmSync(join(folder, 'b.txt'));
    write('c.txt', 'mine');
    write('d.txt', '<<<<<<< yours\nmine');
    commit();

    const { actions } = await render(contents, ['a.txt', 'c.txt', 'd.txt']);

    expect(actions).toEqual({ 'a.txt': 'create', 'b.txt': 'absent', 'c.txt': 'update', 'd.txt': 'update' });
    expect([read('a.txt'), read('c.txt'), read('d.txt')]).toEqual([lines(), lines(), lines()]);
  });

  it('writes over no edit that no commit holds, asked for or not', async () => {
    await start({ 'a.txt': lines() });
    write('a.txt', 'mine');

    const outcome = await render({ 'a.txt': lines() }, ['a.txt']);

    expect(outcome).toMatchObject({
      ok: false,
      problems: [{ code: 'IO-014', place: { file: join(folder, 'a.txt') } }],
    });
    expect(read('a.txt')).toBe('mine');
  });

  it.each([
    ['as it was', lines(), 'update', lines({ 8: 'newest' })],
    ['with an edit', lines({ 1: 'mine' }), 'merge', lines({ 1: 'mine', 8: 'newest' })],
  ])('brings a deleted file up to date that comes back %s', async (_, returned, action, expected) => {
    await start({ 'a.txt': lines() });
    write('a.txt', returned);
    commit();
    rmSync(join(folder, 'a.txt'));
    const gone = [await render({ 'a.txt': lines({ 8: 'new' }) }), await render({ 'a.txt': lines({ 8: 'newest' }) })];
    commit();
    const again = await render({ 'a.txt': lines({ 8: 'newest' }) });
    const status = git('status', '--porcelain');
    git('checkout', 'HEAD~1', '--', 'a.txt');
    commit();

    const back = await render({ 'a.txt': lines({ 8: 'newest' }) });
    const last = await render({ 'a.txt': lines({ 8: 'newest' }) });

    expect([...gone, again].map(({ actions }) => actions['a.txt'])).toEqual(['absent', 'absent', 'absent']);
    expect(status).toBe('');
    expect(back.actions).toEqual({ 'a.txt': action });
    expect(read('a.txt')).toBe(expected);
    expect(last.actions).toEqual({ 'a.txt': action === 'update' ? 'same' : 'keep' });
    expect(readBase('.rootstock/base/_repository.jsonl')).toBe(
      `${JSON.stringify(['a.txt', lines({ 8: 'newest' })])}\n`,
    );
  });

  it('writes again what Git brought back before the render was committed', async () => {
    await start({ 'deep/a.txt': lines(), 'deep/b.txt': lines(), 'c.txt': lines() });
    await render({ 'deep/a.txt': lines({ 8: 'new' }), 'c.txt': lines({ 8: 'new' }) });
    git('checkout', '--', 'deep');
    write('c.txt', lines({ 1: 'mine', 8: 'new' }));

    const { actions } = await render({ 'deep/a.txt': lines({ 8: 'new' }), 'c.txt': lines({ 8: 'new' }) });

    expect(actions).toEqual({ 'deep/a.txt': 'update', 'deep/b.txt': 'delete', 'c.txt': 'keep' });
    expect(read('deep/a.txt')).toBe(lines({ 8: 'new' }));
  });

  it.each([
    ['merged', 8, 'merge'],
    ['left with a conflict', 1, 'conflict'],
  ])('merges an edited file again that was %s before Git brought it back', async (_, line, action) => {
    await start({ 'a.txt': lines() });
    write('a.txt', lines({ 1: 'mine' }));
    commit();
    const first = await render({ 'a.txt': lines({ [line]: 'new' }) });
    const merged = read('a.txt');
    git('checkout', '--', 'a.txt');

    const second = await render({ 'a.txt': lines({ [line]: 'new' }) });

    expect([first, second].map(({ actions }) => actions)).toEqual([{ 'a.txt': action }, { 'a.txt': action }]);
    expect(read('a.txt')).toBe(merged);
  });

  it('keeps an edit that the last commit has, and that already was what is generated now', async () => {
    await start({ 'a.txt': lines() });
    write('a.txt', lines({ 1: 'mine', 8: 'new' }));
    commit();
    await render({ 'a.txt': lines({ 8: 'new' }) });

    const { actions } = await render({ 'a.txt': lines({ 8: 'new' }) });

    expect(actions).toEqual({ 'a.txt': 'keep' });
  });

  it.each([
    ['that nobody else edited', lines(), 'update', lines({ 8: 'new' })],
    ['that was edited, too', lines({ 1: 'mine' }), 'merge', lines({ 1: 'mine', 8: 'new' })],
  ])(
    'takes a file %s for what Git commits, whatever line ends an editor gave it',
    async (_, text, action, expected) => {
      await start({ '.gitattributes': '* text=auto eol=lf\n', 'a.txt': lines() });
      write('a.txt', text.replaceAll('\n', '\r\n'));
      commit();

      const { actions } = await render({ '.gitattributes': '* text=auto eol=lf\n', 'a.txt': lines({ 8: 'new' }) });

      expect(actions['a.txt']).toBe(action);
      expect(read('a.txt')).toBe(expected);
    },
  );

  it('IO-002: merges no bytes', async () => {
    await start({ 'a.txt': lines() });
    write('a.txt', lines({ 1: '\0' }));
    commit();

    const outcome = await render({ 'a.txt': lines({ 8: 'new' }) });

    expect(outcome).toMatchObject({
      ok: false,
      problems: [{ code: 'IO-002', place: { file: join(folder, 'a.txt') } }],
    });
  });

  it('IO-008: brings back what a link stood for', async () => {
    await start({ 'a.txt': '1', 'b.txt': '1' });
    rmSync(join(folder, 'a.txt'));
    symlinkSync('b.txt', join(folder, 'a.txt'));
    commit();

    const refused = await render({ 'a.txt': '2', 'b.txt': '1' });
    const [move = '', then = ''] = (refused.problems[0]?.hint ?? '').split(', then render again with ');
    execFileSync('sh', ['-c', move]);
    const { actions } = await render({ 'a.txt': '2', 'b.txt': '1' }, [then.replace('--restore ', '')]);

    expect(refused).toMatchObject({ ok: false, problems: [{ code: 'IO-008' }] });
    expect(then).toBe('--restore a.txt');
    expect(actions).toEqual({ 'a.txt': 'create', 'b.txt': 'same' });
  });

  it('knows what commits hold where a hook of another repository runs it', async () => {
    await start({ 'a.txt': lines() });
    write('a.txt', lines({ 1: 'mine' }));
    commit();
    process.env['GIT_DIR'] = join(top, 'elsewhere.git');

    const { actions } = await render({ 'a.txt': lines({ 8: 'new' }) }).finally(() => delete process.env['GIT_DIR']);

    expect(actions).toEqual({ 'a.txt': 'merge' });
  });

  it('knows an edited file that one branch generates no more, where it comes back', async () => {
    await start({ ...ATTRIBUTES, 'a.txt': lines(), 'b.txt': lines() });
    git('branch', '-M', 'main');
    git('checkout', '-q', '-b', 'off');
    await render({ ...ATTRIBUTES, 'a.txt': lines() });
    commit();
    git('checkout', '-q', 'main');
    write('b.txt', lines({ 1: 'mine' }));
    commit();
    expect(() => git(...AUTHOR, 'merge', '-q', 'off')).toThrow();
    commit('merged, and kept');
    const orphan = await render({ ...ATTRIBUTES, 'a.txt': lines() });
    commit();

    const { actions } = await render({ ...ATTRIBUTES, 'a.txt': lines(), 'b.txt': lines({ 8: 'new' }) });

    expect(orphan.actions['b.txt']).toBe('orphan');
    expect(actions['b.txt']).toBe('merge');
    expect(read('b.txt')).toBe(lines({ 1: 'mine', 8: 'new' }));
  });

  it.each([
    ['the lock, in a commit', true, '.rootstock/lock.json'],
    ['all records, in no commit', false, '.rootstock'],
  ])('knows its files where somebody took away %s', async (_, isCommitted, path) => {
    await start({ 'a.txt': lines(), 'b.txt': '1', 'c.txt': '1' });
    write('a.txt', lines({ 1: 'mine' }));
    rmSync(join(folder, 'c.txt'));
    commit();
    rmSync(join(folder, path), { recursive: true });
    if (isCommitted) commit();

    const { actions } = await render({ 'a.txt': lines({ 8: 'new' }), 'b.txt': '2', 'c.txt': '2' });

    expect(actions).toEqual({ 'a.txt': 'merge', 'b.txt': 'update', 'c.txt': 'absent' });
  });

  it('leaves a generated change away that somebody took back by a commit', async () => {
    await start({ 'a.txt': lines() });
    await render({ 'a.txt': lines({ 8: 'new' }) });
    git('checkout', '--', 'a.txt');
    commit();

    const { actions } = await render({ 'a.txt': lines({ 8: 'new' }) });

    expect(actions).toEqual({ 'a.txt': 'keep' });
    expect(read('a.txt')).toBe(lines());
  });

  it('leaves markers in a file that comes back where no base tells what it was', async () => {
    await start({ 'a.txt': lines() });
    rmSync(join(folder, '.rootstock/base'), { recursive: true });
    commit();
    rmSync(join(folder, 'a.txt'));
    await render({ 'a.txt': lines({ 8: 'new' }) });
    git('checkout', '--', 'a.txt');

    const { actions } = await render({ 'a.txt': lines({ 8: 'new' }) });

    expect(actions).toEqual({ 'a.txt': 'conflict' });
  });

  it.each([
    ['a sparse checkout', () => git('sparse-checkout', 'set', '--cone', '.rootstock'), 'sparse-checkout disable'],
    [
      'a flag of the index',
      () => {
        git('update-index', '--skip-worktree', 'deep/a.txt');
        rmSync(join(folder, 'deep/a.txt'));
      },
      'update-index --no-skip-worktree -- deep/a.txt',
    ],
  ])('refuses files that %s leaves out, and goes on once they are back', async (_, hide, hint) => {
    await start({ 'deep/a.txt': '1', 'b.txt': '1' });
    hide();

    const refused = await render({ 'deep/a.txt': '2', 'b.txt': '2' });
    const left = read('b.txt');
    git(...hint.split(' '));
    git('checkout', '--', 'deep');
    const after = await render({ 'deep/a.txt': '2', 'b.txt': '2' });

    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'IO-018', place: { file: join(folder, 'deep/a.txt') }, hint: `git -C ${folder} ${hint}` }],
    });
    expect(left).toBe('1');
    expect(after.actions).toEqual({ 'deep/a.txt': 'update', 'b.txt': 'update' });
  });

  it.each([
    ['updated', lines(), 0o755, 'update'],
    ['merged', lines({ 1: 'mine' }), 0o700, 'merge'],
  ])('keeps the mode of a file that is %s', async (_, text, mode, action) => {
    await start({ 'a.txt': lines() });
    write('a.txt', text);
    chmodSync(join(folder, 'a.txt'), mode);
    commit();

    const { actions } = await render({ 'a.txt': lines({ 8: 'new' }) });

    expect(actions).toEqual({ 'a.txt': action });
    expect(statSync(join(folder, 'a.txt')).mode & 0o777).toBe(mode);
  });

  it('takes no environment file from elsewhere for one that was edited here', async () => {
    await start({ 'environments/prod.yaml': lines() });
    write('environments/prod.yaml', lines({ 1: 'mine' }));
    commit();

    const outcome = await render({ 'environments/prod.yaml': lines() });

    expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'IO-002' }] });
  });

  it.each([
    ['a missing base', (path: string) => rmSync(path)],
    ['a broken base', (path: string) => writeFileSync(path, '<<<<<<<')],
  ])('merges nothing by %s, and writes the base anew where nothing has to be merged', async (_, damage) => {
    await start({ 'a.txt': lines() });
    const base = join(folder, '.rootstock/base/_repository.jsonl');
    damage(base);
    write('a.txt', lines({ 1: 'mine' }));
    commit();

    const refused = await render({ 'a.txt': lines({ 8: 'theirs' }) });
    write('a.txt', lines());
    const healed = await render({ 'a.txt': lines({ 8: 'theirs' }) });

    expect(refused).toMatchObject({ ok: false, problems: [{ code: 'IO-002' }] });
    expect(healed.actions).toEqual({ 'a.txt': 'update' });
    expect(readFileSync(base, 'utf8')).toBe(`${JSON.stringify(['a.txt', lines({ 8: 'theirs' })])}\n`);
  });

  it('refuses a file where a folder has to be, and writes nothing', async () => {
    await start({ 'a.txt': '1' });
    write('deep', 'mine');

    const outcome = await render({ 'a.txt': '2', 'deep/er/b.txt': '1' });

    expect(outcome).toMatchObject({
      ok: false,
      problems: [{ code: 'IO-003', place: { file: join(folder, 'deep') }, hint: expect.stringContaining('deep.mine') }],
    });
    expect([read('a.txt'), read('deep')]).toEqual(['1', 'mine']);
  });

  it('changes no byte of a file that is no text', async () => {
    await start({ 'a.txt': lines() });
    const bytes = Buffer.from([0x66, 0xff, 0xfe, 0x0a]);
    writeFileSync(join(folder, 'a.txt'), bytes);
    commit();

    const outcome = await render({ 'a.txt': lines({ 8: 'theirs' }) });

    expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'IO-002' }] });
    expect(readFileSync(join(folder, 'a.txt'))).toEqual(bytes);
  });

  it('goes on after two branches that were both rendered came together', async () => {
    const contents = { 'a.txt': lines(), 'b.txt': lines(), 'm.txt': lines(), 'z.txt': lines() };
    await start({ ...contents, '.gitattributes': '.rootstock/** -diff\n.rootstock/base/** merge=union\n' });
    const attributes = { '.gitattributes': read('.gitattributes') };
    git('checkout', '-q', '-b', 'other');
    await render({ ...contents, ...attributes, 'a.txt': lines({ 1: 'one' }) });
    commit();
    git('checkout', '-q', '-');
    await render({ ...contents, ...attributes, 'z.txt': lines({ 2: 'two' }) });
    commit();
    git(...AUTHOR, 'merge', '-q', '--no-edit', 'other');
    write('m.txt', lines({ 3: 'mine' }));
    commit();

    const { actions } = await render({
      ...attributes,
      'a.txt': lines({ 1: 'one' }),
      'b.txt': lines(),
      'm.txt': lines({ 7: 'new' }),
      'z.txt': lines({ 2: 'two' }),
    });

    expect(actions).toMatchObject({ 'a.txt': 'same', 'm.txt': 'merge', 'z.txt': 'same' });
    expect(read('m.txt')).toBe(lines({ 3: 'mine', 7: 'new' }));
  });

  it.each([
    ['as generated', lines(), 'update', lines({ 8: 'both' })],
    ['edited', lines({ 1: 'mine' }), 'merge', lines({ 1: 'mine', 8: 'both' })],
  ])(
    'knows files that only the other branch generated, %s, whose lock was not taken',
    async (_, text, action, expected) => {
      await startBranches({ 'm.txt': lines(), 'n.txt': lines() }, { 'a.txt': lines({ 2: 'two' }) });
      write('m.txt', text);
      commit();

      const { actions } = await render({
        ...ATTRIBUTES,
        'a.txt': lines({ 2: 'two' }),
        'm.txt': lines({ 8: 'both' }),
        'n.txt': lines(),
      });

      expect(actions).toMatchObject({ 'a.txt': 'same', 'm.txt': action, 'n.txt': 'same' });
      expect(read('m.txt')).toBe(expected);
    },
  );

  it('leaves a file away that was deleted on the other branch, and deletes what is generated no more', async () => {
    await startBranches({ 'm.txt': lines(), 'n.txt': lines(), 'o.txt': lines() }, { 'a.txt': lines({ 2: 'two' }) });
    rmSync(join(folder, 'm.txt'));
    write('o.txt', 'mine');
    commit();

    const { actions } = await render({ ...ATTRIBUTES, 'a.txt': lines({ 2: 'two' }), 'm.txt': lines() });

    expect(actions).toMatchObject({ 'm.txt': 'absent', 'n.txt': 'delete', 'o.txt': 'orphan' });
    expect(read('o.txt')).toBe('mine');
  });

  it('takes the text that a file has for its base, of all that two branches generated', async () => {
    await startBranches({ 'a.txt': lines({ 2: 'one' }) }, { 'a.txt': lines({ 2: 'two' }) });
    write('a.txt', lines({ 2: 'one' }));
    commit();

    const { actions } = await render({ ...ATTRIBUTES, 'a.txt': lines({ 2: 'three' }) });

    expect(actions).toMatchObject({ 'a.txt': 'update' });
    expect(read('a.txt')).toBe(lines({ 2: 'three' }));
  });

  it.each([
    ['a base of another state', [['a.txt', 'other']]],
    [
      'two bases that no lock confirms',
      [
        ['a.txt', 'one'],
        ['a.txt', 'two'],
      ],
    ],
  ])('leaves markers in an edited file with %s', async (_, entries) => {
    await start({ 'a.txt': lines() });
    const base = join(folder, '.rootstock/base/_repository.jsonl');
    writeFileSync(base, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    write('a.txt', lines({ 1: 'mine' }));
    commit();

    const { actions } = await render({ 'a.txt': lines({ 8: 'theirs' }) });

    expect(actions).toEqual({ 'a.txt': 'conflict' });
    expect(read('a.txt').split('\n')).toEqual(expect.arrayContaining(['mine', 'theirs']));
  });

  it.each([
    ['that of one branch', { 2: 'one' }],
    ['that of the other', { 5: 'two' }],
    ['that of both', { 2: 'one', 5: 'two' }],
    ['another one', { 2: 'three' }],
  ])('knows what came from either branch in an edited file, and what is generated now is %s', async (_, changes) => {
    await startBranches({ 'a.txt': lines({ 2: 'one' }) }, { 'a.txt': lines({ 5: 'two' }) });
    write('a.txt', lines({ 2: 'one', 5: 'two', 8: 'mine' }));
    commit();

    const first = await render({ ...ATTRIBUTES, 'a.txt': lines(changes) });
    commit();
    const second = await render({ ...ATTRIBUTES, 'a.txt': lines(changes) });

    expect(read('a.txt')).toBe(lines({ ...changes, 8: 'mine' }));
    expect([first, second].map(({ actions }) => actions['a.txt'])).toEqual(['merge', 'keep']);
  });

  it('knows what came from either branch where the lock is that of one, and the bases are those of the other', async () => {
    await startBranches({ 'a.txt': lines({ 2: 'one' }) }, { 'a.txt': lines({ 5: 'two' }) });
    git('checkout', 'theirs', '--', '.rootstock/lock.json');
    git('checkout', 'main^1', '--', '.rootstock/base');
    write('a.txt', lines({ 2: 'one', 5: 'two', 8: 'mine' }));
    git('add', '--all');
    git(...AUTHOR, 'commit', '-q', '--amend', '--no-edit');

    const { actions } = await render({ ...ATTRIBUTES, 'a.txt': lines() });

    expect(actions['a.txt']).toBe('merge');
    expect(read('a.txt')).toBe(lines({ 8: 'mine' }));
  });

  it('knows what only the other branch changed in an edited file, whose lock was not taken', async () => {
    await startBranches({ 'a.txt': lines({ 2: 'one' }) }, { 'b.txt': '1' });
    write('a.txt', lines({ 2: 'one', 8: 'mine' }));
    commit();

    const { actions } = await render({ ...ATTRIBUTES, 'a.txt': lines({ 2: 'two' }), 'b.txt': '1' });

    expect(actions).toMatchObject({ 'a.txt': 'merge', 'b.txt': 'same' });
    expect(read('a.txt')).toBe(lines({ 2: 'two', 8: 'mine' }));
  });

  it.each([
    ['committed', true],
    ['not committed yet', false],
  ])(
    'writes a file again that only the other branch generated no more, in a merge that is %s',
    async (_, isCommitted) => {
      await start({ ...ATTRIBUTES, 'a.txt': lines(), 'b.txt': lines() });
      git('branch', '-M', 'main');
      git('checkout', '-q', '-b', 'theirs');
      await render({ ...ATTRIBUTES, 'a.txt': lines() });
      commit();
      git('checkout', '-q', 'main');
      await render({ ...ATTRIBUTES, 'a.txt': lines({ 2: 'two' }), 'b.txt': lines() });
      commit();
      git('merge', '-q', '--no-commit', '-X', 'ours', 'theirs');
      git('checkout', 'HEAD', '--', '.rootstock/lock.json');
      if (isCommitted) commit();

      const { actions } = await render({ ...ATTRIBUTES, 'a.txt': lines({ 2: 'two' }), 'b.txt': lines() });

      expect(actions).toMatchObject({ 'a.txt': 'same', 'b.txt': 'create' });
    },
  );

  it('leaves a file away that somebody deleted on one branch, and that the other never had', async () => {
    await start({ ...ATTRIBUTES, 'a.txt': lines() });
    git('branch', '-M', 'main');
    git('checkout', '-q', '-b', 'theirs');
    await render({ ...ATTRIBUTES, 'a.txt': lines({ 2: 'one' }) });
    commit();
    git('checkout', '-q', 'main');
    await render({ ...ATTRIBUTES, 'a.txt': lines({ 5: 'two' }), 'b.txt': lines() });
    rmSync(join(folder, 'b.txt'));
    commit();
    git('merge', '-q', '--no-commit', '-X', 'ours', 'theirs');
    git('checkout', 'HEAD', '--', '.rootstock/lock.json');
    commit();

    const { actions } = await render({ ...ATTRIBUTES, 'a.txt': lines({ 2: 'one', 5: 'two' }), 'b.txt': lines() });

    expect(actions).toMatchObject({ 'a.txt': 'same', 'b.txt': 'absent' });
  });

  it('goes on telling of an edited file that is no longer generated, until it is gone or as it was', async () => {
    await start({ 'a.txt': '1', 'b.txt': '1', 'c.txt': '1' });
    write('a.txt', 'mine');
    write('b.txt', 'mine');
    await render({ 'c.txt': '1' });
    const told = await render({ 'c.txt': '2' });
    rmSync(join(folder, 'a.txt'));
    write('b.txt', '1');

    const { actions } = await render({ 'c.txt': '2' });
    const after = await render({ 'c.txt': '2' });

    expect(told.actions).toEqual({ 'a.txt': 'orphan', 'b.txt': 'orphan', 'c.txt': 'update' });
    expect(actions).toEqual({ 'b.txt': 'delete', 'c.txt': 'same' });
    expect(after.actions).toEqual({ 'c.txt': 'same' });
    expect(readBase('.rootstock/base/_repository.jsonl')).toBe(`${JSON.stringify(['c.txt', '2'])}\n`);
  });

  it('merges an edited file that is generated again', async () => {
    await start({ 'a.txt': lines(), 'c.txt': '1' });
    write('a.txt', lines({ 1: 'mine' }));
    commit();
    await render({ 'c.txt': '1' });
    commit();

    const { actions } = await render({ 'a.txt': lines({ 8: 'new' }), 'c.txt': '1' });

    expect(actions).toEqual({ 'a.txt': 'merge', 'c.txt': 'same' });
    expect(read('a.txt')).toBe(lines({ 1: 'mine', 8: 'new' }));
  });

  it.each([
    ['a clone', () => git('clone', '-q', '.', '../moved')],
    ['a shallow clone', () => git('clone', '-q', '--depth', '1', `file://${folder}`, '../moved')],
    [
      'a squash merge into another branch',
      () => {
        git('checkout', '-q', '--orphan', 'squashed');
        commit('one commit only');
        git('branch', '-D', 'main');
        git('branch', '-m', 'trunk');
        git('clone', '-q', '.', '../moved');
      },
    ],
  ])('finds the base after %s', async (_, move) => {
    rmSync(join(top, 'moved'), { recursive: true, force: true });
    await start({ 'a.txt': lines() });
    git('branch', '-M', 'main');
    write('a.txt', lines({ 1: 'mine' }));
    commit();
    move();
    folder = join(top, 'moved');

    const { actions } = await render({ 'a.txt': lines({ 8: 'theirs' }) });

    expect(actions).toEqual({ 'a.txt': 'merge' });
    expect(read('a.txt')).toBe(lines({ 1: 'mine', 8: 'theirs' }));
  });
});
