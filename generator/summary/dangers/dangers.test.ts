import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import type { AppBlueprint, AppPlan, Store } from '../../core/blueprint.ts';
import type { YamlMap } from '../../core/provenance.ts';
import { key } from '../../core/schema-key.ts';
import { app, SMALL, SMALL_AWS } from '../../testing/plan-builder.ts';
import { summariseChange, summariseVersions } from '../../testing/summarise-change.ts';

const CHART = { name: 'demo', version: '1.0.0', repository: 'https://charts.example.com', appVersion: '1' };
const STORE: Store = { name: 'rows', where: 'one volume', sizeGiB: 10, losing: 'All rows are gone.' };
const KEPT = { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' };

function object(kind: string, spec: YamlMap = {}, annotations?: YamlMap): YamlMap {
  return { apiVersion: 'v1', kind, metadata: { name: 'data', namespace: 'demo', annotations }, spec };
}

function demo(plan: AppPlan, changes: Partial<AppBlueprint> = {}): AppBlueprint {
  return app({ values: {}, ...plan }, { chart: CHART, ...changes });
}

function withObject(...objects: readonly YamlMap[]): AppBlueprint {
  return demo({ manifests: objects.map((one, index) => ({ file: `object-${index}`, object: one })) });
}

const CLAIM = { accessModes: ['ReadWriteOnce'], storageClassName: 'gp3', resources: { requests: { storage: '10Gi' } } };
const SMALLER = { ...CLAIM, resources: { requests: { storage: '5Gi' } } };
const LARGER = { ...CLAIM, resources: { requests: { storage: '20Gi' } } };

interface Row {
  readonly name: string;
  readonly before?: readonly AppBlueprint[];
  readonly after?: readonly AppBlueprint[];
  readonly change?: (environment: typeof SMALL) => object;
  readonly from?: object;
  /** Name, and a part of what will happen. */
  readonly dangers: readonly (readonly [string, string])[];
}

function cluster(changes: object): (environment: typeof SMALL) => object {
  return (environment) => ({ ...environment, cluster: { ...environment.cluster, ...changes } });
}

function groups(nodeGroups: object): (environment: typeof SMALL) => object {
  return cluster({ nodeGroups: { ...SMALL.cluster.nodeGroups, ...nodeGroups } });
}

const { gpu: GPU, worker: WORKER, control: CONTROL } = SMALL.cluster.nodeGroups;
const BACKED_UP = cluster({
  etcdBackup: { endpoint: 's3.example.com', bucket: 'etcd' },
  nodeGroups: { ...SMALL.cluster.nodeGroups, control: { ...CONTROL, size: 3 } },
})(SMALL);
const THREE_ZONES = {
  ...SMALL_AWS,
  platform: { ...SMALL_AWS.platform, availabilityZones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'] },
};
const TWO_ZONES = THREE_ZONES.platform.availabilityZones.slice(0, 2);
const FIXED_INPUT = demo(
  {},
  {
    inputs: Type.Object({ shards: Type.Integer(key({ description: 'Shards.', takesEffect: 'never', default: 1 })) }),
  },
);

const rows: readonly Row[] = [
  { name: 'nothing', dangers: [] },
  { name: 'more nodes', change: groups({ gpu: { ...GPU, max: 5 } }), dangers: [] },
  {
    name: 'other instances, which new nodes get',
    change: groups({ worker: { ...WORKER, instanceType: 'z8.4xlarge', instanceSize: { vcpu: 8, memoryGiB: 64 } } }),
    dangers: [],
  },
  {
    name: 'a group of nodes that goes',
    change: cluster({ nodeGroups: { control: CONTROL, worker: WORKER } }),
    dangers: [['node-group/gpu', 'Terraform deletes lab-gpu at the next apply']],
  },
  {
    name: 'a group of nodes with another name',
    change: cluster({ nodeGroups: { control: CONTROL, general: WORKER, gpu: GPU } }),
    dangers: [['node-group/worker', 'end without being drained']],
  },
  { name: 'more control nodes', change: () => BACKED_UP, dangers: [] },
  {
    name: 'fewer control nodes',
    from: BACKED_UP,
    change: () => cluster({ etcdBackup: { endpoint: 's3.example.com', bucket: 'etcd' } })(SMALL),
    dangers: [['node-group/control', 'ends 2 of 3 control nodes at once (lab-control-2, lab-control-3)']],
  },
  {
    name: 'another network of the VPC',
    change: (environment) => ({ ...environment, network: { ...environment.network, cidr: '10.9.0.0/16' } }),
    dangers: [
      ['subnets', 'Terraform destroys the subnet'],
      ['vpc', 'Terraform destroys the VPC and makes another'],
    ],
  },
  {
    name: 'another network of the pods',
    change: (environment) => ({ ...environment, network: { ...environment.network, podCidr: '10.200.0.0/16' } }),
    dangers: [['cluster-network', 'cannot speak with the others']],
  },
  {
    name: 'another network of the services',
    change: (environment) => ({ ...environment, network: { ...environment.network, serviceCidr: '10.200.0.0/16' } }),
    dangers: [['cluster-network', 'k3s fixes the networks']],
  },
  {
    name: 'another region',
    from: SMALL_AWS,
    change: () => ({
      ...SMALL_AWS,
      platform: { kind: 'aws', region: 'eu-west-1', availabilityZones: ['eu-west-1a'] },
    }),
    dangers: [
      ['platform', 'Terraform asks another place'],
      ['subnets', 'Terraform destroys the subnet'],
      ['zones', 'fixed to their zones'],
    ],
  },
  {
    name: 'one zone less',
    from: THREE_ZONES,
    change: () => ({
      ...THREE_ZONES,
      platform: { ...THREE_ZONES.platform, availabilityZones: ['eu-central-1a', 'eu-central-1b'] },
    }),
    dangers: [
      ['node-group/worker', 'lab-worker-3'],
      ['subnets', ''],
      ['zones', 'in a zone that goes'],
    ],
  },
  {
    name: 'one zone more',
    from: { ...THREE_ZONES, platform: { ...THREE_ZONES.platform, availabilityZones: TWO_ZONES } },
    change: () => THREE_ZONES,
    dangers: [],
  },
  {
    name: 'more NAT gateways',
    from: { ...THREE_ZONES, platform: { ...THREE_ZONES.platform, natGateways: 'one' } },
    change: () => ({ ...THREE_ZONES, platform: { ...THREE_ZONES.platform, natGateways: 'per-zone' } }),
    dangers: [],
  },
  {
    name: 'another region that is sent to zCompute',
    change: (environment) => ({ ...environment, platform: { ...environment.platform, region: 'us-west-1' } }),
    dangers: [['platform', 'goes on running, and costing']],
  },
  {
    name: 'the address of zCompute in another spelling',
    change: (environment) => ({
      ...environment,
      platform: { kind: 'zcompute', endpoint: 'https://Compute.example.com:443/' },
    }),
    dangers: [],
  },
  {
    name: 'a certificate of zCompute that nobody checks',
    change: (environment) => ({ ...environment, platform: { ...environment.platform, insecure: true } }),
    dangers: [],
  },
  {
    name: 'no bastion any more, whose address others allow',
    change: (environment) => ({ ...environment, network: { bastion: { enabled: false }, privateAccess: 'By VPN.' } }),
    dangers: [['public-address/bastion', 'gives the public address bastion back']],
  },
  {
    name: 'an input that is fixed at creation',
    before: [FIXED_INPUT],
    change: (environment) => ({ ...environment, apps: { demo: { shards: 2 } } }),
    dangers: [['key/apps.demo.shards', 'fixed when it is first applied']],
  },
  {
    name: 'an app without data that goes, and its namespace with it',
    before: [demo({})],
    after: [],
    dangers: [['namespace/demo', 'Argo CD prunes demo.']],
  },
  {
    name: 'an app with data that goes',
    before: [demo({ stores: [STORE] }), app({}, { name: 'other' })],
    after: [app({}, { name: 'other' })],
    dangers: [['app/demo', 'It holds rows (losing it: All rows are gone).']],
  },
  {
    name: 'an app with data that goes, and leaves what is annotated to stay',
    before: [
      demo({ stores: [STORE], manifests: [{ file: 'claim', object: object('PersistentVolumeClaim', CLAIM, KEPT) }] }),
      app({}, { name: 'other' }),
    ],
    after: [app({}, { name: 'other' })],
    dangers: [['app/demo', 'Left in the cluster, without an owner: persistentvolumeclaim/demo/data.']],
  },
  {
    name: 'an app of first boot that goes, and is never pruned',
    before: [demo({ stores: [STORE] }, { firstBoot: { order: 10 } })],
    after: [],
    dangers: [],
  },
  {
    name: 'an app that stays and keeps less',
    before: [demo({ stores: [STORE, { ...STORE, name: "Grafana's users" }] })],
    after: [demo({ stores: [STORE] })],
    dangers: [
      ['store/demo/grafana-s-users', "demo keeps no Grafana's users any more (one volume). All rows are gone."],
    ],
  },
  {
    name: 'another place of the states',
    change: (environment) => ({
      ...environment,
      state: { kind: 's3', bucket: 'states', endpoint: 'https://s3.example.com' },
    }),
    dangers: [['state', 'it makes everything a second time']],
  },
  {
    name: 'an app with data in another namespace',
    before: [demo({ stores: [STORE] })],
    after: [demo({ stores: [STORE] }, { namespace: { name: 'elsewhere', podSecurity: 'restricted' } })],
    dangers: [
      ['app/demo', 'it moves from the namespace demo to elsewhere'],
      ['namespace/demo', ''],
    ],
  },
  {
    name: 'an app with data under another release',
    before: [demo({ stores: [STORE] })],
    after: [demo({ stores: [STORE] }, { releaseName: 'other' })],
    dangers: [['app/demo', 'its release is called other, no longer demo']],
  },
  {
    name: 'an app with data that goes back to an older chart',
    before: [demo({ stores: [STORE] }, { chart: { ...CHART, version: '1.10.0' } })],
    after: [demo({ stores: [STORE] }, { chart: { ...CHART, version: '1.9.0' } })],
    dangers: [['app/demo', 'goes back from the chart 1.10.0 to 1.9.0']],
  },
  {
    name: 'an app with data and a newer chart',
    before: [demo({ stores: [STORE] })],
    after: [demo({ stores: [STORE] }, { chart: { ...CHART, version: '2.0.0' } })],
    dangers: [],
  },
  {
    name: 'an app with data from another chart',
    before: [demo({ stores: [STORE] })],
    after: [demo({ stores: [STORE] }, { chart: { ...CHART, name: 'fork' } })],
    dangers: [['app/demo', 'it comes from the chart fork, no longer from demo']],
  },
  {
    name: 'an app without data from another chart',
    before: [demo({})],
    after: [demo({}, { chart: { ...CHART, name: 'fork' } })],
    dangers: [],
  },
  ...['PersistentVolumeClaim', 'StatefulSet', 'Cluster', 'RedisReplication', 'Namespace'].map((kind) => ({
    name: `a ${kind} that goes while its app stays`,
    before: [withObject(object(kind), object('ConfigMap'))],
    after: [withObject(object('ConfigMap'))],
    dangers: [[`${kind.toLowerCase()}/demo/data`, `Argo CD prunes ${kind.toLowerCase()}/demo/data of demo`]] as const,
  })),
  {
    name: 'a PersistentVolumeClaim that goes from Git and stays',
    before: [withObject(object('PersistentVolumeClaim', CLAIM, KEPT), object('ConfigMap'))],
    after: [withObject(object('ConfigMap'))],
    dangers: [],
  },
  {
    name: 'a ConfigMap that goes',
    before: [withObject(object('ConfigMap'), object('Secret'))],
    after: [withObject(object('Secret'))],
    dangers: [],
  },
  {
    name: 'a PersistentVolumeClaim that another app takes over',
    before: [withObject(object('PersistentVolumeClaim', CLAIM), object('ConfigMap')), app({}, { name: 'other' })],
    after: [
      withObject(object('ConfigMap')),
      app({ manifests: [{ file: 'claim', object: object('PersistentVolumeClaim', CLAIM) }] }, { name: 'other' }),
    ],
    dangers: [['persistentvolumeclaim/demo/data', 'goes from demo to other']],
  },
  {
    name: 'a volume of another class',
    before: [withObject(object('PersistentVolumeClaim', CLAIM))],
    after: [withObject(object('PersistentVolumeClaim', { ...CLAIM, storageClassName: 'gp2' }))],
    dangers: [['persistentvolumeclaim/demo/data', 'spec.storageClassName from "gp3" to "gp2"']],
  },
  {
    name: 'a volume that becomes smaller',
    before: [withObject(object('PersistentVolumeClaim', CLAIM))],
    after: [withObject(object('PersistentVolumeClaim', SMALLER))],
    dangers: [['persistentvolumeclaim/demo/data', 'spec.resources.requests.storage from "10Gi" to "5Gi"']],
  },
  {
    name: 'a volume that becomes larger',
    before: [withObject(object('PersistentVolumeClaim', CLAIM))],
    after: [withObject(object('PersistentVolumeClaim', LARGER))],
    dangers: [],
  },
  {
    name: "a chart's volume that becomes smaller",
    before: [demo({ stores: [STORE], values: { persistence: { size: '10Gi' } } })],
    after: [demo({ stores: [STORE], values: { persistence: { size: '10G' } } })],
    dangers: [['volume/demo', 'persistence.size from "10Gi" to "10G"']],
  },
  {
    name: "two of a chart's volumes that become smaller",
    before: [demo({ stores: [STORE], values: { a: { persistence: { size: '2Gi' } }, b: { dataSize: '3Gi' } } })],
    after: [demo({ stores: [STORE], values: { a: { persistence: { size: '1Gi' } }, b: { dataSize: '1Gi' } } })],
    dangers: [
      ['volume/demo/a', 'a.persistence.size from "2Gi" to "1Gi"'],
      ['volume/demo/b.dataSize', 'b.dataSize from "3Gi" to "1Gi"'],
    ],
  },
  {
    name: 'one volume that becomes smaller and of another class',
    before: [withObject(object('PersistentVolumeClaim', CLAIM))],
    after: [withObject(object('PersistentVolumeClaim', { ...SMALLER, storageClassName: 'gp2' }))],
    dangers: [
      [
        'persistentvolumeclaim/demo/data',
        'spec.resources.requests.storage from "10Gi" to "5Gi", and spec.storageClassName from "gp3" to "gp2"',
      ],
    ],
  },
  {
    name: "a chart's volume that becomes larger",
    before: [demo({ stores: [STORE], values: { persistence: { size: '10Gi' } } })],
    after: [demo({ stores: [STORE], values: { persistence: { size: '20Gi' } } })],
    dangers: [],
  },
  {
    name: "a chart's volume of another class",
    before: [demo({ stores: [STORE], values: { persistence: { storageClass: 'a' } } })],
    after: [demo({ stores: [STORE], values: { persistence: { storageClass: 'b' } } })],
    dangers: [['volume/demo', 'persistence.storageClass from "a" to "b"']],
  },
  {
    name: 'a part of a chart that has volumes and goes',
    before: [
      demo({ stores: [STORE], values: { many: { enabled: true, volumeClaimTemplate: {} }, one: { enabled: false } } }),
    ],
    after: [demo({ stores: [STORE], values: { one: { enabled: true } } })],
    dangers: [['component/demo/many', 'many of demo is switched off']],
  },
  {
    name: 'persistence that is switched off',
    before: [demo({ stores: [STORE], values: { persistence: { enabled: true } } })],
    after: [demo({ stores: [STORE], values: { persistence: { enabled: false } } })],
    dangers: [['component/demo/persistence', 'starts empty']],
  },
  {
    name: 'a part of a chart that has no volumes and goes',
    before: [demo({ stores: [STORE], values: { budget: { enabled: true, minAvailable: 1 } } })],
    after: [demo({ stores: [STORE], values: {} })],
    dangers: [],
  },
  {
    name: 'a part of a chart that is off already',
    before: [demo({ stores: [STORE], values: { persistence: { enabled: false, size: '1Gi' } } })],
    after: [demo({ stores: [STORE], values: {} })],
    dangers: [],
  },
];

function dangersOf({ before = [], after = before, from = SMALL, change = (same) => same }: Row) {
  const next = change(from as typeof SMALL);
  return summariseChange(from, next, { before, after })?.dangers ?? [];
}

describe('generator/summary/dangers', () => {
  it.each(rows)('finds what is lost: $name', (row) => {
    const dangers = dangersOf(row);

    expect(dangers.map(({ name }) => name)).toEqual(row.dangers.map(([name]) => name));
    for (const [index, [, what]] of row.dangers.entries()) expect(dangers[index]?.what).toContain(what);
    for (const { avoid } of dangers) expect(avoid).toMatch(/^[a-z].{10,}[^.]$/);
  });

  it('finds an environment that is gone', () => {
    const other = { ...SMALL, metadata: { name: 'next' }, network: { ...SMALL.network, cidr: '10.9.0.0/16' } };

    const summary = summariseVersions({ environments: [SMALL], catalog: [] }, { environments: [other], catalog: [] });

    expect(
      summary.environments.map(({ name, change, dangers }) => [name, change, dangers.map((one) => one.name)]),
    ).toEqual([
      ['lab', 'removed', ['environment/lab']],
      ['next', 'added', []],
    ]);
  });

  it('is in no danger at the first render', () => {
    const { environments, hasPrevious } = summariseVersions(undefined, {
      environments: [SMALL],
      catalog: [demo({ stores: [STORE] })],
    });

    expect(hasPrevious).toBe(false);
    expect(environments.flatMap(({ dangers }) => dangers)).toEqual([]);
  });

  it('takes an app of which nobody can tell for one with data', () => {
    const summary = summariseChange(
      SMALL,
      SMALL,
      { before: [demo({ stores: [STORE] })], after: [] },
      { files: false, plans: false },
    );

    expect(summary?.dangers).toEqual([
      expect.objectContaining({
        name: 'app/demo',
        what: expect.stringContaining('Whether it holds data could not be told.'),
      }),
    ]);
  });

  it('finds groups of nodes in the files where the version of now cannot plan what was there', () => {
    const after = cluster({ nodeGroups: { control: CONTROL, worker: WORKER } })(SMALL);

    const summary = summariseChange(SMALL, after, { before: [], after: [] }, { plans: false });

    expect(summary?.dangers.map(({ name }) => name)).toEqual(['node-group/gpu']);
  });

  it('finds groups of nodes in the plan where nobody kept the files', () => {
    const after = cluster({ nodeGroups: { control: CONTROL, worker: WORKER } })(SMALL);

    const summary = summariseChange(SMALL, after, { before: [], after: [] }, { files: false });

    expect(summary?.dangers.map(({ name }) => name)).toEqual(['node-group/gpu']);
  });

  it('finds fixed keys in the text where the version of now cannot plan what was there', () => {
    const after = { ...SMALL, network: { ...SMALL.network, podCidr: '10.200.0.0/16' } };

    const summary = summariseChange(SMALL, after, { before: [], after: [] }, { plans: false });

    expect(summary?.dangers.map(({ name }) => name)).toContain('cluster-network');
  });
});
