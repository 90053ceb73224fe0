import { describe, expect, it } from 'vitest';
import { SMALL } from '../../testing/plan-builder.ts';
import { summariseChange } from '../../testing/summarise-change.ts';

const NO_APPS = { before: [], after: [] };
const BACKUP = { endpoint: 'https://s3.example.com', bucket: 'copies' };
const ETCD = { endpoint: 's3.example.com', bucket: 'etcd', region: 'us-east-1' };

const backup = (retentionDays?: number) => ({
  ...SMALL,
  backup: { ...BACKUP, ...(retentionDays ? { retentionDays } : {}) },
});
const etcd = (retention: number) => ({
  ...SMALL,
  cluster: { ...SMALL.cluster, etcdBackup: { ...ETCD, retention } },
});

describe('generator/summary/dangers/retention.ts', () => {
  it.each([
    { name: 'copies', from: backup(30), to: backup(7), danger: 'retention/backup', avoid: 'write retentionDays: 30' },
    {
      name: 'snapshots of etcd',
      from: etcd(168),
      to: etcd(6),
      danger: 'retention/etcd-backup',
      avoid: 'write retention: 168',
    },
    { name: 'longer', from: backup(7), to: backup(30), danger: undefined, avoid: undefined },
    { name: 'the same', from: etcd(6), to: etcd(6), danger: undefined, avoid: undefined },
    { name: 'copies for the first time', from: SMALL, to: backup(1), danger: undefined, avoid: undefined },
  ])('finds what is kept for a shorter time: $name', ({ from, to, danger, avoid }) => {
    const dangers = summariseChange(from, to, NO_APPS)?.dangers ?? [];

    const found = dangers.filter(({ name }) => name.startsWith('retention/'));
    expect(found.map((one) => [one.name, one.avoid])).toEqual(danger === undefined ? [] : [[danger, avoid]]);
  });
});
