import { describe, expect, it } from 'vitest';
import { catalog, listCatalogFacts, listInputSchemas } from '../../../generator/catalog/catalog.ts';
import { formatSync } from '../../../generator/core/argo-cd-commands.ts';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { parseEnvironments } from '../../../generator/environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../../../generator/environment/schema/environment-schema.ts';
import { planRepository } from '../../../generator/plan/plan-repository.ts';
import { renderCase, textOfCase } from '../../../generator/testing/app-cases.ts';
import { EXAMPLE_CA } from '../../../generator/testing/certificates.ts';
import { requireValue } from '../../../generator/testing/plan-of.ts';

interface Change {
  readonly environment?: string;
  readonly inputs?: PlainMap;
  readonly overrides?: PlainMap;
}

const HIGH = 'zcompute-high-wildcard';
const BACKUP: PlainMap = { backup: { endpoint: 'https://s3.example.com:8443/', bucket: 'copies' } };

function caseOf({ environment = 'zcompute-single', inputs = {}, overrides = {} }: Change) {
  return { name: 'test', environment, inputs, overrides };
}

function planApp(change: Change = {}) {
  const { app } = renderCase('onyx-database', caseOf(change));
  const objects = (app.plan.manifests ?? []).map(({ object }) => stripProvenance(object).plain as PlainMap);
  return { ...app, objects };
}

function objectOf(kind: string, change: Change = {}): PlainMap {
  const found = planApp(change).objects.find((object) => object['kind'] === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found;
}

function specOf(kind: string, change: Change = {}): PlainMap {
  return objectOf(kind, change)['spec'] as PlainMap;
}

function findProblems(change: Change) {
  const files = [{ file: 'environment.yaml', text: textOfCase('onyx-database', caseOf(change)) }];
  const parsed = parseEnvironments(files, makeEnvironmentSchema(listInputSchemas()), listCatalogFacts());
  const demanded = catalog.map((blueprint) => {
    const { onDemand: _, ...rest } = blueprint;
    return blueprint.name === 'onyx-database' ? rest : blueprint;
  });
  return planRepository(requireValue(parsed), demanded).problems.filter(({ code }) => code === 'PLAN-004');
}

describe('blueprints/apps/onyx-database/app.ts', () => {
  it.each([
    { name: 'without copies', overrides: {}, hard: ['aws-ebs-csi-driver', 'cloudnative-pg'] },
    { name: 'with copies', overrides: BACKUP, hard: ['aws-ebs-csi-driver', 'barman-cloud', 'cloudnative-pg'] },
  ])('$name comes after what it is made by', ({ overrides, hard }) => {
    const plan = planApp({ overrides });

    expect(plan.hard).toEqual(hard);
  });

  it.each([
    {
      name: 'generation 2 without backups',
      change: { inputs: { generation: 2 } },
      key: 'apps.onyx-database.generation',
      message: 'generation 2 is recovered from backups, and the environment has no backup.',
      hint: 'write backup with the bucket that holds them, or generation: 1',
    },
    {
      name: 'a point in time for a database that starts empty',
      change: { inputs: { recoverUntil: '2026-11-20T08:30:00Z' }, overrides: BACKUP },
      key: 'apps.onyx-database.recoverUntil',
      message: '2026-11-20T08:30:00Z has no effect on generation 1, which starts empty.',
      hint: 'write generation: 2, or take recoverUntil out',
    },
    {
      name: 'a source that is not older',
      change: { inputs: { generation: 3, recoverFrom: 3 }, overrides: BACKUP },
      key: 'apps.onyx-database.recoverFrom',
      message: 'generation 3 cannot be recovered from generation 3, which is not older.',
      hint: 'write recoverFrom: 2, or take it out',
    },
    {
      name: 'a source for a database that starts empty',
      change: { inputs: { recoverFrom: 1 }, overrides: BACKUP },
      key: 'apps.onyx-database.recoverFrom',
      message: 'generation 1 cannot be recovered from generation 1, which is not older.',
      hint: 'take recoverFrom out',
    },
  ])('refuses $name', ({ change, key, message, hint }) => {
    const problems = findProblems(change);

    expect(problems).toMatchObject([{ code: 'PLAN-004', key, message, hint }]);
  });

  it('has the operator give the owner a new password when the Secret changes', () => {
    const [login] = planApp().plan.secrets ?? [];

    expect(login).toMatchObject({
      name: 'onyx-database-app',
      namespace: 'onyx',
      type: 'kubernetes.io/basic-auth',
      labels: { 'cnpg.io/reload': 'true' },
    });
  });

  it('needs the keys of the bucket only where there is one', () => {
    const names = (change: Change) => planApp(change).plan.secrets?.map(({ name }) => name);

    expect(names({})).toEqual(['onyx-database-app']);
    expect(names({ overrides: BACKUP })).toEqual(['backup-storage', 'onyx-database-app']);
  });

  it.each([
    { name: 'with its port', overrides: BACKUP, expected: 's3.example.com:8443' },
    {
      name: 'of AWS',
      overrides: { backup: { bucket: 'copies', region: 'eu-west-1' } },
      expected: 's3.eu-west-1.amazonaws.com:443',
    },
    {
      name: 'in the clear',
      overrides: { backup: { endpoint: 'http://nas.internal', bucket: 'copies' } },
      expected: 'nas.internal:80',
    },
  ])('lists the store $name among what is reached outside', ({ overrides, expected }) => {
    const { egress = [] } = planApp({ overrides }).plan;

    expect(egress.map(({ host, port }) => `${host}:${port}`)).toContain(expected);
  });

  it('says what is lost where nothing is copied', () => {
    const what = (change: Change) => planApp(change).plan.exceptions?.map((exception) => exception.what);

    expect(what({ environment: HIGH, overrides: { backup: null } })).toEqual([
      'PostgreSQL of Onyx has no copy outside the cluster, because `backup` is not set.',
    ]);
    expect(what({ environment: HIGH, overrides: BACKUP })).toEqual([]);
    expect(what({ overrides: BACKUP })).toEqual(['PostgreSQL of Onyx: one instance, with one volume.']);
  });
});

describe('blueprints/apps/onyx-database/cluster.ts', () => {
  it('single: one instance, whose node can be drained', () => {
    const spec = specOf('Cluster');

    expect(spec).toMatchObject({ instances: 1, enablePDB: false });
    expect(spec).not.toHaveProperty('affinity');
    expect(spec['postgresql']).not.toHaveProperty('synchronous');
  });

  it('high: three instances on three nodes, each commit on two of them', () => {
    const spec = specOf('Cluster', { environment: HIGH });

    expect(spec).toMatchObject({
      instances: 3,
      enablePDB: true,
      affinity: { podAntiAffinityType: 'required', topologyKey: 'kubernetes.io/hostname' },
      postgresql: { synchronous: { method: 'any', number: 1, dataDurability: 'required', failoverQuorum: true } },
    });
    expect(spec).not.toHaveProperty('topologySpreadConstraints');
  });

  it('high over several zones: apart in these, too', () => {
    const spec = specOf('Cluster', { environment: 'aws-high' });

    expect(spec['topologySpreadConstraints']).toEqual([
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { 'cnpg.io/cluster': 'onyx-database', 'cnpg.io/podRole': 'instance' } },
        nodeTaintsPolicy: 'Honor',
      },
    ]);
  });

  it.each([
    { name: 'single', change: {}, connections: '300' },
    { name: 'high', change: { environment: HIGH }, connections: '600' },
    { name: 'a number', change: { inputs: { maxConnections: 120 } }, connections: '120' },
  ])('has room for the pools of Onyx: $name', ({ change, connections }) => {
    const spec = specOf('Cluster', change);

    expect(spec).toMatchObject({ postgresql: { parameters: { max_connections: connections } } });
  });

  it('derives its caches from its memory, and what it keeps for a lost replica from the volume of the log', () => {
    const spec = specOf('Cluster', { inputs: { memoryGiB: 8, walGiB: 20, storageGiB: 50, cpuMillis: 750 } });

    expect(spec).toMatchObject({
      storage: { size: '50Gi', storageClass: 'gp3-retain' },
      walStorage: { size: '20Gi', storageClass: 'gp3-retain' },
      resources: { requests: { cpu: '750m', memory: '8Gi' }, limits: { memory: '16Gi' } },
      postgresql: {
        parameters: { shared_buffers: '2048MB', effective_cache_size: '6144MB', max_slot_wal_keep_size: '10GB' },
      },
    });
  });

  it('generation 1 starts empty, and archives under its name', () => {
    const spec = specOf('Cluster', { overrides: BACKUP });

    expect(spec['bootstrap']).toMatchObject({
      initdb: {
        database: 'onyx',
        owner: 'onyx',
        secret: { name: 'onyx-database-app' },
        postInitApplicationSQL: expect.arrayContaining(['CREATE ROLE db_readonly_user NOLOGIN']),
      },
    });
    expect(spec['plugins']).toEqual([
      {
        name: 'barman-cloud.cloudnative-pg.io',
        isWALArchiver: true,
        parameters: { barmanObjectName: 'onyx-database-archive', serverName: 'onyx-database-1' },
      },
    ]);
    expect(spec).not.toHaveProperty('externalClusters');
  });

  it.each([
    { name: 'the generation before', inputs: { generation: 4 }, source: 'onyx-database-3', target: undefined },
    { name: 'an older one', inputs: { generation: 4, recoverFrom: 1 }, source: 'onyx-database-1', target: undefined },
    {
      name: 'a point in time',
      inputs: { generation: 4, recoverUntil: '2026-11-20T09:30:00+01:00' },
      source: 'onyx-database-3',
      target: { targetTime: '2026-11-20T09:30:00+01:00' },
    },
  ])('a further generation recovers from $name, and archives under a name of its own', ({ inputs, source, target }) => {
    const spec = specOf('Cluster', { inputs, overrides: BACKUP });

    const { recovery, ...others } = spec['bootstrap'] as { readonly recovery: PlainMap };
    expect(others).toEqual({});
    expect(recovery).toMatchObject({ source: 'source', database: 'onyx', owner: 'onyx' });
    expect(recovery['recoveryTarget']).toEqual(target);
    expect(spec['externalClusters']).toEqual([
      {
        name: 'source',
        plugin: {
          name: 'barman-cloud.cloudnative-pg.io',
          parameters: { barmanObjectName: 'onyx-database-archive', serverName: source },
        },
      },
    ]);
    expect(spec).toMatchObject({ plugins: [{ parameters: { serverName: 'onyx-database-4' } }] });
  });

  it('has no plugin and no archive without backups', () => {
    const cluster = objectOf('Cluster');

    expect(cluster['spec']).not.toHaveProperty('plugins');
    expect((cluster['metadata'] as PlainMap)['annotations']).toEqual({
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      'argocd.argoproj.io/sync-wave': '2',
    });
  });
});

describe('blueprints/apps/onyx-database/backups.ts', () => {
  it('copies into a folder of its own, for as long as the environment says', () => {
    const spec = specOf('ObjectStore', {
      overrides: { backup: { bucket: 'copies', region: 'eu-west-1', folder: 'a/b', retentionDays: 7 } },
    });

    expect(spec).toMatchObject({
      configuration: { destinationPath: 's3://copies/a/b/postgres', endpointURL: 'https://s3.eu-west-1.amazonaws.com' },
      retentionPolicy: '7d',
      instanceSidecarConfiguration: { env: [{ name: 'AWS_DEFAULT_REGION', value: 'eu-west-1' }] },
    });
  });

  it('spares other stores than AWS the checksums that they may not know', () => {
    const { env } = specOf('ObjectStore', { overrides: BACKUP })['instanceSidecarConfiguration'] as unknown as {
      readonly env: readonly PlainMap[];
    };

    expect(env).toContainEqual({ name: 'AWS_REQUEST_CHECKSUM_CALCULATION', value: 'when_required' });
    expect(env).toContainEqual({ name: 'AWS_RESPONSE_CHECKSUM_VALIDATION', value: 'when_required' });
  });

  it('gives sidecar and guard the proxy and the CAs of the environment', () => {
    const overrides = { ...BACKUP, egress: { proxy: { url: 'http://proxy.internal:3128' }, caBundle: EXAMPLE_CA } };

    const { objects } = planApp({ overrides });
    const kinds = (kind: string) => objects.filter((object) => object['kind'] === kind);
    const names = kinds('ConfigMap').map(({ metadata }) => (metadata as PlainMap)['name']);
    const ca = names.find((name) => String(name).startsWith('onyx-database-ca-'));
    const variables = JSON.stringify(kinds('ObjectStore'));
    const guard = JSON.stringify(kinds('Job'));

    expect(ca).toBeDefined();
    expect(kinds('Cluster')).toMatchObject([
      { spec: { projectedVolumeTemplate: { sources: [{ configMap: { name: ca } }] } } },
    ]);
    expect(variables).toContain('{"name":"AWS_CA_BUNDLE","value":"/projected/ca.crt"}');
    expect(guard).toContain('{"name":"CA_FILE","value":"/etc/rootstock/ca/ca.crt"}');
    for (const text of [variables, guard])
      expect(text).toContain('{"name":"HTTPS_PROXY","value":"http://proxy.internal:3128"}');
  });

  it('makes a base backup at once for each generation and each place', () => {
    const name = (change: Change) => (objectOf('ScheduledBackup', change)['metadata'] as PlainMap)['name'];

    const first = name({ overrides: BACKUP });
    const names = [
      first,
      name({ overrides: BACKUP, inputs: { generation: 2 } }),
      name({ overrides: { backup: { bucket: 'elsewhere' } } }),
    ];

    expect(new Set(names).size).toBe(3);
    expect(name({ overrides: BACKUP })).toBe(first);
    expect(specOf('ScheduledBackup', { overrides: BACKUP })).toMatchObject({ immediate: true, method: 'plugin' });
  });
});

describe('blueprints/apps/onyx-database/guard.ts', () => {
  it('comes after the SealedSecrets and before the Cluster, at each sync', () => {
    const { objects } = planApp({ overrides: BACKUP });
    const waves = Object.fromEntries(
      objects.map(({ kind, metadata }) => [
        String(kind),
        Number(((metadata as PlainMap)['annotations'] as PlainMap | undefined)?.['argocd.argoproj.io/sync-wave'] ?? 0),
      ]),
    );

    expect(waves).toMatchObject({ ConfigMap: 0, Role: 0, ObjectStore: 0, ValidatingAdmissionPolicy: 0 });
    expect([waves['Job'], waves['Cluster'], waves['ScheduledBackup']]).toEqual([1, 2, 2]);
    expect(objectOf('Job', { overrides: BACKUP })).toMatchObject({
      metadata: {
        annotations: {
          'argocd.argoproj.io/hook': 'Sync',
          'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
        },
      },
    });
  });

  it('makes the very Cluster that lies in Git', () => {
    const change = { overrides: BACKUP, inputs: { generation: 2 } };

    const files = objectOf('ConfigMap', change)['data'] as Record<string, string>;

    expect(JSON.parse(files['cluster.json'] ?? '')).toEqual(objectOf('Cluster', change));
  });

  it('is the only one that may make it, and healing does not try', () => {
    const { plan } = planApp({ overrides: BACKUP });
    const policy = JSON.stringify(objectOf('ValidatingAdmissionPolicy', { overrides: BACKUP }));

    expect(policy).toContain("request.userInfo.username == 'system:serviceaccount:onyx:onyx-database-guard'");
    expect(policy).toContain('!has(request.dryRun) || !request.dryRun');
    expect(plan.selfHeal).toBe(false);
    expect(plan.clusterKinds).toContainEqual({
      group: 'admissionregistration.k8s.io',
      kind: 'ValidatingAdmissionPolicy',
    });
  });

  it.each([
    ['with a backup', { overrides: BACKUP }],
    ['without one', {}],
  ])('tells how an empty database gets tables, and then an administrator, %s', (_title, change: Change) => {
    const told = planApp(change).plan.recovery ?? [];

    const sync = told.indexOf(formatSync('onyx-access'));
    expect(told.join('\n')).toContain('take Onyx out of `ingress.expose`');
    expect(told[sync - 2]).toContain('rollout restart deployment onyx-api-server');
  });

  it('is not there without backups, where it could not tell anything', () => {
    const { objects, plan } = planApp();

    expect(objects.map(({ kind }) => kind).sort()).toEqual(['Cluster', 'NetworkPolicy']);
    expect(plan.selfHeal).toBeUndefined();
  });

  it('compares what the Cluster carries with what it is told', () => {
    const change = { overrides: BACKUP, inputs: { generation: 3, recoverFrom: 1 } };

    const { annotations } = objectOf('Cluster', change)['metadata'] as unknown as {
      readonly annotations: Record<string, string>;
    };
    const { containers } = (specOf('Job', change)['template'] as PlainMap)['spec'] as unknown as {
      readonly containers: readonly { readonly env: readonly PlainMap[] }[];
    };
    const env = new Map(containers.flatMap((container) => container.env.map(({ name, value }) => [name, value])));

    expect(env.get('ARCHIVE')).toBe('https://s3.example.com:8443/copies/lab/postgres');
    expect(annotations['rootstock.dev/archive']).toBe(env.get('ARCHIVE'));
    expect(annotations['rootstock.dev/server-name']).toBe('onyx-database-3');
    expect([env.get('GENERATION'), env.get('RECOVER_FROM'), env.get('FOLDER')]).toEqual(['3', '1', 'lab/postgres']);
  });
});
