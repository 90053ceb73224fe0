import { describe, expect, it } from 'vitest';
import { countScalingTags } from '../../../generator/environment/rules/scaling-tags.ts';
import type { WorkerGroup } from '../../../generator/environment/schema/environment-schema.ts';
import { listExamples } from '../../../generator/testing/examples.ts';
import { planOne, SMALL } from '../../../generator/testing/plan-builder.ts';
import { planRepositoryOf } from '../../../generator/testing/plan-of.ts';
import { scalingTags } from './scaling-tags.ts';

const TEMPLATE = 'k8s.io/cluster-autoscaler/node-template/';

function tagsOf(group: string, changes: object = {}): Record<string, string> {
  const plan = planOne({
    ...SMALL,
    cluster: {
      ...SMALL.cluster,
      nodeGroups: {
        ...SMALL.cluster.nodeGroups,
        [group]: { ...(SMALL.cluster.nodeGroups as Record<string, object>)[group], ...changes },
      },
    },
  });
  const planned = plan.nodeGroups.find(({ name }) => name === group)!;
  return Object.fromEntries(
    scalingTags(plan, planned, planned.scalingGroups[0]!).map(({ key, value }) => [key, value]),
  );
}

describe('blueprints/terraform/cluster/scaling-tags.ts', () => {
  it('tells the autoscaler nothing about control nodes', () => {
    expect(tagsOf('control')).toEqual({
      Name: 'lab-control-1',
      'kubernetes.io/cluster/lab': 'owned',
      'zadara.com/k8s/node_group': 'control',
      'zadara.com/k8s/role': 'control',
    });
  });

  it('draws a GPU node for the autoscaler: size, slices, labels, and the taint with its effect', () => {
    const tags = tagsOf('gpu', {
      instanceType: 'ZGL4.7xlarge',
      instanceSize: { vcpu: 28, memoryGiB: 224 },
      gpu: { model: 'L4', count: 2 },
    });

    expect(tags).toMatchObject({
      'k8s.io/cluster-autoscaler/enabled': 'true',
      'k8s.io/cluster-autoscaler/lab': 'owned',
      [`${TEMPLATE}resources/cpu`]: '28',
      [`${TEMPLATE}resources/memory`]: '224Gi',
      [`${TEMPLATE}resources/nvidia.com/gpu`]: '50',
      [`${TEMPLATE}label/nvidia.com/device-plugin.config`]: 'tesla-27b8',
      [`${TEMPLATE}taint/nvidia.com/gpu`]: 'true:NoSchedule',
    });
  });

  it('says nothing about a size that nobody knows', () => {
    const keys = Object.keys(tagsOf('worker', { instanceType: 'zx.unknown' }));

    expect(keys.filter((key) => /resources\/(cpu|memory)/.test(key))).toEqual([]);
  });

  it('sorts tags, each key once', () => {
    const plan = planOne(SMALL);
    const gpu = plan.nodeGroups.find(({ name }) => name === 'gpu')!;

    const keys = scalingTags(plan, gpu, gpu.scalingGroups[0]!).map(({ key }) => key);

    expect(keys).toEqual([...new Set(keys)].sort());
  });

  it('propagates no tag with a colon in key or value', () => {
    const plan = planOne(SMALL);
    const gpu = plan.nodeGroups.find(({ name }) => name === 'gpu')!;
    const odd = { ...gpu, name: 'a:b' };

    const tag = scalingTags(plan, odd, gpu.scalingGroups[0]!).find(({ key }) => key === 'zadara.com/k8s/node_group');

    expect(tag).toEqual({ key: 'zadara.com/k8s/node_group', value: 'a:b', propagateAtLaunch: false });
  });

  it.each(listExamples())('has as many as the rules counted for $name', ({ texts }) => {
    for (const plan of planRepositoryOf(texts).environments)
      for (const group of plan.nodeGroups.filter(({ role }) => role === 'worker')) {
        const written = plan.environment.cluster.nodeGroups[group.name] as WorkerGroup;

        const tags = scalingTags(plan, group, group.scalingGroups[0]!);

        expect(tags).toHaveLength(countScalingTags(plan.environment.platform.kind, written));
      }
  });

  it('counts labels, taints and a size that nobody knows as the rules do', () => {
    const taints = [{ key: 'a', effect: 'NoExecute' }, { key: 'a' }, { key: 'b' }];
    const changes = { instanceType: 'zx.unknown', labels: { 'example.com/team': 'x' }, taints };
    const plan = planOne({
      ...SMALL,
      cluster: {
        ...SMALL.cluster,
        nodeGroups: { ...SMALL.cluster.nodeGroups, more: { role: 'worker', min: 0, max: 1, ...changes } },
      },
    });

    const written = plan.environment.cluster.nodeGroups['more'] as WorkerGroup;

    expect(Object.keys(tagsOf('worker', changes))).toHaveLength(countScalingTags('zcompute', written));
    expect(countScalingTags('zcompute', written)).toBe(13);
  });
});
