import { describe, expect, it } from 'vitest';
import { AWS, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { instanceType } from './instance-type.ts';

describe('generator/environment/rules/instance-type', () => {
  it.each([
    {
      name: 'an AWS type on zCompute',
      patches: [{ cluster: { nodeGroups: { worker: { instanceType: 'm7i.2xlarge' } } } }],
      code: 'NODE-007',
      key: 'cluster.nodeGroups.worker.instanceType',
      says: 'm7i.2xlarge is not a type of zcompute',
      hint: 'write a type such as z8.3xlarge',
    },
    {
      name: 'a zCompute type on AWS',
      patches: [AWS, { cluster: { nodeGroups: { worker: { instanceType: 'z8.3xlarge' } } } }],
      code: 'NODE-007',
      key: 'cluster.nodeGroups.worker.instanceType',
      says: 'z8.3xlarge is not a type of aws',
      hint: 'write a type such as m7i.2xlarge',
    },
    {
      name: 'a zCompute GPU type on AWS',
      patches: [AWS, { cluster: { nodeGroups: { worker: { instanceType: 'ZGL4.7large' } } } }],
      code: 'NODE-007',
      key: 'cluster.nodeGroups.worker.instanceType',
      says: 'ZGL4.7large is not a type of aws',
      hint: 'write a type such as m7i.2xlarge',
    },
    {
      name: 'Graviton',
      patches: [AWS, { cluster: { nodeGroups: { worker: { instanceType: 'm7g.2xlarge' } } } }],
      code: 'NODE-008',
      key: 'cluster.nodeGroups.worker.instanceType',
      says: 'm7g.2xlarge has a Graviton processor',
      hint: 'take the Intel or AMD sibling, such as m7i or m7a for m7g',
    },
    {
      name: 'Graviton for the bastion',
      patches: [AWS, { network: { bastion: { instanceType: 't4g.small' } } }],
      code: 'NODE-008',
      key: 'network.bastion.instanceType',
      says: 't4g.small has a Graviton processor',
      hint: 'take the Intel or AMD sibling, such as t3 or t3a for t4g',
    },
    {
      name: 'a zCompute type for the bastion on AWS',
      patches: [AWS, { network: { bastion: { instanceType: 'z2.large' } } }],
      code: 'NODE-007',
      key: 'network.bastion.instanceType',
      says: 'z2.large is not a type of aws',
      hint: 'write a type such as t3.small',
    },
    {
      name: 'an AWS type for the bastion on zCompute',
      patches: [{ network: { bastion: { instanceType: 't3.small' } } }],
      code: 'NODE-007',
      key: 'network.bastion.instanceType',
      says: 't3.small is not a type of zcompute',
      hint: 'write a type such as z2.large',
    },
    {
      name: 'nothing, but says that it did not check, a type without facts',
      patches: [{ cluster: { nodeGroups: { worker: { instanceType: 'zp4.large' } } } }],
      code: 'NODE-009',
      key: 'cluster.nodeGroups.worker.instanceType',
      says: 'no facts for zp4.large',
      hint: 'add instanceSize: { vcpu: …, memoryGiB: … }',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(instanceType, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'known types', patches: [] },
    { name: 'known AWS types', patches: [AWS] },
    { name: 'a bastion of AWS', patches: [AWS, { network: { bastion: { instanceType: 't3.micro' } } }] },
    {
      name: 'a bastion whose size nobody knows',
      patches: [{ network: { bastion: { instanceType: 'zp4.small' } } }],
    },
    {
      name: 'a type whose size is given',
      patches: [
        {
          cluster: {
            nodeGroups: { worker: { instanceType: 'm7i.2xlarge', instanceSize: { vcpu: 8, memoryGiB: 32 } } },
          },
        },
      ],
    },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(instanceType, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
