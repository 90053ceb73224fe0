// Pins under `versions` name apps of the catalog that have a chart.
import { nearest } from '../../core/nearest.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { CatalogFacts, Finding, Rule } from './rule.ts';

const UNKNOWN: ProblemKind = {
  code: 'VERSION-001',
  title: 'A version is pinned for an app that is not in the catalog',
  explanation: '`rootstock catalog` lists the apps of this version of Rootstock, with the versions of their charts.',
};
const NO_CHART: ProblemKind = {
  code: 'VERSION-002',
  title: 'A version is pinned for an app without a chart',
  explanation: 'The app consists of manifests that Rootstock writes itself, so there is no chart version to choose.',
};

export const chartVersions: Rule = {
  kinds: [UNKNOWN, NO_CHART],
  check: ({ versions }, facts) => Object.keys(versions).flatMap((app) => checkApp(app, facts)),
};

function checkApp(app: string, { apps, charts = apps }: CatalogFacts): Finding[] {
  if (charts.includes(app)) return [];
  const at = ['versions', app];
  if (apps.includes(app)) return [{ kind: NO_CHART, at, message: `${app} has no chart.`, hint: `remove ${app}` }];
  const hint = nearest(app, charts) ?? `remove ${app}; rootstock catalog lists the apps`;
  return [{ kind: UNKNOWN, at, message: `${app} is not in the catalog of this version.`, hint }];
}
