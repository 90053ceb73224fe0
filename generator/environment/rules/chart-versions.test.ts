import { describe, expect, it } from 'vitest';
import { FACTS, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { chartVersions } from './chart-versions.ts';

describe('generator/environment/rules/chart-versions.ts', () => {
  it.each([
    { name: 'no pins', versions: {} },
    { name: 'a pin of an app with a chart', versions: { 'cert-manager': 'v1.22.0' } },
  ])('accepts $name', ({ versions }) => {
    const environment = makeEnvironment({ versions });

    expect(runRule(chartVersions, environment)).toEqual([]);
  });

  it('names the app that was probably meant', () => {
    const environment = makeEnvironment({ versions: { 'cert-manger': 'v1.22.0' } });

    expect(runRule(chartVersions, environment)).toEqual([
      {
        code: 'VERSION-001',
        key: 'versions.cert-manger',
        message: 'cert-manger is not in the catalog of this version.',
        hint: 'did you mean cert-manager?',
      },
    ]);
  });

  it('refuses an app that is like no other', () => {
    const environment = makeEnvironment({ versions: { wordpress: '1.2.3' } });

    expect(runRule(chartVersions, environment)).toEqual([
      expect.objectContaining({
        code: 'VERSION-001',
        hint: 'remove wordpress; rootstock catalog lists the apps',
      }),
    ]);
  });

  it('refuses an app without a chart', () => {
    const environment = makeEnvironment({ versions: { issuers: '1.2.3' } });
    const facts = { ...FACTS, apps: [...FACTS.apps, 'issuers'], charts: ['cert-manager'] };

    expect(runRule(chartVersions, environment, facts)).toEqual([
      { code: 'VERSION-002', key: 'versions.issuers', message: 'issuers has no chart.', hint: 'remove issuers' },
    ]);
  });
});
