// Plans → what Renovate may edit: the chart versions that an environment file pins, and where newer ones are found.
import type { ChartPin } from '../../core/blueprint.ts';
import { compareText } from '../../core/problem.ts';
import { VERSION } from '../../core/version.ts';
import type { RepositoryPlan } from '../../plan/plan.ts';

/** Everything below `versions:`, up to the next key at the start of a line. */
const BLOCK = '(?:^|\\n)["\']?versions["\']?[ \\t]*:[^\\n]*(?:\\n(?:[ \\t]+[^\\n]*|#[^\\n]*|\\r?))*';

/** Names that the template of renovate.json uses. */
export function renovateView(plan: RepositoryPlan): Record<string, unknown> {
  const zcompute = plan.environments.filter(({ environment }) => environment.platform.kind === 'zcompute');
  return {
    customManagers: toJson(listCharts(plan).map(makeManager)),
    environments: plan.environments.map(({ name }) => ({
      name,
      note: JSON.stringify(
        `Afterwards, in this branch: \`npx rootstock@${VERSION} render -e environments/${name}.yaml -o .\`, and commit what it writes. The pin alone changes nothing in the cluster.`,
      ),
    })),
    isZcompute: zcompute.length > 0,
    zcomputeFiles: zcompute.map(({ name }) => `"terraform/${name}/**"`).join(', '),
  };
}

/** Every app with a chart, once; in order of their names. */
function listCharts(plan: RepositoryPlan): { readonly app: string; readonly chart: ChartPin }[] {
  const charts = new Map<string, ChartPin>();
  for (const { apps } of plan.environments)
    for (const { blueprint } of apps) if (blueprint.chart !== undefined) charts.set(blueprint.name, blueprint.chart);
  return [...charts].map(([app, chart]) => ({ app, chart })).sort((a, b) => compareText(a.app, b.app));
}

/**
 * Two steps, because a name may stand elsewhere in the file too: first the block, then the line. What Renovate replaces
 * is the match of the last step alone. @see https://docs.renovatebot.com/modules/manager/regex/
 */
function makeManager({ app, chart }: { readonly app: string; readonly chart: ChartPin }): object {
  // Charts of a registry are images to Renovate.
  const registry = /^oci:\/\/(.*)$/.exec(chart.repository)?.[1];
  const source =
    registry === undefined
      ? { packageNameTemplate: chart.name, datasourceTemplate: 'helm', registryUrlTemplate: chart.repository }
      : { packageNameTemplate: `${registry}/${chart.name}`, datasourceTemplate: 'docker' };
  return {
    customType: 'regex',
    managerFilePatterns: ['/^environments/[^/]+\\.yaml$/'],
    matchStringsStrategy: 'recursive',
    matchStrings: [BLOCK, `[\\n{,][ \\t]*["']?${app}["']?[ \\t]*:[ \\t]*["']?(?<currentValue>v?[0-9][^"'\\s,}#]*)`],
    depNameTemplate: app,
    ...source,
    versioningTemplate: 'helm',
  };
}

/** As it stands in the file, two spaces in. */
function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
}
