import { describe, expect, it } from 'vitest';
import { app, planOne, SMALL, SMALL_AWS } from '../testing/plan-builder.ts';
import { planEgress } from './egress.ts';

const AWS = { ...SMALL_AWS, state: { kind: 's3', bucket: 'acme-tf-state', region: 'eu-central-1' } };
const hosts = (environment: object, from: 'cluster' | 'workstation', when: 'boot' | 'later') =>
  planEgress(planOne(environment))
    .filter((entry) => entry.from === from && entry.when === when)
    .map(({ host, port }) => `${host}:${port}`);

describe('generator/plan/egress', () => {
  it('lists what a zCompute cluster with GPUs reaches at boot', () => {
    expect(hosts(SMALL, 'cluster', 'boot')).toEqual([
      'archive.ubuntu.com:80',
      'auth.docker.io:443',
      'developer.download.nvidia.com:443',
      'github.com:22',
      'github.com:443',
      'ntp.ubuntu.com:123',
      'nvidia.github.io:443',
      'objects.githubusercontent.com:443',
      'production.cloudflare.docker.com:443',
      'registry-1.docker.io:443',
      'release-assets.githubusercontent.com:443',
      'security.ubuntu.com:80',
    ]);
  });

  it('leaves NVIDIA out where no node has a GPU', () => {
    const { gpu: _, ...rest } = SMALL.cluster.nodeGroups;

    expect(
      hosts({ ...SMALL, cluster: { ...SMALL.cluster, nodeGroups: rest } }, 'cluster', 'boot').join(' '),
    ).not.toContain('nvidia');
  });

  it('lists the regional API of AWS and the bucket of the state', () => {
    expect(hosts(AWS, 'workstation', 'later')).toContain('ec2.eu-central-1.amazonaws.com:443');
    expect(hosts(AWS, 'workstation', 'later')).toContain('ssm.eu-central-1.amazonaws.com:443');
    expect(hosts(AWS, 'workstation', 'later')).toContain('acme-tf-state.s3.eu-central-1.amazonaws.com:443');
    expect(hosts(AWS, 'workstation', 'later')).toContain('iam.amazonaws.com:443');
  });

  it.each([
    [
      'a deploy key over a plain URL',
      { url: 'https://git.example.com/a/b.git', access: 'deployKey' },
      ['git.example.com:22'],
    ],
    ['a token over an SSH URL', { url: 'git@git.example.com:a/b.git', access: 'token' }, ['git.example.com:443']],
    [
      'a deploy key on a port of its own',
      { url: 'ssh://git@git.example.com:2222/a/b.git', access: 'deployKey' },
      ['git.example.com:2222'],
    ],
  ])('knows the port of Git: %s', (_, repository, expected) => {
    expect(hosts({ ...SMALL, repository }, 'cluster', 'boot').filter((host) => host.startsWith('git.'))).toEqual(
      expected,
    );
  });

  it('reads the port of an etcd bucket that has one', () => {
    const cluster = { ...SMALL.cluster, etcdBackup: { endpoint: 'objects.example.com:9000', bucket: 'etcd' } };

    expect(hosts({ ...SMALL, cluster }, 'cluster', 'boot')).toContain('objects.example.com:9000');
  });

  it('takes chart repositories and hosts from the apps, and lists each host once', () => {
    const chart = { name: 'demo', version: '1.0.0', repository: 'oci://charts.example.com/demo', appVersion: '1' };
    const first = app(
      { egress: [{ host: 'images.example.com', port: 443, purpose: 'images of one' }] },
      { name: 'one', title: 'One', chart },
    );
    const second = app(
      { egress: [{ host: 'images.example.com', port: 443, purpose: 'images of two' }] },
      { name: 'two', title: 'Two', chart, firstBoot: { order: 10 } },
    );

    const entries = planEgress(planOne(SMALL, [second, first])).filter(({ host }) => host.endsWith('s.example.com'));

    expect(entries).toEqual([
      {
        host: 'charts.example.com',
        port: 443,
        protocol: 'TCP',
        from: 'cluster',
        when: 'boot',
        purposes: ['chart of One', 'chart of Two'],
      },
      {
        host: 'images.example.com',
        port: 443,
        protocol: 'TCP',
        from: 'cluster',
        when: 'boot',
        purposes: ['images of one', 'images of two'],
      },
    ]);
  });

  it('believes an app that names its chart repository itself', () => {
    const chart = { name: 'demo', version: '1.0.0', repository: 'https://charts.example.com', appVersion: '1' };
    const own = app({ egress: [{ host: 'charts.example.com', port: 443, purpose: 'chart of the demo' }] }, { chart });

    const [entry] = planEgress(planOne(SMALL, [own])).filter(({ host }) => host === 'charts.example.com');

    expect(entry?.purposes).toEqual(['chart of the demo']);
  });
});
