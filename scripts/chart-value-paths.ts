// Prints the value paths of a chart, for blueprints/apps/<app>/value-paths.txt.
// Usage: npm run --silent chart-paths -- VALUES_YAML [CHART_YAML] [--from TEXT] [--open PATH]… [--spec PATH=KIND]… [--out FILE]
// It also reads values.schema.json, templates/ and charts/ beside VALUES_YAML where they are.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { formatValuePaths } from '../generator/verify/value-paths.ts';
import { type DraftNode, findDraft, finishDraft, makeDraft, openDraft } from './chart-paths/draft.ts';
import { draftFromCrd } from './chart-paths/from-crd.ts';
import { addSchemaKeys } from './chart-paths/from-schema.ts';
import { addReadKeys, openPassedOnMaps } from './chart-paths/from-templates.ts';
import { draftFromValues } from './chart-paths/from-values.ts';
import { readArguments, refuse } from './read-arguments.ts';

/** The files of a chart as text. */
export interface ChartFiles {
  readonly values: string;
  readonly chart: string;
  readonly schema?: string;
  readonly templates?: readonly string[];
  /** Charts inside this one, by name. */
  readonly subcharts?: ReadonlyMap<string, ChartFiles>;
  /** Files in its folder `crds`. */
  readonly crds?: readonly string[];
}

export interface ListSettings {
  /** Public place of the chart: repository and tag. */
  readonly from: string;
  /** Paths below which anything may stand, for what templates do not show plainly; `\\.` is a dot in a key. */
  readonly open: readonly string[];
  /** Kind of the custom resource whose spec stands at a path, by path. */
  readonly specs?: ReadonlyMap<string, string>;
}

interface ChartYaml {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: readonly { readonly name: string; readonly alias?: string; readonly condition?: string }[];
}

/** Makes the text of a list from the files of a chart. Throws if `open` names a key that the chart does not have. */
export function listValuePaths(files: ChartFiles, settings: ListSettings): string {
  const chart = parseChart(files);
  const draft = draftChart(files);
  nameResources(draft);
  for (const [path, kind] of settings.specs ?? []) {
    const spec = draftFromCrd(listCrds(files), kind);
    const { parent, name } = findParent(draft, path, '--spec');
    parent.keys.set(name, uniteSpec(parent.keys.get(name), spec));
  }
  for (const path of settings.open) {
    if (!openDraft(draft, splitPath(path))) throw new Error(`--open ${path}: the chart has no such key`);
  }
  const read = [
    'values.yaml',
    ...(files.schema === undefined ? [] : ['values.schema.json']),
    ...(files.templates === undefined ? [] : ['templates']),
  ];
  const inside = [...new Set(listSubcharts(files).map(({ name, version }) => `${name} ${version}`))];
  const source = [
    `Made by scripts/chart-value-paths.ts from ${read.join(', ')}.`,
    ...(settings.from === '' ? [] : [`Source: ${settings.from}`]),
    ...(inside.length === 0 ? [] : [`With its subcharts: ${inside.join(', ')}`]),
    ...[...(settings.specs ?? [])].map(([path, kind]) => `By CRD: ${path} is the spec of ${kind}`),
    ...(settings.open.length === 0 ? [] : [`Opened by hand: ${settings.open.join(', ')}`]),
  ];
  return formatValuePaths({ chart: chart.name, version: String(chart.version), root: finishDraft(draft) }, source);
}

function splitPath(path: string): string[] {
  return path.split(/(?<!\\)\./).map((name) => name.replaceAll('\\.', '.'));
}

function findParent(
  draft: DraftNode,
  path: string,
  flag: string,
): { readonly parent: DraftNode; readonly name: string } {
  const names = splitPath(path);
  const parent = findDraft(draft, names.slice(0, -1));
  const name = names.at(-1);
  if (parent === undefined || name === undefined) throw new Error(`${flag} ${path}: the chart has no such key`);
  return { parent, name };
}

/** Keys of the CRD, and those that the chart reads beside them, such as `enabled`. */
function uniteSpec(chart: DraftNode | undefined, spec: DraftNode): DraftNode {
  const united = makeDraft(spec.kind);
  for (const [key, node] of spec.keys) united.keys.set(key, uniteSpec(chart?.keys.get(key), node));
  for (const [key, node] of chart?.keys ?? [])
    if (!united.keys.has(key) && spec.kind === 'map') united.keys.set(key, node);
  return united;
}

function listCrds({ crds = [], subcharts = new Map() }: ChartFiles): string[] {
  return [...crds, ...[...subcharts.values()].flatMap(listCrds)];
}

/** All subcharts with those inside them, sorted by name. */
function listSubcharts({ subcharts = new Map() }: ChartFiles): ChartYaml[] {
  const all = [...subcharts.values()].flatMap((files) => [parseChart(files), ...listSubcharts(files)]);
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Some charts end Chart.yaml with `---`, which makes a second, empty document. */
function parseChart({ chart }: ChartFiles): ChartYaml {
  return parseAllDocuments(chart)[0]?.toJS() as ChartYaml;
}

function draftChart(files: ChartFiles): DraftNode {
  const draft = draftFromValues(files.values);
  if (files.schema !== undefined) addSchemaKeys(draft, JSON.parse(files.schema) as Record<string, unknown>);
  addReadKeys(draft, files.templates ?? []);
  openPassedOnMaps(draft, files.templates ?? []);
  addSubcharts(draft, files);
  return draft;
}

/** A subchart takes its values under its own name, shares `global`, and is switched by its condition. */
function addSubcharts(draft: DraftNode, files: ChartFiles): void {
  for (const { name, alias, condition } of parseChart(files).dependencies ?? []) {
    const inside = files.subcharts?.get(name);
    if (inside === undefined) openOrAdd(draft, alias ?? name);
    else compose(draft, alias ?? name, draftChart(inside));
    openOrAdd(draft, 'global');
    for (const path of condition?.split(',') ?? []) addPath(draft, path.trim().split('.'));
  }
}

/** Under its name a subchart knows its own keys and those that the chart around it reads there. */
function compose(draft: DraftNode, name: string, inside: DraftNode): void {
  const shared = inside.keys.get('global');
  if (shared !== undefined) draft.keys.set('global', unite(draft.keys.get('global'), shared));
  draft.keys.set(name, unite(draft.keys.get(name), inside));
}

/** What both know. Where one lets anything stand because it says nothing, the other decides. */
function unite(around: DraftNode | undefined, inside: DraftNode): DraftNode {
  if (around === undefined) return inside;
  const silent = (node: DraftNode) => node.kind === 'open' && node.keys.size === 0;
  const united = makeDraft(silent(around) ? inside.kind : around.kind, around.commented && inside.commented);
  if (around.kind === 'map' && inside.kind === 'open') united.kind = 'open';
  for (const [key, node] of inside.keys) united.keys.set(key, node);
  for (const [key, node] of around.keys) {
    const other = inside.keys.get(key);
    united.keys.set(key, other === undefined ? node : unite(node, other));
  }
  const any = around.any ?? inside.any;
  if (any !== undefined) united.any = any;
  return united;
}

/**
 * Container resources are the one map of Kubernetes where a misspelt key costs most (no limit at all, in silence), so
 * its keys are written out although charts pass it on whole.
 * @see Kubernetes 1.35 API, core/v1 ResourceRequirements
 */
function nameResources(draft: DraftNode): void {
  for (const [name, node] of draft.keys) {
    if (name === 'resources' && node.kind === 'open' && !node.commented) {
      node.kind = 'map';
      for (const key of ['requests', 'limits']) node.keys.set(key, makeDraft('open'));
      node.keys.set('claims', makeDraft('list'));
    } else nameResources(node);
  }
}

function openOrAdd(draft: DraftNode, name: string): void {
  const node = draft.keys.get(name);
  if (node === undefined) draft.keys.set(name, makeDraft('open'));
  // `global` of the chart itself stays closed if it has keys: a typing error there is more likely than a subchart's need.
  else if (name !== 'global') node.kind = 'open';
}

function addPath(draft: DraftNode, path: readonly string[]): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  const node = draft.keys.get(name) ?? makeDraft(rest.length === 0 ? 'value' : 'map');
  draft.keys.set(name, node);
  addPath(node, rest);
}

function readChart(valuesFile: string, chartFile: string): ChartFiles {
  const folder = dirname(valuesFile);
  const schema = join(folder, 'values.schema.json');
  const templates = join(folder, 'templates');
  const crds = join(folder, 'crds');
  return {
    values: existsSync(valuesFile) ? readFileSync(valuesFile, 'utf8') : '',
    chart: readFileSync(chartFile, 'utf8'),
    ...(existsSync(schema) ? { schema: readFileSync(schema, 'utf8') } : {}),
    ...(existsSync(templates) ? { templates: readTemplates(templates) } : {}),
    subcharts: readSubcharts(join(folder, 'charts')),
    ...(existsSync(crds) ? { crds: readTemplates(crds) } : {}),
  };
}

/** Unpacked subcharts; packed ones are not read. */
function readSubcharts(folder: string): Map<string, ChartFiles> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'values.yaml')));
  return new Map(
    names.map((name) => [name, readChart(join(folder, name, 'values.yaml'), join(folder, name, 'Chart.yaml'))]),
  );
}

function readTemplates(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ya?ml|tpl)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => readFileSync(file, 'utf8'));
}

const USAGE = `usage: npm run --silent chart-paths -- VALUES_YAML [CHART_YAML] [--from TEXT] [--open PATH]… [--spec PATH=KIND]… [--out FILE]

Prints the value paths of a chart. Reads values.schema.json and templates/ beside VALUES_YAML where they are.
  --from TEXT   public place of the chart: repository and tag
  --open PATH   key below which anything may stand; repeatable
  --out FILE    file to write instead of stdout
`;

function main(): void {
  const given = readArguments(USAGE, {
    from: { type: 'string', default: '' },
    open: { type: 'string', multiple: true, default: [] },
    spec: { type: 'string', multiple: true, default: [] },
    out: { type: 'string' },
  });
  if (given === undefined) return;
  const { values, positionals } = given;
  const [valuesFile = '', chartFile = join(dirname(valuesFile), 'Chart.yaml')] = positionals;
  const missing = [valuesFile, chartFile].find((file) => !existsSync(file));
  if (missing !== undefined) {
    process.exitCode = refuse(`${missing} does not exist`, USAGE);
    return;
  }
  const specs = new Map(values.spec.map((text) => [text.replace(/=.*$/, ''), text.replace(/^.*=/, '')] as const));
  const text = listValuePaths(readChart(valuesFile, chartFile), { from: values.from, open: values.open, specs });
  if (values.out === undefined) process.stdout.write(text);
  else writeFileSync(values.out, text);
}

if (process.argv[1] === import.meta.filename) main();
