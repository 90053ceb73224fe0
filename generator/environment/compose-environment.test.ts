import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ED25519_KEY, FACTS } from '../testing/make-environment.ts';
import { composeEnvironment, type EnvironmentAnswers } from './compose-environment.ts';
import { parseEnvironments } from './parse-environment.ts';
import { makeEnvironmentSchema } from './schema/environment-schema.ts';

const SINGLE: EnvironmentAnswers = {
  name: 'lab',
  platform: { kind: 'zcompute', endpoint: 'https://compute.example.com' },
  repository: { url: 'https://github.com/acme/ai.git', branch: 'main', access: 'deployKey' },
  sshFrom: ['203.0.113.0/24'],
  sshPublicKey: ED25519_KEY,
  availability: 'single',
  control: { instanceType: 'z4.large' },
  worker: { instanceType: 'z8.3xlarge' },
  dns: { kind: 'none' },
};
const HIGH: EnvironmentAnswers = {
  ...SINGLE,
  availability: 'high',
  gpu: { instanceType: 'ZGL4.7large', model: 'L4', count: 1 },
  etcdBackup: { bucket: 'lab-etcd', endpoint: 's3.example.com', region: 'us-east-1' },
  stateBucket: { bucket: 'tf-state', endpoint: 'https://s3.example.com', region: 'us-east-1' },
  domain: 'ai.example.com',
  dns: { kind: 'external-dns', provider: 'cloudflare' },
  acmeEmail: 'ops@example.com',
};
const AWS: EnvironmentAnswers = {
  ...HIGH,
  platform: {
    kind: 'aws',
    region: 'eu-central-1',
    availabilityZones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
  },
  stateBucket: { bucket: 'tf-state', region: 'eu-central-1' },
  control: { instanceType: 'm7i.large' },
  worker: { instanceType: 'r7i.4xlarge' },
  gpu: { instanceType: 'g6.4xlarge', model: 'L4', count: 1 },
};

const schema = makeEnvironmentSchema({});
const errorsOf = (text: string) =>
  parseEnvironments([{ file: 'lab.yaml', text }], schema, FACTS).problems.filter(
    ({ severity }) => severity === 'error',
  );

describe('generator/environment/compose-environment', () => {
  it.each([
    { name: 'the smallest cluster', answers: SINGLE },
    { name: 'a large one', answers: HIGH },
    { name: 'AWS', answers: AWS },
    { name: 'another way in', answers: { ...SINGLE, sshFrom: [], privateAccess: 'VPN: ask "net" # ops' } },
    { name: 'a wildcard', answers: { ...SINGLE, domain: 'a.example.com', dns: { kind: 'wildcard' } } },
    { name: 'a domain and nothing else', answers: { ...SINGLE, domain: 'a.example.com' } },
    {
      name: 'a name server of their own',
      answers: {
        ...HIGH,
        dns: { kind: 'external-dns', provider: 'rfc2136', server: 'ns1.example.com', tsigKeyName: 'k' },
      },
    },
    {
      name: 'a GPU nobody knows',
      answers: { ...HIGH, gpu: { instanceType: 'zgpu.1', model: 'Grace', count: 2, pciId: '0123', memoryGiB: 80 } },
    },
    { name: 'types that look like numbers', answers: { ...SINGLE, worker: { instanceType: '1e3' } } },
  ] satisfies readonly { name: string; answers: EnvironmentAnswers }[])(
    'writes $name so that it validates at once',
    ({ answers }) => {
      expect(errorsOf(composeEnvironment(answers))).toEqual([]);
    },
  );

  it('writes down what was answered', () => {
    const data = parse(composeEnvironment(HIGH)) as unknown;

    expect(data).toMatchObject({
      metadata: { name: 'lab' },
      platform: HIGH.platform,
      repository: HIGH.repository,
      state: { kind: 's3', ...HIGH.stateBucket, lockFile: false },
      network: { bastion: { sshFrom: ['203.0.113.0/24'] } },
      cluster: {
        sshPublicKey: ED25519_KEY,
        etcdBackup: HIGH.etcdBackup,
        nodeGroups: {
          control: { role: 'control', instanceType: 'z4.large', size: 3 },
          worker: { role: 'worker', instanceType: 'z8.3xlarge', min: 3, max: 5 },
          gpu: { role: 'worker', instanceType: 'ZGL4.7large', min: 2, max: 3, gpu: { model: 'L4', count: 1 } },
        },
      },
      availability: 'high',
      ingress: {
        domain: 'ai.example.com',
        dns: { kind: 'external-dns', provider: 'cloudflare' },
        tls: { kind: 'acme', email: 'ops@example.com', server: 'staging' },
      },
    });
  });

  it('locks the state on S3 itself, where that works', () => {
    expect(parse(composeEnvironment(AWS))).toMatchObject({ state: { lockFile: true } });
  });

  it.each([
    { name: 'a quote', value: 'a"b' },
    { name: 'a comment', value: 'a # b' },
    { name: 'a key', value: 'a: b' },
    { name: 'another line', value: 'VPN\navailability: high' },
    { name: 'an alias', value: '*x' },
    { name: 'a tag', value: '!x y' },
  ])('keeps $name inside its value', ({ value }) => {
    const data = parse(composeEnvironment({ ...SINGLE, sshFrom: [], privateAccess: value })) as {
      readonly network: { readonly privateAccess: string };
      readonly availability: string;
    };

    expect(data.network.privateAccess).toBe(value);
    expect(data.availability).toBe('single');
  });

  it('explains: a comment in every section, and on every value that cannot be changed later', () => {
    const text = composeEnvironment(HIGH);

    for (const section of text.split('\n\n')) expect(section).toContain('# ');
    for (const key of ['  name: ', '  cidr: ']) expect(text).toMatch(new RegExp(`^${key}.* # .*never changes$`, 'm'));
    expect(text.split('\n').every((line) => line.length <= 130)).toBe(true);
  });
});
