import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { readEnvironmentFiles, readManifestFiles, readRepositoryTree } from './read-files.ts';

const base = makeTemporaryFolder();
const generated = ['README.md', 'clusters/lab/apps/shop.yaml', 'clusters/lab/root.yaml'];
let count = 0;
let folder = '';

beforeEach(() => {
  folder = join(base, `case-${count++}`);
  for (const path of generated) write(path);
});

describe('generator/io/read-files.ts', () => {
  it('reads every file, those of people too, in order of their paths and with their kinds', () => {
    write('clusters/lab/manifests/shop/own.yaml');
    write('docs/lab/notes.md');

    const tree = readRepositoryTree(folder, generated);

    expect(tree.problems).toEqual([]);
    expect(tree.ok && [...tree.value.values()].map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      'document README.md',
      'application clusters/lab/apps/shop.yaml',
      'manifest clusters/lab/manifests/shop/own.yaml',
      'application clusters/lab/root.yaml',
      'document docs/lab/notes.md',
    ]);
  });

  it.each([
    ['the exported secrets', 'terraform/lab/cluster/secrets.auto.tfvars.json'],
    ['a state', 'terraform/lab/cluster/terraform.tfstate'],
    ['the state before', 'terraform/lab/cluster/terraform.tfstate.backup'],
    ['a plan', 'terraform/lab/cluster/next.tfplan'],
  ])('leaves out %s, which Git ignores', (_, path) => {
    write(path);

    const tree = readRepositoryTree(folder, generated);

    expect(tree.ok && tree.value.has(path)).toBe(false);
    expect(tree.problems).toEqual([]);
  });

  it.each(['README.md', 'README.md/sub', 'nowhere'])('finds no manifests in %s, which is no folder', (path) => {
    const found = readManifestFiles(join(folder, path));

    expect(found.problems).toEqual([]);
    expect(found.ok && found.value.size).toBe(0);
  });

  it.each(['README.md/prod.yaml', 'prod.yaml'])('says that there is no environment file %s', (path) => {
    const file = join(folder, path);

    const read = readEnvironmentFiles([file]);

    expect(read.problems).toMatchObject([
      { code: 'IO-001', place: { file }, hint: 'rootstock init writes one to start from' },
    ]);
  });

  it('leaves out the folders of tools, links or not', () => {
    for (const path of ['.git/HEAD', '.rootstock/lock.json', 'terraform/lab/cluster/.terraform/x']) write(path);
    symlinkSync(base, join(folder, 'node_modules'));

    const tree = readRepositoryTree(folder, generated);

    expect(tree.problems).toEqual([]);
    expect(tree.ok && [...tree.value.keys()]).toEqual(generated);
  });

  it.each([
    ['a folder with generated files', 'clusters/lab/apps', 'replace clusters/lab/apps by a folder'],
    ['a folder high above', 'clusters', 'replace clusters by a folder'],
    ['a generated file', 'clusters/lab/root.yaml', 'replace clusters/lab/root.yaml by a file'],
  ])('IO-008: refuses a link in place of %s', (_title, path, hint) => {
    renameSync(join(folder, path), `${folder}-moved`);
    symlinkSync(`${folder}-moved`, join(folder, path));

    const tree = readRepositoryTree(folder, generated);

    expect(tree.ok).toBe(false);
    expect(tree.problems).toMatchObject([{ code: 'IO-008', place: { file: join(folder, path) }, hint }]);
  });

  it.each([
    ['a folder', base],
    ['nothing', join(base, 'nowhere')],
    ['itself', 'own'],
  ])('IO-012: says that a link to %s was not read, where nothing generated is', (_title, target) => {
    symlinkSync(target, join(folder, 'own'));

    const tree = readRepositoryTree(folder, generated);

    expect(tree.ok && tree.value.size).toBe(generated.length);
    expect(tree.problems).toMatchObject([
      {
        code: 'IO-012',
        severity: 'unchecked',
        place: { file: join(folder, 'own') },
        hint: expect.stringContaining('own'),
      },
    ]);
  });

  it('IO-012: does not wait for a pipe', () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);

    const tree = readRepositoryTree(folder, generated);

    expect(tree.problems).toMatchObject([
      { code: 'IO-012', message: 'pipe is no ordinary file: nothing in it was checked.' },
    ]);
  });

  // Root may read everything.
  it.skipIf(process.getuid?.() === 0).each([
    ['a file', 'clusters/lab/root.yaml'],
    ['a folder', 'clusters/lab/apps'],
  ])('IO-001: refuses %s that it may not read', (_title, path) => {
    chmodSync(join(folder, path), 0o000);

    const tree = readRepositoryTree(folder, generated);
    chmodSync(join(folder, path), 0o755);

    expect(tree.ok).toBe(false);
    expect(tree.problems).toMatchObject([
      { code: 'IO-001', place: { file: join(folder, path) }, hint: 'check its permissions' },
    ]);
  });

  it('IO-001: refuses a folder that is none', () => {
    const tree = readRepositoryTree(join(folder, 'README.md'), generated);

    expect(tree.ok).toBe(false);
    expect(tree.problems).toMatchObject([{ code: 'IO-001', message: expect.stringContaining('ENOTDIR') }]);
  });
});

function write(path: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), '');
}
