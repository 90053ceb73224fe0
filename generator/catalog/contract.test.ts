// The contract that every folder under blueprints/apps fulfils, held against all of them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import type { AppBlueprint, Workload } from '../core/blueprint.ts';
import { makeFileTree } from '../core/file-tree.ts';
import type { PlainMap } from '../core/provenance.ts';
import { APPS_FOLDER, listGoldenFiles, loadCases, type RenderedCase, renderCase } from '../testing/app-cases.ts';
import { expectGoldens } from '../testing/goldens.ts';
import { chartValues } from '../verify/checks/chart-values.ts';
import { isClusterKind } from '../verify/cluster-kinds.ts';
import { parseValuePaths } from '../verify/value-paths.ts';
import { catalog, loadValuePaths } from './catalog.ts';

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const EXACT_VERSION = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const TAKES_EFFECT = ['commit', 'apply', 'node replacement', 'never'];

const valuePaths = await loadValuePaths();
const apps = await Promise.all(catalog.map(async (app) => ({ app, name: app.name, cases: await loadCases(app.name) })));
const rows = apps.flatMap(({ app, name, cases = [] }) => cases.map((appCase) => ({ app, name, appCase })));
const rendered = new Map<object, RenderedCase>();

/** Renders each case once for all tests, and only when one asks, so that a broken app fails its own tests only. */
function rendering(row: (typeof rows)[number]): RenderedCase {
  const made = rendered.get(row.appCase) ?? renderCase(row.name, row.appCase);
  rendered.set(row.appCase, made);
  return made;
}

describe('generator/catalog/contract.test.ts: folders', () => {
  it('has every folder in the catalog', () => {
    const folders = readdirSync(APPS_FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());

    expect(folders.map(({ name }) => name).sort()).toEqual(catalog.map(({ name }) => name));
  });

  it.each(apps)('$name explains itself in its README', ({ app, name, cases = [] }) => {
    const file = join(APPS_FOLDER, name, 'README.md');
    const runs = rows.filter((row) => cases.includes(row.appCase)).some((row) => hasWorkloads(rendering(row)));
    const headings = [
      `# ${name}`,
      ...(Object.keys((app.inputs as { properties?: object }).properties ?? {}).length > 0 ? ['## Inputs'] : []),
      ...(runs ? ['## What survives what'] : []),
    ];

    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];

    expect(lines.filter((line) => headings.includes(line))).toEqual(headings);
  });

  it.each(apps)('$name has cases with names of their own', ({ cases }) => {
    const names = (cases ?? []).map(({ name }) => name);

    expect(names).not.toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(DNS_LABEL);
  });

  it.each(apps)('$name has goldens for its cases only', ({ name, cases = [] }) => {
    const folder = join(APPS_FOLDER, name, 'goldens');

    const folders = existsSync(folder) ? readdirSync(folder) : [];

    expect(folders.filter((golden) => !cases.some((appCase) => appCase.name === golden))).toEqual([]);
  });
});

describe('generator/catalog/contract.test.ts: blueprints', () => {
  it.each(apps)('$name has names that Kubernetes accepts', ({ app }) => {
    const names = [app.name, app.releaseName ?? app.name, app.namespace.name];

    for (const name of names) expect(name).toMatch(DNS_LABEL);
    expect(app.title.trim()).not.toBe('');
    expect(app.summary).toMatch(/^[A-Z].*\.$/);
  });

  it.each(apps)('$name pins its chart exactly and knows its keys', ({ app }) => {
    const text = valuePaths.get(app.name);

    const list = text === undefined ? undefined : parseValuePaths(text);

    if (app.chart !== undefined) {
      expect(app.chart.version).toMatch(EXACT_VERSION);
      expect(app.chart.repository).toMatch(/^(https|oci):\/\/[^/]+(\/.*[^/])?\/?$/);
      expect(app.chart.appVersion).not.toBe('');
    }
    expect([list?.chart, list?.version]).toEqual([app.chart?.name, app.chart?.version]);
  });

  it.each(apps.filter(({ app }) => app.chartOn !== undefined))(
    '$name pins the charts of single platforms, too',
    ({ app }) => {
      for (const [platform, chart] of Object.entries(app.chartOn ?? {})) {
        const list = parseValuePaths(valuePaths.get(`${app.name}-${platform}`) ?? '');

        expect(chart.version).toMatch(EXACT_VERSION);
        expect([list.chart, list.version]).toEqual([chart.name, chart.version]);
      }
    },
  );

  it.each(apps)('$name describes every input', ({ app }) => {
    const undescribed = findUndescribed(app.inputs, `apps.${app.name}`);

    expect(undescribed).toEqual([]);
  });

  it.each(apps)('$name has a route that can be served', ({ app }) => {
    const { route } = app;

    if (route === undefined) return;
    expect(route.subdomain).toMatch(DNS_LABEL);
    expect(route.service).toMatch(DNS_LABEL);
    expect(route.port).toBeGreaterThan(0);
    expect(route.port).toBeLessThan(65536);
  });
});

describe('generator/catalog/contract.test.ts: cases', () => {
  it.each(rows)('$name in $appCase.name: renders the same twice', (row) => {
    const again = renderCase(row.name, row.appCase);

    expect(listGoldenFiles(again)).toEqual(listGoldenFiles(rendering(row)));
    expect(again.app.plan.workloads).toEqual(rendering(row).app.plan.workloads);
  });

  it.each(rows)('$name in $appCase.name: writes an Application of its own name', (row) => {
    const { environment, files } = rendering(row);

    const application = files.find(({ path }) => path === `clusters/${environment.name}/apps/${row.name}.yaml`);

    expect(application?.documents?.[0]).toMatchObject({ kind: 'Application', metadata: { name: row.name } });
  });

  it.each(rows)('$name in $appCase.name: writes values that the chart knows', (row) => {
    const { files } = rendering(row);
    const yaml = files.map((file) => ({ file, documents: file.documents ?? [] }));

    const problems = chartValues.run({ tree: makeFileTree(files), yaml, valuePaths });

    expect(problems).toEqual([]);
  });

  it.each(rows)('$name in $appCase.name: writes complete manifests', (row) => {
    const { app, files } = rendering(row);

    const incomplete = files
      .filter(({ kind }) => kind === 'manifest')
      .flatMap(({ path, documents = [] }) => documents.flatMap((object) => findGaps(path, object, row.app, app.plan)));

    expect(incomplete).toEqual([]);
  });

  it.each(rows)('$name in $appCase.name: plans workloads that can be scheduled', (row) => {
    const { workloads = [] } = rendering(row).app.plan;

    expect(workloads.filter((workload) => !isPlausible(workload))).toEqual([]);
    expect(new Set(workloads.map(({ kind, name }) => `${kind}/${name}`)).size).toBe(workloads.length);
  });

  it.each(rows)('$name in $appCase.name: describes its secrets, hosts and stores', (row) => {
    const { plan } = rendering(row).app;
    const namespaces = [row.app.namespace.name, ...(plan.otherNamespaces ?? [])];

    for (const secret of plan.secrets ?? []) {
      expect(secret.name).toMatch(DNS_NAME);
      expect(namespaces).toContain(secret.namespace);
      expect(secret.usedBy.trim()).not.toBe('');
      expect(secret.keys).not.toEqual([]);
      for (const { key, meaning } of secret.keys) expect([key, meaning]).not.toContain('');
    }
    for (const { host, port, purpose } of plan.egress ?? []) {
      expect(host).toMatch(HOST);
      expect(port > 0 && port < 65536).toBe(true);
      expect(purpose).not.toBe('');
    }
    for (const store of plan.stores ?? []) expect(store.sizeGiB).toBeGreaterThan(0);
  });

  it.each(rows)('$name in $appCase.name: needs only apps of the catalog', (row) => {
    const { hard, soft } = rendering(row).app;

    const names = catalog.map(({ name }) => name);

    expect([...hard, ...soft].filter((name) => !names.includes(name) || name === row.name)).toEqual([]);
  });

  it.each(rows)('$name in $appCase.name: stays up in high, or says what does not', (row) => {
    const { environment, app } = rendering(row);

    const alone = environment.environment.availability === 'high' ? findAlone(row.app, app.plan) : [];

    expect(alone).toEqual([]);
  });

  it.each(rows)('$name in $appCase.name: equals its goldens', (row) => {
    expectGoldens(join(APPS_FOLDER, row.name, 'goldens', row.appCase.name), listGoldenFiles(rendering(row)));
  });
});

function hasWorkloads({ app }: RenderedCase): boolean {
  return (app.plan.workloads ?? []).length > 0;
}

/** Inputs that are not closed, or have a key without description, effect or default; what the user must give is optional. */
function findUndescribed(schema: TSchema, path: string): string[] {
  const node = schema as {
    readonly type?: string;
    readonly properties?: Readonly<Record<string, TSchema>>;
    readonly required?: readonly string[];
    readonly additionalProperties?: unknown;
    readonly items?: TSchema;
  };
  if (node.items !== undefined) return findUndescribed(node.items, `${path}[]`);
  if (node.type !== 'object') return [];
  if (node.properties === undefined) return [];
  const open = node.additionalProperties === false ? [] : [`${path} is not closed`];
  return open.concat(
    Object.entries(node.properties).flatMap(([name, property]) => {
      const notes = property as { readonly description?: string; readonly default?: unknown };
      const below = `${path}.${name}`;
      const inList = path.endsWith('[]');
      const gaps: string[] = [];
      if ((notes.description ?? '').trim() === '') gaps.push(`${below} has no description`);
      if (!TAKES_EFFECT.includes(String((property as Record<string, unknown>)['x-takes-effect'])))
        gaps.push(`${below} does not say when it takes effect`);
      if (!inList && node.required?.includes(name) === true && !('default' in property))
        gaps.push(`${below} has no default`);
      return [...gaps, ...findUndescribed(property, below)];
    }),
  );
}

function findGaps(
  path: string,
  object: PlainMap,
  blueprint: AppBlueprint,
  plan: RenderedCase['app']['plan'],
): string[] {
  const { apiVersion, kind, metadata } = object as {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: { readonly name?: string; readonly namespace?: string };
  };
  if (apiVersion === undefined || kind === undefined || !DNS_NAME.test(metadata?.name ?? ''))
    return [`${path} lacks apiVersion, kind or a name`];
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  if (!isClusterKind({ group, kind })) {
    const allowed = [blueprint.namespace.name, ...(plan.otherNamespaces ?? [])];
    return allowed.includes(metadata?.namespace ?? '')
      ? []
      : [`${path}: ${kind} is in namespace ${String(metadata?.namespace)}, not in ${allowed.join(', ')}`];
  }
  if (metadata?.namespace !== undefined) return [`${path}: ${kind} has a namespace, but its kind knows none`];
  const declared = [...(plan.clusterKinds ?? []), { group: '', kind: 'Namespace' }];
  const isDeclared = declared.some((entry) => entry.kind === kind && entry.group === group);
  return isDeclared ? [] : [`${path}: ${kind} is not among the clusterKinds`];
}

function isPlausible({ name, kind, replicas, requests, onNodeLoss }: Workload): boolean {
  const { cpuMillis, memoryMiB, gpuUnits = 1 } = requests;
  const counts = [cpuMillis, memoryMiB, gpuUnits];
  const enough = counts.every((count) => Number.isInteger(count) && count > 0);
  return (
    DNS_LABEL.test(name) &&
    enough &&
    Number.isInteger(replicas) &&
    (kind === 'DaemonSet' || replicas >= 0) &&
    onNodeLoss !== ''
  );
}

/** Workloads of one replica, or without a budget, that no exception names; 0 replicas are paused. */
function findAlone(
  blueprint: AppBlueprint,
  { workloads = [], exceptions = [] }: RenderedCase['app']['plan'],
): string[] {
  const own = [blueprint.name, blueprint.releaseName ?? ''].join('-').split('-');
  return workloads
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .filter(({ replicas, hasBudget }) => replicas > 0 && (replicas < 2 || !hasBudget))
    .filter(({ name }) => {
      const telling = name.split('-').filter((word) => !own.includes(word));
      const words = telling.length > 0 ? telling : name.split('-');
      return !exceptions.some(({ what }) => words.every((word) => what.toLowerCase().includes(word)));
    })
    .map(({ name, replicas, hasBudget }) => `${name}: ${replicas} replicas, ${hasBudget ? 'a' : 'no'} budget`);
}
