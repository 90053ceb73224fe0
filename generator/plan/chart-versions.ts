// The chart of an app in one environment: that of the catalog, or a newer one that the environment file pins.
import compareBuild from 'semver/functions/compare-build.js';
import type { AppBlueprint, ChartPin } from '../core/blueprint.ts';
import { makeProblem, type Problem, type ProblemKind } from '../core/problem.ts';
import type { EnvironmentFile } from '../environment/parse-environment.ts';
import type { Environment } from '../environment/schema/environment-schema.ts';

const OLDER: ProblemKind = {
  code: 'PLAN-030',
  title: 'A pinned version is older than that of the catalog, and is not used',
  severity: 'unchecked',
  explanation:
    "The values that Rootstock writes are those of the catalog's chart version. An older chart may not know them, so the newer of the two is used. To stay on the older chart, stay on the version of Rootstock that has it. Otherwise remove the pin, or raise it.",
};
const NEWER: ProblemKind = {
  code: 'PLAN-031',
  title: 'A pinned version is newer than that of the catalog, and was not checked',
  severity: 'unchecked',
  explanation:
    'The pin is used. Rootstock has facts for the chart versions of its own catalog only: whether this one still reads all values, and what it makes in the cluster, was not checked. Read its release notes, render it with helm, and try it in an environment that may fail.',
};

export const chartVersionProblems: readonly ProblemKind[] = [OLDER, NEWER];

/** The blueprint with the one chart that this environment uses: that of its platform, or a newer pin of the user. */
export function pinChart(blueprint: AppBlueprint, environment: Environment): AppBlueprint {
  const chart = findChart(blueprint, environment);
  const pin = chart === undefined ? undefined : environment.versions[blueprint.name];
  if (chart === undefined || pin === undefined || compareVersions(pin, chart.version) <= 0)
    return chart === blueprint.chart || chart === undefined ? blueprint : { ...blueprint, chart };
  const version = spellLike(chart.version, pin);
  return { ...blueprint, chart: { ...chart, version, appVersion: 'not known' } };
}

/** What is to be said about the pins of an environment; apps that it does not have say nothing. */
export function findVersionProblems(
  { file, environment }: EnvironmentFile,
  apps: readonly AppBlueprint[],
): readonly Problem[] {
  return apps.flatMap((blueprint) => {
    const pin = environment.versions[blueprint.name];
    const chart = findChart(blueprint, environment);
    const difference = pin === undefined || chart === undefined ? 0 : compareVersions(pin, chart.version);
    if (pin === undefined || chart === undefined || difference === 0) return [];
    const { name } = blueprint;
    const details = { place: { file }, key: ['versions', name] };
    if (difference < 0) {
      const message = `${name} is pinned to ${pin}, and the catalog has ${chart.version}: the newer of the two is used.`;
      return [makeProblem(OLDER, { ...details, message, hint: `remove ${name}, or write ${chart.version}` })];
    }
    const message = `${name} is pinned to ${pin}: not checked, no facts for a newer chart than ${chart.version}.`;
    const hint = `helm template ${name} ${formatChart(chart)} --version ${pin}`;
    return [makeProblem(NEWER, { ...details, message, hint })];
  });
}

function findChart(blueprint: AppBlueprint, { platform }: Environment): ChartPin | undefined {
  return blueprint.chartOn?.[platform.kind] ?? blueprint.chart;
}

/** Negative: `a` is older. Build metadata counts last, as chart repositories use it. */
function compareVersions(a: string, b: string): number {
  return compareBuild(a, b);
}

/** Repositories list a version with `v` or without; the pin may leave it out or add it. */
function spellLike(known: string, pin: string): string {
  const plain = pin.replace(/^v/, '');
  return known.startsWith('v') ? `v${plain}` : plain;
}

function formatChart({ name, repository }: ChartPin): string {
  return repository.startsWith('oci://') ? `${repository}/${name}` : `${name} --repo ${repository}`;
}
