import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeModel, FakeOnyx, type FakeProvider, type Trouble } from '../../../../generator/testing/fake-onyx.ts';
import { hasTool } from '../../../../generator/testing/tools.ts';

const SCRIPT = fileURLToPath(new URL('bootstrap.py', import.meta.url));
const EMAIL = 'admin@example.com';
const PASSWORD = 'long-enough-password';
const NAME = 'rootstock-ollama';
const BASE = 'http://ollama.ollama.svc.cluster.local:11434';
const SECRET = 'a-client-secret-of-the-issuer';
const SIGN_ON = {
  name: 'rootstock',
  displayName: 'Single sign-on',
  clientId: 'platform',
  openidConfigUrl: 'https://login.example.com/.well-known/openid-configuration',
  emailDomains: ['example.org', 'example.com'],
};

type Wanted = { readonly name: string; readonly maxInputTokens: number; readonly seesImages: boolean };
type Settings = { readonly models?: readonly Wanted[]; readonly signOn?: object };

const CHAT = wanted('llama3.1:8b');
const OTHER = wanted('qwen3:14b', 16384);

let folder: string;
let onyx: FakeOnyx;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'onyx-bootstrap-'));
  onyx = new FakeOnyx();
  url = await onyx.start();
});

afterEach(async () => {
  await onyx.stop();
  rmSync(folder, { recursive: true, force: true });
});

function wanted(name: string, maxInputTokens = 32768, seesImages = false): Wanted {
  return { name, maxInputTokens, seesImages };
}

type Ran = { readonly code: number; readonly output: string };

/** Both steps, the second where the first ends well, as Argo CD runs them. */
async function run(
  settings: Settings = {},
  changes: Record<string, string> = {},
  onFirstWord: () => void = () => undefined,
): Promise<Ran> {
  const first = await runStep('administrator', settings, changes, onFirstWord);
  if (first.code !== 0) return first;
  const second = await runStep('models', settings, changes);
  return { code: second.code, output: first.output + second.output };
}

function runStep(
  step: 'administrator' | 'models',
  settings: Settings = {},
  changes: Record<string, string> = {},
  onFirstWord: () => void = () => undefined,
): Promise<Ran> {
  const models = settings.models ?? [CHAT];
  const providers = models.length === 0 ? [] : [{ name: NAME, apiBase: BASE, models }];
  const file = join(folder, 'settings.json');
  writeFileSync(file, JSON.stringify({ providers, signOn: settings.signOn ?? null }));
  const env = {
    PATH: process.env['PATH'] ?? '',
    // Nobody answers there: whoever used it would fail.
    http_proxy: 'http://127.0.0.1:1',
    PYTHONDONTWRITEBYTECODE: '1',
    ONYX_URL: url,
    SETTINGS_FILE: file,
    ADMIN_EMAIL: EMAIL,
    ADMIN_PASSWORD: PASSWORD,
    SIGN_ON_CLIENT_SECRET: SECRET,
    WAIT_SECONDS: '20',
    PAUSE_SECONDS: '0.05',
    ...changes,
  };
  return new Promise((resolve) => {
    let output = '';
    const child = spawn('python3', [SCRIPT, step], { env });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        if (output === '') onFirstWord();
        output += data.toString();
      });
    child.once('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

/** Runs until all is as wanted, and forgets how it came about. */
async function settle(settings: Settings = {}): Promise<void> {
  const { code, output } = await run(settings);
  if (code !== 0) throw new Error(output);
  onyx.changes.length = 0;
}

function ours(): FakeProvider | undefined {
  return onyx.providers.find(({ name }) => name === NAME);
}

function model(name: string, changes: Partial<FakeModel> = {}): FakeModel {
  const rest = {
    supports_image_input: false,
    supports_reasoning: false,
    display_name: name,
    custom_display_name: null,
  };
  return { name, is_visible: true, max_input_tokens: 32768, ...rest, ...changes };
}

function provider(changes: Partial<FakeProvider> = {}): Omit<FakeProvider, 'id'> {
  const rest = { is_public: true, is_auto_mode: false, groups: [], personas: [] };
  return {
    name: 'team',
    provider: 'ollama_chat',
    api_base: BASE,
    model_configurations: [model('gemma3:4b')],
    ...rest,
    ...changes,
  };
}

describe.skipIf(!hasTool('python3'))('blueprints/apps/onyx/scripts/bootstrap.py', () => {
  it('makes the administrator and registers the models of a fresh Onyx', async () => {
    const vision = wanted('gemma3:12b', 8192, true);

    const { code, output } = await run({ models: [CHAT, vision] });

    expect([code, onyx.traps]).toEqual([0, []]);
    expect(onyx.users).toEqual([{ email: EMAIL, password: PASSWORD, role: 'admin' }]);
    expect(ours()).toMatchObject({ provider: 'ollama_chat', api_base: BASE, is_public: true });
    expect(ours()?.model_configurations).toMatchObject([
      { name: 'llama3.1:8b', is_visible: true, max_input_tokens: 32768, supports_image_input: false },
      { name: 'gemma3:12b', is_visible: true, max_input_tokens: 8192, supports_image_input: true },
    ]);
    expect(onyx.default).toEqual({ provider_id: ours()?.id, model_name: 'llama3.1:8b' });
    expect(output).not.toContain(PASSWORD);
  });

  it('changes nothing when run again', async () => {
    await settle({ models: [CHAT, OTHER], signOn: SIGN_ON });

    const { code } = await run({ models: [CHAT, OTHER], signOn: SIGN_ON });

    expect([code, onyx.changes, onyx.traps]).toEqual([0, [], []]);
  });

  it('makes the administrator where there is no model to register', async () => {
    const { code } = await run({ models: [] });

    expect([code, onyx.users.length, onyx.providers, onyx.default]).toEqual([0, 1, [], null]);
  });

  it.each([
    { name: 'one more', models: [CHAT, OTHER], names: ['llama3.1:8b', 'qwen3:14b'], first: 'llama3.1:8b' },
    { name: 'another in front', models: [OTHER, CHAT], names: ['qwen3:14b', 'llama3.1:8b'], first: 'qwen3:14b' },
    { name: 'the default replaced', models: [OTHER], names: ['qwen3:14b'], first: 'qwen3:14b' },
    { name: 'more context', models: [wanted('llama3.1:8b', 65536)], names: ['llama3.1:8b'], first: 'llama3.1:8b' },
  ])('follows a change of the models: $name', async ({ models, names, first }) => {
    await settle();

    const { code } = await run({ models });

    expect([code, onyx.traps, onyx.providers.length]).toEqual([0, [], 1]);
    expect(ours()?.model_configurations.map(({ name }) => name)).toEqual(names);
    expect(ours()?.model_configurations[0]?.max_input_tokens).toBe(models[0]?.maxInputTokens);
    expect(onyx.default?.model_name).toBe(first);
  });

  it('removes a model that is no longer served', async () => {
    await settle({ models: [CHAT, OTHER] });

    const { code } = await run({ models: [CHAT] });

    expect(code).toBe(0);
    expect(ours()?.model_configurations.map(({ name }) => name)).toEqual(['llama3.1:8b']);
  });

  it.each([
    { name: 'of another name', made: provider() },
    { name: 'of another kind', made: provider({ name: NAME, provider: 'openai', api_base: null }) },
  ])('leaves a provider that a user made as it is: $name', async ({ made }) => {
    await settle();
    const theirs = onyx.addProvider(made);
    onyx.default = { provider_id: theirs.id, model_name: 'gemma3:4b' };

    const { code } = await run({ models: [OTHER] });

    expect(code).toBe(0);
    expect(onyx.providers.find(({ id }) => id === theirs.id)).toEqual(theirs);
    expect(onyx.default).toEqual({ provider_id: theirs.id, model_name: 'gemma3:4b' });
  });

  it('keeps what an administrator decided on our provider', async () => {
    await settle();
    const [made] = onyx.providers;
    const shown = model('llama3.1:8b', { custom_display_name: 'House model', supports_reasoning: true });
    const decided = { is_public: false, groups: [7], personas: [3], model_configurations: [shown] };
    onyx.providers = [{ ...made!, ...decided }];

    const { code } = await run({ models: [CHAT, OTHER] });

    expect(code).toBe(0);
    expect(ours()).toMatchObject({ is_public: false, groups: [7], personas: [3], model_configurations: [shown, {}] });
  });

  it('updates the oldest where a copy of our provider was made', async () => {
    await settle();
    const copy = onyx.addProvider(provider({ name: NAME }));

    const { code, output } = await run({ models: [CHAT, OTHER] });

    expect(code).toBe(0);
    expect(ours()?.model_configurations.length).toBe(2);
    expect(onyx.providers.find(({ id }) => id === copy.id)).toEqual(copy);
    expect(output).toContain(`2 providers are called ${NAME}`);
  });

  it('brings its own provider back to the address of the models', async () => {
    await settle();
    onyx.providers = onyx.providers.map((entry) => ({ ...entry, api_base: 'http://elsewhere.example.com' }));

    await run();

    expect(ours()?.api_base).toBe(BASE);
  });

  it.each([
    {
      name: 'the password changed in Onyx',
      prepare: () => onyx.users.push({ email: EMAIL, password: 'changed-in-onyx', role: 'admin' }),
      says: 'does not take the password of admin@example.com',
    },
    {
      name: 'somebody else was first',
      prepare: () => onyx.users.push({ email: 'eve@example.com', password: 'x', role: 'admin' }),
      says: 'does not take the password of admin@example.com',
    },
    {
      name: 'the account is an ordinary user',
      prepare: () => onyx.users.push({ email: EMAIL, password: PASSWORD, role: 'basic' }),
      says: 'admin@example.com is not an administrator of Onyx',
    },
  ])('lets the site open, then stops and says why: $name', async ({ prepare, says }) => {
    prepare();

    const before = await runStep('administrator');
    const { code, output } = await runStep('models');

    expect(before.code).toBe(0);
    expect([code, onyx.changes, onyx.users.length]).toEqual([2, [], 1]);
    expect(output).toContain(says);
    expect(output).not.toContain(PASSWORD);
  });

  it.each([
    { name: 'an address that Onyx refuses', changes: { ADMIN_EMAIL: 'admin@company.local' }, says: 'body.email' },
    { name: 'a short password', changes: { ADMIN_PASSWORD: 'short' }, says: 'REGISTER_INVALID_PASSWORD' },
  ])('stops and repeats no secret: $name', async ({ changes, says }) => {
    const { code, output } = await run({}, changes);

    expect(code).toBe(2);
    expect(output).toContain(says);
    expect(output).not.toContain('as it was sent');
  });

  it('leaves all as it is where people sign in elsewhere only, and says so', async () => {
    await settle();
    onyx.passwordLogin = false;

    const { code, output } = await run({ models: [OTHER] });

    expect([code, onyx.changes]).toEqual([0, []]);
    expect(output).toContain('password login is off');
  });

  it('works with an API key where people sign in elsewhere only', async () => {
    await settle();
    onyx.passwordLogin = false;
    onyx.apiKeys.add('on_key');

    const { code } = await run({ models: [OTHER] }, { ADMIN_API_KEY: 'on_key' });

    expect([code, onyx.default?.model_name]).toEqual([0, 'qwen3:14b']);
  });

  it('stops at an API key that is not valid', async () => {
    const { code, output } = await run({}, { ADMIN_API_KEY: 'on_old' });

    expect(code).toBe(2);
    expect(output).toContain('the API key is not an administrator');
  });

  it('waits for a server that starts late', async () => {
    const port = await freePort();
    const late = new FakeOnyx();
    url = `http://127.0.0.1:${port}`;
    const { code, output } = await run({}, { PYTHONUNBUFFERED: '1' }, () => void late.start(port));
    await late.stop();

    expect([code, late.users.length, late.traps]).toEqual([0, 1, []]);
    expect(output).toContain('waiting: GET /health gets no answer');
  });

  it.each<{ route: string; troubles: Trouble[] }>([
    { route: 'GET /health', troubles: ['500', 'cut off', 'not JSON'] },
    { route: 'GET /auth/type', troubles: ['500'] },
    { route: 'POST /auth/register', troubles: ['done, but 502'] },
    { route: 'POST /auth/mobile/login', troubles: ['500', 'cut off'] },
    { route: 'GET /admin/llm/provider', troubles: ['500', 'not JSON'] },
    { route: 'PUT /admin/llm/provider', troubles: ['500'] },
    { route: 'PUT /admin/llm/provider', troubles: ['done, but 502'] },
    { route: 'POST /admin/llm/default', troubles: ['done, but 502'] },
    { route: 'POST /admin/sso/provider', troubles: ['done, but 502'] },
  ])('comes through $route: $troubles', async ({ route, troubles }) => {
    onyx.trouble(route, ...troubles);

    const { code, output } = await run({ signOn: SIGN_ON });

    expect([code, onyx.traps]).toEqual([0, []]);
    expect([onyx.users.length, onyx.providers.length, onyx.signOns.length]).toEqual([1, 1, 1]);
    expect(output).toContain('waiting:');
  });

  it('registers no model before there is an account', async () => {
    const { code, output } = await runStep('models', {}, { WAIT_SECONDS: '0.3' });

    expect([code, onyx.users, onyx.changes]).toEqual([1, [], []]);
    expect(output).toContain('gave up: Onyx has no account yet');
  });

  it('gives up in time, so that it is tried again', async () => {
    onyx.trouble('GET /health', ...Array.from({ length: 500 }, () => '500' as const));

    const { code, output } = await run({}, { WAIT_SECONDS: '0.3' });

    expect([code, onyx.users]).toEqual([1, []]);
    expect(output).toContain('gave up: GET /health answers 500');
  });

  it('adds single sign-on after the administrator exists', async () => {
    const { code, output } = await run({ signOn: SIGN_ON });

    expect([code, onyx.traps]).toEqual([0, []]);
    expect(onyx.signOns).toMatchObject([
      {
        name: 'rootstock',
        provider_type: 'OIDC',
        enabled: true,
        config: { client_id: 'platform', client_secret: SECRET, openid_config_url: SIGN_ON.openidConfigUrl },
        allowed_email_domains: ['example.com', 'example.org'],
      },
    ]);
    expect(output).toContain('/api/auth/oidc/rootstock/callback');
    expect(output).not.toContain(SECRET);
  });

  it.each([
    { name: 'a new secret', signOn: SIGN_ON, secret: 'another-client-secret-altogether' },
    { name: 'a short new secret', signOn: SIGN_ON, secret: 'short' },
    { name: 'another client', signOn: { ...SIGN_ON, clientId: 'onyx' }, secret: SECRET },
    { name: 'other domains', signOn: { ...SIGN_ON, emailDomains: [] }, secret: SECRET },
  ])('brings single sign-on up to date: $name', async ({ signOn, secret }) => {
    await settle({ signOn: SIGN_ON });

    const { code } = await run({ signOn }, { SIGN_ON_CLIENT_SECRET: secret });

    expect(code).toBe(0);
    expect(onyx.signOns).toMatchObject([
      {
        config: { client_id: signOn.clientId, client_secret: secret },
        allowed_email_domains: [...signOn.emailDomains].sort(),
      },
    ]);
  });

  it('adds no second sign-on provider beside one that is in use', async () => {
    const config = { client_id: 'x', client_secret: 'y', openid_config_url: 'https://other.example.com' };
    const theirs = onyx.addSignOn({
      name: 'google',
      display_name: 'Google',
      provider_type: 'GOOGLE_OAUTH',
      enabled: true,
      config,
      allowed_email_domains: [],
    });

    const { code, output } = await run({ signOn: SIGN_ON });

    expect([code, onyx.signOns]).toEqual([0, [theirs]]);
    expect(output).toContain('the sign-on provider google is in use');
  });

  it('leaves single sign-on disabled where an administrator disabled it', async () => {
    await settle({ signOn: SIGN_ON });
    onyx.signOns = onyx.signOns.map((entry) => ({ ...entry, enabled: false }));

    const { code } = await run({ signOn: SIGN_ON });

    expect([code, onyx.signOns[0]?.enabled]).toEqual([0, false]);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
