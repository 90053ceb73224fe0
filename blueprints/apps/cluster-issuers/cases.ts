// Environments that show each issuer and each DNS provider.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'own-ca', environment: 'zcompute-high-wildcard' },
  { name: 'cloudflare', environment: 'zcompute-high-cloudflare' },
  { name: 'route53', environment: 'aws-high' },
  {
    name: 'rfc2136',
    environment: 'gpu-mix',
    overrides: { ingress: { tls: { kind: 'acme', email: 'ops@example.com' } } },
  },
];
