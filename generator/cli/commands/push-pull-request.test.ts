// rootstock push against a GitHub: from the folder of a user to the pull request, and back to nothing.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { environmentText } from '../../testing/environment-text.ts';
import { type FakeGithub, makeBareRepository, startFakeGithub } from '../../testing/fake-github.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { runProgram } from '../program.ts';
import { nameBranch } from './push-pull-request.ts';

const base = makeTemporaryFolder();
const remotes = join(base, 'remotes');
const file = join(base, 'lab.yaml');
const BRANCH = 'rootstock/lab';
let github: FakeGithub;
let folder = '';
let name = '';
let count = 0;

beforeAll(async () => {
  mkdirSync(remotes);
  github = await startFakeGithub(remotes);
  const person = { NAME: 'Ada', EMAIL: 'ada@example.com' };
  for (const [key, value] of Object.entries(person)) {
    vi.stubEnv(`GIT_AUTHOR_${key}`, value);
    vi.stubEnv(`GIT_COMMITTER_${key}`, value);
  }
  vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
  vi.stubEnv('GITHUB_SERVER_URL', github.url);
  vi.stubEnv('GITHUB_TOKEN', github.token);
  for (const other of ['GH_TOKEN', 'GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN', 'GITHUB_API_URL', 'GH_HOST'])
    vi.stubEnv(other, undefined);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await github.close();
});

beforeEach(async () => {
  name = `ai-${count++}`;
  github.reset(name);
  folder = join(base, name);
  mkdirSync(folder);
});

// Every request of every test was one that GitHub's own description allows, and so was every answer.
afterEach(() => {
  vi.restoreAllMocks();
  expect(github.wrong).toEqual([]);
});

describe('generator/cli/commands/push-pull-request', () => {
  it('opens, leaves, updates and closes the one pull request of an environment', async () => {
    await start();
    await render({ cluster: { nodeGroups: { worker: { max: 6 } } } });

    const opened = await push('--pr');
    const first = structuredClone(github.state.pulls[0]!);
    const writes = github.log.filter((line) => !line.startsWith('GET')).length;
    const same = await push('--pr');
    const same2 = github.log.filter((line) => !line.startsWith('GET')).length;
    await render({ cluster: { nodeGroups: { worker: { max: 7 } } } });
    const updated = await push('--pr');
    await render();
    const closed = await push('--pr');
    const none = await push('--pr');

    const url = `${github.url}/acme/${name}/pull/1`;
    expect([opened, same, updated, closed, none].map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(opened.data).toMatchObject({ state: 'pushed', branch: BRANCH, pullRequest: { state: 'opened', url } });
    expect(same.data).toMatchObject({ state: 'up-to-date', pullRequest: { state: 'same', url } });
    expect(same2).toBe(writes);
    expect(updated.data).toMatchObject({ state: 'pushed', pullRequest: { state: 'updated', url } });
    expect(closed.data).toMatchObject({ state: 'nothing', files: [], pullRequest: { state: 'closed', url } });
    expect(none.data).toMatchObject({ state: 'nothing', pullRequest: { state: 'none' } });
    expect(github.state.pulls).toHaveLength(1);
    expect(github.state.comments).toEqual(['Nothing is left to change: `main` is as Rootstock renders it.']);
    expect(branches()).toEqual(['main']);
    expect(first.title).toBe('Rootstock: lab');
    expect(first.body).toContain('apply the cluster project');
    expect(first.body).toContain('| Environment | At');
    expect(first.body).toContain('no errors');
    expect(first.body).not.toContain('canary');
  });

  it('makes the repository when asked to, fills it, and begins with pull requests after that', async () => {
    await render();

    const refused = await push('--pr');
    const made = await push('--pr', '--create-repository');
    await render({ cluster: { nodeGroups: { worker: { max: 6 } } } });
    const opened = await push('--pr', '--create-repository');

    expect(refused).toMatchObject({ code: 3, data: { problems: expect.arrayContaining([problem('FORGE-003')]) } });
    expect(made).toMatchObject({ code: 0, data: { state: 'first', pullRequest: { state: 'none' } } });
    expect(opened).toMatchObject({ code: 0, data: { pullRequest: { state: 'opened' } } });
    expect(github.state.isPrivate).toBe(true);
    expect(branches()).toEqual(['main', BRANCH]);
  });

  it('finds out that main is protected before it commits anything', async () => {
    await start();
    await render({ cluster: { nodeGroups: { worker: { max: 6 } } } });
    github.state.rules = ['pull_request'];
    const head = git(folder, 'rev-parse', 'HEAD');

    const refused = await push();
    const hint = hintOf(refused.data, 'FORGE-005');
    const proposed = await push('--pr');

    expect(refused.code).toBe(3);
    expect(hint).toBe(`rootstock push ${folder} --remote ${remote()} --allow-pending --pr`);
    expect(git(folder, 'rev-parse', 'main')).toBe(head);
    expect(proposed.code).toBe(0);
  });

  it('pushes where it cannot be told, and says so', async () => {
    await start();
    await render({ cluster: { nodeGroups: { worker: { max: 6 } } } });
    github.state.protection = 'hidden';

    const pushed = await push();

    expect(pushed).toMatchObject({
      code: 0,
      data: { state: 'pushed', problems: expect.arrayContaining([problem('FORGE-011')]) },
    });
  });

  it('names a scope that is missing before it commits anything', async () => {
    await start();
    await render({ cluster: { nodeGroups: { worker: { max: 6 } } } });
    github.state.scopes = 'read:user';

    const refused = await push('--pr');

    expect(refused.code).toBe(3);
    expect(hintOf(refused.data, 'FORGE-004')).toContain('add the scope repo at');
    expect(branches()).toEqual(['main']);
    expect(git(folder, 'branch', '--list', BRANCH)).toBe('');
    expect(github.log.every((line) => line.startsWith('GET'))).toBe(true);
  });

  it('never replaces commits of others', async () => {
    await start();
    await render({ cluster: { nodeGroups: { worker: { max: 6 } } } });
    await push('--pr');
    const other = await clone();
    git(other, 'switch', '--quiet', BRANCH);
    appendFileSync(join(other, 'README.md'), 'better\n');
    git(other, 'commit', '--quiet', '--all', '-m', 'better');
    git(other, 'push', '--quiet', path(), `HEAD:${BRANCH}`);
    folder = await clone();
    await render({ cluster: { nodeGroups: { worker: { max: 7 } } } });

    const refused = await push('--pr');

    expect(refused.code).toBe(3);
    expect(hintOf(refused.data, 'FORGE-007')).toContain(`git -C ${folder} pull --no-rebase --ff --no-edit --autostash`);
    expect(git(path(), 'log', '-1', '--format=%s', BRANCH)).toBe('better');
  });

  it('converges when the network is cut between branch and pull request', async () => {
    await start();
    await render({ cluster: { nodeGroups: { worker: { max: 6 } } } });
    github.fault = (line) => (line.startsWith('POST') ? { status: 403, message: 'Forbidden' } : undefined);

    const refused = await push('--pr');
    github.fault = () => undefined;
    const again = await push('--pr');

    expect(refused.code).toBe(3);
    expect(again).toMatchObject({ code: 0, data: { state: 'up-to-date', pullRequest: { state: 'opened' } } });
  });

  it('pushes the branch alone to a forge that it does not know, and shows where to go on', async () => {
    await start();
    await render({ cluster: { nodeGroups: { worker: { max: 6 } } } });

    const withPassword = remote().replace('//', `//x-access-token:${github.token}@`);
    const words = ['push', folder, '--remote', withPassword, '--allow-pending', '--json', '--pr', '--forge', 'gitea'];

    const pushed = await run(...words);
    const refused = await run(...words, '--create-repository');

    const url = `${github.url}/acme/${name}/compare/main...rootstock/lab`;
    expect(pushed).toMatchObject({ code: 0, data: { state: 'pushed', pullRequest: { state: 'none', url } } });
    expect(pushed.text).not.toContain(github.token);
    expect(refused.code).toBe(3);
    expect(hintOf(refused.data, 'FORGE-010')).toBe(`do it by hand at ${github.url}/acme/${name}`);
    expect(branches()).toEqual(['main', BRANCH]);
  });

  it('asks for a token, and says where to put it', async () => {
    await render();
    vi.stubEnv('GITHUB_TOKEN', '');

    const refused = await push('--pr');
    vi.stubEnv('GITHUB_TOKEN', github.token);

    expect(refused.code).toBe(3);
    expect(hintOf(refused.data, 'FORGE-001')).toMatch(/^export GH_ENTERPRISE_TOKEN=… /);
  });

  it('prints no token, neither to people nor to programs', async () => {
    await start();
    await render({ cluster: { nodeGroups: { worker: { max: 6 } } } });

    const { text } = await push('--pr');

    expect(text).not.toContain(github.token);
    expect(git(folder, 'config', '--list', '--local')).not.toContain('canary');
  });

  it('wants --create-repository for --public', async () => {
    const { code, data } = await push('--public');

    expect(code).toBe(2);
    expect(hintOf(data, 'USE-003')).toBe('add --create-repository, or leave out --public');
  });

  it.each([
    [['prod'], 'rootstock/prod'],
    [['prod', 'staging'], 'rootstock/prod_staging'],
    [['prod-staging'], 'rootstock/prod-staging'],
  ])('names the branch of %j', (environments, expected) => {
    expect(nameBranch(environments)).toBe(expected);
  });
});

interface Ran {
  readonly code: number;
  readonly data: unknown;
  readonly text: string;
}

async function run(...words: string[]): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  const error = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  const code = await runProgram(words);
  out.mockRestore();
  error.mockRestore();
  const data = stdout.startsWith('{') ? JSON.parse(stdout) : undefined;
  return { code, data, text: stdout + stderr };
}

function push(...flags: string[]): Promise<Ran> {
  return run('push', folder, '--remote', remote(), '--allow-pending', '--json', ...flags);
}

async function render(changes: Parameters<typeof environmentText>[0] = {}): Promise<void> {
  writeFileSync(file, environmentText(changes));
  const { code, text } = await run('render', '-e', file, '-o', folder, '-q');
  expect(code === 0 ? '' : text).toBe('');
}

/** A repository whose main branch holds the environment, and a folder that is a clone of it. */
async function start(): Promise<void> {
  makeBareRepository(path());
  await render();
  const { code } = await push();
  expect(code).toBe(0);
  github.log.length = 0;
}

async function clone(): Promise<string> {
  const target = join(base, `clone-${count++}`);
  git(base, 'clone', '--quiet', path(), target);
  return target;
}

function remote(): string {
  return `${github.url}/acme/${name}.git`;
}

function path(): string {
  return join(remotes, 'acme', `${name}.git`);
}

function branches(): string[] {
  return git(path(), 'for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n');
}

function problem(code: string): unknown {
  return expect.objectContaining({ code });
}

function hintOf(data: unknown, code: string): string {
  const { problems } = data as { readonly problems: readonly { readonly code: string; readonly hint?: string }[] };
  return problems.find((one) => one.code === code)?.hint ?? `no ${code} in ${JSON.stringify(problems)}`;
}

function git(where: string, ...words: string[]): string {
  return execFileSync('git', ['-C', where, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
