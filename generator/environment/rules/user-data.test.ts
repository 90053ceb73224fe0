import { describe, expect, it } from 'vitest';
import { HIGH, makeEnvironment, type Patch, runRule } from '../../testing/make-environment.ts';
import { userData } from './user-data.ts';

const hosts = (count: number) =>
  Array.from({ length: count }, (_, index) => `host-${index}.branch-${index * 7}.example.com`);
const proxied = (count: number): Patch => ({
  egress: { proxy: { url: 'http://proxy.example.com:3128', noProxy: hosts(count) } },
});

describe('generator/environment/rules/user-data', () => {
  it.each([
    { name: 'the least', patches: [] },
    {
      name: 'high with a GitHub App, and hosts that need no proxy',
      patches: [HIGH, { repository: { access: 'githubApp' } }, proxied(30)],
    },
  ])('accepts $name', ({ patches }) => {
    expect(runRule(userData, makeEnvironment(...patches))).toEqual([]);
  });

  it.each([
    { access: 'token', also: '' },
    { access: 'githubApp', also: ', or write repository.access: token' },
  ])('refuses hundreds of hosts with access: $access', ({ access, also }) => {
    const found = runRule(userData, makeEnvironment({ repository: { access } }, proxied(400)));

    expect(found).toMatchObject([{ code: 'NODE-014', key: 'egress.proxy' }]);
    const [, over, bytes] =
      /take some \d+ bytes, (\d+) too many; egress.proxy takes some (\d+) of them/.exec(found[0]?.message ?? '') ?? [];
    expect(Number(bytes)).toBeGreaterThan(Number(over));
    expect(found[0]?.hint).toBe(`take ${over} bytes out of egress.proxy${also}`);
  });
});
