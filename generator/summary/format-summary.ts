// A summary → lines of text, for terminals and for the body of a pull request.
import type { PlainValue } from '../core/provenance.ts';
import type { TakesEffect } from '../core/schema-key.ts';
import type {
  AppChange,
  CapacityChange,
  CapacitySums,
  Danger,
  EnvironmentSummary,
  NodeGroupChange,
  ResourceChange,
  Summary,
  ValueChange,
} from './summary.ts';

export interface FormatOptions {
  /** Values of an app that are listed; the rest is counted. Default: all. */
  readonly values?: number;
  /** Headings and lists as Markdown has them. Default: plain text. */
  readonly markdown?: boolean;
}

/** A part of the text: a title, and lines below it. */
interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The whole summary; `Nothing changes.` if nothing does. */
export function formatSummary(
  summary: Summary,
  { values = Number.POSITIVE_INFINITY, markdown = false }: FormatOptions = {},
): string {
  const parts = summary.environments.map((environment) => {
    const sections = listSections(environment, values).filter(({ lines }) => lines.length > 0);
    const title = `${environment.name}: ${describeChange(environment)}`;
    return [markdown ? `## ${title}` : title, ...sections.map((section) => formatSection(section, markdown))].join(
      markdown ? '\n\n' : '\n',
    );
  });
  const shared = summary.sharedFiles;
  const rest = shared.length === 0 ? [] : [formatShared(shared, markdown)];
  return `${[...parts, ...rest].join('\n\n') || 'Nothing changes.'}\n`;
}

/** The dangers alone, a line for each and one for how to avoid it; empty without any. */
export function formatDangers({ environments }: Summary): string {
  return environments
    .flatMap(({ name, dangers }) => dangers.flatMap((danger) => formatDanger(danger).map((line) => `${name}: ${line}`)))
    .join('\n');
}

function describeChange({ change, files, dangers }: EnvironmentSummary): string {
  if (change === 'added') return `new, ${count(files.length, 'file')}`;
  if (change === 'removed') return `removed, ${count(files.length, 'file')}`;
  const danger = dangers.length === 0 ? '' : `, ${count(dangers.length, 'danger')}`;
  return `${count(files.length, 'file')}${danger}`;
}

function formatShared(paths: readonly string[], markdown: boolean): string {
  const text = `Files of no environment: ${paths.join(', ')}`;
  return markdown ? `${text}.` : text;
}

function formatSection({ title, lines }: Section, markdown: boolean): string {
  if (markdown)
    return [
      `### ${title}`,
      '',
      ...lines.map((line) => (line.startsWith('  ') ? `  - ${line.trim()}` : `- ${line}`)),
    ].join('\n');
  return [`  ${title}`, ...lines.map((line) => `    ${line}`)].join('\n');
}

function listSections(environment: EnvironmentSummary, values: number): Section[] {
  return [
    { title: 'DANGER', lines: environment.dangers.flatMap(formatDanger) },
    { title: 'Keys', lines: environment.keys.map((key) => `${formatValue(key)} (${tellEffect(key.takesEffect)})`) },
    { title: 'Apps (on commit)', lines: formatApps(environment, values) },
    { title: 'Node groups', lines: environment.nodeGroups.flatMap(formatNodeGroup) },
    { title: 'Capacity', lines: environment.capacity === undefined ? [] : formatCapacity(environment.capacity) },
    { title: 'Terraform (on apply)', lines: formatResources(environment.resources) },
  ];
}

function formatDanger({ name, what, avoid, takesEffect }: Danger): string[] {
  return [`${name} (${tellEffect(takesEffect)}): ${what}`, `  avoid: ${avoid}`];
}

const EFFECTS: Readonly<Record<TakesEffect, string>> = {
  commit: 'on commit',
  apply: 'on apply',
  'node replacement': 'on new nodes',
  never: 'never, without building anew',
};

/** When a change reaches the running system, in words. */
export function tellEffect(effect: TakesEffect): string {
  return EFFECTS[effect];
}

/** Of a new environment the names suffice. */
function formatApps({ change, apps }: EnvironmentSummary, values: number): string[] {
  if (change === 'added') return apps.length === 0 ? [] : [apps.map(({ app }) => app).join(', ')];
  return apps.flatMap((app) => formatApp(app, values));
}

function formatApp(change: AppChange, most: number): string[] {
  const { app, chart, releaseNotes, values, manifests, wave } = change;
  const versions = chart === undefined ? '' : ` ${chart.name} ${formatVersions(chart)}`;
  const notes = releaseNotes === undefined || change.change === 'removed' ? '' : `  ${releaseNotes}`;
  return [
    `${app}: ${change.change}${versions}${notes}`,
    ...(wave === undefined ? [] : [`  wave ${wave.from} -> ${wave.to}`]),
    ...values.slice(0, most).map((value) => `  ${formatValue(value)}`),
    ...(values.length > most ? [`  and ${count(values.length - most, 'more value')}`] : []),
    ...(manifests.length === 0 ? [] : [`  manifests: ${manifests.join(', ')}`]),
  ];
}

function formatVersions({ from, to }: { readonly from?: string; readonly to?: string }): string {
  return from !== undefined && to !== undefined ? `${from} -> ${to}` : (to ?? from ?? '');
}

function formatValue({ path, from, to }: ValueChange): string {
  if (from === undefined) return `${path}: set to ${show(to)}`;
  if (to === undefined) return `${path}: removed, was ${show(from)}`;
  return `${path}: ${show(from)} -> ${show(to)}`;
}

const LONGEST = 80;

/** One line; a long text is told by its length. */
function show(value: PlainValue | undefined): string {
  const text = typeof value === 'string' && /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value ?? null);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 20)}… (${text.length} characters)`;
}

function formatNodeGroup({ group, change, takesEffect, values }: NodeGroupChange): string[] {
  const effect = tellEffect(takesEffect);
  if (values.length === 0) return [`${group}: ${change} (${effect})`];
  return [`${group}: ${values.map(formatValue).join(', ')} (${effect})`];
}

const AMOUNTS: readonly (readonly [keyof CapacitySums, string])[] = [
  ['instances', 'instances'],
  ['vcpu', 'vCPU'],
  ['memoryGiB', 'GiB memory'],
  ['gpus', 'GPUs'],
  ['rootDiskGiB', 'GiB disk'],
];

/** From the least to the most, before and after, for what differs. */
function formatCapacity({ before, after }: CapacityChange): string[] {
  return AMOUNTS.flatMap(([amount, unit]) => {
    const [old, now] = [before, after].map(({ min, max }) => formatRange(min[amount], max[amount]));
    return old === now ? [] : [`${old} -> ${now} ${unit}`];
  });
}

function formatRange(min: number | undefined, max: number | undefined): string {
  if (min === undefined || max === undefined) return 'unknown';
  return min === max ? String(min) : `${min} to ${max}`;
}

const VERBS = ['replaced', 'removed', 'added', 'changed'] as const;

function formatResources(resources: readonly ResourceChange[]): string[] {
  return VERBS.flatMap((verb) => {
    const found = resources.filter(({ change }) => change === verb);
    return found.length === 0
      ? []
      : [`${verb}: ${found.map(({ project, address }) => `${project}/${address}`).join(', ')}`];
  });
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
