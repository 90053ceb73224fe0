import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeBucket, startFakeBucket } from '../../../../generator/testing/fake-bucket.ts';
import { hasTool } from '../../../../generator/testing/tools.ts';

const SCRIPT = fileURLToPath(new URL('guard.sh', import.meta.url));

const KEYS = { accessKey: 'BACKUPKEY', secretKey: 'top/secret+"key\\' };
const TOKEN = 'token-of-the-guard';
const CLUSTERS = '/apis/postgresql.cnpg.io/v1/namespaces/onyx/clusters';
const VOLUMES = '/api/v1/namespaces/onyx/persistentvolumeclaims';
const ELSEWHERE = 'https://old.example.com/copies/lab/postgres';

/** Keys of the bucket: a generation with a base backup, and one with WAL only. */
const base = (number: number) => [
  `lab/postgres/onyx-database-${number}/base/20261119T013000/backup.info`,
  `lab/postgres/onyx-database-${number}/base/20261119T013000/data.tar.gz`,
  ...wal(number),
];
const wal = (number: number) => [
  `lab/postgres/onyx-database-${number}/wals/0000000100000000/000000010000000000000001.gz`,
];

interface Annotations {
  readonly 'rootstock.dev/server-name'?: string;
  readonly 'rootstock.dev/archive'?: string;
}

/** An API server that knows two paths, wants the token, and remembers what was applied. */
class FakeApi {
  readonly requests: string[] = [];
  readonly applied: { readonly type: string | undefined; readonly body: string }[] = [];
  running: Annotations | undefined;
  volumes: readonly string[] = [];
  broken: { readonly status: number; readonly body: string } | undefined;
  applyStatus = 201;
  readonly server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      this.requests.push(`${request.method} ${request.url}`);
      const [status, answer] = this.answer(request.method, request.url ?? '', request.headers, body);
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });

  answer(
    method: string | undefined,
    url: string,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: string,
  ): [number, unknown] {
    if (this.broken !== undefined) return [this.broken.status, this.broken.body];
    if (headers['authorization'] !== `Bearer ${TOKEN}`) return [401, { kind: 'Status', reason: 'Unauthorized' }];
    const { pathname, searchParams } = new URL(url, 'http://api');
    if (pathname === VOLUMES && searchParams.get('labelSelector') === 'cnpg.io/cluster=onyx-database')
      return [200, { kind: 'PartialObjectMetadataList', items: this.volumes.map((name) => ({ metadata: { name } })) }];
    if (pathname !== `${CLUSTERS}/onyx-database`) return [404, '404 page not found'];
    if (method === 'PATCH') {
      this.applied.push({ type: String(headers['content-type']), body });
      return [this.applyStatus, { kind: 'Status', message: 'as told' }];
    }
    if (this.running === undefined) return [404, { kind: 'Status', reason: 'NotFound', code: 404 }];
    return [200, { kind: 'PartialObjectMetadata', metadata: describeRunning(this.running) }];
  }
}

/** With the copies of its annotations that kubectl and the API server themselves keep. */
function describeRunning(annotations: Annotations) {
  const former = JSON.stringify({ metadata: { annotations: { 'rootstock.dev/server-name': 'onyx-database-9' } } });
  return {
    name: 'onyx-database',
    annotations: { ...annotations, 'kubectl.kubernetes.io/last-applied-configuration': former },
    managedFields: [{ fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:rootstock.dev/server-name': {} } } } }],
  };
}

let folder: string;
let bucket: FakeBucket;
let api: FakeApi;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guard-'));
  mkdirSync(join(folder, 'account'));
  writeFileSync(join(folder, 'account', 'token'), TOKEN);
  writeFileSync(join(folder, 'account', 'ca.crt'), '');
  writeFileSync(join(folder, 'cluster.json'), '{"kind":"Cluster"}\n');
  bucket = await startFakeBucket({ bucket: 'backups', region: 'us-east-1', ...KEYS });
  api = new FakeApi();
  await new Promise<void>((resolve) => api.server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await bucket.close();
  await new Promise((resolve) => api.server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

function archive(): string {
  return `${bucket.endpoint}/backups/lab/postgres`;
}

/** Runs the script as the Job does, with a curl in front of the real one that writes its arguments down. */
async function run(generation: number, changes: Readonly<Record<string, string>> = {}) {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const curl = execFileSync('sh', ['-c', 'command -v curl'], { encoding: 'utf8' }).trim();
  writeFileSync(join(bin, 'curl'), `#!/bin/sh\nprintf '%s\\n' "$*" >>"${folder}/arguments"\nexec ${curl} "$@"\n`, {
    mode: 0o755,
  });
  const child = spawn('sh', [SCRIPT], {
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      API: `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`,
      ACCOUNT: join(folder, 'account'),
      MANIFEST: join(folder, 'cluster.json'),
      MESSAGE_FILE: join(folder, 'message'),
      ACCESS_KEY_ID: KEYS.accessKey,
      ACCESS_SECRET_KEY: KEYS.secretKey,
      ARCHIVE: archive(),
      BUCKET: 'backups',
      CLUSTER: 'onyx-database',
      ENDPOINT: bucket.endpoint,
      FOLDER: 'lab/postgres',
      GENERATION: String(generation),
      NAMESPACE: 'onyx',
      RECOVER_FROM: String(generation - 1),
      REGION: 'us-east-1',
      ...changes,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, output };
}

describe.skipIf(!hasTool('curl'))('blueprints/apps/onyx-database/scripts/guard.sh: no database in the cluster', () => {
  interface Case {
    readonly name: string;
    readonly generation: number;
    readonly recoverFrom?: number;
    readonly keys: readonly string[];
    readonly says: string;
  }
  const made: readonly Case[] = [
    { name: 'an empty bucket', generation: 1, keys: [], says: 'generation 1 is made, empty' },
    {
      name: 'a bucket with other things, in other folders and under longer names',
      generation: 1,
      keys: [
        'lab/opensearch/index-1',
        'prod/postgres/onyx-database-1/base/1/backup.info',
        'lab/postgres/onyx-database-next/x',
      ],
      says: 'generation 1 is made, empty',
    },
    {
      name: 'the second generation after the first',
      generation: 2,
      keys: base(1),
      says: 'Generation 2 is made, recovered from generation 1',
    },
    {
      name: 'the tenth generation after the ninth, counted as numbers',
      generation: 10,
      keys: [...base(1), ...base(2), ...base(9)],
      says: 'Generation 10 is made, recovered from generation 9',
    },
    {
      name: 'an older generation than the one before',
      generation: 3,
      recoverFrom: 1,
      keys: [...base(1), ...base(2)],
      says: 'Generation 3 is made, recovered from generation 1',
    },
  ];

  it.each(made)('makes it: $name', async ({ generation, recoverFrom, keys, says }) => {
    for (const key of keys) bucket.keys.add(key);

    const result = await run(generation, recoverFrom === undefined ? {} : { RECOVER_FROM: String(recoverFrom) });

    expect(result.output).toContain(says);
    expect(result.status).toBe(0);
    expect(api.applied).toEqual([{ type: 'application/apply-patch+yaml', body: '{"kind":"Cluster"}\n' }]);
    expect(api.requests.at(-1)).toBe(`PATCH ${CLUSTERS}/onyx-database?fieldManager=argocd-controller&force=true`);
  });

  const refused: readonly Case[] = [
    {
      name: 'the first generation over copies of itself',
      generation: 1,
      keys: base(1),
      says: 'write apps.onyx-database.generation: 2 in the environment file',
    },
    {
      name: 'the first generation over copies of a later one only',
      generation: 1,
      keys: base(3),
      says: 'write apps.onyx-database.generation: 4 in the environment file',
    },
    {
      name: 'a generation that was there before',
      generation: 2,
      keys: [...base(1), ...base(2)],
      says: 'write apps.onyx-database.generation: 3 in the environment file',
    },
    {
      name: 'a generation whose copies have no base backup: the one before is the source',
      generation: 2,
      keys: [...base(1), ...wal(2)],
      says: 'write apps.onyx-database.generation: 3 and apps.onyx-database.recoverFrom: 1, the newest with a base backup',
    },
    {
      name: 'copies that nothing can be recovered from',
      generation: 1,
      keys: wal(1),
      says: 'None of these copies has a base backup',
    },
    {
      name: 'a recovery from a generation that is not there',
      generation: 3,
      keys: base(1),
      says: 'of which',
    },
    {
      name: 'a recovery from a generation that is not there: what to write instead',
      generation: 3,
      keys: base(1),
      says: 'write apps.onyx-database.generation: 2 in the environment file',
    },
    {
      name: 'a recovery from an empty bucket',
      generation: 2,
      keys: [],
      says: 'holds no copies of onyx-database at all',
    },
  ];

  it.each(refused)('refuses $name', async ({ generation, keys, says }) => {
    for (const key of keys) bucket.keys.add(key);

    const result = await run(generation);

    expect(result.output).toContain(says);
    expect(result.status).toBe(1);
    expect(api.applied).toEqual([]);
    expect(readFileSync(join(folder, 'message'), 'utf8')).toContain(says);
  });

  it('refuses while volumes of a former one are left, which a new one would take up', async () => {
    api.volumes = ['onyx-database-1'];

    const result = await run(1);

    expect(result.output).toContain('delete persistentvolumeclaims -l cnpg.io/cluster=onyx-database');
    expect(result.status).toBe(1);
    expect(api.applied).toEqual([]);
  });

  it.each([
    { name: 'a wrong key', changes: { ACCESS_SECRET_KEY: 'wrong' }, says: 'status 403, SignatureDoesNotMatch' },
    { name: 'an unknown key', changes: { ACCESS_KEY_ID: 'unknown' }, says: 'status 403, InvalidAccessKeyId' },
    { name: 'another region', changes: { REGION: 'eu-west-1' }, says: 'status 403, AuthorizationHeaderMalformed' },
    { name: 'a missing bucket', changes: { BUCKET: 'missing' }, says: 'status 404, NoSuchBucket' },
    { name: 'no store at all', changes: { ENDPOINT: 'http://127.0.0.1:9' }, says: 'status 000' },
  ])('makes nothing when it cannot tell what the bucket holds: $name', async ({ changes, says }) => {
    const result = await run(1, changes);

    expect(result.output).toContain('Cannot tell what');
    expect(result.output).toContain(says);
    expect(result.status).toBe(1);
    expect(api.applied).toEqual([]);
  });

  it.each([
    { name: 'an error', status: 503, body: '<Error><Code>SlowDown</Code></Error>' },
    { name: "a proxy's page with a good status", status: 200, body: '<html>please log in</html>' },
    { name: 'nothing with a good status', status: 200, body: '' },
  ])('makes nothing when the store answers with $name', async ({ status, body }) => {
    bucket.broken = { status, body };

    const result = await run(1);

    expect(result.output).toContain(`(status ${status}`);
    expect(result.status).toBe(1);
    expect(api.applied).toEqual([]);
  });

  it('says what the API server did not like', async () => {
    api.applyStatus = 422;

    const result = await run(1);

    expect(result.output).toContain('did not take onyx-database (status 422): {"kind":"Status","message":"as told"}');
    expect(result.status).toBe(1);
  });

  it('shows its keys to no process list', async () => {
    await run(1);

    const seen = readFileSync(join(folder, 'arguments'), 'utf8');
    expect(seen.trim().split('\n').length).toBeGreaterThan(3);
    expect(seen).not.toContain('secret+');
    expect(seen).not.toContain(KEYS.accessKey);
    expect(seen).not.toContain(TOKEN);
  });
});

describe.skipIf(!hasTool('curl'))('blueprints/apps/onyx-database/scripts/guard.sh: a database runs', () => {
  const runs = (generation: number, where: string) => ({
    'rootstock.dev/archive': where,
    'rootstock.dev/server-name': `onyx-database-${generation}`,
  });

  it('leaves it alone, whatever its bucket says', async () => {
    api.running = runs(2, archive());
    bucket.broken = { status: 503, body: '' };

    const result = await run(2);

    expect(result.output).toContain('runs as generation 2 and archives to');
    expect(result.status).toBe(0);
    expect([api.applied, bucket.requests]).toEqual([[], []]);
  });

  it.each([
    { name: 'a later generation in Git', living: 1, git: 2 },
    { name: 'an earlier generation in Git', living: 3, git: 2 },
  ])('refuses $name, and says both ways out', async ({ living, git }) => {
    api.running = runs(living, archive());

    const result = await run(git);

    expect(result.status).toBe(1);
    expect(result.output).toContain(`runs as generation ${living}, and apps.onyx-database.generation is ${git}`);
    expect(result.output).toContain('kubectl -n onyx delete clusters.postgresql.cnpg.io onyx-database');
    expect(result.output).toContain(`write apps.onyx-database.generation: ${living}`);
  });

  it.each([
    { name: 'that had no backups so far', running: {}, generation: 1 },
    { name: 'that archived elsewhere so far', running: runs(2, ELSEWHERE), generation: 2 },
  ])('lets one $name begin with an empty folder', async ({ running, generation }) => {
    api.running = running;

    const result = await run(generation);

    expect(result.output).toContain('begins to archive to');
    expect(result.status).toBe(0);
  });

  it.each([
    { name: 'that had no backups so far', running: {}, generation: 1 },
    { name: 'that archived elsewhere so far', running: runs(2, ELSEWHERE), generation: 2 },
  ])('keeps one $name out of the archive of another', async ({ running, generation }) => {
    api.running = running;
    for (const key of base(2)) bucket.keys.add(key);

    const result = await run(generation);

    expect(result.output).toContain('Write another backup.folder');
    expect(result.status).toBe(1);
  });

  it('takes one without backups for the first generation', async () => {
    api.running = {};

    const result = await run(2);

    expect(result.output).toContain('runs as generation 1, and apps.onyx-database.generation is 2');
    expect(result.status).toBe(1);
  });

  it.each([
    { name: 'an API server that is not ready', broken: { status: 503, body: 'starting' } },
    { name: 'an API that does not know the kind', broken: { status: 404, body: '404 page not found' } },
    { name: 'a refusal', broken: { status: 403, body: '{"reason":"Forbidden"}' } },
  ])('makes nothing when it cannot tell: $name', async ({ broken }) => {
    api.broken = broken;

    const result = await run(1);

    expect(result.output).toContain(`Cannot tell whether onyx-database exists (status ${broken.status})`);
    expect(result.status).toBe(1);
    expect(api.applied).toEqual([]);
  });
});
