import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedTree } from '../testing/generated-tree.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { readCommittedRun } from './committed-run.ts';
import { type LastRun, listStates } from './last-run.ts';
import { writeRepository } from './repository-folder.ts';

const top = makeTemporaryFolder();

function git(folder: string, ...words: readonly string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...identity, ...words], { cwd: folder, stdio: 'pipe' });
}

/** Of the first state. */
function filesOf(run: LastRun | undefined): ReadonlyMap<string, string> {
  const [state] = run === undefined ? [] : listStates(run);
  return state?.files ?? new Map();
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

    expect(Object.fromEntries(filesOf(run))).toEqual({ 'a.yaml': 'old\n', 'b.yaml': 'same\n' });
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

    expect(Object.fromEntries(filesOf(readCommittedRun(folder)))).toEqual({ 'a.yaml': 'old\n' });
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
