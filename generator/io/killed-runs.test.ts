// SIGKILL at random points: whatever was left, the next run converges and nothing that people wrote is gone.
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { generatedTree, withoutHistory } from '../testing/generated-tree.ts';
import { pushRequest } from '../testing/push-request.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { pushRepository } from './git-push.ts';
import { writeRepository } from './repository-folder.ts';

/** Of each verb. CI runs all of them; a shorter look is enough before a commit. */
const KILLS = Number(process.env['KILLS'] ?? 15);
const base = makeTemporaryFolder();
const worker = join(base, 'worker.mjs');
const ENVIRONMENT = {
  ...process.env,
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};
const OLD = contentsOf('old', 40);
const NEW = contentsOf('new', 60);
const FIRST = contentsOf('first', 40);
const SECOND = contentsOf('second', 40, 20);
const LAST = contentsOf('last', 70);

beforeAll(async () => {
  Object.assign(process.env, ENVIRONMENT);
  await build({
    entryPoints: ['generator/testing/write-and-push.ts'],
    outfile: worker,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);" },
    logLevel: 'warning',
  });
});

describe('generator/io: killed runs', () => {
  it(`write: ${KILLS} kills converge`, { timeout: 900_000 }, async () => {
    const span = await measure(async (folder) => {
      await writeRepository(folder, generatedTree(OLD));
      return ['write', folder, JSON.stringify(NEW)];
    });

    for (let kills = 0, round = 0; kills < KILLS; round++) {
      const folder = join(base, `write-${round}`);
      await writeRepository(folder, generatedTree(OLD));
      writeFileSync(join(folder, 'mine.txt'), 'mine');
      const { end } = await run(['write', folder, JSON.stringify(NEW)], (span * (round % KILLS)) / KILLS);
      expect(end).not.toBe('failed');
      if (end === 'killed') kills++;

      const outcome = await writeRepository(folder, generatedTree(NEW));

      expect(outcome.problems).toEqual([]);
      expect(snapshot(folder)).toEqual({ ...expectedFiles(NEW), 'mine.txt': 'mine' });
      rmSync(folder, { recursive: true });
    }
  });

  it(`write: ${KILLS} kills, and an edit after each, converge`, { timeout: 900_000 }, async () => {
    const span = await measure(async (folder) => {
      await writeRepository(folder, generatedTree(OLD));
      return ['write', folder, JSON.stringify(NEW)];
    });

    for (let kills = 0, round = 0; kills < KILLS; round++) {
      const folder = join(base, `edit-${round}`);
      await writeRepository(folder, generatedTree(OLD));
      commitAll(folder);
      const { end } = await run(['write', folder, JSON.stringify(NEW)], (span * (round % KILLS)) / KILLS);
      expect(end).not.toBe('failed');
      if (end === 'killed') kills++;
      const edited = `folder-${round % 7}/file-${round % 7}.txt`;
      const mine = `mine\n${readFileSync(join(folder, edited), 'utf8')}`;
      writeFileSync(join(folder, edited), mine);

      const first = await writeRepository(folder, generatedTree(NEW));
      // Where it had been written already, there is nothing to merge; else a commit has to hold the edit before.
      if (!first.ok) {
        expect(first.problems).toMatchObject([{ code: 'IO-014' }]);
        expect(readFileSync(join(folder, edited), 'utf8')).toBe(mine);
        commitAll(folder);
      }
      const outcome = await writeRepository(folder, generatedTree(NEW));

      expect(outcome.problems).toEqual([]);
      const { [edited]: text, ...others } = snapshot(folder);
      const { [edited]: generated = '', ...expected } = expectedFiles(NEW);
      expect(text).toContain('mine\n');
      expect(text).toContain(generated);
      expect(others).toEqual(expected);
      rmSync(folder, { recursive: true });
    }
  });

  it(`write: ${KILLS} kills, each committed and cloned, converge on something else`, { timeout: 900_000 }, async () => {
    const span = await measure(async (folder) => {
      await writeRepository(folder, generatedTree(FIRST));
      return ['write', folder, JSON.stringify(SECOND)];
    });
    const edited = 'folder-3/file-31.txt';

    for (let kills = 0, round = 0; kills < KILLS; round++) {
      const folder = join(base, `committed-${round}`);
      await writeRepository(folder, generatedTree(FIRST));
      writeFileSync(join(folder, edited), `mine\n${readFileSync(join(folder, edited), 'utf8')}`);
      commitAll(folder);
      const { end } = await run(['write', folder, JSON.stringify(SECOND)], (span * (round % KILLS)) / KILLS);
      expect(end).not.toBe('failed');
      if (end === 'killed') kills++;
      for (const name of ['journal.json', 'journal.json.new', 'run.lock', 'staging'])
        rmSync(join(folder, '.rootstock', name), { recursive: true, force: true });
      // Every other time without the files that are new.
      if (round % 2 === 0) commitAll(folder);
      else git(folder, 'commit', '-q', '--all', '--allow-empty', '-m', 'a commit');
      const clone = `${folder}-clone`;
      git(base, 'clone', '-q', folder, clone);

      const outcome = await writeRepository(clone, generatedTree(LAST));

      expect(outcome.problems).toEqual([]);
      const { [edited]: text, ...others } = snapshot(clone);
      const { [edited]: generated = '', ...expected } = expectedFiles(LAST);
      expect(text).toBe(`mine\n${generated}`);
      expect(others).toEqual(expected);
      for (const path of [folder, clone]) rmSync(path, { recursive: true });
    }
  });

  it(`push: ${KILLS} kills converge`, { timeout: 1_800_000 }, async () => {
    const span = await measure((folder) => preparePush(folder));

    for (let kills = 0, round = 0; kills < KILLS; round++) {
      const folder = join(base, `push-${round}`);
      const words = await preparePush(folder);
      const { end } = await run(words, (span * (round % KILLS)) / KILLS);
      expect(end).not.toBe('failed');
      if (end === 'killed') kills++;
      // The remote was killed with it, and what it held a lock on stays locked: servers clear these by themselves.
      rmSync(join(`${folder}.git`, 'refs/heads/main.lock'), { force: true });

      const outcome = await push(folder, words[2] ?? '');

      expect(outcome.problems).toEqual([]);
      expect(git(folder, 'rev-parse', 'HEAD')).toBe(git(`${folder}.git`, 'rev-parse', 'main'));
      expect(git(folder, 'status', '--porcelain')).toBe('?? mine.txt\n');
      expect(git(folder, 'log', '--format=%s')).toBe('a push\nearlier\n');
      expect(git(`${folder}.git`, 'fsck', '--strict', '--connectivity-only')).toBe('');
      rmSync(folder, { recursive: true });
      rmSync(`${folder}.git`, { recursive: true });
    }
  });
});

/** A clone with one commit of the past, changes to push, and a file that is nobody's business. */
async function preparePush(folder: string): Promise<readonly string[]> {
  git(base, 'init', '-q', '--bare', '-b', 'main', `${folder}.git`);
  await writeRepository(folder, generatedTree(OLD));
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', '--all');
  git(folder, 'commit', '-q', '-m', 'earlier');
  git(folder, 'push', '-q', `${folder}.git`, 'main');
  await writeRepository(folder, generatedTree(NEW));
  writeFileSync(join(folder, 'mine.txt'), 'mine');
  return ['push', folder, `${folder}.git`];
}

function commitAll(folder: string): void {
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', '--all');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'a commit');
}

async function push(folder: string, url: string) {
  return await pushRepository(pushRequest(folder, url));
}

function git(folder: string, ...words: readonly string[]): string {
  return execFileSync('git', words, { cwd: folder, encoding: 'utf8', stdio: 'pipe', env: ENVIRONMENT });
}

/** How long the worker works, in milliseconds: the shortest of three. */
async function measure(prepare: (folder: string) => Promise<readonly string[]>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const { end, workedMs } = await run(await prepare(join(base, `measure-${round}`)));
    expect(end).toBe('done');
    times.push(workedMs);
  }
  return Math.min(...times);
}

/** Runs the worker; kills it and its children so long after it says that it works. */
function run(
  words: readonly string[],
  killAfterMs?: number,
): Promise<{ readonly end: End; readonly workedMs: number }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [worker, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
      env: ENVIRONMENT,
    });
    let start = 0;
    let timer: NodeJS.Timeout | undefined;
    child.stdout.once('data', () => {
      start = performance.now();
      if (killAfterMs !== undefined) timer = setTimeout(() => killGroup(child.pid ?? 0), killAfterMs);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      const end = signal === 'SIGKILL' ? 'killed' : code === 0 ? 'done' : 'failed';
      resolve({ end, workedMs: performance.now() - start });
    });
  });
}

type End = 'killed' | 'done' | 'failed';

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in the same moment.
  }
}

function contentsOf(word: string, count: number, from = 0): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, position) => position + from).map((index) => [
      `folder-${index % 7}/file-${index}.txt`,
      `head\nhead\n${`${word} ${index}\n`.repeat(200)}`,
    ]),
  );
}

function expectedFiles(contents: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries([...generatedTree(contents).files.values()].map(({ path, content }) => [path, content]));
}

function snapshot(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name).slice(folder.length + 1));
  return Object.fromEntries(
    paths
      .filter((path) => !path.startsWith('.git/'))
      .map((path) => [path, withoutHistory(path, readFileSync(join(folder, path), 'utf8'))]),
  );
}
