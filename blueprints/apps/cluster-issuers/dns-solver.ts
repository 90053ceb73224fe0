// How cert-manager writes dns-01 proofs at each DNS provider, and the Secret it needs for that.
import type { AppContext, EgressHost, SecretNeed } from '../../../generator/core/blueprint.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';

/** Same name and keys as external-dns uses in its own namespace, so that one set of credentials serves both. */
export const CREDENTIALS_SECRET = 'dns-credentials';

export interface Solver {
  /** `spec.acme.solvers[].dns01` of an issuer. */
  readonly dns01: YamlMap;
  readonly keys: SecretNeed['keys'];
  readonly api: Omit<EgressHost, 'purpose'>;
}

type Dns = AppContext['ingress']['dns'];

/** @see https://cert-manager.io/docs/configuration/acme/dns01/ (v1.21) */
const SOLVERS: Readonly<Record<string, (dns: Dns) => Solver>> = {
  cloudflare: () => ({
    dns01: { cloudflare: { apiTokenSecretRef: secretKey('api-token') } },
    keys: [
      { key: 'api-token', meaning: 'Cloudflare API token with Zone:Read and DNS:Edit on the zone of the domain.' },
    ],
    api: { host: 'api.cloudflare.com', port: 443 },
  }),
  route53: ({ zoneId }) => ({
    dns01: {
      route53: {
        // Route 53 is global, but its requests are signed for a region.
        region: 'us-east-1',
        hostedZoneID: zoneId === undefined ? undefined : from('ingress.dns.zoneId', zoneId),
        accessKeyIDSecretRef: secretKey('access-key-id'),
        secretAccessKeySecretRef: secretKey('secret-access-key'),
      },
    },
    keys: [
      { key: 'access-key-id', meaning: 'Access key of an AWS user that may change records of the hosted zone.' },
      { key: 'secret-access-key', meaning: 'Its secret key: of AWS itself, never of zCompute.' },
    ],
    api: { host: 'route53.amazonaws.com', port: 443 },
  }),
  rfc2136: ({ server, tsigKeyName }) => {
    if (server === undefined || tsigKeyName === undefined)
      throw new Error('the rules let rfc2136 pass without server and tsigKeyName');
    return {
      dns01: {
        rfc2136: {
          nameserver: from('ingress.dns.server', `${server}:53`),
          tsigAlgorithm: 'HMACSHA256',
          tsigKeyName: from('ingress.dns.tsigKeyName', tsigKeyName),
          tsigSecretSecretRef: secretKey('tsig-secret'),
        },
      },
      keys: [{ key: 'tsig-secret', meaning: `The hmac-sha256 key ${tsigKeyName} of ${server}, in base64.` }],
      api: { host: server, port: 53 },
    };
  },
};

/** The solver for the environment's DNS provider; the rules have refused every other. */
export function planSolver(context: AppContext): Solver {
  const { dns } = context.ingress;
  const plan = SOLVERS[dns.provider ?? ''];
  if (plan === undefined) throw new Error(`the rules let acme pass with the DNS provider ${dns.provider ?? 'none'}`);
  return plan(dns);
}

function secretKey(key: string): YamlMap {
  return { name: CREDENTIALS_SECRET, key };
}
