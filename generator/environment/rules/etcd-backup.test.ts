import { describe, expect, it } from 'vitest';
import { HIGH, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { etcdBackup } from './etcd-backup.ts';

describe('generator/environment/rules/etcd-backup', () => {
  it.each([
    {
      name: 'high availability',
      patches: [HIGH, { cluster: { etcdBackup: undefined } }],
      says: 'availability is high, but cluster.etcdBackup is not given',
      hint: 'add etcdBackup: { endpoint: s3.example.com, bucket: prod-etcd }',
    },
    {
      name: 'several control nodes of a single environment',
      patches: [{ cluster: { nodeGroups: { control: { size: 3 } } } }],
      says: 'cluster.nodeGroups.control.size is 3, but cluster.etcdBackup is not given',
      hint: 'add etcdBackup: { endpoint: s3.example.com, bucket: prod-etcd }, or write size: 1',
    },
  ])('refuses $name without it', ({ patches, says, hint }) => {
    const found = runRule(etcdBackup, makeEnvironment(...patches));

    expect(found).toEqual([
      { code: 'ETCD-001', key: 'cluster.etcdBackup', message: expect.stringContaining(says), hint },
    ]);
  });

  it.each([
    { name: 'one control node', patches: [] },
    { name: 'high availability with it', patches: [HIGH] },
    { name: 'several control nodes with it', patches: [HIGH, { availability: 'single' }] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(etcdBackup, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
