import { describe, expect, it } from 'vitest';
import { AWS, makeEnvironment, type Patch, runRule } from '../../testing/make-environment.ts';
import { scalingTags } from './scaling-tags.ts';

const long = (length: number) => `${'d'.repeat(length - 35)}.example.com/${'a'.repeat(22)}`;
const group = (keys: Patch, name = 'worker'): Patch => ({ cluster: { nodeGroups: { [name]: keys } } });
const labels = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`example.com/l${index}`, 'x']));
const taints = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `example.com/t${index}` }));

describe('generator/environment/rules/scaling-tags', () => {
  it.each([
    {
      name: 'a label that is a character too long',
      patches: [group({ labels: { [long(83)]: 'x' } })],
      code: 'NODE-015',
      key: `cluster.nodeGroups.worker.labels["${long(83)}"]`,
      says: 'has 83 characters; as the key of a label it has 82 at most',
      hint: 'shorten it by 1',
    },
    {
      name: 'a taint that is too long',
      patches: [AWS, group({ taints: [{ key: 'a' }, { key: long(100) }] })],
      code: 'NODE-015',
      key: 'cluster.nodeGroups.worker.taints[1].key',
      says: 'has 100 characters; as the key of a taint it has 82 at most',
      hint: 'shorten it by 18',
    },
    {
      name: 'too many labels',
      patches: [AWS, group({ labels: labels(42) })],
      code: 'NODE-016',
      key: 'cluster.nodeGroups.worker.labels',
      says: 'worker would have 53 tags, 42 of them for its labels and taints; there are 50 at most',
      hint: 'take out 3: 39 fit',
    },
    {
      name: 'too many taints',
      patches: [group({ taints: taints(39) })],
      code: 'NODE-016',
      key: 'cluster.nodeGroups.worker.taints',
      says: 'worker would have 51 tags, 39 of them',
      hint: 'take out 1: 38 fit',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(scalingTags, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'a label as long as it can be', patches: [group({ labels: { [long(82)]: 'x' } })] },
    {
      name: 'a long label of control nodes, which no autoscaler starts',
      patches: [group({ labels: { [long(90)]: 'x' } }, 'control')],
    },
    { name: 'as many as fit on AWS', patches: [AWS, group({ labels: labels(20), taints: taints(19) })] },
    {
      name: 'two effects of one taint',
      patches: [AWS, group({ labels: labels(38), taints: [{ key: 'a' }, { key: 'a', effect: 'NoExecute' }] })],
    },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(scalingTags, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
