import { describe, expect, it } from 'vitest';
import { AWS, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { publicAddress } from './public-address.ts';

describe('generator/environment/rules/public-address', () => {
  it.each([
    {
      name: 'an address on AWS',
      patches: [AWS, { ingress: { publicAddress: '198.51.100.7' } }],
      code: 'DNS-005',
      key: 'ingress.publicAddress',
      says: 'publicAddress is 198.51.100.7, an address, but the platform is aws',
      hint: 'write the name that terraform output ingress_address prints',
    },
    {
      name: 'a name on zCompute, where it resolves nowhere',
      patches: [{ ingress: { publicAddress: 'elb-1.elb.services.symphony.public' } }],
      code: 'DNS-005',
      key: 'ingress.publicAddress',
      says: 'publicAddress is elb-1.elb.services.symphony.public, a name, but the platform is zcompute',
      hint: 'write the public address that the console shows under Load Balancing',
    },
    ...['0.0.0.0', '127.0.0.1', '255.255.255.255', '224.0.0.1'].map((publicAddress) => ({
      name: `${publicAddress}, which no load balancer has`,
      patches: [{ ingress: { publicAddress } }],
      code: 'DNS-005',
      key: 'ingress.publicAddress',
      says: `publicAddress is ${publicAddress}, which is the address of no load balancer`,
      hint: 'write the public address that the console shows under Load Balancing',
    })),
    {
      name: 'nothing yet, but waits for, a wildcard without an address',
      patches: [{ ingress: { domain: 'a.example.com', dns: { kind: 'wildcard' } } }],
      code: 'DNS-006',
      key: 'ingress.publicAddress',
      says: 'ingress.dns.kind is wildcard',
      hint: 'after the apply, add publicAddress: with the public address that the console shows under Load Balancing',
    },
    {
      name: 'nothing yet, but waits for, external-dns on AWS without a name',
      patches: [AWS, { ingress: { domain: 'a.example.com', dns: { kind: 'external-dns', provider: 'route53' } } }],
      code: 'DNS-006',
      key: 'ingress.publicAddress',
      says: 'ingress.dns.kind is external-dns',
      hint: 'after the apply, add publicAddress: with the name that terraform output ingress_address prints',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(publicAddress, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'no DNS and no address', patches: [] },
    {
      name: 'a wildcard with its address',
      patches: [{ ingress: { domain: 'a.example.com', publicAddress: '198.51.100.7', dns: { kind: 'wildcard' } } }],
    },
    {
      name: 'AWS with the name of its load balancer',
      patches: [
        AWS,
        {
          ingress: {
            domain: 'a.example.com',
            publicAddress: 'test-ingress-0.elb.eu-central-1.amazonaws.com',
            dns: { kind: 'external-dns', provider: 'route53' },
          },
        },
      ],
    },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(publicAddress, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
