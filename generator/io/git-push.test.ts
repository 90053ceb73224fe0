import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GitHttpServer, startGitHttpServer } from '../testing/git-http-server.ts';
import { readProven } from '../testing/push-request.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { type PushRequest, pushRepository } from './git-push.ts';

const base = makeTemporaryFolder();
const remotes = join(base, 'remotes');
let open: GitHttpServer;
let guarded: GitHttpServer;
let folder = '';
let name = '';
let count = 0;

beforeAll(async () => {
  mkdirSync(remotes);
  open = await startGitHttpServer({ folder: remotes });
  guarded = await startGitHttpServer({ folder: remotes, credential: 'ada:s3cret-canary' });
  const settings = {
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
  Object.assign(process.env, settings, { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' });
});

afterAll(async () => {
  await open.close();
  await guarded.close();
});

beforeEach(() => {
  name = `case-${count++}`;
  folder = join(base, name);
  const remote = join(remotes, `${name}.git`);
  git(base, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
  git(remote, 'config', 'http.receivepack', 'true');
  write('a.txt', '1');
  open.behave('serve');
});

describe('generator/io/git-push', () => {
  it('fills an empty remote over HTTP, and has nothing to do the second time', async () => {
    const first = await push();
    const second = await push();

    expect(first).toMatchObject({ ok: true, value: { state: 'pushed', branch: 'main', untouched: [] } });
    expect(second).toMatchObject({ ok: true, value: { state: 'up-to-date' } });
    expect(remoteLog()).toEqual(['render']);
    expect(git(folder, 'remote', 'get-url', 'origin').trim()).toBe(url());
  });

  it('commits generated files only, with deletions', async () => {
    write('b.txt', '1');
    write(
      '.rootstock/lock.json',
      JSON.stringify({ generator: '1', environments: {}, files: { 'a.txt': '', 'b.txt': '' } }),
    );
    await push({ paths: ['a.txt', 'b.txt', '.rootstock/lock.json'] });
    rmSync(join(folder, 'b.txt'));
    write('a.txt', '2');
    write('notes.md', 'mine');

    const outcome = await push({ paths: ['a.txt', '.rootstock/lock.json'] });

    expect(outcome).toMatchObject({ ok: true, value: { state: 'pushed', untouched: ['notes.md'] } });
    expect(git(folder, 'show', '--name-status', '--format=', 'HEAD').trim().split('\n')).toEqual([
      'M\ta.txt',
      'D\tb.txt',
    ]);
  });

  it('leaves what somebody staged out of its commit', async () => {
    await push();
    write('notes.md', 'mine');
    git(folder, 'add', 'notes.md');
    write('a.txt', '2');

    await push();

    expect(git(folder, 'show', '--name-only', '--format=', 'HEAD').trim()).toBe('a.txt');
    expect(git(folder, 'diff', '--cached', '--name-only').trim()).toBe('notes.md');
  });

  it('pushes from any local branch to the one asked for', async () => {
    await push();
    git(folder, 'switch', '--quiet', '-c', 'topic');
    write('a.txt', '2');

    const outcome = await push({ branch: 'staging' });

    expect(outcome).toMatchObject({ ok: true, value: { state: 'pushed', branch: 'staging' } });
    expect(
      git(join(remotes, `${name}.git`), 'log', '--format=%s', 'staging')
        .trim()
        .split('\n'),
    ).toHaveLength(2);
  });

  it('does not overwrite a head that moved, and converges after a pull', async () => {
    await push();
    commitElsewhere();
    write('a.txt', '2');

    const refused = await push();
    // From the folder itself: the HTTP server lives in this process, which a synchronous git would block.
    git(folder, 'pull', '--quiet', '--rebase', join(remotes, `${name}.git`), 'main');
    const again = await push();

    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'GIT-001', hint: expect.stringContaining(`git -C ${folder} pull --rebase`) }],
    });
    expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(remoteLog()).toEqual(['render', 'elsewhere', 'render']);
  });

  it('tells a folder that never was a clone to become one', async () => {
    commitElsewhere();

    const outcome = await push();

    expect(outcome).toMatchObject({
      ok: false,
      problems: [{ code: 'GIT-001', hint: expect.stringContaining('git clone') }],
    });
    expect(remoteLog()).toEqual(['elsewhere']);
  });

  it('asks for a credential by saying how, and never prints one', async () => {
    const without = await push({ url: `${guarded.url}/${name}.git` });
    const wrong = await push({ url: guarded.url.replace('//', '//ada:wrong-canary@').concat(`/${name}.git`) });
    const right = await push({ url: guarded.url.replace('//', '//ada:s3cret-canary@').concat(`/${name}.git`) });

    expect(without).toMatchObject({
      ok: false,
      problems: [{ code: 'GIT-003', hint: `try: git ls-remote ${guarded.url}/${name}.git` }],
    });
    expect(wrong).toMatchObject({ ok: false, problems: [{ code: 'GIT-003' }] });
    expect(right).toMatchObject({ ok: true });
    expect(JSON.stringify([without.problems, wrong.problems])).not.toContain('canary');
    expect(git(folder, 'remote').trim()).toBe('');
    expect(git(folder, 'config', '--list', '--local')).not.toContain('canary');
  });

  it('hides a secret that the server repeats, and stores none', async () => {
    const secret = 's3cret-canary';
    const settings = { 'core.logAllRefUpdates': 'always', 'remote.pushDefault': 'origin' };
    const address = guarded.url.replace('//', `//ada:${secret}@`).concat(`/${name}.git`);
    await push({ url: address });
    for (const [key, value] of Object.entries(settings)) git(folder, 'config', key, value);
    commitElsewhere();
    const moved = await push({ url: address });
    git(folder, 'pull', '--quiet', '--rebase', join(remotes, `${name}.git`), 'main');
    write('a.txt', '2');
    remoteHook(`echo "no ${secret} at ${encodeURIComponent(address)}, ${btoa(`ada:${secret}`)}" >&2; exit 1`);

    const refused = await push({ url: address });

    expect([moved, refused]).toMatchObject([{ problems: [{ code: 'GIT-001' }] }, { problems: [{ code: 'GIT-002' }] }]);
    expect(refused.problems[0]?.message).toContain('no *** at');
    expect(JSON.stringify([moved, refused])).not.toMatch(/canary|YWRhOnMzY3JldC/);
    expect(spawnSync('grep', ['-r', 'canary', folder], { encoding: 'utf8' }).stdout).toBe('');
  });

  it('stores no token that stands for a user', async () => {
    const outcome = await push({ url: open.url.replace('//', '//token-canary@').concat(`/${name}.git`) });

    expect(outcome).toMatchObject({ ok: true, value: { url: url() } });
    expect(git(folder, 'config', '--list', '--local')).not.toContain('canary');
  });

  it('explains a hook that says no', async () => {
    const hook = remoteHook('echo "main is protected" >&2; exit 1');

    const refused = await push();
    rmSync(hook);
    const again = await push();

    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'GIT-002', hint: expect.stringContaining('--branch') }],
    });
    expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(remoteLog()).toEqual(['render']);
  });

  it.each([
    ['with a reason', 'echo "no, because" >&2; exit 1', 'no, because'],
    ['on stdout', 'echo "no, because"; exit 1', 'no, because'],
    ['without a word', 'exit 1', 'it gave no reason.'],
  ])('commits nothing where a hook of the folder refuses %s', async (_title, script, said) => {
    await push();
    write('a.txt', '2');
    writeHook(join(folder, '.git/hooks/pre-commit'), script);

    const refused = await push();

    expect(refused).toMatchObject({
      ok: false,
      problems: [
        {
          code: 'GIT-013',
          message: `A hook in ${folder} (pre-commit) refused: ${said}`,
          hint: `git -C ${folder} hook run pre-commit`,
        },
      ],
    });
    expect(remoteLog()).toEqual(['render']);
  });

  it('takes a hook of the folder before a push for what it is', async () => {
    await push();
    write('a.txt', '2');
    writeHook(join(folder, '.git/hooks/pre-push'), 'exit 1');

    const refused = await push();

    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'GIT-013', hint: `git -C ${folder} push --dry-run ${url()} HEAD:refs/heads/main` }],
    });
  });

  it.each([
    ['the first commit', () => Promise.resolve(), 'a.txt'],
    ['a later one', () => push().then(() => write('a.txt', '2')), 'a.txt'],
  ])('pushes %s only once more if a hook changed it, so that it is proven before', async (_title, begin, path) => {
    if (!existsSync(join(folder, '.git'))) git(base, 'init', '--quiet', '-b', 'main', folder);
    await begin();
    writeHook(join(folder, '.git/hooks/pre-commit'), `echo formatted >> ${path}; git add ${path}`);
    const before = remoteRefs();

    const refused = await push();
    const kept = remoteRefs();
    const again = await push();

    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'GIT-018', hint: expect.stringContaining(`rootstock push ${folder}`) }],
    });
    expect(refused.problems[0]?.message).toContain(`changed ${path} in the commit`);
    expect(kept).toBe(before);
    expect(again).toMatchObject({ ok: true, value: { state: 'pushed', untouched: [] } });
    expect(git(join(remotes, `${name}.git`), 'show', `main:${path}`)).toContain('formatted');
  });

  it('finds a file that a hook put into the commit', async () => {
    await push();
    write('a.txt', '2');
    writeHook(join(folder, '.git/hooks/pre-commit'), 'echo more > more.txt; git add more.txt');

    const refused = await push();

    expect(refused.problems[0]?.message).toContain('changed more.txt in the commit');
    expect(remoteLog()).toEqual(['render']);
  });

  it.each([
    ['saved a file', () => write('a.txt', 'broken'), 'a.txt'],
    ['made a commit', () => git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'mine'), 'HEAD'],
  ])('publishes nothing of somebody who %s after the proof', async (_, act, what) => {
    write('a.txt', '1');
    await push();
    const before = remoteRefs();
    write('a.txt', '2');
    const proven = readProven(folder, ['a.txt']);
    act();

    const refused = await push({ proven });
    const left = remoteRefs();
    const again = await push();

    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'GIT-019', message: expect.stringMatching(`^${what} changed in `) }],
    });
    expect(refused.problems[0]?.hint).toContain(`rootstock push ${folder}, `);
    expect(left).toBe(before);
    expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
  });

  it('publishes no tag, whatever the user set', async () => {
    await push();
    git(folder, 'config', 'push.followTags', 'true');
    git(folder, 'tag', '-a', 'private', '-m', 'mine');
    write('a.txt', '2');

    const outcome = await push();

    expect(outcome).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(remoteRefs()).not.toContain('refs/tags');
  });

  it('makes no commit that no branch holds', async () => {
    await push();
    git(folder, 'switch', '--quiet', '--detach');
    write('a.txt', '2');

    const refused = await push();
    git(folder, 'switch', '--quiet', 'main');
    const again = await push();

    expect(refused).toMatchObject({
      ok: false,
      problems: [
        { code: 'GIT-009', message: expect.stringMatching(/is detached at/), hint: `git -C ${folder} switch main` },
      ],
    });
    expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
    expect(remoteLog()).toEqual(['render', 'render']);
  });

  it('publishes another branch only where it is named', async () => {
    await push();
    git(folder, 'switch', '--quiet', '-c', 'topic');
    write('a.txt', '2');

    const refused = await push();
    const named = await push({ branch: 'main' });

    expect(refused).toMatchObject({
      ok: false,
      problems: [
        {
          code: 'GIT-009',
          message: expect.stringContaining('is on topic, but main is the branch to push to'),
          hint: `rootstock push ${folder} --branch topic, or first git -C ${folder} switch main`,
        },
      ],
    });
    expect(named).toMatchObject({ ok: true });
  });

  it('makes the first commit on whatever branch a fresh repository has', async () => {
    git(folder, 'init', '--quiet', '--initial-branch=master');

    const first = await push();
    write('a.txt', '2');
    const second = await push();

    expect([first, second]).toMatchObject([{ ok: true }, { ok: true }]);
    expect(remoteLog()).toEqual(['render', 'render']);
  });

  it('pushes from a worktree, and stops at an operation that is not finished there', async () => {
    await push();
    const main = folder;
    folder = `${main}-tree`;
    git(main, 'worktree', 'add', '--quiet', '-b', 'topic', folder);
    write('a.txt', '2');
    const pushed = await push({ branch: 'topic' });
    git(folder, 'bisect', 'start');

    const refused = await push({ branch: 'topic' });

    expect(pushed).toMatchObject({ ok: true, value: { branch: 'topic' } });
    expect(refused).toMatchObject({
      problems: [
        {
          code: 'GIT-010',
          message: `A bisect is not finished in ${folder}. Nothing was committed or pushed.`,
          hint: `git -C ${folder} bisect reset`,
        },
      ],
    });
  });

  it('stays in its folder where a hook of another repository runs it', async () => {
    const other = join(base, `${name}-other`);
    git(base, 'init', '--quiet', other);
    process.env['GIT_DIR'] = join(other, '.git');

    const outcome = await push().finally(() => delete process.env['GIT_DIR']);

    expect(outcome).toMatchObject({ ok: true });
    expect(git(folder, 'log', '--format=%s').trim()).toBe('render');
    expect(git(other, 'branch', '--all')).toBe('');
  });

  it('commits no folder that stands where a file belongs', async () => {
    await push();
    rmSync(join(folder, 'a.txt'));
    write('a.txt/inside', 'mine');

    const refused = await push();

    expect(refused).toMatchObject({
      problems: [{ code: 'IO-003', hint: `mv ${folder}/a.txt ${folder}/a.txt.mine, then render again` }],
    });
  });

  it('needs git, and says so without a stack', async () => {
    const path = process.env['PATH'] ?? '';
    process.env['PATH'] = '/nowhere';

    const outcome = await push().finally(() => Object.assign(process.env, { PATH: path }));

    expect(outcome).toMatchObject({
      problems: [{ code: 'GIT-008', message: 'The program git cannot be run: PATH leads to none.' }],
    });
  });

  it('blames the folder for what is wrong with its .git', async () => {
    write('.git', 'gitdir: /nowhere\n');

    const outcome = await push();

    expect(outcome).toMatchObject({
      problems: [{ code: 'GIT-012', message: `${folder}/.git is there, but it leads to no Git repository.` }],
    });
  });

  it.each(['cut', 'fail'] as const)(
    'survives a network that breaks (%s), and the next run converges',
    async (behaviour) => {
      await push();
      write('a.txt', '2');
      open.behave(behaviour);

      const broken = await push();
      open.behave('serve');
      const again = await push();

      expect(broken).toMatchObject({ ok: false, problems: [{ code: 'GIT-004' }] });
      expect(again).toMatchObject({ ok: true, value: { state: 'pushed' } });
      expect(remoteLog()).toEqual(['render', 'render']);
    },
  );

  it.each([
    ['a host that does not resolve', () => 'https://git.invalid/x.git', 'GIT-004'],
    ['a port where nobody listens', () => 'http://127.0.0.1:9/x.git', 'GIT-004'],
    ['a repository that does not exist', () => `${open.url}/nothing.git`, 'GIT-005'],
  ])('explains %s', async (_title, address, code) => {
    const outcome = await push({ url: address() });

    expect(outcome).toMatchObject({ ok: false, problems: [{ code }] });
  });

  it('says when Git does not know the author', async () => {
    const saved = { ...process.env };
    for (const key of Object.keys(process.env)) if (/^GIT_(AUTHOR|COMMITTER)/.test(key)) delete process.env[key];
    Object.assign(process.env, {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'user.useConfigOnly',
      GIT_CONFIG_VALUE_0: 'true',
    });

    const outcome = await push();
    for (const key of ['GIT_CONFIG_COUNT', 'GIT_CONFIG_KEY_0', 'GIT_CONFIG_VALUE_0']) delete process.env[key];
    Object.assign(process.env, saved);

    expect(outcome).toMatchObject({
      ok: false,
      problems: [{ code: 'GIT-006', hint: expect.stringContaining('config user.name') }],
    });
  });
});

function push(changes: Partial<PushRequest> = {}) {
  return pushRepository({
    folder,
    url: url(),
    branch: 'main',
    message: 'render',
    paths: ['a.txt'],
    proven: readProven(folder, changes.paths ?? ['a.txt']),
    branchGiven: changes.branch !== undefined,
    flags: [],
    environmentFiles: [join(folder, 'environments/prod.yaml')],
    interactive: false,
    progress: () => undefined,
    ...changes,
  });
}

function url(): string {
  return `${open.url}/${name}.git`;
}

function remoteHook(script: string): string {
  return writeHook(join(remotes, `${name}.git`, 'hooks', 'pre-receive'), script);
}

function writeHook(file: string, script: string): string {
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

function write(path: string, content: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function commitElsewhere(): void {
  const clone = join(base, `${name}-elsewhere`);
  git(base, 'clone', '--quiet', join(remotes, `${name}.git`), clone);
  writeFileSync(join(clone, 'other.txt'), 'x');
  git(clone, 'add', '.');
  git(clone, 'commit', '--quiet', '-m', 'elsewhere');
  git(clone, 'push', '--quiet', 'origin', 'HEAD:main');
}

function remoteLog(): string[] {
  return git(join(remotes, `${name}.git`), 'log', '--format=%s', 'main')
    .trim()
    .split('\n');
}

function remoteRefs(): string {
  return git(join(remotes, `${name}.git`), 'for-each-ref');
}

function git(at: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: at, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
