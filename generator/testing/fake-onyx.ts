// Stands in for the API server of Onyx v4.6.1 in tests, and is as strict as the real one: wrong method, content type,
// field, type or token is answered as there, and what Onyx would take without a word is written down as a trap.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Readonly<Record<string, unknown>>;
type Answer = readonly [status: number, body: unknown];
type Check = (value: unknown) => boolean;

export interface FakeUser {
  readonly email: string;
  readonly password: string;
  readonly role: 'admin' | 'basic';
}
export interface FakeModel {
  readonly name: string;
  readonly is_visible: boolean;
  readonly max_input_tokens: number | null;
  readonly supports_image_input: boolean;
  readonly supports_reasoning: boolean;
  readonly display_name: string | null;
  readonly custom_display_name: string | null;
}
export interface FakeProvider {
  readonly id: number;
  readonly name: string;
  readonly provider: string;
  readonly api_base: string | null;
  readonly is_public: boolean;
  readonly is_auto_mode: boolean;
  readonly groups: readonly number[];
  readonly personas: readonly number[];
  readonly model_configurations: readonly FakeModel[];
}
export interface FakeSignOn {
  readonly id: number;
  readonly name: string;
  readonly display_name: string;
  readonly provider_type: string;
  readonly enabled: boolean;
  readonly config: Readonly<Record<string, string>>;
  readonly allowed_email_domains: readonly string[];
}

/** What happens to the next calls of one route: an error before Onyx does anything, or after it has done all. */
export type Trouble = '500' | 'cut off' | 'done, but 502' | 'not JSON';

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => Number.isInteger(value);
const isNumbers: Check = (value) => Array.isArray(value) && value.every(isCount);
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

const PROVIDER_FIELDS: Readonly<Record<string, Check>> = {
  name: orNull(isText),
  provider: isText,
  api_key: orNull(isText),
  api_base: orNull(isText),
  api_key_changed: isFlag,
  custom_config: orNull(isObject),
  custom_config_changed: isFlag,
  is_public: isFlag,
  is_auto_mode: isFlag,
  groups: isNumbers,
  personas: isNumbers,
  model_configurations: (value) =>
    Array.isArray(value) && value.every((item) => wrongFields(item, MODEL_FIELDS) === ''),
};
const MODEL_FIELDS: Readonly<Record<string, Check>> = {
  name: isText,
  is_visible: isFlag,
  max_input_tokens: orNull(isCount),
  supports_image_input: orNull(isFlag),
  supports_reasoning: orNull(isFlag),
  display_name: orNull(isText),
  custom_display_name: orNull(isText),
};
const DEFAULT_FIELDS = { provider_id: isCount, model_name: isText };
const REGISTER_FIELDS = { email: isText, username: isText, password: isText };
const SIGN_ON_CONFIG = { client_id: isText, client_secret: isText, openid_config_url: isText };
const SIGN_ON_FIELDS = {
  name: isText,
  display_name: isText,
  provider_type: (value: unknown) => ['OIDC', 'SAML', 'GOOGLE_OAUTH'].includes(String(value)),
  config: (value: unknown) => wrongFields(value, SIGN_ON_CONFIG) === '',
  allowed_email_domains: isTexts,
};

/** Names of fields that are missing, unknown or of the wrong type. */
function wrongFields(value: unknown, fields: Readonly<Record<string, Check>>): string {
  if (!isObject(value)) return 'body';
  const given = value as Json;
  const names = [...new Set([...Object.keys(fields), ...Object.keys(given)])];
  return names.filter((name) => !(name in given) || fields[name]?.(given[name]) !== true).join(', ');
}

const LAST_REFUSED_DOMAINS = ['arpa', 'invalid', 'local', 'localhost', 'onion', 'test'];

export class FakeOnyx {
  users: FakeUser[] = [];
  providers: FakeProvider[] = [];
  default: { readonly provider_id: number; readonly model_name: string } | null = null;
  signOns: FakeSignOn[] = [];
  passwordLogin = true;
  readonly apiKeys = new Set<string>();
  /** Calls that change something, in order: `PUT /admin/llm/provider`. */
  readonly changes: string[] = [];
  /** What Onyx would accept and what is a mistake all the same. */
  readonly traps: string[] = [];
  private readonly troubles = new Map<string, Trouble[]>();
  private readonly tokens = new Map<string, string>();
  private nextId = 1;
  private server: Server | undefined;

  async start(port = 0): Promise<string> {
    const server = createServer((request, response) => void this.serve(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => (this.server === undefined ? resolve(undefined) : this.server.close(resolve)));
  }

  /** Lets the next calls of a route, such as `GET /health`, go wrong. */
  trouble(route: string, ...troubles: readonly Trouble[]): void {
    this.troubles.set(route, [...troubles]);
  }

  addProvider(provider: Omit<FakeProvider, 'id'>): FakeProvider {
    const added = { ...provider, id: this.nextId++ };
    this.providers.push(added);
    return added;
  }

  addSignOn(signOn: Omit<FakeSignOn, 'id'>): FakeSignOn {
    const added = { ...signOn, id: this.nextId++ };
    this.signOns.push(added);
    return added;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://onyx');
    const route = `${request.method} ${url.pathname}`;
    const trouble = this.troubles.get(route)?.shift();
    const text = await readText(request);
    if (trouble === 'cut off') return void request.socket.destroy();
    if (trouble === '500') return reply(response, 500, { detail: 'Internal Server Error' });
    if (trouble === 'not JSON') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    const [status, body] = this.answer(route, url, request, text);
    if (trouble === 'done, but 502') return reply(response, 502, { detail: 'Bad Gateway' });
    reply(response, status, body);
  }

  private answer(route: string, url: URL, request: IncomingMessage, text: string): Answer {
    if (request.headers.cookie !== undefined) this.traps.push(`${route}: a cookie, which is Secure and gets lost`);
    if (url.pathname.startsWith('/api/')) return [404, { detail: 'Not Found' }];
    if (route === 'GET /health') return [200, { success: true, message: 'ok' }];
    if (route === 'GET /auth/type') return [200, this.authType()];
    if (route === 'POST /auth/register') return withJson(request, text, (body) => this.register(body));
    if (route === 'POST /auth/mobile/login') return this.logIn(request, text);
    if (route === 'POST /auth/login') return [204, null];
    const role = this.roleOf(request.headers.authorization);
    if (role === undefined) return [403, { error_code: 'UNAUTHENTICATED', detail: 'Access denied' }];
    if (role !== 'admin')
      return [403, { error_code: 'INSUFFICIENT_PERMISSIONS', detail: 'You do not have the permissions' }];
    return this.answerAdmin(route, url, request, text);
  }

  private answerAdmin(route: string, url: URL, request: IncomingMessage, text: string): Answer {
    if (route === 'GET /admin/llm/provider') return [200, this.listProviders()];
    if (route === 'GET /admin/sso/provider') return [200, this.signOns.map(showSignOn)];
    if (request.method !== 'GET') this.changes.push(route);
    if (route === 'PUT /admin/llm/provider')
      return withJson(request, text, (body) => this.putProvider(body, url.searchParams.get('is_creation')));
    if (route === 'POST /admin/llm/default') return withJson(request, text, (body) => this.setDefault(body));
    if (route === 'POST /admin/sso/provider') return withJson(request, text, (body) => this.addSignOnOf(body));
    const [, id] = /^PATCH \/admin\/sso\/provider\/(\d+)$/.exec(route) ?? [];
    if (id !== undefined) return withJson(request, text, (body) => this.changeSignOn(Number(id), body));
    return [route.includes('/admin/llm/provider') ? 405 : 404, { detail: 'Not Found' }];
  }

  private authType(): Json {
    return {
      has_users: this.users.length > 0,
      password_auth_enabled: this.passwordLogin,
      requires_verification: false,
      sso_providers: [],
    };
  }

  private roleOf(authorization: string | undefined): FakeUser['role'] | undefined {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    if (this.apiKeys.has(token)) return 'admin';
    return this.users.find(({ email }) => email === this.tokens.get(token))?.role;
  }

  private register(body: Json): Answer {
    const wrong = wrongFields(body, REGISTER_FIELDS);
    if (wrong !== '') return invalid(wrong);
    const { email, password } = body as Record<string, string>;
    if (!this.passwordLogin) return [403, { detail: 'REGISTRATION_DISABLED' }];
    if (!/^[^@\s]+@[^@\s]+\.[a-z]+$/.test(email ?? '') || LAST_REFUSED_DOMAINS.includes(email?.split('.').at(-1) ?? ''))
      return invalid('email', email);
    if ((password?.length ?? 0) < 8 || (password?.length ?? 0) > 64)
      return [
        400,
        { detail: { code: 'REGISTER_INVALID_PASSWORD', reason: 'Password must be at least 8 characters.' } },
      ];
    if (this.users.some((user) => user.email === email)) return [400, { detail: 'REGISTER_USER_ALREADY_EXISTS' }];
    this.changes.push('POST /auth/register');
    this.users.push({
      email: email ?? '',
      password: password ?? '',
      role: this.users.length === 0 ? 'admin' : 'basic',
    });
    return [201, { id: 'a-uuid', email, is_active: true, is_verified: false }];
  }

  private logIn(request: IncomingMessage, text: string): Answer {
    if (request.headers['content-type'] !== 'application/x-www-form-urlencoded') return invalid('username, password');
    const form = new URLSearchParams(text);
    if ([...form.keys()].sort().join() !== 'password,username') return invalid('username, password');
    if (!this.passwordLogin) return [403, { detail: 'PASSWORD_LOGIN_DISABLED' }];
    const user = this.users.find(({ email }) => email === form.get('username'));
    if (user === undefined || user.password !== form.get('password')) return [400, { detail: 'LOGIN_BAD_CREDENTIALS' }];
    const token = `token-${this.tokens.size + 1}`;
    this.tokens.set(token, user.email);
    return [200, { access_token: token, token_type: 'bearer' }];
  }

  private listProviders(): Json {
    const providers = this.providers.map((provider) => ({ ...provider, api_key: null, custom_config: null }));
    return { providers, default_text: this.default, default_vision: null, default_chat_naming: null };
  }

  private putProvider(body: Json, isCreation: string | null): Answer {
    const { id, ...rest } = body;
    const wrong = wrongFields(rest, PROVIDER_FIELDS);
    if (wrong !== '' || (id !== undefined && id !== null && !isCount(id))) return invalid(wrong || 'id');
    const existing = this.providers.find((provider) => provider.id === id);
    if (existing !== undefined && isCreation === 'true')
      return [409, { error_code: 'DUPLICATE_RESOURCE', detail: 'it exists' }];
    if (existing === undefined && isCreation !== 'true')
      return [404, { error_code: 'NOT_FOUND', detail: 'it does not exist' }];
    const models = (rest['model_configurations'] as readonly FakeModel[]).map(storeModel);
    const kept = this.refuseDefault(existing, models);
    if (kept !== undefined) return [400, { error_code: 'VALIDATION_ERROR', detail: kept }];
    this.noteTraps(rest, existing);
    const saved = {
      ...(rest as unknown as FakeProvider),
      model_configurations: models,
      id: existing?.id ?? this.nextId++,
    };
    this.providers = [...this.providers.filter((provider) => provider !== existing), saved].sort((a, b) => a.id - b.id);
    return [200, saved];
  }

  private refuseDefault(existing: FakeProvider | undefined, models: readonly FakeModel[]): string | undefined {
    if (existing === undefined || this.default?.provider_id !== existing.id) return undefined;
    const found = models.find(({ name }) => name === this.default?.model_name);
    if (found === undefined) return `Cannot remove the default model '${this.default.model_name}'.`;
    return found.is_visible ? undefined : `Cannot hide the default model '${found.name}'.`;
  }

  private noteTraps(body: Json, existing: FakeProvider | undefined): void {
    const { name, provider, api_base: base, model_configurations: models } = body as unknown as FakeProvider;
    if (existing === undefined && this.providers.some((other) => other.name === name && other.provider === provider))
      this.traps.push(`a second provider ${name}: Onyx has no unique names`);
    if (base?.endsWith('/v1') === true) this.traps.push(`api_base ${base}: Onyx adds the path itself`);
    for (const model of models)
      if (model.max_input_tokens === null) this.traps.push(`${model.name} without a context: Onyx guesses one`);
  }

  private setDefault(body: Json): Answer {
    const wrong = wrongFields(body, DEFAULT_FIELDS);
    if (wrong !== '') return invalid(wrong);
    const { provider_id: id, model_name: name } = body as unknown as NonNullable<FakeOnyx['default']>;
    const provider = this.providers.find((entry) => entry.id === id);
    if (provider?.model_configurations.some((model) => model.name === name) !== true)
      return [400, { detail: `Model '${name}' is not a valid model for provider_id=${id}` }];
    this.default = { provider_id: id, model_name: name };
    return [200, null];
  }

  private addSignOnOf(body: Json): Answer {
    const wrong = wrongFields(body, SIGN_ON_FIELDS);
    if (wrong !== '') return invalid(wrong);
    if (this.signOns.some(({ enabled }) => enabled)) return [402, { detail: 'Business tier required' }];
    const request = body as unknown as FakeSignOn;
    if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(request.name)) return [400, { detail: 'a lowercase slug' }];
    if (this.signOns.some(({ name }) => name === request.name)) return [409, { detail: 'it exists' }];
    if (this.users.length === 0) this.traps.push('sign-on before the administrator: its first user would become one');
    return [200, showSignOn(this.addSignOn({ ...request, enabled: true, ...domainsOf(request) }))];
  }

  private changeSignOn(id: number, body: Json): Answer {
    const { name: _name, provider_type: _kind, ...fields } = SIGN_ON_FIELDS;
    const known = Object.fromEntries(Object.entries(fields).filter(([field]) => field in body));
    const wrong = wrongFields(body, known);
    if (wrong !== '') return invalid(wrong);
    const found = this.signOns.find((entry) => entry.id === id);
    if (found === undefined) return [404, { detail: 'it does not exist' }];
    const patch = body as unknown as Partial<FakeSignOn>;
    if (patch.config?.['client_secret']?.includes('...') === true) return [400, { detail: 'a masked credential' }];
    const changed = { ...found, ...patch, ...domainsOf({ ...found, ...patch }) };
    this.signOns = this.signOns.map((entry) => (entry === found ? changed : entry));
    return [200, showSignOn(changed)];
  }
}

function storeModel(model: FakeModel): FakeModel {
  return {
    ...model,
    supports_image_input: model.supports_image_input ?? false,
    supports_reasoning: model.supports_reasoning ?? false,
  };
}

function domainsOf({ allowed_email_domains: domains }: Pick<FakeSignOn, 'allowed_email_domains'>) {
  return { allowed_email_domains: [...new Set(domains.map((domain) => domain.toLowerCase()))].sort() };
}

/** As the API shows it: the secret with its ends only, and nothing of a short one. */
function showSignOn(signOn: FakeSignOn): Json {
  const secret = signOn.config['client_secret'] ?? '';
  const masked = secret.length < 14 ? '••••••••••••' : `${secret.slice(0, 4)}...${secret.slice(-4)}`;
  const redirect = `https://onyx.example.com/api/auth/oidc/${signOn.name}/callback`;
  return { ...signOn, config: { ...signOn.config, client_secret: masked }, redirect_uri: redirect };
}

/** As FastAPI says it: the value that was sent comes back. */
function invalid(fields: string, input: unknown = { password: 'as it was sent' }): Answer {
  return [422, { detail: [{ type: 'value_error', loc: ['body', fields], msg: 'not valid', input }] }];
}

function withJson(request: IncomingMessage, text: string, use: (body: Json) => Answer): Answer {
  if (request.headers['content-type'] !== 'application/json') return invalid('body');
  return use(JSON.parse(text) as Json);
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(status === 204 ? undefined : JSON.stringify(body));
}
