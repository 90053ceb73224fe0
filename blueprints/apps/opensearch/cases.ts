// Environments that show one node and three, with and without snapshots, and an image of one's own.
import type { AppCase } from '../../../generator/core/blueprint.ts';

const BACKUP = {
  backup: { endpoint: 'https://vsa-00000042-public.zadarazios.com', bucket: 'onprem-backup', retentionDays: 14 },
};

export const cases: readonly AppCase[] = [
  { name: 'single', environment: 'zcompute-single' },
  { name: 'high', environment: 'zcompute-high-wildcard', overrides: BACKUP },
  {
    name: 'high-zones-own-image',
    environment: 'aws-high',
    overrides: { backup: { bucket: 'acme-backup', region: 'eu-central-1', folder: 'ai/cloud' } },
    inputs: {
      heapGiB: 8,
      cpuMillis: 2000,
      storageGiB: 200,
      image: 'registry.example.com:5000/platform/opensearch-s3:3.6.0',
      settings: { 's3.client.default.max_retries': 5 },
    },
  },
];
