import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFileTree, type TreeFile } from '../core/file-tree.ts';
import type { VerifiedTree } from '../core/verified-tree.ts';
import { digest } from '../render/lock.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { readGeneratedFolder } from './generated-folder.ts';
import { writeRepository } from './repository-folder.ts';
import { findDigest, recoverFolder } from './write-journal.ts';

const base = makeTemporaryFolder();
let count = 0;
let folder = '';

beforeEach(() => {
  folder = join(base, `case-${count++}`);
});

describe('generator/io/repository-folder', () => {
  it('makes a new folder with everything in it and nothing beside it', async () => {
    const outcome = await writeRepository(folder, tree({ 'a.txt': '1', 'deep/er/b.sh': '2' }));

    expect(outcome.ok).toBe(true);
    expect(list(folder)).toEqual(['.rootstock/lock.json', 'a.txt', 'deep/er/b.sh']);
    expect(readdirSync(base).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('marks scripts executable', async () => {
    const files = proven([{ path: 'run.sh', content: '#!/bin/sh\n', kind: 'terraform', origin: '', executable: true }]);

    await writeRepository(folder, files);

    expect(statSync(join(folder, 'run.sh')).mode & 0o111).toBe(0o111);
  });

  it('says create, same, update and delete, and takes empty folders away', async () => {
    await writeRepository(folder, tree({ 'keep.txt': '1', 'change.txt': '1', 'old/gone.txt': '1' }));

    const outcome = await writeRepository(folder, tree({ 'keep.txt': '1', 'change.txt': '2', 'new.txt': '1' }));

    expect(outcome.ok && outcome.value.files.map(({ path, action }) => `${action} ${path}`)).toEqual([
      'update .rootstock/lock.json',
      'update change.txt',
      'same keep.txt',
      'create new.txt',
      'delete old/gone.txt',
    ]);
    expect(existsSync(join(folder, 'old'))).toBe(false);
  });

  it('changes nothing the second time', async () => {
    const files = tree({ 'a.txt': '1' });
    await writeRepository(folder, files);
    const before = statSync(join(folder, 'a.txt')).mtimeMs;

    const outcome = await writeRepository(folder, files);

    expect(outcome.ok && outcome.value.files.every(({ action }) => action === 'same')).toBe(true);
    expect(statSync(join(folder, 'a.txt')).mtimeMs).toBe(before);
  });

  it('touches no edited file that changes where nothing tells what was generated last, and writes nothing at all', async () => {
    await writeRepository(folder, tree({ 'a.txt': '1', 'b.txt': '1' }));
    writeFileSync(join(folder, 'a.txt'), 'mine');

    const outcome = await writeRepository(folder, tree({ 'a.txt': '2', 'b.txt': '2' }));

    expect(outcome.ok).toBe(false);
    const mv = inFolder('mv a.txt a.txt.mine');
    const hint = `${mv}, then render again with --restore a.txt, then ${inFolder('diff a.txt.mine a.txt')}`;
    expect(outcome.problems).toMatchObject([{ code: 'IO-002', place: { file: join(folder, 'a.txt') }, hint }]);
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('mine');
    expect(readFileSync(join(folder, 'b.txt'), 'utf8')).toBe('1');
  });

  it('accepts an edit that equals what would be generated', async () => {
    await writeRepository(folder, tree({ 'a.txt': '1' }));
    writeFileSync(join(folder, 'a.txt'), '2');

    const outcome = await writeRepository(folder, tree({ 'a.txt': '2' }));

    expect(outcome.ok).toBe(true);
  });

  it('leaves files of others alone, but not in its way', async () => {
    await writeRepository(folder, tree({ 'a.txt': '1' }));
    writeFileSync(join(folder, 'notes.md'), 'mine');
    writeFileSync(join(folder, 'b.txt'), 'mine');

    const outcome = await writeRepository(folder, tree({ 'a.txt': '1', 'b.txt': '1' }));

    expect(outcome.problems).toMatchObject([
      { code: 'IO-003', hint: inFolder('mv b.txt b.txt.mine, then render again') },
    ]);
    expect(readFileSync(join(folder, 'notes.md'), 'utf8')).toBe('mine');
  });

  it('refuses a folder that holds something else', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'thesis.tex'), 'mine');

    const outcome = await writeRepository(folder, tree({ 'a.txt': '1' }));

    expect(outcome.problems).toMatchObject([{ code: 'IO-004', hint: 'name an empty folder with -o' }]);
    expect(list(folder)).toEqual(['thesis.tex']);
  });

  it('follows no symbolic link', async () => {
    const elsewhere = join(base, `elsewhere-${count}`);
    mkdirSync(elsewhere);
    await writeRepository(folder, tree({ 'a.txt': '1' }));
    symlinkSync(elsewhere, join(folder, 'terraform'));

    const outcome = await writeRepository(folder, tree({ 'a.txt': '1', 'terraform/x.tf': '1' }));

    expect(outcome.problems).toMatchObject([
      { code: 'IO-008', hint: inFolder('mv terraform terraform.mine, then render again') },
    ]);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it.each([
    ['not JSON', '{'],
    ['a path that leaves the folder', JSON.stringify({ generator: '1', environments: {}, files: { '../x': 'y' } })],
    ["a path into Git's folder", JSON.stringify({ generator: '1', environments: {}, files: { '.git/config': 'y' } })],
  ])('trusts no lock that is %s', async (_title, lock) => {
    await writeRepository(folder, tree({ 'a.txt': '1' }));
    writeFileSync(join(folder, '.rootstock/lock.json'), lock);

    const outcome = await writeRepository(folder, tree({ 'a.txt': '2' }));

    expect(outcome.problems).toMatchObject([{ code: 'IO-007' }]);
    expect(readGeneratedFolder(folder).ok).toBe(false);
  });

  it('stops while another process writes', async () => {
    await writeRepository(folder, tree({ 'a.txt': '1' }));
    writeFileSync(join(folder, '.rootstock/run.lock'), String(process.ppid));

    const outcome = await writeRepository(folder, tree({ 'a.txt': '2' }));

    expect(outcome.problems).toMatchObject([{ code: 'IO-006' }]);
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('1');
  });

  it('takes over the lock of a process that is gone', async () => {
    await writeRepository(folder, tree({ 'a.txt': '1' }));
    writeFileSync(join(folder, '.rootstock/run.lock'), '999999999');

    const outcome = await writeRepository(folder, tree({ 'a.txt': '2' }));

    expect(outcome.ok).toBe(true);
    expect(existsSync(join(folder, '.rootstock/run.lock'))).toBe(false);
  });

  it('completes a write that stopped after it was decided', async () => {
    await interrupt();

    const recovered = await recoverFolder(folder);

    expect(recovered).toMatchObject({ ok: true, value: { state: 'completed', files: 2 } });
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('2');
    expect(existsSync(join(folder, 'b.txt'))).toBe(false);
    expect(list(folder)).toEqual(['.rootstock/lock.json', 'a.txt']);
  });

  it('keeps an edit made between the interruption and the recovery', async () => {
    await interrupt();
    writeFileSync(join(folder, 'a.txt'), 'mine');

    await recoverFolder(folder);

    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('mine');
  });

  it.each([
    ['is not JSON', '{'],
    ['is a list', '[{"path":1}]'],
    ['is nothing', 'null'],
    ['has a step that is none', '{"steps":[{"path":1}]}'],
    ['has a lock that is no digest', '{"lock":1,"steps":[]}'],
    [
      'writes outside the folder',
      '{"steps":[{"path":"../outside.txt","action":"create","staged":".rootstock/staging/0"}]}',
    ],
    ['takes a file from elsewhere', '{"steps":[{"path":"a.txt","action":"create","staged":"../../etc/passwd"}]}'],
  ])('carries out no journal that %s', async (_title, journal) => {
    await writeRepository(folder, tree({ 'a.txt': '1' }));
    mkdirSync(join(folder, '.rootstock/staging'));
    writeFileSync(join(folder, '.rootstock/staging/0'), 'x');
    writeFileSync(join(folder, '.rootstock/journal.json'), journal);

    const recovered = await recoverFolder(folder);
    const written = await writeRepository(folder, tree({ 'a.txt': '2' }));

    expect([recovered, written]).toMatchObject([
      { problems: [{ code: 'IO-009' }] },
      { problems: [{ code: 'IO-009' }] },
    ]);
    expect(existsSync(join(base, 'outside.txt'))).toBe(false);
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('1');
  });

  it('reports a folder that cannot be written', async () => {
    const blocked = join(base, `blocked-${count}`);
    writeFileSync(blocked, 'a file where a folder is needed');

    const outcome = await writeRepository(join(blocked, 'out'), tree({ 'a.txt': '1' }));

    expect(outcome.problems).toMatchObject([{ code: 'IO-005' }]);
  });
});

/** A hint with the paths that it really has. */
function inFolder(hint: string): string {
  return hint.replace(/(?:[ab]\.txt|terraform)(?:\.mine)?/g, (path) => join(folder, path));
}

/** The state in which a run leaves the folder that dies between decision and completion. */
async function interrupt(): Promise<void> {
  await writeRepository(folder, tree({ 'a.txt': '1', 'b.txt': '1' }));
  mkdirSync(join(folder, '.rootstock/staging'));
  writeFileSync(join(folder, '.rootstock/staging/0'), '2');
  const steps = [
    { path: 'a.txt', action: 'update', before: digest('1'), after: digest('2'), staged: '.rootstock/staging/0' },
    { path: 'b.txt', action: 'delete', before: digest('1') },
  ];
  writeFileSync(
    join(folder, '.rootstock/journal.json'),
    JSON.stringify({ lock: findDigest(join(folder, '.rootstock/lock.json')), steps }),
  );
}

/** Passes for proven: what writing does does not depend on it. */
function proven(files: readonly TreeFile[]): VerifiedTree {
  return { files: makeFileTree(files) } as VerifiedTree;
}

function tree(contents: Readonly<Record<string, string>>): VerifiedTree {
  const files = Object.entries(contents).map(
    ([path, content]): TreeFile => ({ path, content, kind: 'document', origin: '' }),
  );
  const lock = {
    generator: 'test',
    environments: {},
    files: Object.fromEntries(files.map(({ path, content }) => [path, digest(content)])),
  };
  return proven([...files, { path: '.rootstock/lock.json', content: JSON.stringify(lock), kind: 'lock', origin: '' }]);
}

function list(at: string): string[] {
  return readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(at.length + 1))
    .sort();
}
