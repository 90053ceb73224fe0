// Environments that show one node and three, with and without snapshots, an image of one's own, and a way out that is not direct.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'single', environment: 'zcompute-single', overrides: { backup: null } },
  { name: 'high', environment: 'zcompute-high-wildcard' },
  { name: 'behind-proxy', environment: 'zcompute-behind-proxy' },
  {
    name: 'high-zones-own-image',
    environment: 'aws-high',
    inputs: {
      heapGiB: 8,
      cpuMillis: 2000,
      storageGiB: 200,
      image: 'registry.example.com:5000/platform/opensearch-s3:3.6.0',
      settings: { 's3.client.default.max_retries': 5 },
    },
  },
];
