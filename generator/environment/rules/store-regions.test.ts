import { describe, expect, it } from 'vitest';
import { AWS, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { storeRegions } from './store-regions.ts';

const EU = 'eu-central-1';

describe('generator/environment/rules/store-regions', () => {
  it.each([
    {
      name: 'snapshots',
      patches: [
        AWS,
        { cluster: { etcdBackup: { endpoint: 's3.us-west-2.amazonaws.com', bucket: 'abc', region: EU } } },
      ],
      key: 'cluster.etcdBackup.region',
      says: 's3.us-west-2.amazonaws.com is S3 in us-west-2, but the region of this bucket is eu-central-1',
      hint: 'write region: us-west-2, or endpoint: s3.eu-central-1.amazonaws.com',
    },
    {
      name: 'the state',
      patches: [{ state: { kind: 's3', bucket: 'abc', endpoint: 'https://s3-us-west-2.amazonaws.com', region: EU } }],
      key: 'state.region',
      says: 's3-us-west-2.amazonaws.com is S3 in us-west-2',
      hint: 'write region: us-west-2, or endpoint: https://s3.eu-central-1.amazonaws.com',
    },
    {
      name: 'files',
      patches: [
        {
          objectStorage: {
            kind: 's3',
            bucket: 'abc',
            endpoint: 'https://s3.cn-north-1.amazonaws.com.cn',
            region: 'cn-northwest-1',
          },
        },
      ],
      key: 'objectStorage.region',
      says: 'S3 in cn-north-1',
      hint: 'write region: cn-north-1, or endpoint: https://s3.cn-northwest-1.amazonaws.com.cn',
    },
    {
      name: 'copies in China under the domain of the others',
      patches: [{ backup: { bucket: 'abc', endpoint: 'https://s3.cn-north-1.amazonaws.com' } }],
      key: 'backup.endpoint',
      says: 's3.cn-north-1.amazonaws.com does not exist: S3 in cn-north-1 is s3.cn-north-1.amazonaws.com.cn',
      hint: 'write endpoint: https://s3.cn-north-1.amazonaws.com.cn',
    },
  ])('refuses another region for $name', ({ patches, key, says, hint }) => {
    const found = runRule(storeRegions, makeEnvironment(...patches));

    expect(found).toEqual([{ code: 'AWS-003', key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'no region', patches: [{ backup: { bucket: 'abc', endpoint: 'https://s3.us-west-2.amazonaws.com' } }] },
    { name: 'no endpoint', patches: [AWS, { backup: { bucket: 'abc', region: 'eu-west-1' } }] },
    {
      name: 'the same region',
      patches: [{ backup: { bucket: 'abc', endpoint: `https://s3.${EU}.amazonaws.com`, region: EU } }],
    },
    {
      name: 'another store',
      patches: [AWS, { backup: { bucket: 'abc', endpoint: 'https://s3.example.com', region: 'any' } }],
    },
    {
      name: 'the host without a region',
      patches: [AWS, { backup: { bucket: 'abc', endpoint: 'https://s3.amazonaws.com' } }],
    },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(storeRegions, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
