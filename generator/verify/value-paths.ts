// Text of value-paths.txt ⇄ the keys that a chart knows. Serves the check of Helm values and the script that makes lists.

/**
 * A key of a chart's values, by the chart's own default:
 * - `value`: a string, number or boolean
 * - `list`: a list, whatever its items
 * - `map`: a map whose keys are listed, and no others
 * - `open`: anything may stand here and below: the default is `{}` or null, or the chart passes the value on as it is
 */
export interface PathNode {
  readonly kind: 'value' | 'list' | 'map' | 'open';
  /** Found in a comment or a template only, so its shape is not known: anything may stand below. */
  readonly commented: boolean;
  /** Children in order of their names. An open node may list the keys that are known. */
  readonly keys: ReadonlyMap<string, PathNode>;
  /** What every key looks like that is not listed: `ports.<any name>`. */
  readonly any?: PathNode;
}

/** The keys of one chart version. */
export interface ValuePathList {
  readonly chart: string;
  readonly version: string;
  readonly root: PathNode;
}

export const VALUE_PATHS_FORMAT = [
  'One key a line, two spaces for each level.',
  '  key         a string, number or boolean',
  '  key: []     a list; its items are not held against anything',
  '  key:        a map with the keys below it, and no others',
  '  key: *      anything may stand here and below',
  '  ?key        known from a comment or a template only, so anything may stand below',
  '  *:          every other key at this place',
] as const;

/** Reads a list; throws if it is not one, since lists are ours. */
export function parseValuePaths(text: string): ValuePathList {
  const head = /^# Value paths of chart (\S+), version (\S+)$/m.exec(text);
  if (head?.[1] === undefined || head[2] === undefined) throw new Error('a list of value paths has no first line');
  const root = makeDraft('map', false);
  const stack: Draft[] = [root];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const depth = (line.length - line.trimStart().length) / 2;
    const parent = stack[depth];
    if (parent === undefined) throw new Error(`a list of value paths skips a level: ${line}`);
    const { name, node } = parseLine(line.trimStart());
    if (name === '*') parent.any = node;
    else parent.keys.set(name, node);
    stack.length = depth + 1;
    stack.push(node);
  }
  return { chart: head[1], version: head[2], root };
}

/** Writes a list; `source` says where the facts came from, one line each. */
export function formatValuePaths(list: ValuePathList, source: readonly string[]): string {
  const head = [`Value paths of chart ${list.chart}, version ${list.version}`, ...source, '', ...VALUE_PATHS_FORMAT];
  const lines = [...head.map((line) => `# ${line}`.trimEnd()), ...formatKeys(list.root, 0)];
  return `${lines.join('\n')}\n`;
}

interface Draft extends PathNode {
  readonly keys: Map<string, PathNode>;
  any?: PathNode;
}

function makeDraft(kind: PathNode['kind'], commented: boolean): Draft {
  return { kind, commented, keys: new Map() };
}

const KINDS: readonly (readonly [string, PathNode['kind']])[] = [
  [': []', 'list'],
  [': *', 'open'],
  [':', 'map'],
];

function parseLine(line: string): { readonly name: string; readonly node: Draft } {
  const commented = line.startsWith('?');
  const rest = commented ? line.slice(1) : line;
  const [suffix, kind] = KINDS.find(([end]) => rest.endsWith(end)) ?? (['', 'value'] as const);
  const printed = rest.slice(0, rest.length - suffix.length);
  const name = printed.startsWith('"') ? String(JSON.parse(printed)) : printed;
  return { name, node: makeDraft(kind, commented) };
}

function formatKeys(node: PathNode, depth: number): string[] {
  const entries = [...node.keys].map(([name, child]) => [formatName(name), child] as const);
  if (node.any !== undefined) entries.push(['*', node.any]);
  return entries.flatMap(([name, child]) => {
    const suffix = KINDS.find(([, kind]) => kind === child.kind)?.[0] ?? '';
    const line = `${'  '.repeat(depth)}${child.commented ? '?' : ''}${name}${suffix}`;
    return [line, ...formatKeys(child, depth + 1)];
  });
}

function formatName(name: string): string {
  return /^[A-Za-z0-9_$][A-Za-z0-9_.$/-]*$/.test(name) ? name : JSON.stringify(name);
}
