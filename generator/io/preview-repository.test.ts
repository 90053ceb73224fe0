import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedTree } from '../testing/generated-tree.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { countLines, type Preview, previewRepository } from './preview-repository.ts';
import { writeRepository } from './repository-folder.ts';

const top = makeTemporaryFolder();
const BEFORE = { 'a.yaml': 'one\ntwo\nthree\n', 'gone.yaml': 'x\n', 'same.yaml': 'y\n', 'ü b.yaml': '1\n' };
const AFTER = { 'a.yaml': 'one\n2\nthree\n', 'new/c.yaml': 'z\n', 'same.yaml': 'y\n', 'ü b.yaml': '2\n' };
let count = 0;

async function makeFolder(contents: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(top, `folder-${count++}`);
  const written = await writeRepository(folder, generatedTree(contents));
  expect(written.ok).toBe(true);
  return folder;
}

function preview(folder: string, contents: Readonly<Record<string, string>>): Preview {
  const outcome = previewRepository(folder, generatedTree(contents));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

/** Every file of a folder with its content and its time. */
function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path} ${statSync(path).mtimeMs} ${readFileSync(path, 'utf8')}`)
    .sort();
}

describe('generator/io/preview-repository.ts', () => {
  it('says what would be done to each file, as render says it afterwards', async () => {
    const folder = await makeFolder(BEFORE);

    const { files } = preview(folder, AFTER);

    const written = await writeRepository(folder, generatedTree(AFTER));
    expect(written.ok && written.value.files).toEqual(files);
    expect(
      files.filter(({ path }) => !path.startsWith('.rootstock')).map(({ path, action }) => `${action} ${path}`),
    ).toEqual(['update a.yaml', 'delete gone.yaml', 'create new/c.yaml', 'same same.yaml', 'update ü b.yaml']);
  });

  it('writes nothing', async () => {
    const folder = await makeFolder(BEFORE);
    const before = listFiles(folder);

    preview(folder, AFTER);

    expect(listFiles(folder)).toEqual(before);
  });

  it('makes a patch that git apply takes, and that does the same as render', async () => {
    const folder = await makeFolder(BEFORE);
    const { patch } = preview(folder, AFTER);
    const patched = await makeFolder(BEFORE);

    execFileSync('git', ['apply', '-'], { cwd: patched, input: patch });

    for (const [path, content] of Object.entries(AFTER))
      expect(readFileSync(join(patched, path), 'utf8')).toBe(content);
    expect(readdirSync(patched)).not.toContain('gone.yaml');
    expect(patch).not.toContain('.rootstock');
  });

  it('has no difference and no patch where nothing changes', async () => {
    const folder = await makeFolder(BEFORE);

    const { isDifferent, patch, files } = preview(folder, BEFORE);

    expect({ isDifferent, patch }).toEqual({ isDifferent: false, patch: '' });
    expect(new Set(files.map(({ action }) => action))).toEqual(new Set(['same']));
  });

  it('shows all files of a folder that is not there yet', () => {
    const { isDifferent, patch } = preview(join(top, 'absent'), BEFORE);

    expect(isDifferent).toBe(true);
    expect(countLines(patch)).toEqual([
      { path: 'a.yaml', added: 3, removed: 0 },
      { path: 'gone.yaml', added: 1, removed: 0 },
      { path: 'same.yaml', added: 1, removed: 0 },
      { path: 'ü b.yaml', added: 1, removed: 0 },
    ]);
  });

  it('counts lines that look like the head of a patch', async () => {
    const folder = await makeFolder({ 'a.yaml': '--- a\n+++ b\n' });

    const { patch } = preview(folder, { 'a.yaml': '--- a\n++ b\n-- c\n' });

    expect(countLines(patch)).toEqual([{ path: 'a.yaml', added: 2, removed: 1 }]);
  });

  it('keeps what people edited out of the patch', async () => {
    const folder = await makeFolder(BEFORE);
    writeFileSync(join(folder, 'same.yaml'), 'mine\n');

    const { patch, files } = preview(folder, AFTER);

    expect(patch).not.toContain('same.yaml');
    expect(files).toContainEqual(expect.objectContaining({ path: 'same.yaml', action: 'keep' }));
  });

  it.each([
    {
      name: 'a run was interrupted',
      code: 'IO-010',
      arrange: async () => {
        const folder = await makeFolder(BEFORE);
        writeFileSync(join(folder, '.rootstock/journal.json'), '[]');
        return folder;
      },
    },
    {
      name: 'the folder is of somebody else',
      code: 'IO-004',
      arrange: async () => {
        const folder = join(top, 'foreign');
        mkdirSync(folder);
        writeFileSync(join(folder, 'mine'), '');
        return folder;
      },
    },
    {
      name: 'the folder is a file',
      code: 'IO-004',
      arrange: async () => {
        writeFileSync(join(top, 'file'), '');
        return join(top, 'file');
      },
    },
  ])('refuses where render would, or where it has to go first: $name', async ({ code, arrange }) => {
    const folder = await arrange();

    const outcome = previewRepository(folder, generatedTree(AFTER));

    expect(outcome.problems.map((problem) => problem.code)).toEqual([code]);
    expect(outcome.problems[0]?.hint).toBeTruthy();
  });
});
