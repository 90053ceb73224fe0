// A GitHub on the loopback: its API, held against GitHub's own description, and real Git behind it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startGitHttpServer } from './git-http-server.ts';
import { type ApiRequest, type Description, GithubDescription, type Operation } from './github-openapi.ts';

/** What happens to one request instead of an answer, or before it. */
export type Fault =
  | {
      readonly status: number;
      readonly message?: string;
      readonly headers?: Record<string, string>;
      readonly after?: boolean;
    }
  /** The connection ends in the middle of the answer; the request was carried out. */
  | 'cut'
  /** The connection ends before the request is carried out. */
  | 'reset'
  /** No answer at all. */
  | 'hang';

export interface FakePull {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  title: string;
  body: string;
  state: 'open' | 'closed';
  merged?: boolean;
  /** Where the branch was when it was closed. */
  sha?: string;
}

export interface FakeKey {
  readonly id: number;
  readonly title: string;
  readonly key: string;
  readonly read_only: boolean;
}

export interface FakeHook {
  readonly id: number;
  config: Record<string, string>;
  events: string[];
  active: boolean;
}

/** One repository and one token. Tests change it between requests. */
export interface FakeState {
  readonly pulls: FakePull[];
  readonly comments: string[];
  readonly keys: FakeKey[];
  readonly hooks: FakeHook[];
  /** Keys that are registered at another repository. */
  readonly keysElsewhere: string[];
  /** Scopes of a classic token; undefined: the token has permissions. */
  scopes: string | undefined;
  /** Permissions that a fine-grained token lacks, e.g. `pull_requests`. */
  lacks: readonly string[];
  role: 'admin' | 'write' | 'read';
  isPrivate: boolean;
  isArchived: boolean;
  /** Hidden: there, but this token may not see it. */
  visible: boolean;
  /** Kinds of rules for the base branch. */
  rules: readonly string[];
  bypass: 'always' | 'never' | 'pull_requests_only';
  /** Settings of a protected branch; `hidden`: protected, but this token may not see how. */
  protection: object | 'hidden' | undefined;
  /** Answer of the webhook's address to a ping. */
  pingCode: number | null;
  login: string;
  ownerType: 'Organization' | 'User';
  hostKeys: readonly string[];
}

export interface FakeGithub {
  /** `http://127.0.0.1:<port>`: web pages, Git, and the API under `/api/v3`. */
  readonly url: string;
  readonly token: string;
  readonly state: FakeState;
  /** Every request, e.g. `POST /repos/acme/ai/pulls`. */
  readonly log: string[];
  /** What GitHub's description says against requests or our own answers: empty at the end of every test. */
  readonly wrong: string[];
  /** Given each request; a fault is what happens instead of an answer. */
  fault: (request: string, count: number) => Fault | undefined;
  reset(name: string): void;
  close(): Promise<void>;
}

const TOKEN = 'ghp_canary0123456789canary0123456789abcd';
const OWNER = 'acme';

/**
 * Starts it over a folder with bare repositories: `acme/<name>.git`.
 * @param edition whose description requests are held against; default: that of GitHub's cloud
 */
export async function startFakeGithub(folder: string, edition?: Description): Promise<FakeGithub> {
  const description = new GithubDescription(edition);
  const git = await startGitHttpServer({ folder, credential: `x-access-token:${TOKEN}` });
  let repository = '';
  const state = {} as FakeState;
  const github = { token: TOKEN, state, log: [] as string[], wrong: [] as string[] } as {
    -readonly [Key in keyof FakeGithub]: FakeGithub[Key];
  };
  github.reset = (name) => {
    repository = name;
    github.log.length = 0;
    github.wrong.length = 0;
    github.fault = () => undefined;
    Object.assign(state, initialState());
  };
  github.reset('ai');
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/api/v3') !== true) return passOn(git.url, request, response);
    void readRequest(request).then((read) => {
      const line = `${read.method} ${read.path}`;
      github.log.push(line);
      const fault = github.fault(line, github.log.filter((other) => other === line).length);
      if (fault === 'hang') return;
      if (fault === 'reset') return void request.socket.destroy();
      const place = { description, folder, repository, state, wrong: github.wrong, url: github.url };
      if (typeof fault === 'object' && fault.after !== true)
        return send(response, fault.status, { message: fault.message ?? 'Fault' }, fault.headers ?? {});
      const { status, body, headers } = answer(place, read);
      if (typeof fault === 'object') return send(response, fault.status, { message: fault.message ?? 'Fault' });
      send(response, status, body, headers, fault === 'cut');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  github.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  github.close = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await git.close();
  };
  return github as FakeGithub;
}

function initialState(): FakeState {
  return {
    pulls: [],
    comments: [],
    keys: [],
    hooks: [],
    keysElsewhere: [],
    scopes: 'repo, workflow',
    lacks: [],
    role: 'admin',
    isPrivate: true,
    isArchived: false,
    visible: true,
    rules: [],
    bypass: 'never',
    protection: undefined,
    pingCode: 200,
    login: 'ada',
    ownerType: 'Organization',
    hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHostHostHostHostHostHostHostHostHostHostHostH'],
  };
}

function passOn(target: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = request;
  const onward = forward(`${target}${url}`, { method, headers }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

async function readRequest(request: IncomingMessage): Promise<ApiRequest> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return {
    method: request.method ?? 'GET',
    path: pathname.replace(/^\/api\/v3/, ''),
    query: searchParams,
    headers: request.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

interface Place {
  readonly description: GithubDescription;
  readonly folder: string;
  readonly repository: string;
  readonly state: FakeState;
  readonly wrong: string[];
  readonly url: string;
}

interface Call extends Place {
  readonly operation: Operation;
  readonly request: ApiRequest;
  readonly body: Readonly<Record<string, unknown>>;
}

function answer(place: Place, request: ApiRequest): Reply {
  const { description, state, wrong } = place;
  const line = `${request.method} ${request.path}`;
  const scopes: Record<string, string> = state.scopes === undefined ? {} : { 'x-oauth-scopes': state.scopes };
  if (request.headers['authorization'] !== `token ${TOKEN}`)
    return { status: 401, body: { message: 'Bad credentials' } };
  const operation = description.find(request);
  if (operation === undefined) {
    wrong.push(`${line}: GitHub has no such operation`);
    return { status: 404, body: { message: 'Not Found' } };
  }
  wrong.push(...description.check(operation, request).map((what) => `${line}: ${what}`));
  const body = (request.body ?? {}) as Record<string, unknown>;
  const reply = decide({ ...place, operation, request, body });
  const shown = reply.status >= 400 ? [] : description.checkAnswer(operation, reply.status, reply.body);
  wrong.push(...shown.map((what) => `${line}: our own ${what}`));
  return { ...reply, headers: { ...scopes, ...reply.headers } };
}

function decide(call: Call): Reply {
  const { operation, state, folder, repository } = call;
  const handler = HANDLERS[operation.name];
  if (handler === undefined) return { status: 501, body: { message: `the test server cannot ${operation.name}` } };
  const { owner, repo } = operation.parameters;
  const isThere = state.visible && existsSync(join(folder, OWNER, `${repository}.git`));
  if (repo !== undefined && !(isThere && repo === repository && owner === OWNER)) return NOT_FOUND;
  const permission = PERMISSIONS[operation.name];
  if (permission !== undefined && state.lacks.includes(permission))
    return {
      status: 403,
      body: { message: 'Resource not accessible by personal access token' },
      headers: { 'x-accepted-github-permissions': `${permission}=write` },
    };
  return handler(call);
}

const NOT_FOUND: Reply = { status: 404, body: { message: 'Not Found' } };

const PERMISSIONS: Readonly<Record<string, string>> = {
  'POST /repos/{owner}/{repo}/pulls': 'pull_requests',
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}': 'pull_requests',
  'GET /repos/{owner}/{repo}/keys': 'administration',
  'POST /repos/{owner}/{repo}/keys': 'administration',
  'GET /repos/{owner}/{repo}/hooks': 'repository_hooks',
  'POST /user/repos': 'administration',
  'POST /orgs/{org}/repos': 'administration',
  'GET /user': 'user',
};

const HANDLERS: Readonly<Record<string, (call: Call) => Reply>> = {
  // GitHub's example has numbers where its description wants texts.
  'GET /meta': (call) => ({
    status: 200,
    body: { ...example(call), ssh_key_fingerprints: {}, ssh_keys: call.state.hostKeys },
  }),
  'GET /user': (call) => ({ status: 200, body: { ...example(call), login: call.state.login } }),
  'GET /users/{username}': (call) => ({
    status: 200,
    body: { ...example(call), login: call.operation.parameters['username'], type: call.state.ownerType },
  }),
  'POST /user/repos': createRepository,
  'POST /orgs/{org}/repos': createRepository,
  'GET /repos/{owner}/{repo}': (call) => ({ status: 200, body: showRepository(call) }),
  'GET /repos/{owner}/{repo}/branches/{branch}': showBranch,
  'GET /repos/{owner}/{repo}/branches/{branch}/protection': ({ state }) =>
    state.protection === 'hidden' || state.protection === undefined
      ? NOT_FOUND
      : { status: 200, body: { url: 'https://example.com', ...state.protection } },
  'GET /repos/{owner}/{repo}/rules/branches/{branch}': ({ state }) => ({
    status: 200,
    body: state.rules.map((type) => ({
      type,
      ruleset_source_type: 'Repository',
      ruleset_source: 'acme/ai',
      ruleset_id: 7,
    })),
  }),
  'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}': (call) => ({
    status: 200,
    body: { ...example(call), current_user_can_bypass: call.state.bypass },
  }),
  'GET /repos/{owner}/{repo}/pulls': listPulls,
  'POST /repos/{owner}/{repo}/pulls': createPull,
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}': (call) => {
    const pull = call.state.pulls.find(({ number }) => String(number) === call.operation.parameters['pull_number']);
    if (pull === undefined) return NOT_FOUND;
    Object.assign(pull, call.body);
    return { status: 200, body: { ...example(call), ...showPull(call, pull) } };
  },
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': (call) => {
    call.state.comments.push(String(call.body['body']));
    return { status: 201, body: { ...example(call), body: call.body['body'] } };
  },
  'GET /repos/{owner}/{repo}/keys': (call) =>
    listPage(
      call,
      call.state.keys.map((key) => showKey(call, key)),
    ),
  'POST /repos/{owner}/{repo}/keys': createKey,
  'DELETE /repos/{owner}/{repo}/keys/{key_id}': ({ state, operation }) =>
    remove(state.keys, operation.parameters['key_id']),
  'GET /repos/{owner}/{repo}/hooks': (call) =>
    listPage(
      call,
      call.state.hooks.map((hook) => showHook(call, hook)),
    ),
  'GET /repos/{owner}/{repo}/hooks/{hook_id}': withHook((call, hook) => ({ status: 200, body: showHook(call, hook) })),
  'POST /repos/{owner}/{repo}/hooks': createHook,
  'PATCH /repos/{owner}/{repo}/hooks/{hook_id}': withHook((call, hook) => {
    Object.assign(hook, call.body);
    return { status: 200, body: showHook(call, hook) };
  }),
  'POST /repos/{owner}/{repo}/hooks/{hook_id}/pings': withHook(() => ({ status: 204 })),
};

/** GitHub's own example of the answer that is made most often. */
function example({ description, operation }: Call): Record<string, unknown> {
  const status = ['200', '201'].find((one) => one in operation.definition.responses) ?? '200';
  const found = description.example(operation, Number(status));
  return (Array.isArray(found) ? found[0] : found) as Record<string, unknown>;
}

function createRepository(call: Call): Reply {
  const { state, folder, repository, body, operation } = call;
  const owner = operation.parameters['org'] ?? state.login;
  const path = join(folder, OWNER, `${String(body['name'])}.git`);
  if (existsSync(path))
    return invalid('Repository creation failed.', {
      resource: 'Repository',
      code: 'custom',
      field: 'name',
      message: 'name already exists on this account',
    });
  if (owner !== OWNER || body['name'] !== repository) return { status: 403, body: { message: 'Forbidden' } };
  makeBareRepository(path);
  state.isPrivate = body['private'] === true;
  return { status: 201, body: { ...example(call), ...showRepository(call) } };
}

/** A repository that takes pushes over HTTP. */
export function makeBareRepository(path: string): void {
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', path]);
  execFileSync('git', ['-C', path, 'config', 'http.receivepack', 'true']);
}

function showRepository(call: Call): Record<string, unknown> {
  const { description, state, repository } = call;
  const operation = description.find({ method: 'GET', path: '/repos/acme/ai' });
  const shown = operation === undefined ? {} : (description.example(operation, 200) as Record<string, unknown>);
  const { role } = state;
  // GitHub's example forgets a key that its description requires.
  const { source: _source, parent: _parent, template_repository: _template, ...rest } = shown;
  return {
    ...rest,
    language: null,
    name: repository,
    full_name: `${OWNER}/${repository}`,
    owner: { ...(rest['owner'] as object), login: OWNER },
    private: state.isPrivate,
    archived: state.isArchived,
    permissions: {
      admin: role === 'admin',
      maintain: role === 'admin',
      push: role !== 'read',
      triage: true,
      pull: true,
    },
  };
}

function showBranch(call: Call): Reply {
  const branch = call.operation.parameters['branch'] ?? '';
  const sha = findHead(call, branch);
  if (sha === undefined) return { status: 404, body: { message: 'Branch not found' } };
  return { status: 200, body: { ...example(call), name: branch, protected: call.state.protection !== undefined } };
}

function findHead({ folder, repository }: Place, branch: string): string | undefined {
  try {
    const words = [
      '-C',
      join(folder, OWNER, `${repository}.git`),
      'rev-parse',
      '--quiet',
      '--verify',
      `refs/heads/${branch}`,
    ];
    return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

function listPulls(call: Call): Reply {
  const { query } = call.request;
  const wanted = query.get('state') ?? 'open';
  const [owner, ...branch] = (query.get('head') ?? '').split(':');
  const found = call.state.pulls.filter(
    (pull) =>
      (wanted === 'all' || pull.state === wanted) &&
      // GitHub ignores a head without an owner, and lists all.
      (branch.length === 0 || (owner === OWNER && pull.head === branch.join(':'))) &&
      (query.get('base') === null || query.get('base') === pull.base),
  );
  const shown = example(call);
  return listPage(
    call,
    found.map((pull) => ({ ...shown, ...showPull(call, pull) })),
  );
}

function createPull(call: Call): Reply {
  const { state, body } = call;
  const { head, base, title } = body as Record<string, string>;
  if (head === undefined || base === undefined || title === undefined)
    return invalid('Validation Failed', { code: 'missing_field' });
  if (head === base)
    return invalid('Validation Failed', { code: 'custom', message: `No commits between ${base} and ${head}` });
  if (findHead(call, head) === undefined) return invalid('Validation Failed', { code: 'invalid', field: 'head' });
  if (String(body['body'] ?? '').length > 65_536)
    return invalid('Validation Failed', { code: 'custom', message: 'body is too long (maximum is 65536 characters)' });
  if (state.pulls.some((pull) => pull.state === 'open' && pull.head === head && pull.base === base))
    return invalid('Validation Failed', {
      code: 'custom',
      message: `A pull request already exists for ${OWNER}:${head}.`,
    });
  const pull: FakePull = {
    number: state.pulls.length + 1,
    head,
    base,
    title,
    body: String(body['body'] ?? ''),
    state: 'open',
  };
  state.pulls.push(pull);
  return { status: 201, body: { ...example(call), ...showPull(call, pull) } };
}

function showPull(call: Call, { number, head, base, title, body, state, merged, sha }: FakePull): object {
  const shown = example(call) as Record<'head' | 'base', object>;
  return {
    number,
    title,
    // As GitHub keeps it.
    body: body.replaceAll('\n', '\r\n'),
    state,
    html_url: `${call.url}/${OWNER}/${call.repository}/pull/${number}`,
    merged_at: merged === true ? '2026-01-02T03:04:05Z' : null,
    head: { ...shown.head, ref: head, sha: sha ?? findHead(call, head) ?? '0'.repeat(40) },
    base: { ...shown.base, ref: base },
    // The teams of GitHub's example lack what its description requires.
    requested_teams: [],
  };
}

function createKey(call: Call): Reply {
  const { state, body } = call;
  const { title = '', key = '' } = body as Record<string, string>;
  if (!/^ssh-ed25519 [A-Za-z0-9+/]{68}$/.test(key))
    return invalid('Validation Failed', { field: 'key', message: 'key is invalid' });
  if (state.keysElsewhere.includes(key) || state.keys.some((other) => other.key === key))
    return invalid('Validation Failed', {
      resource: 'PublicKey',
      code: 'custom',
      field: 'key',
      message: 'key is already in use',
    });
  const made = {
    id: 1 + Math.max(0, ...state.keys.map(({ id }) => id)),
    title,
    key,
    read_only: body['read_only'] === true,
  };
  state.keys.push(made);
  return { status: 201, body: showKey(call, made) };
}

function showKey({ url }: Call, key: FakeKey): object {
  return { ...key, url, verified: true, created_at: '2026-01-02T03:04:05Z' };
}

function createHook(call: Call): Reply {
  const { state, body } = call;
  const { config, events, active } = body as unknown as FakeHook;
  if (state.hooks.some((hook) => hook.config['url'] === config['url']))
    return invalid('Validation Failed', {
      resource: 'Hook',
      code: 'custom',
      message: 'Hook already exists on this repository',
    });
  const hook = { id: state.hooks.length + 1, config, events, active };
  state.hooks.push(hook);
  return { status: 201, body: showHook(call, hook) };
}

function showHook(call: Call, { id, config, events, active }: FakeHook): object {
  const operation = call.description.find({ method: 'GET', path: '/repos/acme/ai/hooks/1' });
  const shown = operation === undefined ? {} : (call.description.example(operation, 200) as object);
  const code = call.state.pingCode;
  const last_response = { code, status: code === null ? 'unused' : 'active', message: code === null ? null : 'OK' };
  // GitHub never shows a secret.
  return { ...shown, id, config: { ...config, secret: '********' }, events, active, last_response };
}

function withHook(use: (call: Call, hook: FakeHook) => Reply): (call: Call) => Reply {
  return (call) => {
    const hook = call.state.hooks.find(({ id }) => String(id) === call.operation.parameters['hook_id']);
    return hook === undefined ? NOT_FOUND : use(call, hook);
  };
}

function remove(items: { readonly id: number }[], id: string | undefined): Reply {
  const index = items.findIndex((item) => String(item.id) === id);
  if (index < 0) return NOT_FOUND;
  items.splice(index, 1);
  return { status: 204 };
}

function listPage({ request, url }: Call, items: readonly object[]): Reply {
  const size = Number(request.query.get('per_page') ?? 30);
  const page = Number(request.query.get('page') ?? 1);
  const hasNext = items.length > page * size;
  const link = `<${url}/api/v3${request.path}?page=${page + 1}>; rel="next"`;
  return { status: 200, body: items.slice((page - 1) * size, page * size), headers: hasNext ? { link } : {} };
}

function invalid(message: string, ...errors: object[]): Reply {
  return { status: 422, body: { message, errors, documentation_url: 'https://docs.github.com/rest' } };
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
  cut = false,
): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(status, { ...type, ...headers, ...(cut ? { 'content-length': text.length + 10 } : {}) });
  if (!cut) return void response.end(text);
  response.write(text.slice(0, text.length / 2), () => setTimeout(() => response.destroy(), 20));
}
