// Environments that show a bucket outside, on both platforms, and the store in the cluster; through a proxy and without.
import type { AppCase } from '../../../generator/core/blueprint.ts';

const backup = { endpoint: 'https://vsa-00000043-public.zadarazios.com', bucket: 'lab-backup', retentionDays: 14 };

export const cases: readonly AppCase[] = [
  { name: 'zcompute-single', environment: 'zcompute-single', overrides: { backup } },
  { name: 'aws-high', environment: 'aws-high', inputs: { schedule: '0 */6 * * *', memoryMiB: 2048 } },
  { name: 'behind-proxy', environment: 'zcompute-behind-proxy' },
  {
    name: 'in-cluster-high',
    environment: 'zcompute-high-wildcard',
    overrides: { objectStorage: { kind: 'in-cluster', sizeGiB: 50, endpoint: null, bucket: null, region: null } },
  },
];
