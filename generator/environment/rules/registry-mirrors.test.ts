import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { registryMirrors } from './registry-mirrors.ts';

const run = (mirrors: object) => runRule(registryMirrors, makeEnvironment({ egress: { registryMirrors: mirrors } }));

describe('generator/environment/rules/registry-mirrors', () => {
  it.each([
    ['none', {}],
    ['a host', { 'docker.io': ['https://mirror.example.com'] }],
    ['a path and a port', { 'quay.io': ['http://mirror.example.com:8080/v2/quay'] }],
    ['several in their order', { 'ghcr.io': ['https://b.example.com', 'https://a.example.com'] }],
  ])('accepts %s', (_name, mirrors) => {
    expect(run(mirrors)).toEqual([]);
  });

  it.each([
    {
      name: 'a password',
      mirrors: { 'quay.io': ['https://a.example.com', 'https://robot:s3cret@mirror.example.com/quay'] },
      code: 'EGRESS-010',
      key: 'egress.registryMirrors["quay.io"][1]',
      says: 'The mirror mirror.example.com is given with credentials',
      hint: 'write https://mirror.example.com/quay',
    },
    {
      name: 'Docker Hub by another name',
      mirrors: { 'index.docker.io': ['https://mirror.example.com'] },
      code: 'EGRESS-011',
      key: 'egress.registryMirrors["index.docker.io"]',
      says: 'No image is asked for under index.docker.io',
      hint: 'write docker.io',
    },
    {
      name: 'a registry as its own mirror',
      mirrors: { 'quay.io': ['https://quay.io'] },
      code: 'EGRESS-012',
      key: 'egress.registryMirrors["quay.io"][0]',
      says: 'quay.io is named as its own mirror',
      hint: 'remove it',
    },
    {
      name: 'a port that does not exist',
      mirrors: { 'quay.io': ['https://mirror.example.com:99999'] },
      code: 'EGRESS-012',
      key: 'egress.registryMirrors["quay.io"][0]',
      says: 'is not a URL',
      hint: 'write https://mirror.example.com',
    },
  ])('refuses $name', ({ mirrors, code, key, says, hint }) => {
    const findings = run(mirrors);

    expect(findings).toMatchObject([{ code, key, hint }]);
    expect(findings[0]?.message).toContain(says);
    expect(findings[0]?.message).not.toContain('s3cret');
  });
});
