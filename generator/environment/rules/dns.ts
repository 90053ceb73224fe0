// DNS records have a domain to stand under and a writer that can write them.

import { nearest } from '../../core/nearest.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import { DNS_PROVIDERS } from '../schema/ingress.ts';
import type { Finding, Rule } from './rule.ts';

const NO_DOMAIN: ProblemKind = {
  code: 'DNS-001',
  title: 'DNS records need a domain',
  explanation:
    'Both external-dns and a wildcard record write names under `ingress.domain`. Without a domain there is none to write.',
};
const PROVIDER: ProblemKind = {
  code: 'DNS-002',
  title: 'The DNS provider cannot be used',
  explanation:
    'external-dns must have the provider built in, and cert-manager must be able to answer dns-01 challenges with it. Providers that are reached by a webhook need a further program that Rootstock does not install.',
};
const SETTINGS: ProblemKind = {
  code: 'DNS-003',
  title: 'The DNS provider needs other settings',
  explanation: '`server` and `tsigKeyName` belong to rfc2136 and are both needed there; `zoneId` belongs to route53.',
};

/** Providers that external-dns 0.21 no longer has, or is about to drop. @see external-dns 0.21 and 0.22 release notes */
const WEBHOOK_ONLY = ['digitalocean', 'hetzner', 'akamai', 'plural', 'transip', 'gandi'];
/** Providers that external-dns 0.21 has built in and Rootstock has no configuration for. */
const UNCONFIGURED = ['azure', 'civo', 'dnsimple', 'godaddy', 'google', 'linode', 'ns1', 'ovh', 'pdns', 'scaleway'];

type ExternalDns = Extract<Environment['ingress']['dns'], { kind: 'external-dns' }>;

export const dns: Rule = {
  kinds: [NO_DOMAIN, PROVIDER, SETTINGS],
  check: ({ ingress }) => {
    const settings = ingress.dns;
    if (settings.kind === 'none') return [];
    const domain = ingress.domain === undefined ? [noDomain(settings.kind)] : [];
    if (settings.kind === 'wildcard') return domain;
    return [...domain, ...checkProvider(settings), ...checkSettings(settings)];
  },
};

function noDomain(kind: string): Finding {
  return {
    kind: NO_DOMAIN,
    at: ['ingress', 'domain'],
    message: `ingress.dns.kind is ${kind}, but ingress.domain is not given.`,
    hint: 'add domain: ai.example.com, or write dns: { kind: none }',
  };
}

function checkProvider({ provider }: ExternalDns): Finding[] {
  if ((DNS_PROVIDERS as readonly string[]).includes(provider)) return [];
  const choices = `one of ${DNS_PROVIDERS.join(', ')}`;
  const at = ['ingress', 'dns', 'provider'];
  if (WEBHOOK_ONLY.includes(provider)) {
    const message = `external-dns no longer has ${provider} built in; it takes a webhook program that Rootstock does not install.`;
    return [
      { kind: PROVIDER, at, message, hint: `delegate the domain to ${choices}, or write dns: { kind: wildcard }` },
    ];
  }
  if (UNCONFIGURED.includes(provider)) {
    const message = `external-dns has ${provider} built in, but Rootstock does not configure it.`;
    return [{ kind: PROVIDER, at, message, hint: `write ${choices}, or dns: { kind: wildcard }` }];
  }
  const message = `${provider} is not a DNS provider that Rootstock knows.`;
  return [{ kind: PROVIDER, at, message, hint: nearest(provider, DNS_PROVIDERS) ?? `write ${choices}` }];
}

function checkSettings(settings: ExternalDns): Finding[] {
  const { provider, zoneId } = settings;
  const findings: Finding[] = [];
  for (const key of ['server', 'tsigKeyName'] as const) {
    const at = ['ingress', 'dns', key];
    const example = key === 'server' ? 'ns1.example.com' : 'rootstock';
    if (provider === 'rfc2136' && settings[key] === undefined) {
      findings.push({ kind: SETTINGS, at, message: `rfc2136 needs ${key}.`, hint: `add ${key}: ${example}` });
    }
    if (provider !== 'rfc2136' && settings[key] !== undefined) {
      const message = `${key} is for rfc2136 only, but the provider is ${provider}.`;
      findings.push({ kind: SETTINGS, at, message, hint: `remove ${key}` });
    }
  }
  if (provider !== 'route53' && zoneId !== undefined) {
    const message = `zoneId is for route53 only, but the provider is ${provider}.`;
    findings.push({ kind: SETTINGS, at: ['ingress', 'dns', 'zoneId'], message, hint: 'remove zoneId' });
  }
  return findings;
}
