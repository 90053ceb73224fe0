// What external-dns 0.21 needs to know of each DNS provider: its name there, arguments, credentials, and which zone.
import type { AppContext, EgressHost, SecretNeed } from '../../../generator/core/blueprint.ts';
import { from, type YamlMap, type YamlValue } from '../../../generator/core/provenance.ts';

/** Same name and keys as cert-manager uses in its own namespace, so that one set of credentials serves both. */
export const CREDENTIALS_SECRET = 'dns-credentials';

export interface Provider {
  /** As `--provider` spells it. */
  readonly name: string;
  readonly env: readonly YamlMap[];
  /** Absent where `regex-domain-filter` does the work: it would override this. */
  readonly domainFilters?: readonly YamlValue[];
  readonly extraArgs: YamlMap;
  readonly keys: SecretNeed['keys'];
  readonly api: Omit<EgressHost, 'purpose'>;
}

interface Zone extends Omit<AppContext['ingress']['dns'], 'kind' | 'provider'> {
  readonly domain: string;
}

/** @see https://github.com/kubernetes-sigs/external-dns/tree/v0.21.0/docs/tutorials */
const PROVIDERS: Readonly<Record<string, (zone: Zone) => Provider>> = {
  cloudflare: ({ domain }) => ({
    name: 'cloudflare',
    env: [fromSecret('CF_API_TOKEN', 'api-token')],
    extraArgs: {
      // The default of 100 records a page runs into the API's rate limit in zones of some size.
      'cloudflare-dns-records-per-page': 5000,
      'regex-domain-filter': from('ingress.domain', writeZoneExpression(domain)),
    },
    keys: [
      { key: 'api-token', meaning: 'Cloudflare API token with Zone:Read and DNS:Edit on the zone of the domain.' },
    ],
    api: { host: 'api.cloudflare.com', port: 443 },
  }),
  route53: ({ domain, zoneId }) => ({
    name: 'aws',
    env: [
      fromSecret('AWS_ACCESS_KEY_ID', 'access-key-id'),
      // Route 53 is global, but its requests are signed for a region.
      { name: 'AWS_DEFAULT_REGION', value: 'us-east-1' },
      // Never the identity of the node: it may not touch DNS, and on zCompute it is none of AWS.
      { name: 'AWS_EC2_METADATA_DISABLED', value: 'true' },
      fromSecret('AWS_SECRET_ACCESS_KEY', 'secret-access-key'),
    ],
    domainFilters: [from('ingress.domain', domain)],
    extraArgs: {
      // The zone is often a parent of the domain; without this a filter for the domain hides it.
      'aws-zone-match-parent': true,
      'aws-zone-type': 'public',
      'zone-id-filter': zoneId === undefined ? undefined : from('ingress.dns.zoneId', zoneId),
    },
    keys: [
      { key: 'access-key-id', meaning: 'Access key of an AWS user that may change records of the hosted zone.' },
      { key: 'secret-access-key', meaning: 'Its secret key: of AWS itself, never of zCompute.' },
    ],
    api: { host: 'route53.amazonaws.com', port: 443 },
  }),
  rfc2136: ({ domain, server, tsigKeyName }) => {
    if (server === undefined || tsigKeyName === undefined)
      throw new Error('the rules let rfc2136 pass without server and tsigKeyName');
    return {
      name: 'rfc2136',
      env: [fromSecret('EXTERNAL_DNS_RFC2136_TSIG_SECRET', 'tsig-secret')],
      domainFilters: [from('ingress.domain', domain)],
      extraArgs: {
        'rfc2136-host': from('ingress.dns.server', server),
        'rfc2136-port': 53,
        // How it learns what is there: a transfer of the zone, signed like the updates.
        'rfc2136-tsig-axfr': true,
        'rfc2136-tsig-keyname': from('ingress.dns.tsigKeyName', tsigKeyName),
        'rfc2136-tsig-secret-alg': 'hmac-sha256',
        'rfc2136-zone': from('ingress.domain', domain),
      },
      keys: [{ key: 'tsig-secret', meaning: `The hmac-sha256 key ${tsigKeyName} of ${server}, in base64.` }],
      api: { host: server, port: 53 },
    };
  },
};

/** The environment's DNS provider; the rules have refused every other, and external-dns without a domain. */
export function planProvider({ ingress: { dns, domain } }: AppContext): Provider {
  const plan = PROVIDERS[dns.provider ?? ''];
  if (plan === undefined || domain === undefined)
    throw new Error(
      `the rules let external-dns pass with ${dns.provider ?? 'no provider'} and ${domain ?? 'no domain'}`,
    );
  return plan({ ...dns, domain });
}

/**
 * Names under the domain, and zones above it: external-dns holds a Cloudflare zone against the same filter as the
 * records in it, so a filter for `ai.example.com` alone would hide the zone `example.com`.
 */
export function writeZoneExpression(domain: string): string {
  const labels = domain.split('.');
  const parents = labels.slice(1, -1).map((_, index) => escapeDots(labels.slice(index + 1).join('.')));
  return `^(${[`(.+\\.)?${escapeDots(domain)}`, ...parents].join('|')})$`;
}

function escapeDots(name: string): string {
  return name.replaceAll('.', '\\.');
}

function fromSecret(name: string, key: string): YamlMap {
  return { name, valueFrom: { secretKeyRef: { name: CREDENTIALS_SECRET, key } } };
}
