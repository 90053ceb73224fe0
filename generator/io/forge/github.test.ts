import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeGithub, type Fault, makeBareRepository, startFakeGithub } from '../../testing/fake-github.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import type { Forge } from './forge.ts';
import { openGithub } from './github.ts';

const folder = makeTemporaryFolder();
const CHANGE = { head: 'rootstock/prod', base: 'main', title: 'Rootstock: prod', body: 'a\n\nb\n' };
const KEY = { title: 'argocd-prod', publicKey: `ssh-ed25519 ${'A'.repeat(68)} argocd-prod` };
const OTHER_KEY = `ssh-ed25519 ${'B'.repeat(68)}`;
const HOOK = { url: 'https://argocd.ai.example.com/api/webhook', secret: 'canary-of-the-hook' };
let github: FakeGithub;
let forge: Forge;
let slept: number[] = [];
let now = 0;
let count = 0;
let name = '';

beforeAll(async () => {
  github = await startFakeGithub(folder);
});

afterAll(() => github.close());

beforeEach(() => {
  name = `ai-${count++}`;
  github.reset(name);
  slept = [];
  now = Date.parse('2026-01-02T03:04:05Z');
  forge = open();
  makeRemote();
});

// Every request of every test was one that GitHub's own description allows, and so was every answer.
afterEach(() => expect(github.wrong).toEqual([]));

describe('generator/io/forge/github', () => {
  it('opens a pull request, finds it the same, updates it, and closes it with a word', async () => {
    const opened = await forge.propose(CHANGE);
    const same = await forge.propose(CHANGE);
    const updated = await forge.propose({ ...CHANGE, body: 'another\n' });
    const closed = await forge.withdraw({ ...CHANGE, comment: 'Nothing is left.' });
    const none = await forge.withdraw({ ...CHANGE, comment: 'Nothing is left.' });

    const url = `${github.url}/acme/${name}/pull/1`;
    expect([opened, same, updated, closed, none].map((one) => one.ok && one.value)).toEqual([
      { state: 'opened', url },
      { state: 'same', url },
      { state: 'updated', url },
      { state: 'closed', url },
      { state: 'none' },
    ]);
    expect(github.state.pulls).toMatchObject([{ title: CHANGE.title, state: 'closed' }]);
    expect(github.state.comments).toEqual(['Nothing is left.']);
  });

  it('leaves alone what people wrote around its part of the text, or instead of it, and the title', async () => {
    await forge.propose(CHANGE);
    const pull = github.state.pulls[0];
    if (pull === undefined) throw new Error('no pull request was opened');
    Object.assign(pull, { title: 'Theirs', body: `Above.\r\n${pull.body}\r\nBelow.` });

    const same = await forge.propose(CHANGE);
    const updated = await forge.propose({ ...CHANGE, body: 'another\n' });
    const after = { ...pull };
    Object.assign(pull, { body: 'Only theirs.' });
    const instead = await forge.propose(CHANGE);

    expect([same, updated, instead].map((one) => one.ok && one.value.state)).toEqual(['same', 'updated', 'same']);
    expect(after).toMatchObject({
      title: 'Theirs',
      body: expect.stringMatching(/^Above\.\r?\n<!--.*-->\r?\nanother\r?\n<!--.*-->\r?\nBelow\.$/),
    });
    expect(pull.body).toBe('Only theirs.');
  });

  it('opens another one after the first was merged, and tells at which commit', async () => {
    await forge.propose(CHANGE);
    Object.assign(github.state.pulls[0]!, { state: 'closed', merged: true, sha: 'a'.repeat(40) });

    const merged = await forge.listMerged(CHANGE);
    const elsewhere = await forge.listMerged({ ...CHANGE, base: 'develop' });
    const opened = await forge.propose(CHANGE);

    expect(merged).toMatchObject({ ok: true, value: ['a'.repeat(40)] });
    expect(elsewhere).toMatchObject({ ok: true, value: [] });
    expect(opened).toMatchObject({ ok: true, value: { state: 'opened' } });
    expect(github.state.pulls).toHaveLength(2);
  });

  it('of two runs at once, one opens it and the other finds it', async () => {
    const outcomes = await Promise.all([forge.propose(CHANGE), open().propose(CHANGE)]);

    expect(outcomes.map((one) => one.ok && one.value.state).sort()).toEqual(['opened', 'same']);
    expect(github.state.pulls).toHaveLength(1);
  });

  it('cuts a text that GitHub would refuse, at a line, and says so', async () => {
    await forge.propose({ ...CHANGE, body: 'a line of text\n'.repeat(6000) });

    const [pull] = github.state.pulls;
    expect(pull?.body.length).toBeLessThan(65_536);
    expect(pull?.body).toMatch(/a line of text\n\n_The rest did not fit/);
  });

  it.each(['ghes-3.19', 'ghec'] as const)('asks nothing that %s does not know', async (edition) => {
    const own = github;
    github = await startFakeGithub(folder, edition);
    github.reset(name);
    github.state.rules = ['pull_request'];
    forge = open();

    const outcomes = [
      await forge.prepare({ rights: ['push', 'pull requests', 'deploy keys', 'webhooks'], branch: 'main' }),
      await forge.findProtection('main'),
      await forge.propose(CHANGE),
      await forge.propose({ ...CHANGE, body: 'another' }),
      await forge.listMerged(CHANGE),
      await forge.registerDeployKey(KEY),
      await forge.registerWebhook(HOOK),
      await forge.registerWebhook(HOOK),
      await forge.withdraw({ ...CHANGE, comment: 'x' }),
    ];
    const wrong = github.wrong.filter((line) => !line.includes(': our own answer'));
    await github.close();
    github = own;

    expect(outcomes.map(({ ok }) => ok)).toEqual(outcomes.map(() => true));
    expect(wrong).toEqual([]);
  });

  describe('rights', () => {
    it.each([
      ['no scopes at all', { scopes: '' }, ['pull requests', 'push'], 'has none', 'add the scope repo at'],
      ['the scope for public ones', { scopes: 'public_repo' }, ['push'], 'has public_repo', 'add the scope repo at'],
      ['no scope for workflows', { scopes: 'repo' }, ['workflows'], 'scope workflow', 'add the scope workflow at'],
      ['the role of a reader', { role: 'read' }, ['push'], 'somebody who may write', 'use a token of somebody who'],
      ['no administration', { role: 'write' }, ['deploy keys'], 'an administrator', 'use a token of an administrator'],
      [
        'no permission for pull requests',
        { scopes: undefined, lacks: ['pull_requests'] },
        ['pull requests'],
        'Pull requests: write',
        'add Pull requests: write at',
      ],
      [
        'no permission for keys',
        { scopes: undefined, lacks: ['administration'] },
        ['deploy keys'],
        'Administration: write',
        'add Administration: write at',
      ],
      [
        'no permission for webhooks',
        { scopes: undefined, lacks: ['repository_hooks'] },
        ['webhooks'],
        'Webhooks: write',
        'add Webhooks: write at',
      ],
    ] as const)('names a token with %s, before anything is written', async (_name, state, rights, says, hint) => {
      Object.assign(github.state, state);

      const outcome = await forge.prepare({ rights, branch: 'main' });

      expect(outcome).toMatchObject({
        ok: false,
        problems: [{ code: 'FORGE-004', message: expect.stringContaining(says), hint: expect.stringContaining(hint) }],
      });
      expect(github.state).toMatchObject({ pulls: [], keys: [], hooks: [] });
    });

    it.each([
      ['a classic token', { scopes: 'repo, workflow' }],
      ['a classic token for a public repository', { scopes: 'public_repo, workflow', isPrivate: false }],
      ['a fine-grained token', { scopes: undefined }],
    ])('is content with %s', async (_name, state) => {
      Object.assign(github.state, state);

      const outcome = await forge.prepare({ rights: ['push', 'pull requests', 'workflows'], branch: 'main' });

      expect(outcome).toMatchObject({ ok: true, value: { state: 'found' } });
      expect(github.state.pulls).toEqual([]);
    });

    it('refuses a repository that takes nothing any more', async () => {
      github.state.isArchived = true;

      const outcome = await forge.prepare({ rights: ['push'], branch: 'main' });

      expect(outcome).toMatchObject({
        ok: false,
        problems: [{ code: 'FORGE-009', key: 'repository.url', hint: expect.stringContaining('unarchive it at') }],
      });
    });

    it('says that a token is not accepted, and does not show it', async () => {
      forge = open({ value: 'ghp_another-canary' });

      const outcome = await forge.prepare({ rights: ['push'], branch: 'main' });

      expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'FORGE-002' }] });
      expect(outcome.problems[0]?.hint).toBe(
        `make a new one at ${github.url}/settings/tokens, then rootstock push ai --pr`,
      );
      expect(JSON.stringify(outcome)).not.toContain('canary');
    });
  });

  describe('repositories', () => {
    beforeEach(() => {
      name = `new-${count}`;
      github.reset(name);
      forge = open();
    });

    it('says what a 404 may mean', async () => {
      const outcome = await forge.prepare({ rights: ['push'], branch: 'main' });

      expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'FORGE-003', key: 'repository.url' }] });
      expect(outcome.problems[0]?.message).toContain('does not exist, or the token from GITHUB_TOKEN may not see it');
      expect(outcome.problems[0]?.hint).toBe(
        'rootstock push ai --pr --create-repository, or use a token that may see it',
      );
    });

    it.each([
      ['in an organisation', { ownerType: 'Organization' }, 'private', `POST /orgs/acme/repos`],
      ['of whoever has the token', { login: 'acme' }, 'private', 'POST /user/repos'],
      ['that everybody may read', { login: 'acme' }, 'public', 'POST /user/repos'],
    ] as const)('makes one %s', async (_name, state, create, request) => {
      Object.assign(github.state, state);

      const made = await forge.prepare({ rights: ['push'], branch: 'main', create });
      const again = await forge.prepare({ rights: ['push'], branch: 'main', create });

      expect(made).toMatchObject({ ok: true, value: { state: 'created' } });
      expect(again).toMatchObject({ ok: true, value: { state: 'found' } });
      expect(github.log).toContain(request);
      expect(github.state.isPrivate).toBe(create === 'private');
    });

    it('cannot make one for another person', async () => {
      github.state.ownerType = 'User';

      const outcome = await forge.prepare({ rights: ['push'], branch: 'main', create: 'private' });

      expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'FORGE-004', key: 'repository.url' }] });
      expect(outcome.problems[0]?.hint).toBe('use a token of acme, or correct repository.url');
    });

    it('says that one is there which the token may not see', async () => {
      makeRemote();
      github.state.visible = false;

      const outcome = await forge.prepare({ rights: ['push'], branch: 'main', create: 'private' });

      expect(outcome).toMatchObject({
        ok: false,
        problems: [{ code: 'FORGE-009', message: expect.stringContaining('name already exists') }],
      });
    });
  });

  describe('protected branches', () => {
    it.each([
      ['open to all', {}, { closed: false, reasons: [] }],
      [
        'a ruleset that wants pull requests',
        { rules: ['pull_request', 'non_fast_forward'] },
        { closed: true, reasons: ['changes must be made through a pull request'] },
      ],
      ['a ruleset that this token may bypass', { rules: ['pull_request'], bypass: 'always' }, { closed: false }],
      ['a ruleset against force alone', { rules: ['non_fast_forward', 'deletion'] }, { closed: false }],
      [
        'settings for everybody',
        {
          protection: { enforce_admins: { url: 'https://x', enabled: true }, required_pull_request_reviews: reviews() },
        },
        { closed: true, reasons: ['changes must be made through a pull request'] },
      ],
      [
        'settings from which administrators are exempt',
        {
          protection: {
            enforce_admins: { url: 'https://x', enabled: false },
            required_pull_request_reviews: reviews(),
          },
        },
        { closed: false },
      ],
      ['a lock', { protection: { lock_branch: { enabled: true } } }, { closed: true }],
    ])('are told: %s', async (_name, state, expected) => {
      Object.assign(github.state, state);

      const outcome = await forge.findProtection('main');

      expect(outcome).toMatchObject({ ok: true, value: expected });
    });

    it.each([
      ['a pull request', ['pull_request'], false],
      ['nobody who creates it', ['creation', 'pull_request'], true],
    ])('that do not exist yet are told, too: %s', async (_name, rules, closed) => {
      github.state.rules = rules;

      const outcome = await forge.findProtection('new');

      expect(outcome).toMatchObject({ ok: true, value: { closed } });
    });

    it('are not told where GitHub hides them', async () => {
      github.state.protection = 'hidden';

      const outcome = await forge.findProtection('main');

      expect(outcome).toMatchObject({
        ok: false,
        problems: [{ code: 'FORGE-003', hint: expect.stringContaining('Administration: read') }],
      });
    });
  });

  describe('deploy keys', () => {
    it('registers one that can only read, and finds it the second time', async () => {
      const created = await forge.registerDeployKey(KEY);
      const found = await forge.registerDeployKey({ ...KEY, publicKey: `${KEY.publicKey} another comment` });

      expect([created, found].map((one) => one.ok && one.value.state)).toEqual(['created', 'found']);
      expect(github.state.keys).toMatchObject([{ title: 'argocd-prod', read_only: true }]);
    });

    it.each([
      ['an older key of the same name', [{ id: 1, title: KEY.title, key: OTHER_KEY, read_only: true }]],
      [
        'the same key with the right to write',
        [{ id: 1, title: KEY.title, key: keyOf(KEY.publicKey), read_only: false }],
      ],
    ])('replaces %s', async (_name, keys) => {
      github.state.keys.push(...keys);

      const outcome = await forge.registerDeployKey(KEY);

      expect(outcome).toMatchObject({ ok: true, value: { state: 'replaced' } });
      expect(github.state.keys).toMatchObject([{ key: keyOf(KEY.publicKey), read_only: true }]);
    });

    it('leaves keys of other names, and finds its own on a later page', async () => {
      const keyNumber = (index: number) => `ssh-ed25519 ${String(index).padStart(68, 'C')}`;
      for (let id = 1; id <= 150; id++)
        github.state.keys.push({ id, title: `key ${id}`, key: keyNumber(id), read_only: true });

      const outcome = await forge.registerDeployKey({ title: 'key 150', publicKey: keyNumber(150) });

      expect(outcome).toMatchObject({ ok: true, value: { state: 'found' } });
      expect(github.state.keys).toHaveLength(150);
    });

    it('says that a key is in use elsewhere', async () => {
      github.state.keysElsewhere.push(keyOf(KEY.publicKey));

      const outcome = await forge.registerDeployKey(KEY);

      expect(outcome).toMatchObject({
        ok: false,
        problems: [{ code: 'FORGE-012', hint: 'rootstock push ai --pr --replace' }],
      });
    });
  });

  describe('webhooks', () => {
    it('registers one, and sets its secret again the second time', async () => {
      const created = await forge.registerWebhook(HOOK);
      const found = await forge.registerWebhook({ ...HOOK, secret: 'another' });

      expect([created, found]).toMatchObject([
        { ok: true, value: { state: 'created' }, problems: [] },
        { ok: true, value: { state: 'found' }, problems: [] },
      ]);
      expect(github.state.hooks).toMatchObject([
        {
          config: { url: HOOK.url, secret: 'another', content_type: 'json', insecure_ssl: '0' },
          events: ['push'],
          active: true,
        },
      ]);
    });

    it('moves the one of the same environment to its new address, and no other', async () => {
      const at = (host: string, environment: string) => ({
        ...HOOK,
        url: `https://${host}/api/webhook?environment=${environment}`,
      });
      await forge.registerWebhook(at('argocd.old.example.com', 'prod'));
      await forge.registerWebhook(at('argocd.staging.example.com', 'staging'));

      const moved = await forge.registerWebhook(at('argocd.new.example.com', 'prod'));

      expect(moved).toMatchObject({ ok: true, value: { state: 'replaced' } });
      expect(github.state.hooks.map(({ config }) => config['url'])).toEqual([
        at('argocd.new.example.com', 'prod').url,
        at('argocd.staging.example.com', 'staging').url,
      ]);
    });

    it.each([
      ['nothing', null, 'no answer yet'],
      ['an error', 502, '502'],
    ])('tells that the address answers with %s', async (_name, code, says) => {
      github.state.pingCode = code;

      const outcome = await forge.registerWebhook(HOOK);

      expect(outcome).toMatchObject({
        ok: true,
        problems: [{ code: 'FORGE-013', severity: 'pending', message: expect.stringContaining(says) }],
      });
      expect(JSON.stringify(outcome)).not.toContain('canary');
    });
  });

  it('lists the host keys that the server publishes', async () => {
    const outcome = await forge.listHostKeys();

    expect(outcome).toMatchObject({ ok: true, value: github.state.hostKeys });
  });

  describe('faults', () => {
    const later = String(Date.parse('2026-01-02T03:04:35Z') / 1000);
    const tooLate = String(Date.parse('2026-01-02T04:04:05Z') / 1000);

    it.each<[string, Fault]>([
      ['a connection that is refused', 'reset'],
      ['an answer that is cut off', 'cut'],
      ['an error of the server', { status: 502 }],
      ['an error after the request was carried out', { status: 500, after: true }],
      [
        'a limit that ends soon',
        { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': later } },
      ],
      ['a secondary limit', { status: 403, headers: { 'retry-after': '7' } }],
      ['a secondary limit without a time', { status: 403, message: 'You have exceeded a secondary rate limit.' }],
      ['too many requests', { status: 429, headers: { 'retry-after': '1' } }],
    ])('goes on after %s, and does nothing twice', async (_name, fault) => {
      github.fault = (_line, times) => (times === 1 ? fault : undefined);

      const outcomes = [
        await forge.propose(CHANGE),
        await forge.registerDeployKey(KEY),
        await forge.registerWebhook(HOOK),
        await forge.withdraw({ ...CHANGE, comment: 'x' }),
      ];

      expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, true]);
      expect(github.state).toMatchObject({ pulls: [{ state: 'closed' }], keys: [{}], hooks: [{}] });
      expect([github.state.pulls.length, github.state.keys.length, github.state.hooks.length]).toEqual([1, 1, 1]);
      expect(slept.length).toBeGreaterThan(3);
    });

    it.each<[string, Fault, string, string]>([
      ['no connection', 'reset', 'FORGE-008', 'try: curl -sSI'],
      ['no answer', 'hang', 'FORGE-008', 'try: curl -sSI'],
      ['answers that are cut off', 'cut', 'FORGE-008', 'try: curl -sSI'],
      ['an outage', { status: 503 }, 'FORGE-008', 'try: curl -sSI'],
      [
        'a limit that lasts an hour',
        { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': tooLate } },
        'FORGE-006',
        'after that, rootstock push ai --pr',
      ],
      ['a long secondary limit', { status: 429, headers: { 'retry-after': '900' } }, 'FORGE-006', 'after that,'],
      ['missing rights', { status: 403, message: 'Forbidden' }, 'FORGE-004', 'give the token Pull requests: write'],
      ['missing rights, hidden', { status: 404, message: 'Not Found' }, 'FORGE-003', 'give the token'],
      ['no trust', { status: 401, message: 'Bad credentials' }, 'FORGE-002', 'make a new one at'],
      ['a refusal', { status: 422, message: 'Validation Failed' }, 'FORGE-009', 'rootstock push ai --pr'],
    ])('reports %s', async (_name, fault, code, hint) => {
      github.fault = () => fault;

      const outcome = await forge.propose(CHANGE);

      expect(outcome).toMatchObject({ ok: false, problems: [{ code, hint: expect.stringContaining(hint) }] });
      expect(JSON.stringify(outcome)).not.toContain('canary');
    });

    it('says when to come back', async () => {
      github.fault = () => ({ status: 429, headers: { 'retry-after': '900' } });

      const outcome = await forge.propose(CHANGE);

      expect(outcome.problems[0]?.message).toContain('before 2026-01-02T03:19:05Z');
      expect(slept).toEqual([]);
    });

    it('shows no token that a server repeats', async () => {
      github.fault = () => ({ status: 422, message: `no ${github.token} here` });

      const outcome = await forge.propose(CHANGE);

      expect(JSON.stringify(outcome)).not.toContain('canary');
    });
  });
});

function open(changes: { readonly value?: string } = {}): Forge {
  const web = `${github.url}/acme/${name}`;
  return openGithub({
    address: {
      kind: 'github',
      host: new URL(github.url).host,
      owner: 'acme',
      name,
      web,
      api: `${github.url}/api/v3`,
    },
    token: { value: github.token, source: 'GITHUB_TOKEN', ...changes },
    again: 'rootstock push ai --pr',
    timeoutMilliseconds: 2000,
    clock: {
      now: () => now,
      sleep: async (milliseconds) => {
        slept.push(milliseconds);
        now += milliseconds;
      },
    },
  });
}

/** A repository with a main branch and one for a pull request. */
function makeRemote(): void {
  const path = join(folder, 'acme', `${name}.git`);
  makeBareRepository(path);
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  const git = (...words: string[]) => execFileSync('git', ['-C', path, ...identity, ...words], { encoding: 'utf8' });
  const tree = git('hash-object', '-t', 'tree', '-w', '/dev/null').trim();
  const commit = git('commit-tree', '-m', 'start', tree).trim();
  for (const branch of ['main', CHANGE.head]) git('update-ref', `refs/heads/${branch}`, commit);
}

function keyOf(publicKey: string): string {
  return publicKey.split(' ').slice(0, 2).join(' ');
}

function reviews(): object {
  return { dismiss_stale_reviews: false, require_code_owner_reviews: false, required_approving_review_count: 1 };
}
