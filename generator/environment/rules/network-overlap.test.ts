import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { networkOverlap } from './network-overlap.ts';

describe('generator/environment/rules/network-overlap', () => {
  it.each([
    {
      name: 'pods inside the VPC',
      patches: [{ network: { cidr: '10.42.0.0/16' } }],
      code: 'NET-004',
      key: 'network.podCidr',
      says: '10.42.0.0/16 overlaps network.cidr, which is 10.42.0.0/16',
      hint: 'write podCidr: 10.142.0.0/16',
    },
    {
      name: 'Services inside the VPC',
      patches: [{ network: { serviceCidr: '10.0.96.0/20' } }],
      code: 'NET-004',
      key: 'network.serviceCidr',
      says: '10.0.96.0/20 overlaps network.cidr, which is 10.0.0.0/16',
      hint: 'write serviceCidr: 10.43.0.0/16',
    },
    {
      name: 'Services inside the pod network',
      patches: [{ network: { podCidr: '10.40.0.0/13' } }],
      code: 'NET-004',
      key: 'network.serviceCidr',
      says: 'overlaps network.podCidr, which is 10.40.0.0/13',
      hint: 'write serviceCidr: 10.143.0.0/16',
    },
    {
      name: 'a VPC over the metadata address',
      patches: [{ network: { cidr: '169.254.0.0/16' } }],
      code: 'NET-004',
      key: 'network.cidr',
      says: 'link-local addresses, the instance metadata',
      hint: 'write cidr: 10.0.0.0/16',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(networkOverlap, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'the defaults', patches: [] },
    { name: 'neighbours that do not touch', patches: [{ network: { cidr: '10.41.0.0/16' } }] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(networkOverlap, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
