import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { nodeLabels } from './node-labels.ts';

describe('generator/environment/rules/node-labels', () => {
  it.each([
    {
      name: 'a label of Kubernetes',
      patches: [{ cluster: { nodeGroups: { worker: { labels: { 'node-role.kubernetes.io/worker': 'true' } } } } }],
      code: 'NODE-010',
      key: 'cluster.nodeGroups.worker.labels["node-role.kubernetes.io/worker"]',
      says: 'uses the prefix of kubernetes.io',
      hint: 'write example.com/worker with a domain of your own',
    },
    {
      name: 'a label of NVIDIA',
      patches: [{ cluster: { nodeGroups: { worker: { labels: { 'nvidia.com/gpu.present': 'true' } } } } }],
      code: 'NODE-010',
      key: 'cluster.nodeGroups.worker.labels["nvidia.com/gpu.present"]',
      says: 'uses the prefix of nvidia.com',
      hint: 'write example.com/gpu.present with a domain of your own',
    },
    {
      name: 'a label of Rootstock',
      patches: [{ cluster: { nodeGroups: { control: { labels: { 'rootstock.dev/role': 'x' } } } } }],
      code: 'NODE-010',
      key: 'cluster.nodeGroups.control.labels["rootstock.dev/role"]',
      says: 'uses the prefix of rootstock.dev',
      hint: 'write example.com/role with a domain of your own',
    },
    {
      name: 'a taint of Kubernetes',
      patches: [{ cluster: { nodeGroups: { worker: { taints: [{ key: 'autoscaling.k8s.io/x' }] } } } }],
      code: 'NODE-010',
      key: 'cluster.nodeGroups.worker.taints[0].key',
      says: 'uses the prefix of k8s.io',
      hint: 'write example.com/x with a domain of your own',
    },
    {
      name: 'a taint given twice',
      patches: [{ cluster: { nodeGroups: { worker: { taints: [{ key: 'a' }, { key: 'a', value: 'b' }] } } } }],
      code: 'NODE-011',
      key: 'cluster.nodeGroups.worker.taints[1]',
      says: 'a:NoSchedule stands in items 0 and 1',
      hint: 'keep one of them',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(nodeLabels, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    {
      name: 'a domain of their own',
      patches: [
        {
          cluster: {
            nodeGroups: {
              worker: { labels: { 'example.com/team': 'a', team: 'b' }, taints: [{ key: 'example.com/x' }] },
            },
          },
        },
      ],
    },
    {
      name: 'a domain that only ends alike',
      patches: [{ cluster: { nodeGroups: { worker: { labels: { 'mynvidia.com/a': 'a' } } } } }],
    },
    {
      name: 'one key with two effects',
      patches: [{ cluster: { nodeGroups: { worker: { taints: [{ key: 'a' }, { key: 'a', effect: 'NoExecute' }] } } } }],
    },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(nodeLabels, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
