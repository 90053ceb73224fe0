// Environments that show what this app's output depends on: domain, address, issuer, network.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'no-domain', environment: 'zcompute-single' },
  { name: 'own-ca', environment: 'zcompute-high-wildcard' },
  { name: 'acme-with-access-log', environment: 'zcompute-high-cloudflare', inputs: { accessLog: true } },
  { name: 'aws', environment: 'aws-high' },
];
