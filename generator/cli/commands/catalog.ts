// rootstock catalog: the apps, their pins, inputs and dependencies; or the GPU models; or the language models.
import { catalog } from '../../catalog/catalog.ts';
import { LANGUAGE_MODELS } from '../../core/language-models.ts';
import { nearest } from '../../core/nearest.ts';
import { makeProblem, type Problem } from '../../core/problem.ts';
import { GPU_MODELS } from '../../environment/gpu-models.ts';
import { failWith, type OutputOptions } from '../finish.ts';
import { type ExitCode, printData, printJson } from '../terminal.ts';
import { CONTRADICTION, NO_SUCH_NAME } from '../usage-problems.ts';

export interface CatalogOptions extends OutputOptions {
  readonly gpus?: boolean;
  readonly models?: boolean;
}

export function runCatalog(name: string | undefined, options: CatalogOptions): ExitCode {
  const wanted = [
    ...(name === undefined ? [] : [name]),
    ...(options.gpus === true ? ['--gpus'] : []),
    ...(options.models === true ? ['--models'] : []),
  ];
  if (wanted.length > 1) return failWith([contradiction(wanted)], options);
  if (options.gpus === true) return printGpus(options);
  if (options.models === true) return printModels(options);
  const apps = catalog.filter((app) => name === undefined || app.name === name);
  if (apps.length === 0) return failWith([unknownApp(name ?? '')], options);
  const rows = apps.map((app) => ({
    name: app.name,
    summary: app.summary,
    chart: app.chart,
    ...(app.chartOn === undefined ? {} : { chartOn: app.chartOn }),
    namespace: app.namespace.name,
    project: app.project,
    inputs: (app.inputs as unknown as { readonly properties?: Readonly<Record<string, InputSchema>> }).properties ?? {},
  }));
  if (options.json === true) printJson(rows);
  else for (const row of rows) printApp(row, name !== undefined);
  return 0;
}

function contradiction(wanted: readonly string[]): Problem {
  const message = `${wanted.join(' and ')} ask for different lists.`;
  return makeProblem(CONTRADICTION, { message, hint: `rootstock catalog ${wanted[0] ?? ''}` });
}

function unknownApp(name: string): Problem {
  const names = catalog.map((app) => app.name);
  const hint = nearest(name, names) ?? `write one of ${names.join(', ')}`;
  return makeProblem(NO_SUCH_NAME, { message: `${name} is not in the catalog.`, hint });
}

interface InputSchema {
  readonly description?: string;
  readonly default?: unknown;
}

function printApp(
  row: {
    readonly name: string;
    readonly summary: string;
    readonly chart: { readonly name: string; readonly version: string } | undefined;
    readonly chartOn?: Readonly<Record<string, { readonly version: string }>>;
    readonly inputs: Readonly<Record<string, InputSchema>>;
  },
  whole: boolean,
): void {
  const pin = row.chart === undefined ? 'manifests' : `${row.chart.name} ${row.chart.version}`;
  printData(`${row.name.padEnd(30)} ${pin.padEnd(40)} ${row.summary}`);
  if (!whole) return;
  for (const [platform, { version }] of Object.entries(row.chartOn ?? {}))
    printData(`  on ${platform}: ${row.chart?.name ?? row.name} ${version}`);
  for (const [input, schema] of Object.entries(row.inputs)) {
    printData(
      `  apps.${row.name}.${input}  (${schema.default === undefined ? 'optional' : `default ${JSON.stringify(schema.default)}`})\n      ${schema.description ?? ''}`,
    );
  }
}

function printGpus(options: OutputOptions): ExitCode {
  if (options.json === true) printJson(GPU_MODELS);
  else
    for (const { model, memoryGiB, pciIds } of GPU_MODELS)
      printData(`${model.padEnd(30)} ${`${memoryGiB} GiB`.padStart(8)}   ${pciIds.join(', ')}`);
  return 0;
}

function printModels(options: OutputOptions): ExitCode {
  if (options.json === true) printJson(LANGUAGE_MODELS);
  else
    for (const { tags, weightsMiB, contextLength } of LANGUAGE_MODELS)
      printData(
        `${(tags[0] ?? '').padEnd(30)} ${`${weightsMiB} MiB`.padStart(12)} ${`${contextLength} tokens`.padStart(16)}   ${tags.slice(1).join(', ')}`.trimEnd(),
      );
  return 0;
}
