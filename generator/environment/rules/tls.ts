// Certificates from an ACME server: there is a domain to prove, and a way to prove it.
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import type { Finding, Rule } from './rule.ts';

const NO_DOMAIN: ProblemKind = {
  code: 'TLS-001',
  title: 'ACME needs a domain',
  explanation: "Let's Encrypt certifies names, not addresses, and only names that are proven to be yours.",
};
const NO_PROVIDER: ProblemKind = {
  code: 'TLS-002',
  title: 'dns-01 needs a DNS provider with an API',
  explanation:
    'For dns-01, cert-manager writes a TXT record through the API of your DNS provider, the same one that external-dns uses.',
};
const HTTP_ZCOMPUTE: ProblemKind = {
  code: 'TLS-003',
  title: 'http-01 does not work on zCompute',
  explanation:
    'For http-01 the ACME server calls the cluster from the internet. Behind a zCompute load balancer that call does not arrive reliably, so certificates would not be issued or would run out.',
};
const HTTP_WILDCARD: ProblemKind = {
  code: 'TLS-004',
  title: 'http-01 cannot prove a wildcard',
  explanation:
    'All apps share one certificate for *.<domain>, and ACME servers accept nothing but dns-01 as proof of a wildcard.',
};

type Acme = Extract<Environment['ingress']['tls'], { kind: 'acme' }>;

export const tls: Rule = {
  kinds: [NO_DOMAIN, NO_PROVIDER, HTTP_ZCOMPUTE, HTTP_WILDCARD],
  check: (environment) => {
    const settings = environment.ingress.tls;
    if (settings.kind !== 'acme') return [];
    return [...checkDomain(environment), ...checkChallenge(environment, settings)];
  },
};

function checkDomain({ ingress }: Environment): Finding[] {
  if (ingress.domain !== undefined) return [];
  return [
    {
      kind: NO_DOMAIN,
      at: ['ingress', 'domain'],
      message: 'ingress.tls.kind is acme, but ingress.domain is not given.',
      hint: 'add domain: ai.example.com, or write tls: { kind: self-signed }',
    },
  ];
}

function checkChallenge({ platform, ingress }: Environment, { challenge }: Acme): Finding[] {
  if (challenge === 'http-01') {
    const at = ['ingress', 'tls', 'challenge'];
    const hint = 'write challenge: dns-01, with dns: { kind: external-dns, provider: … }';
    if (platform.kind === 'zcompute') {
      const message =
        'challenge is http-01, but calls from the internet do not get through zCompute load balancers reliably.';
      return [{ kind: HTTP_ZCOMPUTE, at, message, hint }];
    }
    const names = ingress.domain === undefined ? 'the wildcard' : `*.${ingress.domain}`;
    return [{ kind: HTTP_WILDCARD, at, message: `challenge is http-01, which cannot prove ${names}.`, hint }];
  }
  if (ingress.dns.kind === 'external-dns') return [];
  const message = `ingress.tls.kind is acme, but ingress.dns.kind is ${ingress.dns.kind}: nothing can write the TXT record of dns-01.`;
  const hint = 'write dns: { kind: external-dns, provider: cloudflare }, or tls: { kind: self-signed }';
  return [{ kind: NO_PROVIDER, at: ['ingress', 'dns', 'kind'], message, hint }];
}
