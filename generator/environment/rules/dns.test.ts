import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { dns } from './dns.ts';

describe('generator/environment/rules/dns', () => {
  it.each([
    {
      name: 'a wildcard of nothing',
      patches: [{ ingress: { dns: { kind: 'wildcard' } } }],
      code: 'DNS-001',
      key: 'ingress.domain',
      says: 'ingress.dns.kind is wildcard, but ingress.domain is not given',
      hint: 'add domain: ai.example.com, or write dns: { kind: none }',
    },
    {
      name: 'external-dns without a domain',
      patches: [{ ingress: { dns: { kind: 'external-dns', provider: 'cloudflare' } } }],
      code: 'DNS-001',
      key: 'ingress.domain',
      says: 'ingress.dns.kind is external-dns',
      hint: 'add domain: ai.example.com, or write dns: { kind: none }',
    },
    {
      name: 'a provider that external-dns dropped',
      patches: [{ ingress: { domain: 'a.example.com', dns: { kind: 'external-dns', provider: 'digitalocean' } } }],
      code: 'DNS-002',
      key: 'ingress.dns.provider',
      says: 'external-dns no longer has digitalocean built in',
      hint: 'delegate the domain to one of cloudflare, route53, rfc2136, or write dns: { kind: wildcard }',
    },
    {
      name: 'a provider without a configuration',
      patches: [{ ingress: { domain: 'a.example.com', dns: { kind: 'external-dns', provider: 'azure' } } }],
      code: 'DNS-002',
      key: 'ingress.dns.provider',
      says: 'has azure built in, but Rootstock does not configure it',
      hint: 'write one of cloudflare, route53, rfc2136, or dns: { kind: wildcard }',
    },
    {
      name: 'a misspelt provider',
      patches: [{ ingress: { domain: 'a.example.com', dns: { kind: 'external-dns', provider: 'cloudfare' } } }],
      code: 'DNS-002',
      key: 'ingress.dns.provider',
      says: 'cloudfare is not a DNS provider',
      hint: 'did you mean cloudflare?',
    },
    {
      name: 'rfc2136 without a server',
      patches: [
        { ingress: { domain: 'a.example.com', dns: { kind: 'external-dns', provider: 'rfc2136', tsigKeyName: 'k' } } },
      ],
      code: 'DNS-003',
      key: 'ingress.dns.server',
      says: 'rfc2136 needs server',
      hint: 'add server: ns1.example.com',
    },
    {
      name: 'rfc2136 without a key',
      patches: [
        { ingress: { domain: 'a.example.com', dns: { kind: 'external-dns', provider: 'rfc2136', server: 'ns' } } },
      ],
      code: 'DNS-003',
      key: 'ingress.dns.tsigKeyName',
      says: 'rfc2136 needs tsigKeyName',
      hint: 'add tsigKeyName: rootstock',
    },
    {
      name: 'a server for another provider',
      patches: [
        { ingress: { domain: 'a.example.com', dns: { kind: 'external-dns', provider: 'route53', server: 'ns' } } },
      ],
      code: 'DNS-003',
      key: 'ingress.dns.server',
      says: 'server is for rfc2136 only, but the provider is route53',
      hint: 'remove server',
    },
    {
      name: 'a zone for another provider',
      patches: [
        { ingress: { domain: 'a.example.com', dns: { kind: 'external-dns', provider: 'cloudflare', zoneId: 'Z1' } } },
      ],
      code: 'DNS-003',
      key: 'ingress.dns.zoneId',
      says: 'zoneId is for route53 only, but the provider is cloudflare',
      hint: 'remove zoneId',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(dns, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'no DNS', patches: [] },
    { name: 'a wildcard of a domain', patches: [{ ingress: { domain: 'a.example.com', dns: { kind: 'wildcard' } } }] },
    {
      name: 'rfc2136 with both',
      patches: [
        {
          ingress: {
            domain: 'a.example.com',
            dns: { kind: 'external-dns', provider: 'rfc2136', server: 'ns', tsigKeyName: 'k' },
          },
        },
      ],
    },
    {
      name: 'Route 53 with a zone',
      patches: [
        { ingress: { domain: 'a.example.com', dns: { kind: 'external-dns', provider: 'route53', zoneId: 'Z1' } } },
      ],
    },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(dns, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
