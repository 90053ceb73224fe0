// rootstock forge: what Argo CD needs of the repository, from the store of secrets to a GitHub, and again.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlainMap } from '../../core/provenance.ts';
import { makeSshKey, readSshPublicKey } from '../../secrets/ssh-key.ts';
import { environmentText } from '../../testing/environment-text.ts';
import { type FakeGithub, makeBareRepository, startFakeGithub } from '../../testing/fake-github.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { runProgram } from '../program.ts';

const base = makeTemporaryFolder();
const remotes = join(base, 'remotes');
const folder = join(base, 'ai');
const PRIVATE_KEY = 'terraform/argocd_ssh_private_key';
let github: FakeGithub;
let environment = '';

beforeAll(async () => {
  mkdirSync(remotes);
  github = await startFakeGithub(remotes);
  makeBareRepository(join(remotes, 'acme', 'ai.git'));
  vi.stubEnv('HOME', base);
  vi.stubEnv('XDG_CONFIG_HOME', join(base, 'config'));
  vi.stubEnv('GITHUB_SERVER_URL', github.url);
  vi.stubEnv('GITHUB_TOKEN', github.token);
  for (const other of ['GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN', 'GITHUB_API_URL', 'GH_HOST'])
    vi.stubEnv(other, undefined);
  for (const other of [
    'ROOTSTOCK_AGE_KEY',
    'ROOTSTOCK_AGE_KEY_FILE',
    'ROOTSTOCK_PASSPHRASE',
    'ROOTSTOCK_PASSPHRASE_FILE',
  ])
    vi.stubEnv(other, undefined);
  await render();
  const made = await run('secrets', 'init', folder);
  expect(made.code === 0 ? '' : made.text).toBe('');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await github.close();
});

beforeEach(() => github.reset('ai'));

// Every request of every test was one that GitHub's own description allows, and so was every answer.
afterEach(() => expect(github.wrong).toEqual([]));

describe('generator/cli/forge', () => {
  it('makes a key, keeps its private half, registers the other one, and finds both again', async () => {
    const made = await forge('deploy-key');
    const stored = await run('secrets', 'get', folder, PRIVATE_KEY, '--json');
    const again = await forge('deploy-key');

    const { value } = stored.data as { readonly value: string };
    expect(made.data).toMatchObject({ ok: true, state: 'created', madeKey: true, title: `argocd-${environment}` });
    expect(again.data).toMatchObject({ ok: true, state: 'found', madeKey: false });
    expect(github.state.keys).toMatchObject([{ key: readSshPublicKey(value), read_only: true }]);
    expect(made.text + again.text).not.toContain('PRIVATE KEY');
  });

  it('replaces a key that is registered by the same name but is not the one in the store', async () => {
    await forge('deploy-key');
    const right = github.state.keys[0]?.key;
    const key = makeSshKey('x').publicKey.split(' ').slice(0, 2).join(' ');
    github.state.keys.splice(0, 1, { id: 9, title: `argocd-${environment}`, key, read_only: true });

    const again = await forge('deploy-key');

    expect(again.data).toMatchObject({ ok: true, state: 'replaced', madeKey: false });
    expect(github.state.keys).toMatchObject([{ key: right }]);
  });

  it('makes another key when asked to', async () => {
    await forge('deploy-key');
    const before = github.state.keys[0]?.key;

    const replaced = await forge('deploy-key', '--replace');

    expect(replaced.data).toMatchObject({ ok: true, state: 'replaced', madeKey: true });
    expect(github.state.keys).toHaveLength(1);
    expect(github.state.keys[0]?.key).not.toBe(before);
  });

  it('goes on with the same key after a run that was cut off', async () => {
    github.fault = (line) => (line.startsWith('POST') ? { status: 403, message: 'Forbidden' } : undefined);
    const refused = await forge('deploy-key', '--replace');
    github.fault = () => undefined;

    const again = await forge('deploy-key');

    expect(refused.code).toBe(3);
    expect(again.data).toMatchObject({ ok: true, state: 'created', madeKey: false });
  });

  it('changes nothing where the token may not register keys', async () => {
    await forge('deploy-key');
    const before = await run('secrets', 'get', folder, PRIVATE_KEY, '--json');
    github.state.role = 'write';

    const refused = await forge('deploy-key', '--replace');
    const after = await run('secrets', 'get', folder, PRIVATE_KEY, '--json');

    expect(refused.code).toBe(3);
    expect(refused.data).toMatchObject({ problems: [{ code: 'FORGE-004' }] });
    expect(after.data).toEqual(before.data);
  });

  it('says which host key Argo CD has to know, and is content once it does', async () => {
    const [key = ''] = github.state.hostKeys;
    const unknown = await forge('deploy-key');
    await render({ apps: { 'argo-cd': { webhook: true, knownHosts: [`git.example.com ${key}`] } } });
    const known = await forge('deploy-key');
    await render();

    expect(unknown.data).toMatchObject({
      problems: [
        {
          code: 'FORGE-014',
          severity: 'pending',
          key: 'apps.argo-cd.knownHosts',
          hint: expect.stringContaining(`git.example.com ${key}`),
        },
      ],
    });
    expect(known.data).toMatchObject({ ok: true, problems: [] });
  });

  it('refuses where Argo CD reads the repository in another way', async () => {
    await render({ repository: { access: 'token' } });

    const refused = await forge('deploy-key');
    await render();

    expect(refused.code).toBe(2);
    expect(refused.data).toMatchObject({
      problems: [{ code: 'USE-003', key: 'repository.access', hint: 'write access: deployKey' }],
    });
  });

  it('registers the webhook with the secret of the store, and finds it again', async () => {
    const missing = await forge('webhook');
    await run('secrets', 'generate', folder);
    const made = await forge('webhook');
    const again = await forge('webhook');
    const stored = await run('secrets', 'get', folder, 'argocd/argocd-webhook/github', '--json');

    const { value } = stored.data as { readonly value: string };
    expect(missing.data).toMatchObject({ ok: false, problems: [{ code: 'SEC-007' }] });
    expect(made.data).toMatchObject({
      ok: true,
      state: 'created',
      url: expect.stringMatching(/^https:\/\/argocd\..*\/api\/webhook\?environment=[a-z]+$/),
    });
    expect(again.data).toMatchObject({ ok: true, state: 'found' });
    expect(github.state.hooks).toMatchObject([{ config: { secret: value, insecure_ssl: '0' }, events: ['push'] }]);
    expect(made.text).not.toContain(value);
  });

  it.each<[string, PlainMap, string, string]>([
    ['nobody wants it', { apps: { 'argo-cd': { webhook: false } } }, 'apps.argo-cd.webhook', 'write webhook: true'],
    ['Argo CD is not exposed', { ingress: { expose: ['onyx'] } }, 'ingress.expose', 'add argo-cd to ingress.expose'],
    [
      'no forge trusts it',
      { ingress: { tls: { kind: 'self-signed' } } },
      'ingress.tls',
      'write tls: { kind: acme, … }',
    ],
  ])('registers no webhook where %s', async (_name, changes, key, hint) => {
    await render(changes);

    const refused = await forge('webhook');
    await render();

    expect(refused.code).toBe(3);
    expect(refused.data).toMatchObject({
      problems: [{ code: 'FORGE-013', key, hint: expect.stringContaining(hint) }],
    });
    expect(github.log).toEqual([]);
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
  return { code, data: stdout.startsWith('{') ? JSON.parse(stdout) : undefined, text: stdout + stderr };
}

function forge(command: string, ...flags: string[]): Promise<Ran> {
  return run('forge', command, folder, '--remote', `${github.url}/acme/ai.git`, '--json', ...flags);
}

/** An environment that exposes Argo CD, trusted by everybody, on a Git server of its own. */
async function render(changes: PlainMap = {}): Promise<void> {
  const repository = {
    url: 'ssh://git@git.example.com/acme/ai.git',
    access: 'deployKey',
    ...(changes['repository'] as object),
  };
  const apps = { 'argo-cd': { webhook: true }, ...(changes['apps'] as object) };
  const text = environmentText({ ...changes, repository, apps }, 'zcompute-high-cloudflare');
  environment = /^metadata:\n {2}name: (\S+)/m.exec(text)?.[1] ?? '';
  const source = join(base, `${environment}.yaml`);
  writeFileSync(source, text);
  const { code, text: said } = await run('render', '-e', source, '-o', folder, '-q');
  expect(code === 0 ? '' : said).toBe('');
}
