import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXAMPLES_FOLDER } from '../../testing/examples.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { runProgram } from '../program.ts';

const base = makeTemporaryFolder();
const prod = join(EXAMPLES_FOLDER, 'staging-and-prod/prod.yaml');
const staging = join(EXAMPLES_FOLDER, 'staging-and-prod/staging.yaml');
let folder = '';
let count = 0;

describe('generator/cli/commands/render', () => {
  beforeEach(async () => {
    folder = join(base, `case-${count++}`);
    await render('-q');
  });
  afterEach(() => vi.restoreAllMocks());

  it('reports a deletion that breaks the repository, and leaves it', async () => {
    rmSync(join(folder, 'clusters/staging/values/traefik.yaml'));

    const { code, report } = await render();

    expect(code).toBe(1);
    expect(report.files).toContainEqual(
      expect.objectContaining({ path: 'clusters/staging/values/traefik.yaml', action: 'absent' }),
    );
    expect(report.problems).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        place: expect.objectContaining({ file: 'clusters/staging/apps/traefik.yaml' }),
      }),
    );
  });

  it.each([
    ['file', ''],
    ['folder', '..'],
  ])('brings a deleted file back whose %s is named', async (_, above) => {
    const path = 'clusters/staging/values/traefik.yaml';
    const before = readFileSync(join(folder, path), 'utf8');
    rmSync(join(folder, path));

    const { code } = await render('--restore', join(path, above));

    expect(code).toBe(0);
    expect(readFileSync(join(folder, path), 'utf8')).toBe(before);
  });

  it('USE-004: knows the files that can be brought back', async () => {
    const { code, report } = await render('--restore', 'clusters/staging/values/traefic.yaml');

    expect(code).toBe(2);
    expect(report.problems).toMatchObject([
      { code: 'USE-004', key: '--restore', hint: 'did you mean clusters/staging/values/traefik.yaml?' },
    ]);
  });

  it('IO-017: another name is another environment', async () => {
    const file = join(folder, 'environments/staging.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('name: staging', 'name: stage'));

    const { code, report } = await run('render', '-e', file, '-o', folder, '--json');
    const removed = await run('render', '-e', file, '-o', folder, '--remove-environment', 'staging', '--json');

    expect(code).toBe(1);
    expect(report.problems).toMatchObject([
      { code: 'IO-017', key: 'metadata.name', hint: expect.stringContaining('write name: staging, or render with') },
    ]);
    expect(removed.code).toBe(0);
    expect(existsSync(join(folder, 'clusters/stage/root.yaml'))).toBe(true);
    expect(existsSync(join(folder, 'clusters/staging/root.yaml'))).toBe(false);
  });

  it.each([
    ['a lock', () => undefined],
    [
      'no lock any more',
      () => {
        execFileSync('git', ['init', '--quiet', folder]);
        rmSync(join(folder, '.rootstock/lock.json'));
      },
    ],
  ])('is never too quiet for a danger in a folder with %s', async (_, act) => {
    act();

    const { code, status } = await run('render', '-e', prod, '-o', folder, '--remove-environment', 'staging', '-q');

    expect(code).toBe(0);
    expect(status).toMatch(/^staging: environment\/staging \(on commit\): /m);
  });
});

function render(...words: readonly string[]) {
  return run('render', '-e', prod, '-e', staging, '-o', folder, '--json', ...words);
}

async function run(...words: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0);
  const code = await runProgram(words);
  const text = out.join('');
  return { code, status: err.join(''), report: text.startsWith('{') ? JSON.parse(text) : {} };
}
