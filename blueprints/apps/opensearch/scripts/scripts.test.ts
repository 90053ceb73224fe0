import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OPENSEARCH } from '../../../../generator/core/data-services.ts';
import type { PlainMap } from '../../../../generator/core/provenance.ts';
import { stripProvenance } from '../../../../generator/core/provenance.ts';
import { planOne, SMALL } from '../../../../generator/testing/plan-builder.ts';
import { hasTool } from '../../../../generator/testing/tools.ts';
import { app } from '../app.ts';

const SCRIPTS = fileURLToPath(new URL('.', import.meta.url));
const PASSWORD = 'Aa1-"quoted\\';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'search-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What Onyx waits for. */
const DECIDED = { [OPENSEARCH.restoreMark]: 'decided' };

interface Snapshot {
  readonly id: string;
  readonly state: string;
  readonly indices: readonly string[];
}

/** Knows the calls of the API that the script may make, refuses others and bodies that the real one would refuse. */
class FakeSearch {
  readonly calls: string[] = [];
  readonly errors: string[] = [];
  indices: string[] = [];
  snapshots: Snapshot[] = [];
  repository: PlainMap | undefined;
  policy: { body: PlainMap; seqNo: number } | undefined;
  settings: PlainMap = {};
  /** Of each index of Onyx; a snapshot brings those of `single`. */
  replicas = 0;
  startingFor = 0;
  broken: string | undefined;
  waits = true;
  /** Indices that cannot be read yet, and whether somebody works at that. */
  unread: 'restoring' | 'stuck' | undefined;

  answer(method: string, url: URL, login: string, body: PlainMap | undefined): [number, unknown] {
    const call = `${method} ${url.pathname}`;
    if (login !== `admin:${PASSWORD}`) return [401, 'Unauthorized'];
    if (this.startingFor > 0) {
      this.startingFor -= 1;
      return [503, 'OpenSearch Security not initialized.'];
    }
    this.calls.push(`${call}${url.search}`);
    if (this.broken !== undefined && call.startsWith(this.broken)) return [500, { error: 'broken' }];
    if (call === 'GET /_cluster/health/danswer_chunk*' && this.unread !== undefined) return [408, { status: 'red' }];
    if (call.startsWith('GET /_cluster/health')) return this.health(url);
    if (call === 'GET /_cat/recovery/danswer_chunk*')
      return [200, this.unread === 'restoring' ? 'danswer_chunk_a\n' : ''];
    if (call === 'PUT /_snapshot/backup') return this.register(body);
    if (call === 'GET /_cat/indices/danswer_chunk*') return [200, lines(this.indices)];
    if (call === 'PUT /danswer_chunk*/_settings') return this.changeReplicas(body);
    if (this.repository === undefined) return [404, { error: 'repository_missing_exception' }];
    if (call === 'GET /_cat/snapshots/backup') return this.listSnapshots(url);
    if (call.startsWith('GET /_snapshot/backup/')) return this.showSnapshot(url.pathname.split('/')[3]);
    if (/^POST \/_snapshot\/backup\/[^/]+\/_restore$/.test(call)) return this.restore(url.pathname.split('/')[3], body);
    if (call === 'PUT /_cluster/settings') return this.changeSettings(body);
    if (url.pathname === '/_plugins/_sm/policies/onyx-daily') return this.changePolicy(method, url, body);
    this.errors.push(`unknown call ${call}`);
    return [400, 'no handler'];
  }

  private health(url: URL): [number, unknown] {
    // Without snapshots a cluster of any colour may be told.
    if (this.waits && url.searchParams.get('wait_for_status') !== 'yellow') this.errors.push('waits for no status');
    return [200, { status: 'yellow' }];
  }

  private register(body: PlainMap | undefined): [number, unknown] {
    const settings = body?.['settings'] as PlainMap | undefined;
    if (body?.['type'] !== 's3' || typeof settings?.['bucket'] !== 'string' || settings['base_path'] === undefined)
      return [400, { error: 'repository_exception' }];
    this.repository = body;
    return [200, { acknowledged: true }];
  }

  private listSnapshots(url: URL): [number, unknown] {
    if (url.searchParams.get('h') !== 'id,status' || url.searchParams.get('s') !== 'end_epoch:desc')
      this.errors.push(`unexpected columns ${url.search}`);
    return [200, lines(this.snapshots.map(({ id, state }) => `${id} ${state}`))];
  }

  private showSnapshot(id: string | undefined): [number, unknown] {
    const found = this.snapshots.find((snapshot) => snapshot.id === id);
    return found === undefined ? [404, {}] : [200, { snapshots: [{ indices: found.indices }] }];
  }

  private restore(id: string | undefined, body: PlainMap | undefined): [number, unknown] {
    const found = this.snapshots.find((snapshot) => snapshot.id === id);
    if (found === undefined || found.state !== 'SUCCESS') return [500, { error: 'snapshot_restore_exception' }];
    if (body?.['include_global_state'] !== false) return [403, { error: 'security_exception' }];
    if (this.indices.length > 0) return [500, { error: 'an open index with same name already exists' }];
    this.indices = found.indices.filter((name) => name.startsWith('danswer_chunk'));
    return [200, { accepted: true }];
  }

  /** Knows no settings but those that anybody may name. */
  private changeSettings(body: PlainMap | undefined): [number, unknown] {
    const given = (body?.['persistent'] ?? {}) as PlainMap;
    const unknown = Object.keys(given).filter((name) => !/^cluster\.metadata\.\w+$/.test(name));
    if (unknown.length > 0) return [400, { error: `persistent setting [${unknown.join()}], not recognized` }];
    this.settings = { ...this.settings, ...given };
    return [200, { acknowledged: true, persistent: given }];
  }

  private changeReplicas(body: PlainMap | undefined): [number, unknown] {
    if (this.indices.length === 0) return [404, { error: 'index_not_found_exception' }];
    const given = (body?.['index'] as PlainMap | undefined)?.['number_of_replicas'];
    if (typeof given !== 'number') return [400, { error: 'illegal_argument_exception' }];
    this.replicas = given;
    return [200, { acknowledged: true }];
  }

  private changePolicy(method: string, url: URL, body: PlainMap | undefined): [number, unknown] {
    if (method === 'GET') return this.policy === undefined ? [404, {}] : [200, this.showPolicy(this.policy)];
    const { creation, deletion, snapshot_config: config } = (body ?? {}) as Record<string, PlainMap | undefined>;
    const condition = deletion?.['condition'] as PlainMap | undefined;
    if (creation?.['schedule'] === undefined || config?.['repository'] !== 'backup') return [400, { error: 'invalid' }];
    if (!/^\d+d$/.test(String(condition?.['max_age'])) || !(Number(condition?.['min_count']) > 0))
      return [400, { error: 'invalid condition' }];
    if (method === 'POST' && this.policy !== undefined) return [409, { error: 'version_conflict_engine_exception' }];
    if (method === 'PUT') {
      const seen = [url.searchParams.get('if_seq_no'), url.searchParams.get('if_primary_term')];
      if (seen[0] !== String(this.policy?.seqNo) || seen[1] !== '21') return [409, { error: 'version_conflict' }];
    }
    this.policy = { body: body ?? {}, seqNo: (this.policy?.seqNo ?? 54982) + 1 };
    return [method === 'POST' ? 201 : 200, this.showPolicy(this.policy)];
  }

  private showPolicy({ body, seqNo }: { body: PlainMap; seqNo: number }) {
    return { _id: 'onyx-daily-sm-policy', _version: 5, _seq_no: seqNo, _primary_term: 21, sm_policy: body };
  }
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('');
}

async function readBody(request: IncomingMessage): Promise<PlainMap | undefined> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? undefined : (JSON.parse(text) as PlainMap);
}

async function handle(search: FakeSearch, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const login = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
  const url = new URL(request.url ?? '', 'http://localhost');
  const [status, body] = search.answer(request.method ?? '', url, login, await readBody(request));
  response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Runs the script of the Job with the files of its ConfigMap, as planned for a small environment. */
async function setUp(search: FakeSearch, changes: Record<string, string> = {}) {
  writeFileSync(join(folder, 'ca.crt'), '');
  for (const [name, text] of Object.entries(planFiles())) writeFileSync(join(folder, name), text);
  const server: Server = createServer((request, response) => void handle(search, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const environment = {
    PATH: process.env['PATH'] ?? '',
    CA_FILE: join(folder, 'ca.crt'),
    FILES: folder,
    INDICES: 'danswer_chunk*',
    POLICY: 'onyx-daily',
    REPLICAS: '0',
    REPOSITORY: 'backup',
    RESTORE_MARK: OPENSEARCH.restoreMark,
    SEARCH_PASSWORD: PASSWORD,
    SEARCH_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    SEARCH_USER: 'admin',
    PAUSE_SECONDS: '0',
    CLUSTER_TRIES: '3',
    ...changes,
  };
  const child = spawn('sh', [join(SCRIPTS, 'set-up-search.sh')], { env: environment });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  await new Promise((resolve) => server.close(resolve));
  return { status, output };
}

function planFiles(): Record<string, string> {
  const environment = { ...SMALL, backup: { bucket: 'copies', retentionDays: 3 } };
  const { onDemand: _, ...demanded } = app;
  const [planned] = planOne(environment, [demanded, ...standIns()]).apps.filter(
    ({ blueprint }) => blueprint.name === 'opensearch',
  );
  const manifest = planned!.plan.manifests!.find(({ file }) => file === 'search-snapshots');
  return (stripProvenance(manifest!.object).plain as PlainMap)['data'] as Record<string, string>;
}

function standIns() {
  return ['aws-ebs-csi-driver', 'cert-manager'].map((name) => ({
    ...app,
    name,
    onDemand: undefined as never,
    dependencies: () => ({}),
    plan: () => ({}),
  }));
}

describe.skipIf(!hasTool('curl'))('blueprints/apps/opensearch/scripts/set-up-search.sh', () => {
  it('registers the repository and the policy in a new environment, and restores nothing', async () => {
    const search = new FakeSearch();

    const { status, output } = await setUp(search);

    expect([status, search.errors]).toEqual([0, []]);
    expect(output).toContain('it starts empty');
    expect(search.repository).toMatchObject({ settings: { bucket: 'copies', base_path: 'lab/opensearch' } });
    expect(search.policy?.body['deletion']).toMatchObject({ condition: { max_age: '3d', min_count: 3 } });
    expect(search.calls.filter((call) => call.includes('_restore'))).toEqual([]);
    expect(search.settings).toEqual(DECIDED);
  });

  it('restores the newest complete snapshot that has an index of Onyx', async () => {
    const search = new FakeSearch();
    search.snapshots = [
      { id: 'onyx-daily-4', state: 'PARTIAL', indices: ['danswer_chunk_a'] },
      { id: 'onyx-daily-3', state: 'SUCCESS', indices: [] },
      { id: 'onyx-daily-2', state: 'SUCCESS', indices: ['danswer_chunk_a', 'other'] },
      { id: 'onyx-daily-1', state: 'SUCCESS', indices: ['danswer_chunk_old'] },
    ];

    const { status } = await setUp(search);

    expect([status, search.errors]).toEqual([0, []]);
    expect(search.indices).toEqual(['danswer_chunk_a']);
    expect(search.settings).toEqual(DECIDED);
    const order = search.calls.map((call) => call.split('?')[0]);
    expect(order.indexOf('PUT /_cluster/settings')).toBeGreaterThan(
      order.indexOf('POST /_snapshot/backup/onyx-daily-2/_restore'),
    );
    expect(search.calls.filter((call) => call.startsWith('POST /_snapshot'))).toEqual([
      'POST /_snapshot/backup/onyx-daily-2/_restore?wait_for_completion=false',
    ]);
  });

  it('touches no index that is there, and may run again', async () => {
    const search = new FakeSearch();
    search.indices = ['danswer_chunk_new'];
    search.snapshots = [{ id: 'onyx-daily-1', state: 'SUCCESS', indices: ['danswer_chunk_old'] }];

    const first = await setUp(search);
    const second = await setUp(search);

    expect([first.status, second.status, search.errors]).toEqual([0, 0, []]);
    expect(search.indices).toEqual(['danswer_chunk_new']);
    expect(search.calls.filter((call) => /^(POST|PUT) \/_plugins/.test(call))).toEqual([
      'POST /_plugins/_sm/policies/onyx-daily',
      'PUT /_plugins/_sm/policies/onyx-daily?if_seq_no=54983&if_primary_term=21',
    ]);
  });

  it.each([
    ['an index that is there gets a copy in high', ['danswer_chunk_a'], [], 0, '1', 1],
    ['an index that is there loses its copy in single', ['danswer_chunk_a'], [], 1, '0', 0],
    ['a restored index gets a copy in high', [], ['danswer_chunk_a'], 0, '1', 1],
    ['nothing is changed without an index', [], [], 0, '1', 0],
  ])('%s', async (_title, indices, saved, before, wanted, after) => {
    const search = new FakeSearch();
    search.indices = indices;
    search.snapshots = saved.length > 0 ? [{ id: 'onyx-daily-1', state: 'SUCCESS', indices: saved }] : [];
    search.replicas = before;

    const { status } = await setUp(search, { REPLICAS: wanted });

    expect([status, search.errors, search.replicas]).toEqual([0, [], after]);
  });

  it.each([
    ['single became high', ['danswer_chunk_a'], 0, '1', 1],
    ['high became single', ['danswer_chunk_a'], 1, '0', 0],
    ['nothing changed', ['danswer_chunk_a'], 1, '1', 1],
    ['there is no index yet', [], 0, '1', 0],
  ])(
    'without a backup sets the copies and nothing else, however often it runs: %s',
    async (_t, indices, before, wanted, after) => {
      const search = new FakeSearch();
      search.indices = indices;
      search.replicas = before;
      search.waits = false;
      // An index that lacks a part: no reason to leave it without copies for ever.
      search.unread = 'stuck';
      const withoutBackup = { REPLICAS: wanted, REPOSITORY: '' };

      const first = await setUp(search, withoutBackup);
      const second = await setUp(search, withoutBackup);

      expect([first.status, second.status, search.errors, search.replicas]).toEqual([0, 0, [], after]);
      expect([search.repository, search.policy, search.settings]).toEqual([undefined, undefined, {}]);
      expect(search.calls.filter((call) => call.includes('snapshot') || call.includes('wait_for_status'))).toEqual([]);
    },
  );

  it('without a backup says why the copies were refused', async () => {
    const search = new FakeSearch();
    search.waits = false;
    search.indices = ['danswer_chunk_a'];
    search.broken = 'PUT /danswer_chunk';

    const { status, output } = await setUp(search, { REPLICAS: '1', REPOSITORY: '' });

    expect(status).toBe(1);
    expect(output).toContain('refused 1 copies of indices danswer_chunk* (answer 500)');
  });

  it('stops when only incomplete snapshots are left, so that nobody takes an empty index for the old one', async () => {
    const search = new FakeSearch();
    search.snapshots = [{ id: 'onyx-daily-1', state: 'FAILED', indices: ['danswer_chunk_a'] }];

    const { status, output } = await setUp(search);

    expect(status).toBe(1);
    expect(output).toContain('only: onyx-daily-1');
    expect(search.policy).toBeUndefined();
    expect(search.settings).toEqual({});
  });

  it.each([
    ['the repository cannot be written', 'PUT /_snapshot/backup', 'refused the snapshot repository (answer 500)', {}],
    ['the list of indices fails', 'GET /_cat/indices', 'refused the list of indices (answer 500)', {}],
    ['the list of snapshots fails', 'GET /_cat/snapshots', 'refused the list of snapshots (answer 500)', {}],
    ['a snapshot cannot be read', 'GET /_snapshot/backup/', 'refused snapshot onyx-daily-1 (answer 500)', {}],
    ['the restore is refused', 'POST /_snapshot', 'refused to restore snapshot onyx-daily-1 (answer 500)', {}],
    ['the mark is refused', 'PUT /_cluster/settings', 'refused the mark that the restore is decided (answer 500)', {}],
    [
      'the copies are refused',
      'PUT /danswer_chunk',
      'refused 0 copies of indices danswer_chunk* (answer 500)',
      DECIDED,
    ],
    ['the policy is refused', 'GET /_plugins', 'refused the snapshot policy (answer 500)', DECIDED],
  ])('fails and says why when %s', async (_title, broken, message, settings) => {
    const search = new FakeSearch();
    search.snapshots = [{ id: 'onyx-daily-1', state: 'SUCCESS', indices: ['danswer_chunk_a'] }];
    search.broken = broken;

    const { status, output } = await setUp(search);

    expect(status).toBe(1);
    expect(output).toContain(message);
    expect(search.settings).toEqual(settings);
  });

  it('does not keep a sync waiting for a large index that is being restored', async () => {
    const search = new FakeSearch();
    search.snapshots = [{ id: 'onyx-daily-1', state: 'SUCCESS', indices: ['danswer_chunk_a'] }];
    search.unread = 'restoring';

    const { status, output } = await setUp(search, { RESTORE_TRIES: '2' });

    expect([status, search.errors]).toEqual([0, []]);
    expect(output).toContain('still being restored, which goes on by itself');
    expect(search.policy).toBeDefined();
  });

  it('fails on an index that cannot be read and that nobody works at', async () => {
    const search = new FakeSearch();
    search.indices = ['danswer_chunk_a'];
    search.unread = 'stuck';

    const { status, output } = await setUp(search, { RESTORE_TRIES: '2' });

    expect(status).toBe(1);
    expect(output).toContain('cannot be read, and nobody is restoring them: {"status":"red"}');
  });

  it('waits for a cluster that is still starting, and not for ever', async () => {
    const soon = new FakeSearch();
    soon.startingFor = 2;
    const never = new FakeSearch();
    never.startingFor = 1000;

    const [started, stuck] = [await setUp(soon), await setUp(never)];

    expect([started.status, stuck.status]).toEqual([0, 1]);
    expect(stuck.output).toContain('refused the cluster (answer 503): OpenSearch Security not initialized.');
  });

  it('says so when nobody answers at all', async () => {
    const { status, output } = await setUp(new FakeSearch(), { SEARCH_URL: 'http://127.0.0.1:9' });

    expect(status).toBe(1);
    expect(output).toContain('refused the cluster (answer 000)');
  });
});

describe('blueprints/apps/opensearch/scripts/install-plugin.sh', () => {
  /** Leaves a plugin as the real one does, and writes down what it was called with. */
  const INSTALLER = `#!/usr/bin/env bash
echo "$*" >>"$OPENSEARCH_HOME/calls"
[ ! -e "$OPENSEARCH_HOME/offline" ] || { echo 'ERROR: UnknownHostException' >&2; exit 74; }
mkdir "$OPENSEARCH_HOME/plugins/$3"
echo "version=$PLUGIN_VERSION" >"$OPENSEARCH_HOME/plugins/$3/plugin-descriptor.properties"
`;

  function install(version: string): string | Error {
    // A new pod: the image is as it was, the volume as the last one left it.
    const home = join(folder, 'home');
    for (const name of ['bin', 'plugins']) {
      rmSync(join(home, name), { recursive: true, force: true });
      mkdirSync(join(home, name), { recursive: true });
    }
    writeFileSync(join(home, 'bin', 'opensearch-plugin'), INSTALLER, { mode: 0o755 });
    const env = {
      PATH: process.env['PATH'] ?? '',
      OPENSEARCH_HOME: home,
      PLUGIN: 'repository-s3',
      PLUGIN_VERSION: version,
      STORE: join(folder, 'data', '.plugins'),
    };
    try {
      return execFileSync('bash', [join(SCRIPTS, 'install-plugin.sh')], { env, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      return error as Error;
    }
  }

  function stored(): string[] {
    const store = join(folder, 'data', '.plugins');
    return existsSync(store) ? readdirSync(store) : [];
  }

  it('fetches a plugin once for each version and keeps the newest only', () => {
    const outputs = ['3.6.0', '3.6.0', '3.7.0'].map(install);

    expect(outputs[1]).toContain('is in the volume');
    expect(
      readFileSync(join(folder, 'home', 'calls'), 'utf8')
        .split('\n')
        .filter(Boolean),
    ).toEqual(['install --batch repository-s3', 'install --batch repository-s3']);
    expect(stored()).toEqual(['repository-s3-3.7.0']);
    expect(
      readFileSync(join(folder, 'data', '.plugins', 'repository-s3-3.7.0', 'plugin-descriptor.properties'), 'utf8'),
    ).toBe('version=3.7.0\n');
  });

  it('needs nobody outside once it has the plugin, and fails without', () => {
    install('3.6.0');
    writeFileSync(join(folder, 'home', 'offline'), '');

    const [again, newer] = [install('3.6.0'), install('3.7.0')];

    expect(again).toContain('is in the volume');
    expect(newer).toBeInstanceOf(Error);
    expect(stored()).toEqual(['repository-s3-3.6.0']);
  });

  it('does not take half a copy for the plugin', () => {
    mkdirSync(join(folder, 'data', '.plugins', 'repository-s3-3.6.0.new'), { recursive: true });
    mkdirSync(join(folder, 'data', '.plugins', 'repository-s3-3.6.0'), { recursive: true });

    install('3.6.0');

    expect(stored()).toEqual(['repository-s3-3.6.0']);
    expect(existsSync(join(folder, 'data', '.plugins', 'repository-s3-3.6.0', 'plugin-descriptor.properties'))).toBe(
      true,
    );
  });
});

describe('blueprints/apps/opensearch/scripts/trust-ca.sh', () => {
  /** Adds the file that it is given to the store, as the real one does in its own form. */
  const KEYTOOL = `#!/usr/bin/env bash
while [ $# -gt 0 ]; do
  case $1 in -alias) alias=$2 ;; -file) file=$2 ;; -keystore) store=$2 ;; -storepass) [ "$2" = changeit ] || exit 1 ;; esac
  shift
done
{ echo "$alias"; cat "$file"; } >>"$store"
`;
  const certificate = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;

  function trust(bundle: string) {
    const java = join(folder, 'jdk');
    for (const name of ['bin', 'lib/security']) mkdirSync(join(java, name), { recursive: true });
    mkdirSync(join(folder, 'trust'), { recursive: true });
    writeFileSync(join(java, 'bin', 'keytool'), KEYTOOL, { mode: 0o755 });
    writeFileSync(join(java, 'lib', 'security', 'cacerts'), 'those of everybody\n', { mode: 0o444 });
    writeFileSync(join(folder, 'bundle'), bundle);
    const env = {
      PATH: process.env['PATH'] ?? '',
      CA_BUNDLE: join(folder, 'bundle'),
      JAVA_HOME: java,
      TRUST: join(folder, 'trust'),
    };
    return execFileSync('bash', [join(SCRIPTS, 'trust-ca.sh')], { env, encoding: 'utf8', stdio: 'pipe' });
  }

  it('adds each certificate of the bundle to those that Java brings', () => {
    const output = trust(`# first\n${certificate('ONE')}\n# second\n${certificate('TWO')}`);

    expect(output).toBe('trust-ca: 2 certificates added\n');
    expect(readFileSync(join(folder, 'trust', 'cacerts'), 'utf8')).toBe(
      `those of everybody\nrootstock-1\n${certificate('ONE')}rootstock-2\n${certificate('TWO')}`,
    );
  });

  it('refuses a bundle without a certificate', () => {
    expect(() => trust('nothing\n')).toThrow('no certificate in');
  });
});
