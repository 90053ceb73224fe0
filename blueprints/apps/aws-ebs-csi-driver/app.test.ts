import { describe, expect, it } from 'vitest';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { planOne, SMALL, SMALL_AWS } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';

const HIGH = {
  availability: 'high',
  cluster: {
    ...SMALL.cluster,
    etcdBackup: { endpoint: 's3.example.com', bucket: 'backups', region: 'us-east-1' },
    nodeGroups: {
      control: { role: 'control', instanceType: 'z4.large', size: 3 },
      worker: { role: 'worker', instanceType: 'z8.3xlarge', min: 3, max: 4 },
    },
  },
};

describe('blueprints/apps/aws-ebs-csi-driver/app.ts', () => {
  it('runs its controller on control nodes, where the rights for volumes are', () => {
    const { controller } = valuesOf(SMALL);

    expect(controller).toMatchObject({
      nodeSelector: { 'node-role.kubernetes.io/control-plane': 'true' },
      tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
    });
  });

  it.each([
    ['single', SMALL, 1, false, 0],
    ['high', { ...SMALL, ...HIGH }, 2, true, 1],
  ])('has in %s as many controllers, budgets and spreads as it should', (_title, file, replicas, budget, spreads) => {
    const { controller } = valuesOf(file);

    expect(controller).toMatchObject({ replicaCount: replicas, podDisruptionBudget: { enabled: budget } });
    expect(controller['topologySpreadConstraints'] ?? []).toHaveLength(spreads);
  });

  it('asks no metadata service from its node pods, and runs them on every node', () => {
    const { node } = valuesOf(SMALL);

    expect(node).toEqual({
      daemonSetAnnotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true' },
      tolerateAllTaints: true,
      metadataSources: 'kubernetes',
      enableWindows: false,
    });
  });

  it('tells the driver on zCompute where the API is, in the ConfigMap that the chart reads', () => {
    const { manifests = [] } = planOf(SMALL);

    expect(manifests.map(({ object }) => stripProvenance(object).plain)).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'aws-meta', namespace: app.namespace.name },
        data: { endpoint: 'https://compute.example.com/api/v2/aws/ec2' },
      },
    ]);
    expect(valuesOf(SMALL).controller).toMatchObject({ region: 'us-east-1' });
  });

  it('restarts the controller when the address of the API changes, because it reads it at start only', () => {
    const moved = { ...SMALL, platform: { kind: 'zcompute', endpoint: 'https://elsewhere.example.com' } };

    const [before, after] = [SMALL, moved].map((file) => valuesOf(file).controller['podAnnotations']);

    expect(before).toEqual({ 'rootstock.dev/aws-meta': expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(after).not.toEqual(before);
  });

  it('leaves the API on AWS to the SDK, in the region of the environment', () => {
    const { manifests } = planOf(SMALL_AWS);

    expect(manifests).toEqual([]);
    expect(valuesOf(SMALL_AWS).controller).toMatchObject({ region: 'eu-central-1' });
    expect(valuesOf(SMALL_AWS).controller).not.toHaveProperty('podAnnotations');
  });

  it('tags volumes with the environment', () => {
    expect(valuesOf(SMALL).controller['k8sTagClusterId']).toBe('lab');
  });

  it.each([
    ['zCompute, which encrypts no volumes', SMALL, 'false'],
    ['AWS', SMALL_AWS, 'true'],
  ])('has one default class and one that retains on %s', (_title, file, encrypted) => {
    const { storageClasses } = valuesOf(file);

    expect(storageClasses.map(({ name, reclaimPolicy }) => [name, reclaimPolicy])).toEqual([
      ['gp3', 'Delete'],
      ['gp3-retain', 'Retain'],
    ]);
    expect(storageClasses.filter(({ annotations }) => annotations !== undefined).map(({ name }) => name)).toEqual([
      'gp3',
    ]);
    for (const storageClass of storageClasses) {
      expect(storageClass).toMatchObject({
        volumeBindingMode: 'WaitForFirstConsumer',
        allowVolumeExpansion: true,
        parameters: { type: 'gp3', encrypted },
      });
    }
  });

  it('brings no test pod along', () => {
    expect(valuesOf(SMALL)['helmTester']).toEqual({ enabled: false });
  });

  it.each([
    ['zCompute', SMALL, 'compute.example.com'],
    ['AWS', SMALL_AWS, 'ec2.eu-central-1.amazonaws.com'],
  ])('reaches the registry and the API of %s', (_title, file, host) => {
    expect(planOf(file).egress?.map((entry) => `${entry.host}:${entry.port}`)).toEqual([
      'public.ecr.aws:443',
      `${host}:443`,
    ]);
  });
});

function planOf(file: object) {
  const [only] = planOne(file, [app]).apps;
  if (only === undefined) throw new Error('the driver was not planned');
  return only.plan;
}

interface Values extends PlainMap {
  readonly controller: PlainMap;
  readonly node: PlainMap;
  readonly storageClasses: readonly PlainMap[];
}

function valuesOf(file: object): Values {
  return stripProvenance(planOf(file).values ?? {}).plain as Values;
}
