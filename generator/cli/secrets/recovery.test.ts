// What is lost, and how it comes back.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { PlainMap } from '../../core/provenance.ts';
import { openSealed } from '../../testing/open-sealed.ts';
import { runHere } from '../../testing/run-here.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const base = makeTemporaryFolder();
const template = join(base, 'template');
const DNS = 'cert-manager/dns-credentials/api-token';
const FILES = [
  'clusters/west/manifests/cluster-issuers/sealed-dns-credentials.yaml',
  'clusters/west/manifests/external-dns/sealed-dns-credentials.yaml',
] as const;
const TFVARS = 'terraform/west/cluster/secrets.auto.tfvars.json';
const GIVEN = {
  [DNS]: 'token-1',
  'terraform/argocd_github_app_id': '12',
  'terraform/argocd_github_app_installation_id': '34',
  'terraform/argocd_github_app_private_key': 'key\nfile\n',
  'terraform/etcd_s3_access_key': 'access',
  'terraform/etcd_s3_secret_key': 'secret',
};
let home = '';
let count = 0;

const run = (...words: readonly string[]) => runHere(words, home, { HOME: home });
const secrets = (command: string, ...words: readonly string[]) => run('secrets', command, 'repo', ...words);
const get = async (path: string) => (await secrets('get', path)).out;
const read = (path: string) => readFileSync(join(home, 'repo', path), 'utf8');
const open = (path: string, privateKey: string) => openSealed(parse(read(path)) as PlainMap, privateKey);
const keysOf = async () => JSON.parse((await secrets('sealing-key', '--json')).out).list.items as PlainMap[];
const states = async () =>
  new Map(
    (JSON.parse((await secrets('list', '--json')).out).secrets as { path: string; state: string }[]).map((one) => [
      one.path,
      one.state,
    ]),
  );

beforeAll(async () => {
  home = template;
  mkdirSync(template);
  cpSync(join(project, 'environments/zcompute-high-cloudflare.yaml'), join(template, 'west.yaml'));
  writeFileSync(join(template, 'given.json'), JSON.stringify(GIVEN));
  expect((await run('render', '-e', 'west.yaml', '-o', 'repo', '-q')).code).toBe(0);
  execFileSync('git', ['-C', join(home, 'repo'), 'init', '--quiet', '--initial-branch=main']);
  await secrets('init');
  await secrets('generate');
  await secrets('import', '--from', 'given.json');
  await secrets('seal');
  expect((await secrets('export-tfvars')).code).toBe(0);
}, 120_000);

beforeEach(() => {
  home = join(base, `case-${count++}`);
  cpSync(template, home, { recursive: true });
});

/** What `kubectl get secrets --all-namespaces --output json` says of a cluster that opened everything. */
async function askCluster(): Promise<string> {
  const key = await get('terraform/sealing_private_key');
  const opened = FILES.map((path) => {
    const { namespace, name } = parse(read(path)).metadata as { namespace: string; name: string };
    const data = Object.entries(open(path, key)).map(([field, value]) => [
      field,
      Buffer.from(value).toString('base64'),
    ]);
    return { kind: 'Secret', metadata: { namespace, name }, data: Object.fromEntries(data) };
  });
  const foreign = { kind: 'Secret', metadata: { namespace: 'kube-system', name: 'k3s-serving' }, data: { a: 'Yg==' } };
  return JSON.stringify({ kind: 'List', items: [...opened, foreign, ...(await keysOf())] });
}

describe('generator/cli/secrets recovery', () => {
  it('a lost store with a living cluster: the values and the key come back from it', async () => {
    const key = await get('terraform/sealing_private_key');
    writeFileSync(join(home, 'cluster.json'), await askCluster());
    rmSync(join(home, 'repo/secrets'), { recursive: true });
    rmSync(join(home, '.config'), { recursive: true });

    await secrets('init');
    const imported = await secrets('import', '--kubernetes', 'cluster.json');
    const variables = await secrets('import', '--tfvars', join('repo', TFVARS));

    expect([imported.code, variables.code]).toEqual([0, 0]);
    expect(await get(DNS)).toBe('token-1\n');
    expect(await get('terraform/sealing_private_key')).toBe(key);
    expect((await secrets('export-tfvars')).out).toMatch(/^same /);
    // Digests are keyed with what was lost: everything is sealed once more, for the key that the cluster has.
    expect((await secrets('seal')).code).toBe(0);
    expect(FILES.map((path) => open(path, key))).toEqual([{ 'api-token': 'token-1' }, { 'api-token': 'token-1' }]);
  });

  describe('a lost store, before anything was imported', () => {
    let key = '';
    let before: readonly string[] = [];

    beforeEach(async () => {
      key = await get('terraform/sealing_private_key');
      await secrets('seal');
      before = FILES.map(read);
      writeFileSync(join(home, 'cluster.json'), await askCluster());
      rmSync(join(home, 'repo/secrets'), { recursive: true });
    });

    it('init leads to the import, and generate refuses to make up what is in use', async () => {
      const init = await secrets('init');
      const store = read('secrets/west.age');

      const refused = await secrets('generate', '--json');

      expect(init.err).toContain('next: rootstock secrets import repo --kubernetes FILE -e west');
      expect(refused.code).toBe(1);
      const [problem] = JSON.parse(refused.out).problems;
      expect(problem).toMatchObject({
        code: 'SEC-016',
        place: { file: 'repo/secrets/west.age' },
        hint: expect.stringMatching(
          /--kubernetes FILE .* --tfvars FILE; .*secrets restore.*generate repo --replace-sealed/,
        ),
      });
      for (const path of ['onyx/onyx-redis/redis_password', 'terraform/cluster_token', 'terraform/sealing_private_key'])
        expect(problem.message).toContain(path);
      expect(read('secrets/west.age')).toBe(store);
    });

    it.each([
      ['the apps alone', ['--kubernetes', 'apps.json'], 'terraform/sealing_private_key'],
      ['the key and not the apps', ['--kubernetes', 'keys.json'], 'onyx/onyx-redis/redis_password'],
      ['the cluster, and not what Terraform has', ['--kubernetes', 'cluster.json'], 'terraform/cluster_token'],
    ])('generate still refuses after an import of half of it: %s', async (_, words, missing) => {
      const { items } = JSON.parse(readFileSync(join(home, 'cluster.json'), 'utf8')) as { items: PlainMap[] };
      const isKey = ({ metadata }: PlainMap) => (metadata as PlainMap)['namespace'] === 'kube-system';
      writeFileSync(join(home, 'apps.json'), JSON.stringify({ items: items.filter((item) => !isKey(item)) }));
      writeFileSync(join(home, 'keys.json'), JSON.stringify({ items: items.filter(isKey) }));
      await secrets('init');
      expect((await secrets('import', ...words)).code).toBe(0);

      const refused = await secrets('generate');
      const store = read('secrets/west.age');
      const rotated = await secrets('rotate-key');

      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('SEC-016') });
      expect(refused.err).toContain(missing);
      // Files that it cannot seal anew would be left behind by a new key.
      expect(rotated).toMatchObject({ code: 1, err: expect.stringMatching(/SEC-01[67]/) });
      expect(read('secrets/west.age')).toBe(store);
    });

    it.each(['seal', 'rotate-key'])('SEC-017: %s replaces nothing that only another key opens', async (command) => {
      await secrets('init');
      const own = JSON.stringify({ [DNS]: 'token-1', ...(await foreignPair()) });
      writeFileSync(join(home, 'own.json'), own);
      expect((await secrets('import', '--from', 'own.json')).code).toBe(0);
      const store = read('secrets/west.age');

      const refused = await secrets(command);
      const rendered = await run('render', '-e', 'repo/environments/west.yaml', '-o', 'repo', '--json');
      const listed = (await states()).get(DNS);

      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('SEC-017') });
      expect(refused.err).toContain(`rootstock secrets ${command} repo --replace-sealed -e west`);
      expect(JSON.parse(rendered.out).problems).toContainEqual(
        expect.objectContaining({ code: 'SEC-017', severity: 'pending' }),
      );
      expect(listed).toBe('stale');
      expect(FILES.map(read)).toEqual(before);
      expect(read('secrets/west.age')).toBe(store);
      expect((await secrets(command, '--replace-sealed')).code).toBe(0);
      expect(FILES.map(read)).not.toEqual(before);
    });

    it('a cluster that is gone, too: everything is made anew, once somebody says so', async () => {
      await secrets('init');

      const made = await secrets('generate', '--replace-sealed');
      const refused = await secrets('seal');
      const sealed = await secrets('seal', '--replace-sealed');

      expect(made).toMatchObject({ code: 0, err: expect.stringContaining('next: ') });
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('SEC-017') });
      expect(sealed.code).toBe(0);
      expect(await get('terraform/sealing_private_key')).not.toBe(key);
      expect((await secrets('generate')).code).toBe(0);
    });

    /** A pair that is none of the cluster's. */
    async function foreignPair() {
      const { makeSealingKey } = await import('../../secrets/sealing-key.ts');
      const { certificate, privateKey } = await makeSealingKey(new Date());
      return { 'terraform/sealing_certificate': certificate, 'terraform/sealing_private_key': privateKey };
    }
  });

  it('a lost store and a cluster that has rotated its key: the newest one seals', async () => {
    await secrets('rotate-key');
    const keys = await keysOf();
    const cluster = JSON.parse(await askCluster()) as { items: PlainMap[] };
    writeFileSync(join(home, 'cluster.json'), JSON.stringify({ ...cluster, items: [...cluster.items].reverse() }));
    rmSync(join(home, 'repo/secrets'), { recursive: true });
    await secrets('init');

    await secrets('import', '--kubernetes', 'cluster.json');

    const fingerprints = (list: readonly PlainMap[]) =>
      list.map(({ metadata }) => (metadata as PlainMap)['name']).sort();
    expect(fingerprints(await keysOf())).toEqual(fingerprints(keys));
  });

  it('a lost cluster with a living store: the next one opens the same files', async () => {
    const before = FILES.map(read);
    rmSync(join(home, 'repo', TFVARS));

    await secrets('export-tfvars');

    const { sealing_private_key: key, ...rest } = JSON.parse(read(TFVARS)) as Record<string, string>;
    expect(FILES.map((path) => open(path, key ?? ''))).toEqual([
      { 'api-token': 'token-1' },
      { 'api-token': 'token-1' },
    ]);
    expect(rest).toMatchObject({
      etcd_s3_access_key: 'access',
      cluster_token: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(FILES.map(read)).toEqual(before);
  });

  it('a wrong passphrase: nothing is lost, and the right one opens', async () => {
    rmSync(join(home, 'repo/secrets'), { recursive: true });
    const as = (passphrase: string, ...words: readonly string[]) =>
      runHere(['secrets', ...words], home, { HOME: home, ROOTSTOCK_PASSPHRASE: passphrase });
    await as('right', 'init', 'repo', '--passphrase');
    writeFileSync(join(home, 'value'), 'kept');
    await as('right', 'set', 'repo', DNS, '--from-file', 'value');
    const before = read('secrets/west.age');

    const wrong = await as('wrong', 'set', 'repo', DNS, '--from-file', 'given.json');

    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('SEC-002') });
    expect(read('secrets/west.age')).toBe(before);
    expect((await as('right', 'get', 'repo', DNS)).out).toBe('kept\n');
  }, 180_000);

  it('a store that is half written or has conflict markers: Git has the last one', async () => {
    const git = (...words: readonly string[]) =>
      execFileSync('git', ['-C', join(home, 'repo'), '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words]);
    git('add', '--all');
    git('commit', '--quiet', '--message', 'all');
    writeFileSync(join(home, 'repo/secrets/west.age'), read('secrets/west.age').slice(0, 400));

    const refused = await secrets('get', DNS);
    const [, hint = ''] = /hint: (.*)\n/.exec(refused.err) ?? [];
    execFileSync('sh', ['-c', hint], { cwd: home, stdio: 'pipe' });

    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('SEC-003') });
    expect(await get(DNS)).toBe('token-1\n');
  });

  it('a run that is killed while it writes: the old store or the new one is there, whole', async () => {
    const entry = join(project, 'dist/rootstock.mjs');
    const env = { PATH: process.env['PATH'] ?? '', HOME: home };
    for (let round = 0; round < 8; round++) {
      writeFileSync(join(home, 'value'), `round-${round}`);
      const words = ['secrets', 'set', 'repo', DNS, '--from-file', 'value'];
      const child = spawn(process.execPath, [entry, ...words], { cwd: home, env, stdio: 'ignore' });
      const ended = once(child, 'exit');
      await wait(200 + round * 150);
      child.kill('SIGKILL');
      await ended;

      const value = await get(DNS);
      expect(value).toMatch(/^(token-1|round-\d+)\n$/);
    }
    writeFileSync(join(home, 'value'), 'last');
    expect((await secrets('set', DNS, '--from-file', 'value')).code).toBe(0);
    expect(await get(DNS)).toBe('last\n');
  }, 120_000);

  it.each([
    ['before any file was sealed anew', FILES],
    ['between two files', FILES.slice(1)],
  ])('a key that was rotated halfway, %s: the next run completes it with the same key', async (_, old) => {
    const before = new Map(old.map((path) => [path, read(path)]));
    await secrets('rotate-key');
    for (const [path, text] of before) writeFileSync(join(home, 'repo', path), text);
    const keys = await keysOf();

    const resumed = await secrets('rotate-key');

    expect(resumed).toMatchObject({ code: 0, err: expect.stringContaining('completing a rotation') });
    expect(await keysOf()).toEqual(keys);
    expect(keys).toHaveLength(2);
    expect([(await states()).get(DNS), (await states()).get('external-dns/dns-credentials/api-token')]).toEqual([
      'sealed',
      'sealed',
    ]);
    const again = await secrets('rotate-key');
    expect(again.err).not.toContain('completing');
    expect(await keysOf()).toHaveLength(3);
  });

  describe('an older store, beside files that were sealed since', () => {
    const GIVEN_LATER = ['onyx/backup-storage/ACCESS_KEY_ID', 'onyx/backup-storage/ACCESS_SECRET_KEY'];
    const store = () => join(home, 'repo/secrets/west.age');
    const codes = (out: string) => (JSON.parse(out).problems as { code: string }[]).map(({ code }) => code);
    let older = '';

    beforeEach(() => {
      older = readFileSync(store(), 'utf8');
      writeFileSync(join(home, 'value'), 'token-2');
    });

    it('SEC-018: nothing brings an old value back, and what is sealed comes into the store', async () => {
      await secrets('set', DNS, '--from-file', 'value');
      await secrets('seal');
      const files = FILES.map(read);
      writeFileSync(store(), older);

      const refused = [await secrets('seal', '--json'), await secrets('rotate-key', '--json')];
      const rendered = await run('render', '-e', 'repo/environments/west.yaml', '-o', 'repo', '--json');
      const untouched = FILES.map(read);
      const asked = await secrets('import', '--sealed', '--json');
      const imported = await secrets('import', '--sealed', '--force');
      const sealed = await secrets('seal');

      expect(refused.map(({ out }) => codes(out))).toEqual([['SEC-018'], ['SEC-018']]);
      expect(codes(rendered.out)).toContain('SEC-018');
      expect(untouched).toEqual(files);
      expect(codes(asked.out)).toEqual(['SEC-010']);
      expect(imported.out).toContain(`imported  ${DNS}\n`);
      expect(sealed.code).toBe(0);
      expect(await get(DNS)).toBe('token-2\n');
      expect(FILES.map(read)).toEqual(files);
    });

    it('SEC-016: a new key waits for what only the files know', async () => {
      for (const path of GIVEN_LATER) await secrets('set', path, '--from-file', 'value');
      await secrets('seal');
      writeFileSync(store(), older);

      const refused = await secrets('rotate-key', '--json');
      await secrets('import', '--sealed');
      const rotated = await secrets('rotate-key');

      const [problem] = JSON.parse(refused.out).problems;
      expect(problem).toMatchObject({
        code: 'SEC-016',
        hint: expect.stringMatching(/^rootstock secrets import repo --sealed /),
      });
      for (const path of GIVEN_LATER) expect(problem.message).toContain(path);
      expect(rotated.code).toBe(0);
      expect((await secrets('export-tfvars', '--force')).code).toBe(0);
    });

    it('SEC-019: no cluster is made with a key that opens nothing', async () => {
      await secrets('rotate-key');
      writeFileSync(store(), older);

      const exported = await secrets('export-tfvars', '--force', '--json');

      expect(exported.code).toBe(1);
      const [problem] = JSON.parse(exported.out).problems;
      expect(problem.code).toBe('SEC-019');
      for (const path of FILES) expect(problem.message).toContain(path);
    });
  });
});
