import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { k3sVersion } from './k3s-version.ts';

describe('generator/environment/rules/k3s-version', () => {
  it.each([
    {
      name: 'a minor that is too old',
      patches: [{ cluster: { version: 'v1.31.14+k3s1' } }],
      code: 'K3S-001',
      key: 'cluster.version',
      says: 'v1.31.14+k3s1 is not between 1.32 and 1.35',
      hint: 'write version: v1.35.9+k3s1',
    },
    {
      name: 'a minor that Argo CD was not tested with',
      patches: [{ cluster: { version: 'v1.36.5+k3s1' } }],
      code: 'K3S-001',
      key: 'cluster.version',
      says: 'v1.36.5+k3s1 is not between 1.32 and 1.35',
      hint: 'write version: v1.35.9+k3s1',
    },
    {
      name: 'another major',
      patches: [{ cluster: { version: 'v2.33.0+k3s1' } }],
      code: 'K3S-001',
      key: 'cluster.version',
      says: 'v2.33.0+k3s1 is not between 1.32 and 1.35',
      hint: 'write version: v1.35.9+k3s1',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(k3sVersion, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'the oldest', patches: [{ cluster: { version: 'v1.32.13+k3s1' } }] },
    { name: 'the default', patches: [] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(k3sVersion, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
