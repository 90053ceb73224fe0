import { describe, expect, it } from 'vitest';
import { formatKeyPath } from '../../core/key-path.ts';
import { AWS, HIGH, makeEnvironment, type Patch } from '../../testing/make-environment.ts';
import { separateStores } from './separate-stores.ts';

const STAGING: Patch = { metadata: { name: 'staging' } };
const URL = 'https://s3.example.com';
const etcd = (keys: Patch = {}): Patch => ({
  cluster: { etcdBackup: { endpoint: 's3.example.com', bucket: 'one', ...keys } },
});
const backup = (keys: Patch = {}): Patch => ({ backup: { endpoint: URL, bucket: 'one', ...keys } });
const files = (keys: Patch = {}): Patch => ({ objectStorage: { kind: 's3', endpoint: URL, bucket: 'one', ...keys } });
const state = (keys: Patch = {}): Patch => ({ state: { kind: 's3', endpoint: URL, bucket: 'one', ...keys } });

/** Each inner list is an environment. */
function check(...environments: readonly (readonly Patch[])[]) {
  return separateStores
    .check(environments.map((patches) => makeEnvironment(...patches)))
    .map(({ kind, at, ...rest }) => ({ code: kind.code, key: formatKeyPath(at), ...rest }));
}

describe('generator/environment/rules/separate-stores', () => {
  it.each([
    {
      name: 'snapshots of two clusters in one folder',
      environments: [[HIGH], [HIGH, STAGING, { cluster: { etcdBackup: { folder: 'test/' } } }]],
      code: 'ETCD-002',
      owner: 'staging',
      key: 'cluster.etcdBackup.folder',
      says: 'cluster.etcdBackup of staging is in test-etcd/test, and cluster.etcdBackup of test is in test-etcd/test',
      hint: 'write folder: staging under cluster.etcdBackup',
    },
    {
      name: 'snapshots inside those of another cluster',
      environments: [[etcd({ folder: 'a' })], [STAGING, etcd({ folder: 'a//b' })]],
      code: 'ETCD-002',
      owner: 'staging',
      key: 'cluster.etcdBackup.folder',
      says: 'is in one/a/b, and cluster.etcdBackup of test is in one/a of',
      hint: 'write folder: staging under cluster.etcdBackup',
    },
    {
      name: 'snapshots and copies in one bucket without folders',
      environments: [[etcd(), backup()]],
      code: 'ETCD-003',
      owner: 'test',
      key: 'backup.folder',
      says: 'backup is in one/test, and cluster.etcdBackup is in one/test of the same store',
      hint: 'write folder: copies/test under backup',
    },
    {
      name: 'copies in a folder that only begins like that of the snapshots',
      environments: [[etcd({ folder: 'co' }), backup({ folder: 'copies' })]],
      code: 'ETCD-003',
      owner: 'test',
      key: 'backup.folder',
      says: 'backup is in one/copies, and cluster.etcdBackup is in one/co',
      hint: 'write folder: test under backup',
    },
    {
      name: 'copies under snapshots, where the next best folder is no better',
      environments: [[etcd({ folder: 't' }), backup({ folder: 'te' })]],
      code: 'ETCD-003',
      owner: 'test',
      key: 'backup.folder',
      says: 'one/te',
      hint: 'write folder: copies/test under backup',
    },
    {
      name: 'the state of Terraform among snapshots',
      environments: [[etcd(), state()]],
      code: 'ETCD-003',
      owner: 'test',
      key: 'cluster.etcdBackup.folder',
      says: 'state is in one/test, and cluster.etcdBackup is in one/test',
      hint: 'write folder: etcd/test under cluster.etcdBackup',
    },
    {
      name: 'the state of another environment among snapshots',
      environments: [[etcd({ folder: 'stag' })], [STAGING, state()]],
      code: 'ETCD-003',
      owner: 'test',
      key: 'cluster.etcdBackup.folder',
      says: 'state of staging is in one/staging, and cluster.etcdBackup of test is in one/stag',
      hint: 'write folder: test under cluster.etcdBackup',
    },
    {
      name: 'copies of two environments in one folder',
      environments: [[backup()], [STAGING, backup({ folder: 'test' })]],
      code: 'STORE-001',
      owner: 'staging',
      key: 'backup.folder',
      says: 'backup of staging is in one/test, and backup of test is in one/test',
      hint: 'write folder: staging under backup',
    },
    {
      name: 'copies around those of another environment',
      environments: [[backup({ folder: 'all/test' })], [STAGING, backup({ folder: 'all' })]],
      code: 'STORE-001',
      owner: 'staging',
      key: 'backup.folder',
      says: 'one/all, and',
      hint: 'write folder: staging under backup',
    },
    {
      name: 'one store in several spellings',
      environments: [[backup()], [STAGING, backup({ endpoint: 'http://S3.example.com:80/', folder: 'test' })]],
      code: 'STORE-001',
      owner: 'staging',
      key: 'backup.folder',
      says: 'of the same store',
      hint: 'write folder: staging under backup',
    },
    {
      name: 'one bucket of AWS behind several hosts',
      environments: [
        [AWS, backup({ endpoint: undefined })],
        [AWS, STAGING, backup({ endpoint: 'https://s3.eu-central-1.amazonaws.com', folder: 'test' })],
      ],
      code: 'STORE-001',
      owner: 'staging',
      key: 'backup.folder',
      says: 'of the same store',
      hint: 'write folder: staging under backup',
    },
    {
      name: 'one bucket of files for two',
      environments: [[files()], [STAGING, files()]],
      code: 'STORE-002',
      owner: 'staging',
      key: 'objectStorage.bucket',
      says: 'objectStorage of staging is in one, and objectStorage of test is in one',
      hint: 'write bucket: staging-onyx-files under objectStorage',
    },
    {
      name: 'copies in the bucket of files',
      environments: [[files(), backup()]],
      code: 'STORE-003',
      owner: 'test',
      key: 'backup.bucket',
      says: 'backup is in one/test, and objectStorage is in one of the same store',
      hint: 'write bucket: test-backup under backup',
    },
    {
      name: 'copies in a bucket that is already called so',
      environments: [[files({ bucket: 'test-backup' }), backup({ bucket: 'test-backup' })]],
      code: 'STORE-003',
      owner: 'test',
      key: 'backup.bucket',
      says: 'test-backup/test',
      hint: 'write bucket: test-copies under backup',
    },
    {
      name: 'copies in the bucket of files of another environment',
      environments: [[files()], [STAGING, backup()]],
      code: 'STORE-003',
      owner: 'staging',
      key: 'backup.bucket',
      says: 'backup of staging is in one/staging, and objectStorage of test is in one',
      hint: 'write bucket: staging-backup under backup',
    },
  ])('refuses $name', ({ environments, code, owner, key, says, hint }) => {
    const found = check(...environments);

    expect(found).toEqual([{ code, environment: owner, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'no bucket at all', environments: [[], [STAGING]] },
    { name: 'one bucket with a folder for each cluster', environments: [[HIGH], [HIGH, STAGING]] },
    { name: 'copies in a folder for each', environments: [[backup()], [STAGING, backup()]] },
    { name: 'copies beside snapshots', environments: [[etcd(), backup({ folder: 'copies/test' })]] },
    {
      name: 'snapshots inside the copies',
      environments: [[etcd({ folder: 'copies/etcd' }), backup({ folder: 'copies' })]],
    },
    { name: 'snapshots beside the state', environments: [[etcd({ folder: 'etcd/test' }), state()]] },
    { name: 'the states of two environments', environments: [[state()], [STAGING, state()]] },
    {
      name: 'buckets of one name in two stores',
      environments: [[files(), backup({ endpoint: 'https://s3.example.net' })]],
    },
    { name: 'two ports of one host', environments: [[files(), backup({ endpoint: `${URL}:9000` })]] },
    {
      name: 'buckets of one name in China and elsewhere',
      environments: [
        [AWS, files({ endpoint: undefined })],
        [AWS, STAGING, backup({ endpoint: 'https://s3.cn-north-1.amazonaws.com.cn' })],
      ],
    },
    { name: 'two environments of one name, which another rule refuses', environments: [[files()], [files()]] },
  ])('accepts $name', ({ environments }) => {
    expect(check(...environments)).toEqual([]);
  });
});
