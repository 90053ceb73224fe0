// Schema, catalog and problem kinds → the pages under docs/reference. Pure: scripts/docs.ts writes them, a test compares.
import type { AppBlueprint } from '../generator/core/blueprint.ts';
import type { ProblemKind } from '../generator/core/problem.ts';
import type { PlannedApp } from '../generator/plan/plan.ts';
import { code, listInWords, markdownTable } from '../generator/render/markdown.ts';

/** What the pages read of a JSON Schema node. */
export interface SchemaNode {
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  readonly discriminator?: { readonly propertyName: string };
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly 'x-shape'?: string;
  readonly 'x-takes-effect'?: string;
}

const NOTE = '<!-- Made by `npm run docs`. Edit what it is made from, and run that again. -->';

/** docs/reference/environment.md: one table for each section of an environment file. */
export function environmentPage(schema: SchemaNode): string {
  const sections = Object.entries(schema.properties ?? {}).flatMap(([name, node]) =>
    name === 'apps' ? [] : listTables(name, node, schema.required?.includes(name) ?? false, effectOf(node, 'apply')),
  );
  return page([
    '# Environment file',
    'Every key of an environment file. `REQUIRED` keys have no default: only you know them. An unknown key is an error.',
    [
      'When a change takes effect:',
      '',
      '- commit: when it is pushed, Argo CD applies it.',
      '- apply: with `terraform apply`.',
      '- node replacement: on nodes that start after the apply.',
      '- never: it is fixed when the environment is made.',
    ].join('\n'),
    ...sections.flatMap(({ heading, description, rows }) => [
      heading,
      ...(description === undefined ? [] : [description]),
      ...(rows.length === 0 ? [] : [keyTable(rows)]),
    ]),
    '## apps',
    'Inputs of the apps, under `apps.<name>`: see [the catalog](catalog.md).',
  ]);
}

/** docs/reference/catalog.md: what each app is, what it needs, and its inputs. */
export function catalogPage(apps: readonly AppBlueprint[], schema: SchemaNode, planned: readonly PlannedApp[]): string {
  const inputs = schema.properties?.['apps']?.properties ?? {};
  return page([
    '# Catalog',
    'The apps that Rootstock installs, with their pinned charts.',
    markdownTable(
      ['App', 'What it does', 'Chart', 'Version', 'Software'],
      apps.map(({ name, title, summary, chart }) => [
        `[${title}](#${name})`,
        summary,
        chart?.name ?? 'manifests only',
        chart?.version ?? '',
        chart?.appVersion ?? '',
      ]),
    ),
    ...apps.flatMap((app) => appSection(app, inputs[app.name] ?? {}, planned)),
  ]);
}

/** docs/reference/problems.md: every code that a command can print. */
export function problemsPage(kinds: readonly ProblemKind[]): string {
  return page([
    '# Problems',
    'Every code that Rootstock prints. `rootstock explain CODE` prints the same text.',
    [
      '- error: blocks writing.',
      '- pending: waits for a person, and blocks pushing unless `--allow-pending` is given.',
      '- unchecked: could not be told; never a pass.',
    ].join('\n'),
    markdownTable(
      ['Code', 'Severity', 'Title'],
      kinds.map(({ code: name, severity, title }) => [`[${name}](#${name.toLowerCase()})`, severity ?? 'error', title]),
    ),
    ...kinds.flatMap(({ code: name, title, explanation }) => [`## ${name}`, `${title}. ${explanation}`]),
  ]);
}

interface Row {
  readonly key: string;
  readonly node: SchemaNode;
  readonly required: boolean;
  readonly effect: string;
}

interface Table {
  readonly heading: string;
  readonly description: string | undefined;
  readonly rows: readonly Row[];
}

/** The tables of one section: its own keys, and one more for each kind of a choice inside it. */
function listTables(key: string, node: SchemaNode, required: boolean, effect: string): Table[] {
  const heading = `## ${key}`;
  if (node.properties === undefined && node.oneOf === undefined)
    return [{ heading, description: undefined, rows: [{ key, node, required, effect }] }];
  const rows: Row[] = [];
  const choices: Table[] = [];
  walk(key, node, effect, rows, choices);
  return [{ heading, description: withRequired(node, required), rows }, ...choices];
}

function withRequired({ description }: SchemaNode, required: boolean): string | undefined {
  return required ? `${description ?? ''} REQUIRED.`.trim() : description;
}

function walk(key: string, node: SchemaNode, effect: string, rows: Row[], choices: Table[]): void {
  if (node.oneOf !== undefined) {
    choices.push(...node.oneOf.flatMap((member) => choiceTables(key, node, member, effect)));
    return;
  }
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    const childKey = `${key}.${name}`;
    const childEffect = effectOf(child, effect);
    rows.push({ key: childKey, node: child, required: node.required?.includes(name) ?? false, effect: childEffect });
    walk(childKey, child, childEffect, rows, choices);
  }
  for (const child of Object.values(node.patternProperties ?? {})) {
    if (isBranch(child)) walk(`${key}.<name>`, child, effectOf(child, effect), rows, choices);
  }
  if (node.items !== undefined && isBranch(node.items))
    walk(`${key}[]`, node.items, effectOf(node.items, effect), rows, choices);
}

function choiceTables(key: string, choice: SchemaNode, member: SchemaNode, effect: string): Table[] {
  const tag = choice.discriminator?.propertyName ?? 'kind';
  const literal = member.properties?.[tag];
  const rows: Row[] = [];
  const choices: Table[] = [];
  walk(key, { ...member, properties: without(member.properties, tag) }, effect, rows, choices);
  const heading = `### ${key} with \`${tag}: ${String(literal?.const)}\``;
  return [{ heading, description: literal?.description, rows }, ...choices];
}

function without(properties: SchemaNode['properties'] = {}, name: string): Readonly<Record<string, SchemaNode>> {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => key !== name));
}

function isBranch(node: SchemaNode): boolean {
  return node.properties !== undefined || node.oneOf !== undefined;
}

function effectOf(node: SchemaNode, inherited: string): string {
  return node['x-takes-effect'] ?? inherited;
}

function keyTable(rows: readonly Row[]): string {
  return markdownTable(
    ['Key', 'Meaning', 'Default', 'Form', 'Example', 'Takes effect'],
    rows.map(({ key, node, required, effect }) => [
      code(key),
      node.description ?? '',
      required ? 'REQUIRED' : node.default === undefined ? 'absent' : show(node.default),
      describeForm(node),
      node.examples === undefined ? '' : show(node.examples[0]),
      effect,
    ]),
  );
}

function describeForm(node: SchemaNode): string {
  if (node.const !== undefined) return show(node.const);
  if (node.enum !== undefined) return node.enum.map(show).join(', ');
  if (node.oneOf !== undefined) {
    const tag = node.discriminator?.propertyName ?? 'kind';
    return `${code(tag)}: ${node.oneOf.map((member) => show(member.properties?.[tag]?.const)).join(', ')}`;
  }
  if (node.items !== undefined)
    return `list${range(node.minItems, node.maxItems, 'items')}: ${describeForm(node.items)}`;
  if (node['x-shape'] !== undefined) return `${node['x-shape']}${range(undefined, node.maxLength, 'characters')}`;
  if (node.patternProperties !== undefined) {
    const [value] = Object.values(node.patternProperties);
    return value === undefined || isBranch(value) ? 'keys by name' : `map to ${describeForm(value)}`;
  }
  if (node.type === 'integer' || node.type === 'number') return `number${range(node.minimum, node.maximum, '')}`;
  return node.type === 'object' ? 'keys below' : (node.type ?? '');
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  const words = unit === '' ? '' : ` ${unit}`;
  if (least !== undefined && most !== undefined)
    return least === most ? `, ${least}${words}` : `, ${least} to ${most}${words}`;
  if (least !== undefined) return `, at least ${least}${words}`;
  return most === undefined ? '' : `, at most ${most}${words}`;
}

function show(value: unknown): string {
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}

function appSection(app: AppBlueprint, inputs: SchemaNode, planned: readonly PlannedApp[]): string[] {
  const { chart, namespace, route } = app;
  const seen = planned.filter(({ blueprint }) => blueprint.name === app.name);
  const facts = [
    ...(chart === undefined ? [] : [`- Chart: ${chart.name} ${chart.version} from <${chart.repository}>`]),
    ...Object.entries(app.chartOn ?? {}).map(([platform, pin]) => `- Chart on ${platform}: ${pin.name} ${pin.version}`),
    `- Namespace: ${code(namespace.name)}${namespace.podSecurity === undefined ? '' : `, Pod Security ${code(namespace.podSecurity)}`}`,
    `- AppProject: ${code(app.project)}`,
    ...listFact(
      'Applied after',
      seen.flatMap(({ hard }) => hard),
    ),
    ...listFact(
      'Uses at run time',
      seen.flatMap(({ soft }) => soft),
    ),
    ...(route === undefined
      ? []
      : [`- Host: ${code(`${route.subdomain}.<ingress.domain>`)}, ${WHEN_EXPOSED[String(route.byDefault)] ?? ''}`]),
  ];
  const rows: Row[] = [];
  const choices: Table[] = [];
  walk(`apps.${app.name}`, inputs, 'commit', rows, choices);
  return [
    `## ${app.name}`,
    `${app.title}. ${app.summary}`,
    facts.join('\n'),
    rows.length === 0 ? 'It has no inputs.' : keyTable(rows),
    ...choices.flatMap(({ heading, description, rows: own }) => [
      heading,
      ...(description === undefined ? [] : [description]),
      ...(own.length === 0 ? [] : [keyTable(own)]),
    ]),
  ];
}

/** By `Route.byDefault`. */
const WHEN_EXPOSED: Readonly<Record<string, string>> = {
  true: 'exposed by default',
  false: 'exposed only when `ingress.expose` names it',
  'with sign-on': 'exposed where `auth.oidc` is given, or when `ingress.expose` names it',
};

function listFact(label: string, names: readonly string[]): string[] {
  const unique = [...new Set(names)].sort();
  return unique.length === 0 ? [] : [`- ${label}: ${listInWords(unique)}`];
}

function page(parts: readonly string[]): string {
  const [title = '', ...rest] = parts;
  return `${[title, NOTE, ...rest].join('\n\n')}\n`;
}
