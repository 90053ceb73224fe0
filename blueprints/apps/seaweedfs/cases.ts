// Environments that show the store with one of each part and with three.
import type { AppCase } from '../../../generator/core/blueprint.ts';

/** In place of the bucket of the examples. */
const objectStorage = { kind: 'in-cluster', sizeGiB: 50, endpoint: null, bucket: null, region: null };

export const cases: readonly AppCase[] = [
  { name: 'single', environment: 'zcompute-single', overrides: { objectStorage, backup: null } },
  { name: 'high', environment: 'zcompute-high-wildcard', overrides: { objectStorage } },
  { name: 'high-zones', environment: 'aws-high', overrides: { objectStorage }, inputs: { filerGiB: 25 } },
];
