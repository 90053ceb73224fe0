// One instance and three, over one zone and several; without copies, with copies on AWS and elsewhere; recovered.
import type { AppCase } from '../../../generator/core/blueprint.ts';

const backup = { endpoint: 'https://vsa-00000001-public.zadarazios.com', bucket: 'acme-backup' };

export const cases: readonly AppCase[] = [
  { name: 'single-no-backup', environment: 'zcompute-single' },
  {
    name: 'single-recovered',
    environment: 'zcompute-single',
    inputs: { generation: 3, recoverFrom: 1, recoverUntil: '2026-11-20T08:30:00Z' },
    overrides: { backup },
  },
  { name: 'high', environment: 'zcompute-high-wildcard', overrides: { backup: { ...backup, retentionDays: 14 } } },
  {
    name: 'high-zones',
    environment: 'aws-high',
    inputs: { storageGiB: 100, walGiB: 20, cpuMillis: 1000, memoryGiB: 8, maxConnections: 400 },
    overrides: { backup: { bucket: 'acme-backup', region: 'eu-central-1', folder: 'onyx/cloud' } },
  },
];
