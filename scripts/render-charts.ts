// Renders the values of every example with a real helm against the real charts, and holds the result against the plan.
// Usage: npm run --silent render-charts -- CHARTS_DIR [--helm4]
// CHARTS_DIR has one folder for each chart, named <chart>-<version>, subcharts included. Exit: 0 all right,
// 1 differences, 2 wrong usage, 3 no helm.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EnvironmentPlan, PlannedApp } from '../generator/plan/plan.ts';
import { renderApplications } from '../generator/render/applications.ts';
import { listExamples } from '../generator/testing/examples.ts';
import { planRepositoryOf } from '../generator/testing/plan-of.ts';
import { readArguments, refuse } from './read-arguments.ts';
import { compareWithPlan } from './render-charts/compare.ts';
import { findHelm, renderChart } from './render-charts/helm.ts';
import { listClusterScopedCustom, listCustomApis, parseObjects, type RenderedObject } from './render-charts/inspect.ts';

/** APIs of a real cluster that charts ask for by kind; helm's own list has versions without kinds. */
const BUILT_IN_APIS = ['batch/v1/CronJob', 'networking.k8s.io/v1/Ingress', 'policy/v1/PodDisruptionBudget'];

/** One chart of one environment. */
interface Row {
  readonly environment: string;
  readonly app: string;
  readonly chart: string;
  readonly objects: number;
  /** `same` or `DIFFERS`: two runs with the same flags. */
  readonly twice: string;
  /** The same once the CRDs of all charts are in the cluster: Argo CD renders anew and would change it then. */
  readonly withCrds: string;
  readonly errors: readonly string[];
  readonly notes: readonly string[];
}

interface Task {
  readonly environment: EnvironmentPlan;
  readonly app: PlannedApp;
  readonly chartFolder: string;
  readonly valuesFile: string;
  readonly manifests: string;
}

const USAGE = `usage: npm run --silent render-charts -- CHARTS_DIR [--helm4]

Renders the values of every example with a real helm against the real charts.
CHARTS_DIR has one folder for each chart, named <chart>-<version>, subcharts included.
  --helm4   use helm 4 instead of helm 3
Exit codes: 0 all right, 1 differences, 2 wrong usage, 3 no helm.
`;

async function main(): Promise<void> {
  const given = readArguments(USAGE, { helm4: { type: 'boolean' } });
  if (given === undefined) return;
  const [charts = ''] = given.positionals;
  process.exitCode = existsSync(charts)
    ? await renderCharts(charts, given.values.helm4 === true ? 4 : 3)
    : refuse(`${charts} does not exist`, USAGE);
}

async function renderCharts(charts: string, version: 3 | 4): Promise<number> {
  const helm = await findHelm(version);
  if (!helm.ok) {
    process.stderr.write(`not checked: ${helm.reason}\n`);
    return 3;
  }
  process.stderr.write(`helm ${helm.version}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'rootstock-charts-'));
  try {
    const rows: Row[] = [];
    for (const example of listExamples()) {
      for (const environment of planRepositoryOf(example.texts).environments) {
        rows.push(...(await renderEnvironment(helm.program, environment, { charts: resolve(charts), folder })));
      }
    }
    printRows(rows);
    return rows.some(({ errors }) => errors.length > 0) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Renders all charts of an environment; the CRDs of all of them say which custom resources are cluster-scoped. */
async function renderEnvironment(
  program: string,
  environment: EnvironmentPlan,
  folders: { readonly charts: string; readonly folder: string },
): Promise<Row[]> {
  const tasks = environment.apps
    .filter(({ blueprint }) => blueprint.chart !== undefined)
    .map((app) => makeTask(environment, app, folders));
  const first = new Map<Task, Awaited<ReturnType<typeof renderTask>>>();
  for (const task of tasks) first.set(task, await renderTask(program, task, BUILT_IN_APIS));
  const all = [...first.values()].flatMap((rendered) => (rendered.ok ? parseObjects(rendered.manifests) : []));
  const facts = { custom: new Set(listClusterScopedCustom(all)), apis: [...BUILT_IN_APIS, ...listCustomApis(all)] };
  const rows: Row[] = [];
  for (const [task, rendered] of first) rows.push(await inspectTask(program, task, rendered, facts));
  return rows;
}

function makeTask(
  environment: EnvironmentPlan,
  app: PlannedApp,
  { charts, folder }: { readonly charts: string; readonly folder: string },
): Task {
  const { name, chart } = app.blueprint;
  const base = `clusters/${environment.name}`;
  const files = renderApplications(environment);
  const valuesFile = join(folder, `${environment.name}-${name}.yaml`);
  writeFileSync(valuesFile, files.find(({ path }) => path === `${base}/values/${name}.yaml`)?.content ?? '');
  const manifests = files.filter(({ path }) => path.startsWith(`${base}/manifests/${name}/`) && path.endsWith('.yaml'));
  return {
    environment,
    app,
    chartFolder: join(charts, `${chart?.name}-${chart?.version}`),
    valuesFile,
    manifests: manifests.map(({ content }) => content).join('---\n'),
  };
}

async function renderTask(program: string, task: Task, apiVersions: readonly string[]) {
  const { blueprint } = task.app;
  if (!existsSync(task.chartFolder)) return { ok: false as const, reason: `no folder ${task.chartFolder}` };
  return renderChart(program, {
    folder: task.chartFolder,
    releaseName: blueprint.releaseName ?? blueprint.name,
    namespace: blueprint.namespace.name,
    kubeVersion: task.environment.environment.cluster.version.replace(/^v|\+.*$/g, ''),
    valueFiles: [task.valuesFile],
    apiVersions,
  });
}

async function inspectTask(
  program: string,
  task: Task,
  rendered: Awaited<ReturnType<typeof renderTask>>,
  { custom, apis }: { readonly custom: ReadonlySet<string>; readonly apis: readonly string[] },
): Promise<Row> {
  const { blueprint } = task.app;
  const head = {
    environment: task.environment.name,
    app: blueprint.name,
    chart: `${blueprint.chart?.name} ${blueprint.chart?.version}`,
  };
  if (!rendered.ok) return { ...head, objects: 0, twice: '-', withCrds: '-', errors: [rendered.reason], notes: [] };
  const again = await renderTask(program, task, BUILT_IN_APIS);
  const later = await renderTask(program, task, apis);
  const isSame = again.ok && again.manifests === rendered.manifests;
  const isSameLater = later.ok && later.manifests === rendered.manifests;
  const objects: RenderedObject[] = parseObjects(rendered.manifests);
  const own = parseObjects(task.manifests);
  const { nodeGroups } = task.environment;
  const { errors, notes } = compareWithPlan(task.app, [...objects, ...own], { custom, nodeGroups });
  return {
    ...head,
    objects: objects.length,
    twice: isSame ? 'same' : 'DIFFERS',
    withCrds: isSameLater ? 'same' : 'differs',
    errors: isSame ? errors : ['two renderings differ', ...errors],
    notes,
  };
}

function printRows(rows: readonly Row[]): void {
  const lines = rows.map((row) => [
    row.environment,
    row.app,
    row.chart,
    String(row.objects),
    row.twice,
    row.withCrds,
    row.errors.length === 0 ? 'ok' : String(row.errors.length),
  ]);
  const table = [['environment', 'app', 'chart', 'objects', 'twice', 'with CRDs', 'errors'], ...lines];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  for (const line of table) {
    process.stdout.write(
      `${line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
  for (const row of rows) {
    const found = [...row.errors.map((text) => `error ${text}`), ...row.notes.map((text) => `note  ${text}`)];
    if (found.length > 0)
      process.stdout.write(`\n${row.environment} ${row.app}\n${found.map((line) => `  ${line}\n`).join('')}`);
  }
}

await main();
