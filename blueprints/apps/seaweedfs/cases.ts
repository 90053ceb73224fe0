// Environments that show the store with one of each part and with three.
import type { AppCase } from '../../../generator/core/blueprint.ts';

const objectStorage = { kind: 'in-cluster', sizeGiB: 50 };

export const cases: readonly AppCase[] = [
  { name: 'single', environment: 'zcompute-single', overrides: { objectStorage } },
  { name: 'high', environment: 'zcompute-high-wildcard', overrides: { objectStorage } },
  { name: 'high-zones', environment: 'aws-high', overrides: { objectStorage }, inputs: { filerGiB: 25 } },
];
