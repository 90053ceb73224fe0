import { describe, expect, it } from 'vitest';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { planOne, SMALL, SMALL_AWS } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';
import { IMAGE_MINORS, requireImageTag } from './image-tags.ts';

const { control, worker, gpu } = SMALL.cluster.nodeGroups;
const FIXED_WORKER = { ...worker, max: worker.min };
const FIXED_GPU = { ...gpu, max: gpu.min };

describe('blueprints/apps/cluster-autoscaler/app.ts', () => {
  it.each([
    ['a group may grow', { control, worker, gpu: FIXED_GPU }, {}, true],
    ['a group may grow from nothing', { control, worker: FIXED_WORKER, gpu: { ...gpu, min: 0, max: 1 } }, {}, true],
    ['no group may grow', { control, worker: FIXED_WORKER, gpu: FIXED_GPU }, {}, false],
    ['it is not wanted', { control, worker, gpu }, { enabled: false }, false],
  ])('where %s: there or not', (_title, nodeGroups, inputs, expected) => {
    const file = { ...SMALL, cluster: { ...SMALL.cluster, nodeGroups }, apps: { 'cluster-autoscaler': inputs } };

    const { apps } = planOne(file, [app]);

    expect(apps.length === 1).toBe(expected);
  });

  it('finds the groups that Terraform tags for this environment', () => {
    expect(valuesOf(SMALL)['autoDiscovery']).toEqual({ clusterName: 'lab' });
  });

  it('runs on control nodes, where the rights for groups are, on their network and resolver', () => {
    expect(valuesOf(SMALL)).toMatchObject({
      nodeSelector: { 'node-role.kubernetes.io/control-plane': 'true' },
      tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
      hostNetwork: true,
      dnsPolicy: 'Default',
    });
  });

  it('gives its port free before its successor needs it: a single control node has only one', () => {
    expect(valuesOf(SMALL)['updateStrategy']).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
    });
  });

  it('reads on zCompute the file that the cloud controller brings', () => {
    expect(valuesOf(SMALL)).toMatchObject({
      awsRegion: 'us-east-1',
      cloudConfigPath: '/etc/cloud-config/cloud.conf',
      extraVolumes: [{ name: 'cloud-config', configMap: { name: 'cloud-config' } }],
      extraVolumeMounts: [{ name: 'cloud-config', mountPath: '/etc/cloud-config', readOnly: true }],
    });
  });

  it('restarts when the site changes, because it reads the file at start only', () => {
    const moved = { ...SMALL, platform: { kind: 'zcompute', endpoint: 'https://elsewhere.example.com' } };

    const [before, after] = [SMALL, moved].map((file) => valuesOf(file)['podAnnotations']);

    expect(before).toBeDefined();
    expect(after).not.toEqual(before);
  });

  it('needs no file on AWS', () => {
    const values = valuesOf(SMALL_AWS);

    expect(values['awsRegion']).toBe('eu-central-1');
    expect(values).not.toHaveProperty('cloudConfigPath');
    expect(values).not.toHaveProperty('extraVolumes');
  });

  it.each([
    ['zCompute, which has one zone', SMALL, undefined],
    ['AWS', SMALL_AWS, 'true'],
  ])('keeps the groups of zones equal: %s', (_title, file, expected) => {
    expect((valuesOf(file)['extraArgs'] as PlainMap)['balance-similar-node-groups']).toBe(expected);
  });

  it('waits for drivers, keeps GPUs in use, and is held by no local file', () => {
    expect(valuesOf(SMALL)['extraArgs']).toEqual({
      expander: 'least-waste',
      'max-node-provision-time': '30m',
      'scale-down-gpu-utilization-threshold': '0.01',
      'skip-nodes-with-local-storage': 'false',
    });
  });

  it.each([
    ['zCompute', SMALL, ['registry.k8s.io', 'compute.example.com']],
    ['AWS', SMALL_AWS, ['registry.k8s.io', 'autoscaling.eu-central-1.amazonaws.com', 'ec2.eu-central-1.amazonaws.com']],
  ])('reaches the registry and the API of %s', (_title, file, hosts) => {
    expect(planOf(file).egress?.map(({ host }) => host)).toEqual(hosts);
  });

  it('takes the image of its Kubernetes minor', () => {
    const file = { ...SMALL, cluster: { ...SMALL.cluster, version: 'v1.34.12+k3s1' } };

    expect(valuesOf(file)['image']).toEqual({ tag: 'v1.34.5' });
  });

  it.each(IMAGE_MINORS)('has an image that was built for Kubernetes %s', (minor) => {
    expect(requireImageTag(minor)).toMatch(new RegExp(`^v${minor.replace('.', '\\.')}\\.\\d+$`));
  });

  it('calls a minor without an image our bug', () => {
    expect(() => requireImageTag('1.40')).toThrow('no autoscaler image for Kubernetes 1.40; known: 1.32, 1.33');
  });
});

function planOf(file: object) {
  const [only] = planOne(file, [app]).apps;
  if (only === undefined) throw new Error('the autoscaler was not planned');
  return only.plan;
}

function valuesOf(file: object): PlainMap {
  return stripProvenance(planOf(file).values ?? {}).plain as PlainMap;
}
