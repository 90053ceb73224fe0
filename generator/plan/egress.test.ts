import { describe, expect, it } from 'vitest';
import { listExamples } from '../testing/examples.ts';
import { app, planOne, SMALL, SMALL_AWS } from '../testing/plan-builder.ts';
import { planRepositoryOf } from '../testing/plan-of.ts';
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
      'docker-images-prod.*.r2.cloudflarestorage.com:443',
      'github.com:22',
      'github.com:443',
      'ntp.ubuntu.com:123',
      'nvidia.github.io:443',
      'objects.githubusercontent.com:443',
      'production.cloudflare.docker.com:443',
      'production.cloudfront.docker.com:443',
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

  it('lists where npx finds Rootstock for people and checks, and not for the cluster', () => {
    expect(hosts(SMALL, 'workstation', 'later')).toContain('registry.npmjs.org:443');
    for (const when of ['boot', 'later'] as const)
      expect(hosts(SMALL, 'cluster', when)).not.toContain('registry.npmjs.org:443');
  });

  it('lists the regional API of AWS and the bucket of the state', () => {
    expect(hosts(AWS, 'workstation', 'later')).toContain('ec2.eu-central-1.amazonaws.com:443');
    expect(hosts(AWS, 'workstation', 'later')).toContain('ssm.eu-central-1.amazonaws.com:443');
    expect(hosts(AWS, 'workstation', 'later')).toContain('acme-tf-state.s3.eu-central-1.amazonaws.com:443');
    expect(hosts(AWS, 'workstation', 'later')).toContain('iam.amazonaws.com:443');
  });

  it('lists the hosts of China under its domain', () => {
    const china = {
      ...AWS,
      platform: { kind: 'aws', region: 'cn-north-1', availabilityZones: ['cn-north-1a'] },
      state: { kind: 's3', bucket: 'acme-tf-state' },
    };

    const found = hosts(china, 'workstation', 'later').filter((host) => host.includes('amazonaws'));

    expect(found).toContain('ec2.cn-north-1.amazonaws.com.cn:443');
    expect(found).toContain('acme-tf-state.s3.cn-north-1.amazonaws.com.cn:443');
    expect(found).toContain('iam.cn-north-1.amazonaws.com.cn:443');
    expect(found.filter((host) => !host.endsWith('.cn:443'))).toEqual([]);
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
        way: 'direct',
        purposes: ['chart of One', 'chart of Two'],
      },
      {
        host: 'images.example.com',
        port: 443,
        protocol: 'TCP',
        from: 'cluster',
        when: 'boot',
        way: 'direct',
        purposes: ['images of one', 'images of two'],
      },
    ]);
  });

  it.each([
    ['quay.io', ['*.quay.io']],
    ['registry.k8s.io', ['*.pkg.dev', 'cdn.registry.k8s.io', 'prod-registry-k8s-io-*.s3.dualstack.*.amazonaws.com']],
    ['public.ecr.aws', ['*.cloudfront.net']],
    ['ecr-public.aws.com', ['*.cloudfront.net']],
    ['nvcr.io', ['authn.nvidia.com', 'layers.nvcr.io']],
  ])('lists where %s sends those who download', (host, targets) => {
    const image = app({ egress: [{ host, port: 443, purpose: 'image of the demo' }] });

    const entries = planEgress(planOne(SMALL, [image])).filter(
      ({ when, from }) => when === 'later' && from === 'cluster',
    );

    expect(entries.filter((entry) => entry.host !== host).map((entry) => entry.host)).toEqual(targets);
    for (const entry of entries.filter((candidate) => candidate.host !== host))
      expect(entry).toMatchObject({ port: 443, purposes: [`${host} redirects there`] });
  });

  it('needs the hosts of a redirect at boot if the registry is needed then', () => {
    const image = app(
      { egress: [{ host: 'quay.io', port: 443, purpose: 'image of the demo' }] },
      {
        chart: { name: 'demo', version: '1.0.0', repository: 'https://charts.example.com', appVersion: '1' },
        firstBoot: { order: 10 },
      },
    );

    expect(planEgress(planOne(SMALL, [image])).find(({ host }) => host === '*.quay.io')?.when).toBe('boot');
  });

  it('lists no redirect of a registry that nobody uses', () => {
    expect(planEgress(planOne(SMALL)).map(({ host }) => host)).not.toContain('*.quay.io');
  });

  it.each([
    ['GitHub', 'https://github.com/a/b.git', 'api.github.com'],
    ['a GitHub Enterprise Server', 'https://git.example.com/a/b.git', 'git.example.com'],
  ])('lists the API that gives a GitHub App its tokens: %s', (_, url, host) => {
    const entries = planEgress(planOne({ ...SMALL, repository: { url, access: 'githubApp' } }));

    const entry = entries.find((candidate) => candidate.from === 'cluster' && candidate.host === host);

    expect(entry).toMatchObject({ port: 443, when: 'boot' });
    expect(entry?.purposes).toContain('tokens of the GitHub App with which Argo CD reads the repository');
  });

  it('lists no API of GitHub for any other access', () => {
    expect(planEgress(planOne(SMALL)).map(({ host }) => host)).not.toContain('api.github.com');
  });

  it('is the only one to say where charts come from and where Argo CD reads', () => {
    const apps = listExamples().flatMap(({ texts }) =>
      planRepositoryOf(texts).environments.flatMap((plan) => plan.apps),
    );

    const declared = apps.flatMap(({ blueprint, plan }) =>
      (plan.egress ?? []).filter(({ purpose }) => /^chart of|Git repository/.test(purpose)).map(() => blueprint.name),
    );

    expect(apps.length).toBeGreaterThan(0);
    expect([...new Set(declared)]).toEqual([]);
  });

  it.each([
    ['a registry', 'registry.k8s.io', 443, 'proxy'],
    ['Ubuntu packages over HTTP', 'archive.ubuntu.com', 80, 'proxy'],
    ['the proxy itself', 'proxy.example.com', 3128, 'direct'],
    ['a host that is near', 'git.corp.example.com', 443, 'direct'],
    ['the site of zCompute', 'compute.example.com', 443, 'direct'],
    ['time', 'ntp.ubuntu.com', 123, 'direct'],
  ])('says which way %s goes behind a proxy', (_title, host, port, way) => {
    const image = { host: 'registry.k8s.io', port: 443, purpose: 'image' };
    const site = { host: 'compute.example.com', port: 443, purpose: 'cloud API' };
    const plan = planOne(
      {
        ...SMALL,
        repository: { url: 'https://git.corp.example.com/acme/ai.git', access: 'token' },
        egress: { proxy: { url: 'http://proxy.example.com:3128', noProxy: ['.corp.example.com'] } },
      },
      [app({ egress: [image, site] })],
    );

    const entry = planEgress(plan).find((candidate) => candidate.from === 'cluster' && candidate.host === host);

    expect(entry).toMatchObject({ port, way });
  });

  it('sends Git over SSH past every proxy, which takes HTTP only', () => {
    const proxy = { url: 'http://proxy.example.com:3128' };
    const repository = { url: 'ssh://git@git.example.com:2222/acme/ai.git', access: 'deployKey' };

    const entries = planEgress(planOne({ ...SMALL, repository, egress: { proxy } }));

    const git = entries.find(({ from, host }) => from === 'cluster' && host === 'git.example.com');
    expect(git).toMatchObject({ port: 2222, way: 'direct' });
  });

  it('goes everywhere directly without a proxy', () => {
    const ways = new Set(planEgress(planOne(SMALL)).map(({ way }) => way));

    expect([...ways]).toEqual(['direct']);
  });

  it('lists mirrors, which nodes need to boot', () => {
    const registryMirrors = { 'docker.io': ['https://mirror.example.com:5000/v2/hub'] };

    const entries = planEgress(planOne({ ...SMALL, egress: { registryMirrors } }));

    expect(entries).toContainEqual({
      host: 'mirror.example.com',
      port: 5000,
      protocol: 'TCP',
      from: 'cluster',
      when: 'boot',
      way: 'direct',
      purposes: ['mirror of docker.io'],
    });
  });
});
