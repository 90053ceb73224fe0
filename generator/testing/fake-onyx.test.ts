import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeOnyx } from './fake-onyx.ts';

const PROVIDER = {
  name: 'ours',
  provider: 'ollama_chat',
  api_key: null,
  api_base: 'http://ollama:11434',
  api_key_changed: false,
  custom_config: null,
  custom_config_changed: false,
  is_public: true,
  is_auto_mode: false,
  groups: [],
  personas: [],
  model_configurations: [
    {
      name: 'a:1b',
      is_visible: true,
      max_input_tokens: 4096,
      supports_image_input: false,
      supports_reasoning: false,
      display_name: null,
      custom_display_name: null,
    },
  ],
};

let onyx: FakeOnyx;
let url: string;

beforeEach(async () => {
  onyx = new FakeOnyx();
  onyx.apiKeys.add('key');
  url = await onyx.start();
});

afterEach(() => onyx.stop());

async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const sent = { authorization: 'Bearer key', 'content-type': 'application/json', ...headers };
  const response = await fetch(url + path, { method, headers: sent, ...init });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

const create = () => send('PUT', '/admin/llm/provider?is_creation=true', PROVIDER);

describe('generator/testing/fake-onyx.ts', () => {
  it.each([
    { name: 'no token', call: () => send('GET', '/admin/llm/provider', undefined, { authorization: '' }), status: 403 },
    { name: 'the prefix of the public way in', call: () => send('GET', '/api/health'), status: 404 },
    { name: 'another method', call: () => send('POST', '/admin/llm/provider', PROVIDER), status: 405 },
    {
      name: 'an unknown field',
      call: () => send('POST', '/admin/llm/default', { id: 1, model_name: 'a' }),
      status: 422,
    },
    {
      name: 'a wrong type',
      call: () => send('PUT', '/admin/llm/provider?is_creation=true', { ...PROVIDER, is_public: 'yes' }),
      status: 422,
    },
    {
      name: 'an update of nothing',
      call: () => send('PUT', '/admin/llm/provider', { ...PROVIDER, id: 7 }),
      status: 404,
    },
    {
      name: 'a sign-in by JSON',
      call: () => send('POST', '/auth/mobile/login', { username: 'a', password: 'b' }),
      status: 422,
    },
    {
      name: 'a form where JSON is wanted',
      call: () => send('POST', '/auth/register', 'email=a', { 'content-type': 'application/x-www-form-urlencoded' }),
      status: 422,
    },
    {
      name: 'a default that is not there',
      call: () => send('POST', '/admin/llm/default', { provider_id: 1, model_name: 'a:1b' }),
      status: 400,
    },
  ])('refuses $name', async ({ call, status }) => {
    expect((await call()).status).toBe(status);
  });

  it('takes a second provider of one name, as Onyx does, and notes the trap', async () => {
    await create();

    const { status } = await create();

    expect([status, onyx.providers.length]).toEqual([200, 2]);
    expect(onyx.traps).toEqual(['a second provider ours: Onyx has no unique names']);
  });

  it('keeps the default model from being removed or hidden', async () => {
    const { answer } = await create();
    await send('POST', '/admin/llm/default', { provider_id: answer['id'], model_name: 'a:1b' });
    const [model] = PROVIDER.model_configurations;

    const removed = await send('PUT', '/admin/llm/provider', {
      ...PROVIDER,
      id: answer['id'],
      model_configurations: [],
    });
    const hidden = await send('PUT', '/admin/llm/provider', {
      ...PROVIDER,
      id: answer['id'],
      model_configurations: [{ ...model, is_visible: false }],
    });

    expect([removed.status, hidden.status]).toEqual([400, 400]);
  });

  it('notes cookies, which get lost, and contexts that Onyx would guess', async () => {
    const [model] = PROVIDER.model_configurations;
    const guessed = [{ ...model, max_input_tokens: null }];

    await send('GET', '/health', undefined, { cookie: 'fastapiusersauth=x' });
    await send('PUT', '/admin/llm/provider?is_creation=true', { ...PROVIDER, model_configurations: guessed });

    expect(onyx.traps).toEqual([
      'GET /health: a cookie, which is Secure and gets lost',
      'a:1b without a context: Onyx guesses one',
    ]);
  });

  it('takes the first account for the administrator, and no second sign-on', async () => {
    const account = (email: string) =>
      send('POST', '/auth/register', { email, username: email, password: 'password-1' });
    const signOn = (name: string) =>
      send('POST', '/admin/sso/provider', {
        name,
        display_name: 'x',
        provider_type: 'OIDC',
        config: { client_id: 'a', client_secret: 'b', openid_config_url: 'https://c' },
        allowed_email_domains: [],
      });

    await signOn('early');
    await account('a@example.com');
    await account('b@example.com');
    const { status } = await signOn('late');

    expect(onyx.users.map(({ role }) => role)).toEqual(['admin', 'basic']);
    expect([status, onyx.traps.length]).toEqual([402, 1]);
  });
});
