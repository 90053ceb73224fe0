import { describe, expect, it } from 'vitest';
import { SMALL, SMALL_AWS } from '../../testing/plan-builder.ts';
import { type Remembered, summariseChange } from '../../testing/summarise-change.ts';

const BACKUP = { endpoint: 'https://s3.example.com', bucket: 'copies', folder: 'lab' };
const FILES = { kind: 's3', endpoint: 'https://s3.example.com', bucket: 'files' };
const ETCD = { endpoint: 's3.example.com', bucket: 'etcd' };

interface Stores {
  readonly backup?: object;
  readonly objectStorage?: object;
  readonly etcdBackup?: object;
}

interface Row {
  readonly name: string;
  readonly before: Stores;
  readonly after: Stores;
  /** Name, when, and parts of what will happen and of how to avoid it. */
  readonly danger?: readonly [string, string, string, string];
}

const copies = 'write backup: { endpoint: https://s3.example.com, bucket: copies, folder: lab';
const files = 'write objectStorage: { kind: s3, endpoint: https://s3.example.com, bucket: files';
const etcd = 'write etcdBackup: { endpoint: s3.example.com, bucket: etcd';

const rows: readonly Row[] = [
  {
    name: 'no copies any more',
    before: { backup: BACKUP },
    after: {},
    danger: ['backup', 'commit', 'Nothing is copied any more', copies],
  },
  ...[{ bucket: 'others' }, { folder: 'others' }, { endpoint: 'https://others.example.com' }].map(
    (change): Row => ({
      name: `copies elsewhere: ${JSON.stringify(change)}`,
      before: { backup: BACKUP },
      after: { backup: { ...BACKUP, ...change } },
      danger: ['backup', 'commit', 'recovery looks only there', copies],
    }),
  ),
  {
    name: 'copies in another region of AWS',
    before: { backup: { bucket: 'copies', region: 'eu-central-1' } },
    after: { backup: { bucket: 'copies', region: 'eu-west-1' } },
    danger: [
      'backup',
      'commit',
      'Copies go to copies/lab at https://s3.eu-west-1.amazonaws.com',
      'region: eu-central-1',
    ],
  },
  {
    name: 'files in another bucket',
    before: { objectStorage: FILES },
    after: { objectStorage: { ...FILES, bucket: 'others' } },
    danger: ['object-storage', 'commit', 'those in files at https://s3.example.com are out of reach', files],
  },
  {
    name: 'files in another store',
    before: { objectStorage: FILES },
    after: { objectStorage: { ...FILES, endpoint: 'https://others.example.com' } },
    danger: ['object-storage', 'commit', 'Onyx keeps its files in files at https://others.example.com', files],
  },
  {
    name: 'files in another bucket, with copies',
    before: { objectStorage: FILES, backup: BACKUP },
    after: { objectStorage: { ...FILES, bucket: 'others' }, backup: BACKUP },
    danger: ['object-storage', 'commit', 'An empty bucket is filled from the copies of last night', files],
  },
  {
    name: 'files that leave the cluster',
    before: { objectStorage: { kind: 'in-cluster', sizeGiB: 50 } },
    after: { objectStorage: FILES },
    danger: ['object-storage', 'commit', 'those in volumes of this cluster are out of reach', 'sizeGiB: 50'],
  },
  {
    name: 'etcd without copies',
    before: { etcdBackup: ETCD },
    after: {},
    danger: ['etcd-backup', 'node replacement', 'look for no marker', etcd],
  },
  ...(
    [
      [{ bucket: 'others' }, 's3 cp - s3://others/rootstock/lab/initialized'],
      [{ folder: 'others' }, 's3 cp - s3://etcd/rootstock/others/initialized'],
      [{ endpoint: 'others.example.com' }, 'aws --endpoint-url https://others.example.com s3 cp - s3://etcd/'],
    ] as const
  ).map(
    ([change, command]): Row => ({
      name: `copies of etcd elsewhere: ${JSON.stringify(change)}`,
      before: { etcdBackup: ETCD },
      after: { etcdBackup: { ...ETCD, ...change } },
      danger: ['etcd-backup', 'node replacement', 'makes a second, empty cluster instead of waiting', command],
    }),
  ),
  // No danger.
  { name: 'the first copies', before: {}, after: { backup: BACKUP } },
  { name: 'the first files', before: {}, after: { objectStorage: FILES } },
  { name: 'the first copies of etcd', before: {}, after: { etcdBackup: ETCD } },
  {
    name: 'copies that are kept longer',
    before: { backup: BACKUP },
    after: { backup: { ...BACKUP, retentionDays: 90 } },
  },
  {
    name: 'the addresses of stores in another spelling',
    before: { backup: BACKUP, objectStorage: FILES, etcdBackup: ETCD },
    after: {
      backup: { ...BACKUP, endpoint: 'https://s3.example.com:443/' },
      objectStorage: { ...FILES, endpoint: 'https://S3.example.com' },
      etcdBackup: { ...ETCD, endpoint: 's3.example.com:443' },
    },
  },
  {
    name: 'a region that a store of its own has no use for',
    before: { backup: BACKUP, objectStorage: FILES },
    after: { backup: { ...BACKUP, region: 'eu-1' }, objectStorage: { ...FILES, region: 'eu-1' } },
  },
  {
    name: 'the same places, written otherwise',
    before: { backup: BACKUP, etcdBackup: ETCD },
    after: {
      backup: { endpoint: 'https://s3.example.com/', bucket: 'copies' },
      etcdBackup: { ...ETCD, folder: 'lab/' },
    },
  },
  {
    name: 'more room for files',
    before: { objectStorage: { kind: 'in-cluster', sizeGiB: 50 } },
    after: { objectStorage: { kind: 'in-cluster', sizeGiB: 80 } },
  },
  { name: 'more snapshots of etcd', before: { etcdBackup: ETCD }, after: { etcdBackup: { ...ETCD, retention: 500 } } },
];

function withStores({ etcdBackup, ...stores }: Stores): object {
  return { ...SMALL, ...stores, cluster: { ...SMALL.cluster, ...(etcdBackup === undefined ? {} : { etcdBackup }) } };
}

const KEYS: Readonly<Record<string, string>> = {
  backup: 'backup',
  'etcd-backup': 'cluster.etcdBackup',
  'object-storage': 'objectStorage',
};

function dangersOf({ before, after }: Row, remembered: Remembered) {
  const catalogs = { before: [], after: [] };
  return summariseChange(withStores(before), withStores(after), catalogs, remembered)?.dangers ?? [];
}

describe('generator/summary/dangers/outside-stores.ts', () => {
  it.each(rows)('finds what is out of reach: $name', (row) => {
    const [name = '', takesEffect, what, avoid] = row.danger ?? [];

    const dangers = dangersOf(row, {});

    expect(dangers).toEqual(
      row.danger === undefined
        ? []
        : [
            {
              name,
              takesEffect,
              key: KEYS[name],
              what: expect.stringContaining(what ?? ''),
              avoid: expect.stringContaining(avoid ?? ''),
            },
          ],
    );
    for (const danger of dangers) expect(danger.avoid).toMatch(/^[a-z].{10,}[^.]$/);
  });

  it.each(rows)('finds it in the file where the version of now cannot plan what was there: $name', (row) => {
    const dangers = dangersOf(row, { plans: false });

    expect(dangers.map(({ name }) => name)).toEqual(row.danger === undefined ? [] : [row.danger[0]]);
  });

  it.each([{ plans: true }, { plans: false }])('takes the region of AWS where none is written: %j', (remembered) => {
    const before = { ...SMALL_AWS, backup: { bucket: 'copies' } };
    const after = { ...SMALL_AWS, backup: { bucket: 'copies', region: 'eu-central-1' } };
    const elsewhere = { ...SMALL_AWS, backup: { bucket: 'copies', region: 'us-east-1' } };
    const namesOf = (to: object) =>
      summariseChange(before, to, { before: [], after: [] }, remembered)?.dangers.map(({ name }) => name) ?? [];

    expect(namesOf(after)).toEqual([]);
    expect(namesOf(elsewhere)).toEqual(['backup']);
  });
});
