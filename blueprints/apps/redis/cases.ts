// Environments of three nodes on one zone and on three.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'high', environment: 'zcompute-high-wildcard' },
  {
    name: 'high-zones',
    environment: 'aws-high',
    inputs: { memoryMiB: 4096, storageGiB: 20, imageTag: 'v7.0.15' },
  },
];
