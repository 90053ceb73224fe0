// Values against the keys of their chart → what is wrong with them, by path. Serves the check of Helm values.
import { findNearest } from '../core/nearest.ts';
import type { PlainMap, PlainValue } from '../core/provenance.ts';
import type { PathNode, ValuePathList } from './value-paths.ts';

/** Something wrong at a path inside values. */
export interface ValueFinding {
  readonly kind: 'unknown' | 'wrong shape';
  readonly path: readonly string[];
  readonly message: string;
  readonly hint: string;
}

/** Finds keys that the chart does not know and values of another shape than it expects. */
export function findWrongValues(values: PlainMap, list: ValuePathList): ValueFinding[] {
  return findIn(values, list.root, [], { title: `${list.chart} ${list.version}`, root: list.root });
}

interface ChartFacts {
  readonly title: string;
  readonly root: PathNode;
}

function findIn(value: PlainValue, node: PathNode, path: readonly string[], chart: ChartFacts): ValueFinding[] {
  // null takes a default away: that is right for every shape.
  if (value === null || node.kind === 'open' || node.commented) return [];
  const shape = shapeOf(value);
  if (shape !== node.kind) return [wrongShape(shape, node, path, chart)];
  if (node.kind !== 'map') return [];
  return Object.entries(value as PlainMap).flatMap(([name, item]) => {
    const child = node.keys.get(name) ?? node.any;
    const below = [...path, name];
    return child === undefined ? [unknownValue(node, below, chart)] : findIn(item, child, below, chart);
  });
}

const SHAPES = { value: 'a single value', list: 'a list', map: 'a map' } as const;

function shapeOf(value: PlainValue): keyof typeof SHAPES {
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'map' : 'value';
}

function wrongShape(
  shape: keyof typeof SHAPES,
  node: PathNode,
  path: readonly string[],
  chart: ChartFacts,
): ValueFinding {
  const expected = node.kind === 'open' ? 'value' : node.kind;
  const message = `${path.join('.')} is ${SHAPES[shape]} here, but ${SHAPES[expected]} in ${chart.title}.`;
  const hint = node.kind === 'map' ? `known keys: ${listSome(node)}` : `write ${SHAPES[expected]}`;
  return { kind: 'wrong shape', path, message, hint };
}

function unknownValue(node: PathNode, path: readonly string[], chart: ChartFacts): ValueFinding {
  const name = path.at(-1) ?? '';
  const message = `${chart.title} has no value ${path.join('.')}, so Helm would ignore it.`;
  const near = findNearest(name, [...node.keys.keys()]);
  if (near !== undefined) {
    return { kind: 'unknown', path, message, hint: `did you mean ${[...path.slice(0, -1), near].join('.')}?` };
  }
  const elsewhere = findElsewhere(name, chart.root);
  const hint = elsewhere === undefined ? `known keys: ${listSome(node)}` : `the chart has it as ${elsewhere.join('.')}`;
  return { kind: 'unknown', path, message, hint };
}

/** The place nearest to the top where a chart has a key of this name: values are often nested one level too deep. */
function findElsewhere(name: string, root: PathNode): string[] | undefined {
  let level: { readonly node: PathNode; readonly path: string[] }[] = [{ node: root, path: [] }];
  while (level.length > 0) {
    const found = level.find(({ node }) => node.keys.has(name));
    if (found !== undefined) return [...found.path, name];
    level = level.flatMap(({ node, path }) =>
      [...node.keys].map(([key, child]) => ({ node: child, path: [...path, key] })),
    );
  }
  return undefined;
}

const MOST_KEYS = 12;

function listSome(node: PathNode): string {
  const names = [...node.keys.keys()];
  const more = names.length > MOST_KEYS ? `, … (${names.length})` : '';
  return names.slice(0, MOST_KEYS).join(', ') + more;
}
