// Environments that show a bucket outside, on both platforms, and the store in the cluster; through a proxy and without.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  {
    name: 'zcompute-single',
    environment: 'zcompute-single',
    overrides: {
      objectStorage: { kind: 's3', endpoint: 'https://vsa-00000042-public.zadarazios.com', bucket: 'lab-files' },
      backup: { endpoint: 'https://vsa-00000043-public.zadarazios.com', bucket: 'lab-backup', retentionDays: 14 },
    },
  },
  {
    name: 'aws-high-proxy',
    environment: 'aws-high',
    overrides: {
      objectStorage: { kind: 's3', bucket: 'acme-onyx-files', region: 'eu-central-1' },
      backup: { bucket: 'acme-backup', region: 'eu-west-1', folder: 'ai/cloud' },
      egress: { proxy: { url: 'http://proxy.example.com:3128' } },
    },
    inputs: { schedule: '0 */6 * * *', memoryMiB: 2048 },
  },
  {
    name: 'in-cluster-high',
    environment: 'zcompute-high-wildcard',
    overrides: {
      objectStorage: { kind: 'in-cluster', sizeGiB: 50 },
      backup: { endpoint: 'https://vsa-00000043-public.zadarazios.com', bucket: 'onprem-backup' },
    },
  },
];
