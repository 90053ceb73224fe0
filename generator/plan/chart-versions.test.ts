import { describe, expect, it } from 'vitest';
import type { AppBlueprint } from '../core/blueprint.ts';
import { makeEnvironment, type Patch } from '../testing/make-environment.ts';
import { app } from '../testing/plan-builder.ts';
import { findVersionProblems, pinChart } from './chart-versions.ts';

const CHART = { name: 'demo', version: '1.2.3', repository: 'https://charts.example.com', appVersion: '7' };
const DEMO = app({}, { chart: CHART });
const WITH_V = app({}, { chart: { ...CHART, version: 'v1.2.3' } });
const ON_ZCOMPUTE = app({}, { chart: { ...CHART, version: '2.0.0' }, chartOn: { zcompute: CHART } });
const FROM_REGISTRY = app({}, { chart: { ...CHART, repository: 'oci://registry.example.com/charts' } });
const NO_CHART = app({});

function pin(blueprint: AppBlueprint, version?: string) {
  const patch: Patch = version === undefined ? {} : { versions: { demo: version } };
  const environment = makeEnvironment(patch);
  const problems = findVersionProblems({ file: 'test.yaml', text: '', environment }, [blueprint]);
  return { chart: pinChart(blueprint, environment).chart, problems };
}

describe('generator/plan/chart-versions.ts', () => {
  it.each([
    { name: 'no pin', blueprint: DEMO, version: undefined, used: '1.2.3', codes: [] },
    { name: 'the same pin', blueprint: DEMO, version: '1.2.3', used: '1.2.3', codes: [] },
    { name: 'the same pin, spelt with v', blueprint: DEMO, version: 'v1.2.3', used: '1.2.3', codes: [] },
    { name: 'a newer pin', blueprint: DEMO, version: '1.10.0', used: '1.10.0', codes: ['PLAN-031'] },
    { name: 'an older pin', blueprint: DEMO, version: '1.2.2', used: '1.2.3', codes: ['PLAN-030'] },
    {
      name: 'a release candidate of the same',
      blueprint: DEMO,
      version: '1.2.3-rc.1',
      used: '1.2.3',
      codes: ['PLAN-030'],
    },
    { name: 'a later build of the same', blueprint: DEMO, version: '1.2.3+1', used: '1.2.3+1', codes: ['PLAN-031'] },
    { name: 'a newer pin without the v', blueprint: WITH_V, version: '1.3.0', used: 'v1.3.0', codes: ['PLAN-031'] },
    {
      name: "no pin, but a platform's own chart",
      blueprint: ON_ZCOMPUTE,
      version: undefined,
      used: '1.2.3',
      codes: [],
    },
    {
      name: "a pin between the platform's chart and the other",
      blueprint: ON_ZCOMPUTE,
      version: '1.5.0',
      used: '1.5.0',
      codes: ['PLAN-031'],
    },
    { name: 'a pin where there is no chart', blueprint: NO_CHART, version: '1.0.0', used: undefined, codes: [] },
  ])('uses the newer of pin and catalog: $name', ({ blueprint, version, used, codes }) => {
    const { chart, problems } = pin(blueprint, version);

    expect(chart?.version).toBe(used);
    expect(problems.map(({ code }) => code)).toEqual(codes);
  });

  it('says that a newer chart was not checked, and how to look at it', () => {
    const { problems } = pin(DEMO, '1.3.0');

    expect(problems).toEqual([
      {
        code: 'PLAN-031',
        severity: 'unchecked',
        place: { file: 'test.yaml' },
        key: 'versions.demo',
        message: 'demo is pinned to 1.3.0: not checked, no facts for a newer chart than 1.2.3.',
        hint: 'helm template demo demo --repo https://charts.example.com --version 1.3.0',
      },
    ]);
  });

  it('says that an older pin is not used', () => {
    const { problems } = pin(DEMO, '1.0.0');

    expect(problems).toEqual([
      {
        code: 'PLAN-030',
        severity: 'unchecked',
        place: { file: 'test.yaml' },
        key: 'versions.demo',
        message: 'demo is pinned to 1.0.0, and the catalog has 1.2.3: the newer of the two is used.',
        hint: 'remove demo, or write 1.2.3',
      },
    ]);
  });

  it('knows how charts of a registry are called', () => {
    const [problem] = pin(FROM_REGISTRY, '1.3.0').problems;

    expect(problem?.hint).toBe('helm template demo oci://registry.example.com/charts/demo --version 1.3.0');
  });
});
