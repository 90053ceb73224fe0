// Environments that show each DNS provider.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'cloudflare', environment: 'zcompute-high-cloudflare' },
  { name: 'rfc2136', environment: 'gpu-mix' },
  { name: 'route53', environment: 'aws-high' },
];
