import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { planOne } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';

describe('blueprints/apps/coredns/app.ts', () => {
  it.each([
    ['one pod and no budget', 'zcompute-single', 1, 0],
    ['two, apart, with a budget', 'zcompute-high-wildcard', 2, 1],
  ])('runs %s (%s)', (_, example, replicas, budgets) => {
    const { values, manifests, workloads } = planApp(example);

    expect(values['replicaCount']).toBe(replicas);
    expect(values['topologySpreadConstraints'] === undefined).toBe(replicas === 1);
    expect(manifests.map(({ kind }) => kind)).toEqual(Array(budgets).fill('PodDisruptionBudget'));
    expect(workloads.map((workload) => [workload.replicas, workload.hasBudget])).toEqual([[replicas, replicas > 1]]);
  });

  it.each([
    ['as k3s has it', {}, '10.43.0.10'],
    ['of another service network', { network: { serviceCidr: '10.136.0.0/16' } }, '10.136.0.10'],
  ])('owns kube-dns at the address that kubelets give to pods, %s', (_, changes, address) => {
    const { values, clusterDns } = planApp('zcompute-single', changes);

    expect(values['service']).toEqual({ name: 'kube-dns', clusterIP: address });
    expect(clusterDns).toBe(address);
  });

  it('waits with the second pod for a second node', () => {
    const { values } = planApp('aws-high');

    const [hosts, zones] = values['topologySpreadConstraints'] as PlainMap[];
    expect(hosts).toMatchObject({
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule',
      minDomains: 2,
    });
    // Kubernetes refuses minDomains on a constraint that may be ignored.
    expect(zones).toMatchObject({ whenUnsatisfiable: 'ScheduleAnyway' });
    expect(zones).not.toHaveProperty('minDomains');
  });

  it('counts, keeps and labels the same pods, among them those that policies know as kube-dns', () => {
    const { values, manifests } = planApp('zcompute-high-wildcard');

    const [hosts] = values['topologySpreadConstraints'] as PlainMap[];
    const [budget] = manifests;
    const labels = (hosts!['labelSelector'] as PlainMap)['matchLabels'] as PlainMap;
    expect((budget!['spec'] as PlainMap)['selector']).toEqual({ matchLabels: labels });
    expect(labels['k8s-app']).toBe('kube-dns');
    expect(values['k8sAppLabelOverride']).toBe('kube-dns');
  });

  it('starts on a control node that no cloud controller has seen', () => {
    const { values } = planApp('zcompute-single');

    const keys = (values['tolerations'] as PlainMap[]).map(({ key }) => key);
    expect(keys).toEqual([
      'CriticalAddonsOnly',
      'node-role.kubernetes.io/control-plane',
      'node.cloudprovider.kubernetes.io/uninitialized',
    ]);
    expect(values).toMatchObject({
      priorityClassName: 'system-cluster-critical',
      nodeSelector: { 'node-role.kubernetes.io/control-plane': 'true' },
    });
  });

  it('asks the name servers of the node, never itself', () => {
    const { values } = planApp('zcompute-single');

    expect(values['deployment']).toEqual({ dnsPolicy: 'Default' });
  });

  it('never stops a pod before its successor answers', () => {
    const { values } = planApp('zcompute-single');

    expect(values['rollingUpdate']).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  });

  it('is there before Argo CD, in a namespace that is not ours to label', () => {
    expect(app.firstBoot).toEqual({ order: 15 });
    expect(app.namespace).toEqual({ name: 'kube-system' });
  });
});

function planApp(example: string, changes: PlainMap = {}) {
  const environment = parse(environmentText({ apps: null, ...changes }, example)) as object;
  const plan = planOne(environment, [app]);
  const { values = {}, manifests = [], workloads = [] } = plan.apps[0]!.plan;
  return {
    values: stripProvenance(values).plain as PlainMap,
    manifests: manifests.map(({ object }) => stripProvenance(object).plain as PlainMap),
    workloads,
    clusterDns: plan.network.clusterDns,
  };
}
