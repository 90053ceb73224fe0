// Environments that show what this app's output depends on: availability, zones and the service network.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'single', environment: 'zcompute-single' },
  { name: 'high', environment: 'zcompute-high-wildcard' },
  {
    name: 'high-three-zones-own-network',
    environment: 'aws-high',
    overrides: { network: { serviceCidr: '10.136.0.0/16' } },
  },
];
