// Environments that show what this app's output depends on: availability, and whether dns-01 challenges are looked up.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'single', environment: 'zcompute-single' },
  { name: 'high', environment: 'zcompute-high-wildcard' },
  { name: 'high-acme-three-zones', environment: 'aws-high' },
];
