import { describe, expect, it } from 'vitest';
import { AWS, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { derivedNames } from './derived-names.ts';

describe('generator/environment/rules/derived-names', () => {
  it.each([
    {
      name: 'an environment name that makes target groups too long',
      patches: [{ metadata: { name: 'a'.repeat(19) } }],
      code: 'NAME-001',
      key: 'metadata.name',
      says: 'aaaaaaaaaaaaaaaaaaa-ingress-https: 33 characters',
      hint: "shorten name or the environment's name by 1 character",
    },
    {
      name: 'a node group that makes autoscaling groups too long',
      patches: [{ cluster: { nodeGroups: { ['b'.repeat(30)]: { role: 'worker', instanceType: 'z4.large' } } } }],
      code: 'NAME-001',
      key: 'cluster.nodeGroups.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
      says: '35 characters',
      hint: "shorten bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb or the environment's name by 3 characters",
    },
    {
      name: 'a group that is named like the second zone of another',
      patches: [
        AWS,
        {
          cluster: { nodeGroups: { 'worker-2': { role: 'worker', instanceType: 'g6.xlarge', gpu: { model: 'L4' } } } },
        },
      ],
      code: 'NAME-003',
      key: 'cluster.nodeGroups.worker-2',
      says: 'worker and worker-2 would both have an autoscaling group called test-worker-2',
      hint: 'rename worker-2',
    },
    {
      name: 'a group that is named like a control node',
      patches: [{ cluster: { nodeGroups: { 'control-1': { role: 'worker', instanceType: 'z4.large' } } } }],
      code: 'NAME-003',
      key: 'cluster.nodeGroups.control-1',
      says: 'test-control-1',
      hint: 'rename control-1',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(derivedNames, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'names that just fit', patches: [{ metadata: { name: 'a'.repeat(18) } }] },
    { name: 'three zones', patches: [AWS] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(derivedNames, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
