import { describe, expect, it } from 'vitest';
import { AWS, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { subnets } from './subnets.ts';

describe('generator/environment/rules/subnets', () => {
  it.each([
    {
      name: 'a subnet outside the VPC',
      patches: [{ network: { subnets: { public: ['10.1.0.0/24'], private: ['10.0.128.0/20'] } } }],
      code: 'NET-005',
      key: 'network.subnets.public[0]',
      says: '10.1.0.0/24 is not inside network.cidr, which is 10.0.0.0/16',
      hint: 'choose a part of 10.0.0.0/16, or remove network.subnets to have them carved',
    },
    {
      name: 'subnets that share addresses',
      patches: [{ network: { subnets: { public: ['10.0.128.0/24'], private: ['10.0.128.0/20'] } } }],
      code: 'NET-006',
      key: 'network.subnets.private[0]',
      says: '10.0.128.0/20 overlaps network.subnets.public[0], which is 10.0.128.0/24',
      hint: 'give each subnet addresses of its own, or remove network.subnets to have them carved',
    },
    {
      name: 'two public subnets on zCompute',
      patches: [{ network: { subnets: { public: ['10.0.0.0/24', '10.0.1.0/24'], private: ['10.0.128.0/20'] } } }],
      code: 'NET-007',
      key: 'network.subnets.public',
      says: '2 public subnets are given, but zCompute has one zone',
      hint: 'list 1 public subnet',
    },
    {
      name: 'fewer private subnets than zones',
      patches: [
        AWS,
        { network: { subnets: { public: ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'], private: ['10.0.128.0/20'] } } },
      ],
      code: 'NET-007',
      key: 'network.subnets.private',
      says: '1 private subnets are given, but platform.availabilityZones names 3',
      hint: 'list 3 private subnets',
    },
    {
      name: 'a subnet below the least size',
      patches: [{ network: { subnets: { public: ['10.0.0.0/29'], private: ['10.0.128.0/20'] } } }],
      code: 'NET-012',
      key: 'network.subnets.public[0]',
      says: '10.0.0.0/29 is a /29',
      hint: 'make it a /28 or larger',
    },
    {
      name: 'private subnets with fewer addresses than nodes',
      patches: [
        { network: { subnets: { public: ['10.0.0.0/24'], private: ['10.0.128.0/28'] } } },
        { cluster: { nodeGroups: { worker: { max: 20 } } } },
      ],
      code: 'NET-012',
      key: 'network.subnets.private',
      says: '11 free addresses, but cluster.nodeGroups allows 21 nodes',
      hint: 'take larger private subnets',
    },
    {
      name: 'a VPC whose carved subnets have fewer addresses than nodes',
      patches: [{ network: { cidr: '10.0.0.0/22' }, cluster: { nodeGroups: { worker: { max: 60 } } } }],
      code: 'NET-012',
      key: 'network.cidr',
      says: '59 free addresses, but cluster.nodeGroups allows 61 nodes',
      hint: 'take a larger network.cidr, such as 10.0.0.0/16',
    },
    {
      name: 'a VPC whose carved subnets have less than one address',
      patches: [{ network: { cidr: '10.0.0.0/32' } }],
      code: 'NET-012',
      key: 'network.cidr',
      says: 'have 0 free addresses, but cluster.nodeGroups allows 4 nodes',
      hint: 'take a larger network.cidr, such as 10.0.0.0/16',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(subnets, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'no subnets at all', patches: [] },
    {
      name: 'one pair per zone',
      patches: [
        AWS,
        {
          network: {
            subnets: {
              public: ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'],
              private: ['10.0.128.0/20', '10.0.144.0/20', '10.0.160.0/20'],
            },
          },
        },
      ],
    },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(subnets, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
