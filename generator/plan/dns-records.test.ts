import { describe, expect, it } from 'vitest';
import { app, planOne, SMALL } from '../testing/plan-builder.ts';
import { planDnsRecords } from './dns-records.ts';

const web = app({}, { route: { subdomain: 'chat', service: 'web', port: 80, byDefault: true } });
const AWS = { kind: 'aws', region: 'eu-central-1', availabilityZones: ['eu-central-1a'] };
const AWS_GROUPS = {
  control: { role: 'control', instanceType: 'm7i.large' },
  worker: { role: 'worker', instanceType: 'm7i.2xlarge' },
};

describe('generator/plan/dns-records', () => {
  it.each([
    ['no domain', SMALL.platform, { dns: { kind: 'none' } }, []],
    [
      'a wildcard',
      SMALL.platform,
      { domain: 'ai.example.com', publicAddress: '198.51.100.7', dns: { kind: 'wildcard' } },
      ['*.ai.example.com A 198.51.100.7'],
    ],
    [
      'a wildcard before the first apply',
      SMALL.platform,
      { domain: 'ai.example.com', dns: { kind: 'wildcard' } },
      ['*.ai.example.com A undefined'],
    ],
    [
      'a wildcard on AWS',
      AWS,
      { domain: 'ai.example.com', dns: { kind: 'wildcard' } },
      ['*.ai.example.com CNAME undefined'],
    ],
    [
      'a wildcard on AWS once its load balancer is known',
      AWS,
      { domain: 'ai.example.com', publicAddress: 'lb.example.net', dns: { kind: 'wildcard' } },
      ['*.ai.example.com CNAME lb.example.net'],
    ],
    [
      'one record for each host',
      SMALL.platform,
      { domain: 'ai.example.com', publicAddress: '198.51.100.7', dns: { kind: 'none' } },
      ['chat.ai.example.com A 198.51.100.7'],
    ],
  ])('%s', (_, platform, ingress, expected) => {
    const nodeGroups = platform === AWS ? AWS_GROUPS : SMALL.cluster.nodeGroups;
    const environment = { ...SMALL, platform, ingress, cluster: { ...SMALL.cluster, nodeGroups } };

    const records = planDnsRecords(planOne(environment, [web]));

    expect(records.map(({ name, type, target }) => `${name} ${type} ${target}`)).toEqual(expected);
  });
});
