import { describe, expect, it } from 'vitest';
import { AWS, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { tls } from './tls.ts';

describe('generator/environment/rules/tls', () => {
  it.each([
    {
      name: 'ACME without a domain',
      patches: [
        {
          ingress: {
            dns: { kind: 'external-dns', provider: 'cloudflare' },
            tls: { kind: 'acme', email: 'a@example.com' },
          },
        },
      ],
      code: 'TLS-001',
      key: 'ingress.domain',
      says: 'ingress.tls.kind is acme, but ingress.domain is not given',
      hint: 'add domain: ai.example.com, or write tls: { kind: self-signed }',
    },
    {
      name: 'ACME with nobody to write the record',
      patches: [
        {
          ingress: {
            domain: 'a.example.com',
            dns: { kind: 'wildcard' },
            tls: { kind: 'acme', email: 'a@example.com' },
          },
        },
      ],
      code: 'TLS-002',
      key: 'ingress.dns.kind',
      says: 'ingress.dns.kind is wildcard: nothing can write the TXT record',
      hint: 'write dns: { kind: external-dns, provider: cloudflare }, or tls: { kind: self-signed }',
    },
    {
      name: 'http-01 on zCompute',
      patches: [
        { ingress: { domain: 'a.example.com', tls: { kind: 'acme', email: 'a@example.com', challenge: 'http-01' } } },
      ],
      code: 'TLS-003',
      key: 'ingress.tls.challenge',
      says: 'do not get through zCompute load balancers',
      hint: 'write challenge: dns-01, with dns: { kind: external-dns, provider: … }',
    },
    {
      name: 'http-01 for a wildcard',
      patches: [
        AWS,
        { ingress: { domain: 'a.example.com', tls: { kind: 'acme', email: 'a@example.com', challenge: 'http-01' } } },
      ],
      code: 'TLS-004',
      key: 'ingress.tls.challenge',
      says: 'cannot prove *.a.example.com',
      hint: 'write challenge: dns-01, with dns: { kind: external-dns, provider: … }',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(tls, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'self-signed certificates', patches: [] },
    {
      name: 'dns-01 with a provider',
      patches: [
        {
          ingress: {
            domain: 'a.example.com',
            dns: { kind: 'external-dns', provider: 'cloudflare' },
            tls: { kind: 'acme', email: 'a@example.com' },
          },
        },
      ],
    },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(tls, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
