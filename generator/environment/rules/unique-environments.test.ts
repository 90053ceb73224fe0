import { describe, expect, it } from 'vitest';
import { formatKeyPath } from '../../core/key-path.ts';
import { makeEnvironment, type Patch } from '../../testing/make-environment.ts';
import { uniqueEnvironments } from './unique-environments.ts';

const STAGING: Patch = { metadata: { name: 'staging' } };
const WILDCARD: Patch = { ingress: { domain: 'ai.example.com', dns: { kind: 'wildcard' } } };

function check(first: readonly Patch[], second: readonly Patch[]) {
  return uniqueEnvironments
    .check([makeEnvironment(...first), makeEnvironment(...second)])
    .map(({ kind, at, ...rest }) => ({ code: kind.code, key: formatKeyPath(at), ...rest }));
}

describe('generator/environment/rules/unique-environments', () => {
  it.each([
    {
      name: 'two environments of one name',
      first: [],
      second: [],
      code: 'NAME-002',
      key: 'metadata.name',
      says: 'metadata.name is test, and so it is in environment test',
      hint: 'give one of them another name, or leave one of the files out',
    },
    {
      name: 'names that arrive at the same autoscaling group',
      first: [{ cluster: { nodeGroups: { 'b-c': { role: 'worker', instanceType: 'z4.large' } } } }],
      second: [
        { metadata: { name: 'test-b' } },
        { cluster: { nodeGroups: { c: { role: 'worker', instanceType: 'z4.large' } } } },
      ],
      code: 'NAME-004',
      key: 'cluster.nodeGroups.c',
      says: 'An autoscaling group would be called test-b-c, and so it is in environment test',
      hint: 'rename the node group or the environment',
    },
    {
      name: 'one domain for two load balancers',
      first: [WILDCARD],
      second: [STAGING, WILDCARD],
      code: 'DNS-007',
      key: 'ingress.domain',
      says: 'ingress.domain is ai.example.com, and so it is in environment test',
      hint: 'write domain: staging.ai.example.com',
    },
  ])('refuses $name', ({ first, second, code, key, says, hint }) => {
    const found = check(first, second);

    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ code, key, message: expect.stringContaining(says), hint });
  });

  it.each([
    { name: 'names of their own', first: [], second: [STAGING] },
    {
      name: 'one domain whose records somebody else writes',
      first: [{ ingress: { domain: 'ai.example.com' } }],
      second: [STAGING, { ingress: { domain: 'ai.example.com' } }],
    },
  ])('accepts $name', ({ first, second }) => {
    expect(check(first, second)).toEqual([]);
  });
});
