import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OPENSEARCH } from '../../../../generator/core/data-services.ts';

const SCRIPT = fileURLToPath(new URL('await-search.sh', import.meta.url));

const TOKEN = 'token-of-the-gate';
const LOGIN = { user: 'admin', password: 'Aa1-"quoted\\' };
const DEPLOYMENT = '/apis/apps/v1/namespaces/onyx/deployments/onyx-api-server';
const DECIDED = { [OPENSEARCH.restoreMark]: 'decided' };

/** The API server and OpenSearch at once: each knows one path, and wants its own login. */
class FakeServers {
  readonly requests: string[] = [];
  deployment: { readonly status: number } = { status: 404 };
  /** What OpenSearch answers, one after the other; the last one stays. */
  search: [number, unknown][] = [[200, { persistent: DECIDED }]];
  readonly server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://any');
    this.requests.push(`${request.method} ${url.pathname}`);
    const [status, body] = this.answer(url, request.headers.authorization);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body, null, 2));
  });

  private answer({ pathname, searchParams }: URL, authorization: string | undefined): [number, unknown] {
    if (pathname === DEPLOYMENT) {
      if (authorization !== `Bearer ${TOKEN}`) return [401, { kind: 'Status', reason: 'Unauthorized' }];
      return [this.deployment.status, { kind: 'Status' }];
    }
    const login = Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64');
    if (authorization !== `Basic ${login}`) return [401, 'Unauthorized'];
    if (pathname !== '/_cluster/settings') return [400, 'no handler'];
    // Without this the name would be split into objects within each other.
    if (searchParams.get('flat_settings') !== 'true') return [400, 'not flat'];
    const [next, ...later] = this.search;
    if (later.length > 0) this.search = later;
    return next ?? [500, 'nothing to answer'];
  }
}

let folder: string;
let servers: FakeServers;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gate-'));
  for (const name of ['account', 'bin']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'account', 'token'), TOKEN);
  for (const name of ['account/ca.crt', 'ca.crt', 'message']) writeFileSync(join(folder, name), '');
  servers = new FakeServers();
  await new Promise<void>((resolve) => servers.server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await new Promise((resolve) => servers.server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the script as the Job does, with a curl in front of the real one that writes its arguments down. */
async function run(changes: Readonly<Record<string, string>> = {}) {
  const curl = execFileSync('sh', ['-c', 'command -v curl'], { encoding: 'utf8' }).trim();
  const wrapper = `#!/bin/sh\nprintf '%s\\n' "$*" >>"${folder}/arguments"\nexec ${curl} "$@"\n`;
  writeFileSync(join(folder, 'bin', 'curl'), wrapper, { mode: 0o755 });
  const address = `http://127.0.0.1:${(servers.server.address() as AddressInfo).port}`;
  const child = spawn('sh', [SCRIPT], {
    env: {
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      ACCOUNT: join(folder, 'account'),
      API: address,
      CA_FILE: join(folder, 'ca.crt'),
      DEPLOYMENT: 'onyx-api-server',
      MESSAGE_FILE: join(folder, 'message'),
      NAMESPACE: 'onyx',
      PAUSE_SECONDS: '0',
      RESTORE_MARK: OPENSEARCH.restoreMark,
      SEARCH_PASSWORD: LOGIN.password,
      SEARCH_URL: address,
      SEARCH_USER: LOGIN.user,
      WAIT_SECONDS: '0',
      ...changes,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, output, message: readFileSync(join(folder, 'message'), 'utf8') };
}

describe('blueprints/apps/onyx/scripts/await-search.sh', () => {
  it('lets Onyx start once the restore is decided, and shows no secret', async () => {
    const { status, message } = await run();

    expect([status, message]).toEqual([0, 'it is decided whether the index comes back from a snapshot\n']);
    expect(servers.requests).toEqual([`GET ${DEPLOYMENT}`, 'GET /_cluster/settings']);
    const shown = readFileSync(join(folder, 'arguments'), 'utf8');
    expect(shown).not.toContain(TOKEN);
    expect(shown).not.toContain('Aa1-');
  });

  it('waits while OpenSearch starts and its Job restores', async () => {
    servers.search = [
      [503, 'OpenSearch Security not initialized.'],
      [200, {}],
      [200, { persistent: { 'plugins.index_state_management.enabled': 'true' } }],
      [200, { persistent: DECIDED }],
    ];

    const { status, output } = await run({ WAIT_SECONDS: '60' });

    expect(status).toBe(0);
    expect(output).toContain('waiting: OpenSearch answers with 503');
    expect(output).toContain('see the log of job/onyx-search-snapshots');
  });

  it.each([
    { name: 'nothing is decided', search: [200, {}], changes: {}, reason: 'job/onyx-search-snapshots' },
    {
      name: 'the mark says something else',
      search: [200, { persistent: { [OPENSEARCH.restoreMark]: 'begun' } }],
      changes: {},
      reason: 'job/onyx-search-snapshots',
    },
    {
      name: 'the mark is of another name',
      search: [200, { persistent: { [`${OPENSEARCH.restoreMark}_2`]: 'decided' } }],
      changes: {},
      reason: 'job/onyx-search-snapshots',
    },
    { name: 'it is broken', search: [500, 'broken'], changes: {}, reason: 'OpenSearch answers with 500' },
    {
      name: 'the password is another',
      search: [200, { persistent: DECIDED }],
      changes: { SEARCH_PASSWORD: 'other' },
      reason: 'OpenSearch does not take the password of its Secret',
    },
    {
      name: 'nobody answers',
      search: [200, { persistent: DECIDED }],
      changes: { SEARCH_URL: 'http://127.0.0.1:9' },
      reason: 'OpenSearch does not answer',
    },
  ] as const)('fails after its time and says why: $name', async ({ search, changes, reason }) => {
    servers.search = [[search[0], search[1]]];

    const { status, message } = await run(changes);

    expect(status).toBe(1);
    expect(message).toContain(`not yet: `);
    expect(message).toContain(reason);
  });

  it('holds no change back where Onyx is there already, whatever the search does', async () => {
    servers.deployment = { status: 200 };
    servers.search = [[500, 'broken']];

    const { status, message } = await run();

    expect([status, message]).toEqual([0, 'Onyx is there already: it found its index when it came\n']);
    expect(servers.requests).toEqual([`GET ${DEPLOYMENT}`]);
  });

  it.each([401, 403, 500, 503])('never takes an answer of %s for an Onyx that is there', async (status) => {
    servers.deployment = { status };
    servers.search = [[200, {}]];

    const result = await run();

    expect(result.status).toBe(1);
    expect(result.output).toContain(`does not say whether Onyx is there (answer ${status})`);
  });

  it('asks the search where the API server does not answer at all', async () => {
    const { status, output } = await run({ API: 'http://127.0.0.1:9' });

    expect(status).toBe(0);
    expect(output).toContain('(answer 000)');
  });
});
