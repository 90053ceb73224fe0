import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { digest } from '../render/lock.ts';
import { generatedTree, withoutHistory } from '../testing/generated-tree.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { mergeRepository } from './merge-repository.ts';
import { writeRepository } from './repository-folder.ts';
import { applyStep, recoverFolder, type Step, stageSteps } from './write-journal.ts';

type Contents = Readonly<Record<string, string>>;

const TEN = Array.from({ length: 10 }, (_, index) => `line ${index}`);
const lines = (changes: Readonly<Record<number, string>> = {}) =>
  `${TEN.map((line, index) => changes[index] ?? line).join('\n')}\n`;
const OLD: Contents = { 'a.txt': lines(), 'b.txt': lines(), 'deep/gone.txt': '1', 'keep.txt': '1' };
const NEW: Contents = { 'a.txt': lines({ 8: 'new' }), 'b.txt': lines({ 8: 'new' }), 'keep.txt': '1', 'new/c.txt': '1' };

const top = makeTemporaryFolder();
let count = 0;
let folder = '';

beforeEach(async () => {
  folder = join(top, `case-${count++}`);
  mkdirSync(folder);
  git('init', '-q', '-b', 'main');
  await writeRepository(folder, generatedTree(OLD));
  commit();
});

const git = (...words: string[]) => execFileSync('git', ['-C', folder, ...words], { encoding: 'utf8', stdio: 'pipe' });
const commit = () => {
  git('add', '--all');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-q', '--allow-empty', '-m', 'a commit');
};
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

/** Leaves the folder as a run does that is killed after so many steps, or before one path. */
function kill(contents: Contents, until: number | string): readonly Step[] {
  const merged = mergeRepository(folder, generatedTree(contents).files);
  if (!merged.ok) throw new Error(merged.problems.map(({ message }) => message).join());
  const steps = stageSteps(folder, merged.value.steps, merged.value.contents);
  const end = typeof until === 'number' ? until : steps.findIndex(({ path }) => path === until);
  for (const [index, step] of steps.slice(0, end).entries()) applyStep(folder, step, index);
  return steps;
}

async function render(contents: Contents): Promise<Readonly<Record<string, string>> | readonly string[]> {
  const outcome = await writeRepository(folder, generatedTree(contents));
  if (!outcome.ok) return outcome.problems.map(({ code }) => code);
  const shown = outcome.value.files.filter(({ path }) => !path.startsWith('.rootstock/'));
  return Object.fromEntries(shown.map(({ path, action }) => [path, action]));
}

function snapshot(): Contents {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name).slice(folder.length + 1));
  return Object.fromEntries(
    paths.filter((path) => !path.startsWith('.git/')).map((path) => [path, withoutHistory(path, read(path))]),
  );
}

const filesOf = (contents: Contents): Contents =>
  Object.fromEntries([...generatedTree(contents).files.values()].map(({ path, content }) => [path, content]));

describe('generator/io/write-journal', () => {
  it('completes a run, whatever step it was killed before', async () => {
    const total = kill(NEW, 0).length;
    const states: string[] = [];
    for (let done = 0; done <= total; done++) {
      git('checkout', '-q', '--', '.');
      git('clean', '-fdq');
      kill(NEW, done);

      const recovered = await recoverFolder(folder, 'refuse');

      states.push(recovered.ok ? `${recovered.value.state} ${recovered.value.files}` : 'refused');
      expect(snapshot()).toEqual(filesOf(NEW));
    }
    expect(total).toBe(7);
    expect(new Set(states)).toEqual(new Set(['completed 6']));
  });

  it('writes the lock last: until then it tells what was there', () => {
    const steps = kill(NEW, 0);

    expect(steps.map(({ path }) => path).slice(-2)).toEqual([
      '.rootstock/base/_repository.jsonl',
      '.rootstock/lock.json',
    ]);
  });

  it.each([
    ['not moved yet', 'b.txt', 'a.txt'],
    ['moved already', 'a.txt', 'b.txt'],
  ])('loses neither an edit nor a change of a file that was %s', async (_, edited, other) => {
    kill(NEW, 'b.txt');
    write(edited, read(edited).replace('line 1', 'mine'));

    const recovered = await recoverFolder(folder);
    const blocked = await render(NEW);
    commit();
    const actions = await render(NEW);
    const again = await render(NEW);

    expect(recovered).toMatchObject({ ok: true, value: { state: 'discarded', files: 6 } });
    expect(blocked).toEqual(['IO-014']);
    expect(actions).toMatchObject({
      [edited]: 'merge',
      [other]: 'update',
      'deep/gone.txt': 'delete',
      'new/c.txt': 'create',
    });
    expect([read(edited), read(other)]).toEqual([lines({ 1: 'mine', 8: 'new' }), lines({ 8: 'new' })]);
    expect(again).toEqual({
      'a.txt': edited === 'a.txt' ? 'keep' : 'same',
      'b.txt': edited === 'b.txt' ? 'keep' : 'same',
      'keep.txt': 'same',
      'new/c.txt': 'same',
    });
  });

  it('takes nothing back that was committed since, a deletion neither', async () => {
    kill(NEW, '.rootstock/base/_repository.jsonl');
    commit();
    write('keep.txt', 'mine');
    write('b.txt', lines({ 1: 'mine' }));
    commit();

    const recovered = await recoverFolder(folder);

    expect(recovered).toMatchObject({ ok: true, value: { state: 'discarded' } });
    expect([read('a.txt'), read('new/c.txt'), existsSync(join(folder, 'deep/gone.txt'))]).toEqual([
      lines({ 8: 'new' }),
      '1',
      false,
    ]);
    expect(git('status', '--porcelain', '--', '.', ':!.rootstock')).toBe('');
  });

  it('is not completed on another branch, although all lies there as it was', async () => {
    git('branch', 'other');
    kill(NEW, 0);
    git('switch', '-q', 'other');

    const refused = await recoverFolder(folder, 'refuse');
    const recovered = await recoverFolder(folder);

    expect(refused).toMatchObject({ ok: false, problems: [{ code: 'IO-010' }] });
    expect(recovered).toMatchObject({ ok: true, value: { state: 'discarded' } });
    expect(git('status', '--porcelain')).toBe('');
  });

  it.each([
    ['brought back', () => git('checkout', '-q', '--', 'a.txt'), 'update'],
    ['deleted', () => rmSync(join(folder, 'a.txt')), 'absent'],
  ])('takes a run back of which one file was %s since', async (_, change, action) => {
    kill(NEW, '.rootstock/lock.json');
    change();

    const recovered = await recoverFolder(folder);
    const { 'a.txt': _a, ...others } = snapshot();
    const actions = await render(NEW);

    const { 'a.txt': _old, ...expected } = filesOf(OLD);
    expect(recovered).toMatchObject({ ok: true, value: { state: 'discarded' } });
    expect(others).toEqual(expected);
    expect(actions).toMatchObject({ 'a.txt': action, 'b.txt': 'update' });
  });

  it('takes a run back although taking it back was killed, too', async () => {
    kill(NEW, '.rootstock/lock.json');
    write('a.txt', 'mine');
    // What was replaced goes back one by one: of this one it was done.
    renameSync(join(folder, '.rootstock/staging/before-1'), join(folder, 'b.txt'));

    await recoverFolder(folder);

    expect(snapshot()).toEqual({ ...filesOf(OLD), 'a.txt': 'mine' });
  });

  it('lets nobody push what can be neither completed nor decided anew', async () => {
    kill(NEW, 'b.txt');
    write('b.txt', 'mine');
    const before = snapshot();

    const refused = await recoverFolder(folder, 'refuse');

    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'IO-010', place: { file: folder }, hint: `rootstock render -e FILE -o ${folder}` }],
    });
    expect(snapshot()).toEqual(before);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'brings nothing of a run that was killed after %d steps to another branch',
    async (done) => {
      git('checkout', '-q', '-b', 'other');
      await writeRepository(folder, generatedTree({ ...OLD, 'keep.txt': '2' }));
      commit();
      git('checkout', '-q', 'main');
      kill(NEW, done);
      git('checkout', '-q', '--', '.');
      git('switch', '-q', 'other');

      const recovered = await recoverFolder(folder);
      const actions = await render({ ...OLD, 'keep.txt': '2' });

      expect(recovered).toMatchObject({ ok: true, value: { state: 'discarded' } });
      expect(new Set(Object.values(actions))).toEqual(new Set(['same']));
      expect(snapshot()).toEqual(filesOf({ ...OLD, 'keep.txt': '2' }));
      expect(git('status', '--porcelain')).toBe('');
    },
  );

  it('takes files back that a switch of branches carried along', async () => {
    git('checkout', '-q', '-b', 'other');
    await writeRepository(folder, generatedTree({ ...OLD, 'keep.txt': '2' }));
    commit();
    git('checkout', '-q', 'main');
    kill(NEW, '.rootstock/base/_repository.jsonl');
    git('switch', '-q', 'other');

    await recoverFolder(folder);

    expect(snapshot()).toEqual(filesOf({ ...OLD, 'keep.txt': '2' }));
  });

  it('leaves what another branch holds by itself', async () => {
    const other = { ...NEW, 'keep.txt': '2' };
    git('checkout', '-q', '-b', 'other');
    await writeRepository(folder, generatedTree(other));
    commit();
    git('checkout', '-q', 'main');
    kill(NEW, 3);
    git('checkout', '-q', '--', '.');
    git('clean', '-fdq', '-e', '.rootstock');
    git('switch', '-q', 'other');

    await recoverFolder(folder);

    expect(snapshot()).toEqual(filesOf(other));
    expect(git('status', '--porcelain')).toBe('');
  });

  it('removes what was staged by a run that was killed before its journal', async () => {
    write('.rootstock/staging/0', 'x');

    await render(OLD);

    expect(existsSync(join(folder, '.rootstock/staging'))).toBe(false);
  });

  it('gives back the mode of a script with its content', async () => {
    execFileSync('chmod', ['755', join(folder, 'a.txt')]);
    commit();
    kill(NEW, '.rootstock/lock.json');
    write('b.txt', 'mine');

    await recoverFolder(folder);

    expect([digest(read('a.txt')), statSync(join(folder, 'a.txt')).mode & 0o777]).toEqual([digest(lines()), 0o755]);
  });
});
