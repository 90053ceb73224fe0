import { describe, expect, it } from 'vitest';
import type { Route } from '../core/blueprint.ts';
import { app, planOne, SMALL } from '../testing/plan-builder.ts';

const OIDC = { auth: { oidc: { issuer: 'https://login.example.com', clientId: 'platform' } } };

function routeOf(byDefault: Route['byDefault']): Route {
  return { subdomain: 'chat', service: 'web', port: 80, byDefault };
}

describe('generator/plan/plan-repository.ts', () => {
  it.each([
    { name: 'always', byDefault: true, changes: {}, hosts: ['chat.example.com'] },
    { name: 'never', byDefault: false, changes: OIDC, hosts: [] },
    { name: 'nobody can sign in', byDefault: 'with sign-on', changes: {}, hosts: [] },
    { name: 'people can sign in', byDefault: 'with sign-on', changes: OIDC, hosts: ['chat.example.com'] },
    {
      name: 'the file names it',
      byDefault: 'with sign-on',
      changes: { ingress: { expose: ['web'] } },
      hosts: ['chat.example.com'],
    },
    {
      name: 'the file names none',
      byDefault: 'with sign-on',
      changes: { ...OIDC, ingress: { expose: [] } },
      hosts: [],
    },
  ] as const)('exposes an app by default: $name', ({ byDefault, changes, hosts }) => {
    const blueprint = app({}, { name: 'web', route: routeOf(byDefault) });
    const ingress = { domain: 'example.com', ...('ingress' in changes ? changes.ingress : {}) };

    const { hosts: exposed } = planOne({ ...SMALL, ...changes, ingress }, [blueprint]);

    expect(exposed.map(({ host }) => host)).toEqual(hosts);
  });

  it('exposes an app under the name that people know it by', () => {
    const blueprint = app({}, { name: 'web', route: { ...routeOf(false), exposedAs: 'chat-room' } });
    const ingress = { domain: 'example.com', expose: ['chat-room'] };

    const { hosts } = planOne({ ...SMALL, ingress }, [blueprint]);

    expect(hosts).toEqual([{ app: 'web', host: 'chat.example.com' }]);
  });

  it('tells all apps what parts of GPUs others take', () => {
    const share = { configName: 'tesla-27b8', slices: 6 };
    let told: unknown;
    const guest = app({}, { name: 'guest', gpuShares: () => [share] });
    const host = app(
      {},
      {
        name: 'host',
        plan: ({ gpuShares }) => {
          told = gpuShares;
          return {};
        },
      },
    );

    planOne(SMALL, [guest, host]);

    expect(told).toEqual([share]);
  });
});
