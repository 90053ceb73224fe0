import { describe, expect, it } from 'vitest';
import { planOne, SMALL } from '../../../generator/testing/plan-builder.ts';
import { agentConfig, serverConfig } from './server-config.ts';

function configOf(changes: { readonly cluster?: object; readonly network?: object } = {}) {
  const plan = planOne({
    ...SMALL,
    cluster: { ...SMALL.cluster, ...changes.cluster },
    network: { ...SMALL.network, ...changes.network },
  });
  return { plan, config: serverConfig(plan, plan.nodeGroups[0]!) };
}

describe('blueprints/terraform/cluster/server-config.ts', () => {
  it('passes the networks of the environment to k3s', () => {
    const { config } = configOf({ network: { podCidr: '10.132.0.0/14', serviceCidr: '10.136.0.0/16' } });

    expect(config).toMatchObject({
      'cluster-cidr': '10.132.0.0/14',
      'service-cidr': '10.136.0.0/16',
      'cluster-dns': '10.136.0.10',
    });
  });

  it('leaves to Git and Terraform what is theirs', () => {
    const { config } = configOf();

    expect(config['disable']).toEqual(['coredns', 'local-storage', 'runtimes', 'servicelb', 'traefik']);
    expect(config['disable-cloud-controller']).toBe(true);
    expect(config['node-taint']).toEqual(['node-role.kubernetes.io/control-plane=true:NoSchedule']);
  });

  it('says nothing of S3 without a backup', () => {
    const { config } = configOf();

    expect(Object.keys(config).filter((key) => key.startsWith('etcd-s3'))).toEqual([]);
  });

  it.each([
    ['v1.35.9+k3s1', 'etcd-s3-retention'],
    ['v1.34.0+k3s1', 'etcd-s3-retention'],
    ['v1.33.4+k3s1', 'etcd-s3-retention'],
    ['v1.33.3+k3s1', 'etcd-snapshot-retention'],
  ])('keeps as many snapshots in the bucket as asked for: k3s %s', (version, key) => {
    const { config } = configOf({
      cluster: { version, etcdBackup: { endpoint: 's3.example.com', bucket: 'etcd', folder: 'a/b/', retention: 99 } },
    });

    expect(Object.entries(config).filter(([name]) => name.endsWith('retention'))).toEqual([[key, 99]]);
    expect(config['etcd-s3-folder']).toBe('a/b');
  });

  it('gives workers their labels and taints, and the agent token only', () => {
    const { plan } = configOf();
    const gpu = plan.nodeGroups.find(({ name }) => name === 'gpu')!;

    const config = agentConfig(gpu);

    expect(config['node-taint']).toEqual(['nvidia.com/gpu=true:NoSchedule']);
    expect(config['node-label']).toContain('nvidia.com/device-plugin.config=tesla-27b8');
    expect(JSON.stringify(config)).toContain('var.agent_token');
    expect(JSON.stringify(config)).not.toContain('cluster_token');
  });

  it.each([
    { group: 'gpu', runtime: 'nvidia' },
    { group: 'worker', runtime: undefined },
  ])('starts pods of $group nodes with the runtime $runtime', ({ group, runtime }) => {
    const { plan } = configOf();

    const config = agentConfig(plan.nodeGroups.find(({ name }) => name === group)!);

    expect(config['default-runtime']).toBe(runtime);
  });
});
