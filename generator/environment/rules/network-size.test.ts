import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { networkSize } from './network-size.ts';

describe('generator/environment/rules/network-size', () => {
  it.each([
    {
      name: 'a VPC larger than clouds take',
      patches: [{ network: { cidr: '10.0.0.0/8', podCidr: '172.20.0.0/16', serviceCidr: '172.21.0.0/16' } }],
      code: 'NET-002',
      key: 'network.cidr',
      says: '10.0.0.0/8 is a /8',
      hint: 'write 10.0.0.0/16',
    },
    {
      name: 'a VPC too small to carve',
      patches: [{ network: { cidr: '10.0.1.128/25' } }],
      code: 'NET-002',
      key: 'network.cidr',
      says: '10.0.1.128/25 is a /25',
      hint: 'write 10.0.0.0/22',
    },
    {
      name: 'a pod network with less room than nodes',
      patches: [{ network: { podCidr: '10.42.0.0/23' } }],
      code: 'NET-011',
      key: 'network.podCidr',
      says: 'a /24 for each of 2 nodes, but cluster.nodeGroups allows 4',
      hint: 'give it a prefix of /22 or less',
    },
    {
      name: 'a pod network smaller than one node needs',
      patches: [{ network: { podCidr: '10.42.0.0/25' } }],
      code: 'NET-011',
      key: 'network.podCidr',
      says: 'each of 0 nodes',
      hint: 'give it a prefix of /22 or less',
    },
    {
      name: 'a Service network that is too large',
      patches: [{ network: { serviceCidr: '172.0.0.0/8' } }],
      code: 'NET-011',
      key: 'network.serviceCidr',
      says: '172.0.0.0/8 is a /8',
      hint: 'write 10.43.0.0/16',
    },
    {
      name: 'a Service network that is too small',
      patches: [{ network: { serviceCidr: '10.43.0.0/28' } }],
      code: 'NET-011',
      key: 'network.serviceCidr',
      says: '10.43.0.0/28 is a /28',
      hint: 'write 10.43.0.0/16',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(networkSize, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'the largest VPC', patches: [{ network: { cidr: '10.0.0.0/16' } }] },
    { name: 'the smallest VPC', patches: [{ network: { cidr: '10.0.0.0/22' } }] },
    { name: 'pods for exactly as many nodes as there may be', patches: [{ network: { podCidr: '10.42.0.0/22' } }] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(networkSize, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
