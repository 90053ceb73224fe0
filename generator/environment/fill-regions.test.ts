import { describe, expect, it } from 'vitest';
import { AWS, makeEnvironment, type Patch } from '../testing/make-environment.ts';
import type { Environment } from './schema/environment-schema.ts';

/** All four buckets, in the words of one store. */
function buckets(keys: Patch & { readonly host?: string }): Patch {
  const { host, ...rest } = keys;
  const url = host === undefined ? rest : { endpoint: `https://${host}`, ...rest };
  return {
    state: { kind: 's3', bucket: 'a-state', ...url },
    cluster: { etcdBackup: { endpoint: host ?? 's3.amazonaws.com', bucket: 'an-etcd', ...rest } },
    objectStorage: { kind: 's3', bucket: 'a-files', ...url },
    backup: { bucket: 'a-backup', ...url },
  };
}

function regions({ state, cluster, objectStorage, backup }: Environment) {
  return [
    state.kind === 's3' ? state.region : undefined,
    cluster.etcdBackup?.region,
    objectStorage?.kind === 's3' ? objectStorage.region : undefined,
    backup?.region,
  ];
}

describe('generator/environment/fill-regions', () => {
  it.each([
    { name: 'AWS itself', patches: [AWS, buckets({})], region: 'eu-central-1' },
    {
      name: 'a host of AWS',
      patches: [AWS, buckets({ host: 's3.us-west-2.amazonaws.com' })],
      region: 'us-west-2',
    },
    { name: 'another store, from AWS', patches: [AWS, buckets({ host: 's3.example.com' })], region: 'eu-central-1' },
    { name: 'a store, from zCompute', patches: [buckets({ host: 's3.example.com' })], region: 'us-east-1' },
    {
      name: 'AWS, from zCompute',
      patches: [buckets({ host: 's3.eu-west-1.amazonaws.com' })],
      region: 'eu-west-1',
    },
    { name: 'what the file says', patches: [AWS, buckets({ region: 'eu-west-3' })], region: 'eu-west-3' },
  ])('takes $region for $name', ({ patches, region }) => {
    const filled = makeEnvironment(...patches);

    expect(regions(filled)).toEqual([region, region, region, region]);
  });

  it('leaves alone what has no bucket', () => {
    const { state, objectStorage, backup } = makeEnvironment({ objectStorage: { kind: 'in-cluster' } });

    expect([state, objectStorage, backup]).toEqual([
      { kind: 'local' },
      { kind: 'in-cluster', sizeGiB: 100 },
      undefined,
    ]);
  });
});
