import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedTree } from '../testing/generated-tree.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { readCommittedRun } from './committed-run.ts';
import { writeRepository } from './repository-folder.ts';

const top = makeTemporaryFolder();

function git(folder: string, ...words: readonly string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...identity, ...words], { cwd: folder, stdio: 'pipe' });
}

async function generate(folder: string, contents: Readonly<Record<string, string>>): Promise<void> {
  const written = await writeRepository(folder, generatedTree(contents));
  expect(written.ok).toBe(true);
}

describe('generator/io/committed-run.ts', () => {
  it('knows the last commit, whatever was rendered since', async () => {
    const folder = join(top, 'committed');
    await generate(folder, { 'a.yaml': 'old\n', 'b.yaml': 'same\n' });
    git(folder, 'init', '--quiet');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '-m', 'first');
    await generate(folder, { 'a.yaml': 'new\n', 'b.yaml': 'same\n' });

    const run = readCommittedRun(folder);

    expect(Object.fromEntries(run?.files ?? [])).toEqual({ 'a.yaml': 'old\n', 'b.yaml': 'same\n' });
    expect(run?.lock.generator).toBe('test');
  });

  it('knows it below the top of a repository, too', async () => {
    const repository = join(top, 'mono');
    const folder = join(repository, 'platform');
    mkdirSync(repository);
    git(repository, 'init', '--quiet');
    await generate(folder, { 'a.yaml': 'old\n' });
    git(repository, 'add', '--all');
    git(repository, 'commit', '--quiet', '-m', 'first');

    expect(Object.fromEntries(readCommittedRun(folder)?.files ?? [])).toEqual({ 'a.yaml': 'old\n' });
  });

  it('leaves out what the lock does not confirm', async () => {
    const folder = join(top, 'unconfirmed');
    await generate(folder, { 'a.yaml': 'old\n', 'b.yaml': 'same\n' });
    const base = join(folder, '.rootstock/base/_repository.jsonl');
    rmSync(base);
    writeFileSync(base, `${JSON.stringify(['a.yaml', 'forged\n'])}\n${JSON.stringify(['b.yaml', 'same\n'])}\n`);
    git(folder, 'init', '--quiet');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '-m', 'first');

    expect([...(readCommittedRun(folder)?.files.keys() ?? [])]).toEqual(['b.yaml']);
  });

  it.each([
    { name: 'is no repository', arrange: () => undefined },
    { name: 'has no commit', arrange: (folder: string) => git(folder, 'init', '--quiet') },
    {
      name: 'has a commit without a lock',
      arrange: (folder: string) => {
        git(folder, 'init', '--quiet');
        git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'first');
      },
    },
  ])('knows nothing of a folder that $name', async ({ name, arrange }) => {
    const folder = join(top, name);
    await generate(folder, { 'a.yaml': 'old\n' });
    arrange(folder);

    expect(readCommittedRun(folder)).toBeUndefined();
  });
});
