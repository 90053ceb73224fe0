// Environments that show it on both platforms, small and large; in `high` the app redis is asked for instead.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'single', environment: 'zcompute-single' },
  { name: 'alone-in-high', environment: 'aws-high', inputs: { memoryMiB: 4096, storageGiB: 20 } },
];
