// Two readings of an environment file → the keys that differ, and when each change reaches the running system.
import type { TSchema } from 'typebox';
import { parse } from 'yaml';
import type { KeyPath } from '../core/key-path.ts';
import type { PlainValue } from '../core/provenance.ts';
import type { TakesEffect } from '../core/schema-key.ts';
import type { EnvironmentPlan } from '../plan/plan.ts';
import type { KeyChange, ValueChange } from './summary.ts';
import { findValueChanges, isMap } from './value-changes.ts';

/**
 * Changed keys in order of their paths.
 * @param before the environment as it was planned, or its text where this version cannot plan it
 */
export function findKeyChanges(
  before: EnvironmentPlan | string | undefined,
  after: EnvironmentPlan,
  schema: TSchema,
): KeyChange[] {
  if (before === undefined) return [];
  // Defaults are filled in on both sides, or on none.
  const [old, now] =
    typeof before === 'string'
      ? [readData(before), readData(after.source.text)]
      : [before.environment as unknown as PlainValue, after.environment as unknown as PlainValue];
  const changes = findValueChanges(old, now, { whole: true }).filter((change) => !isDefault(change));
  return changes.map(({ at, ...change }) => ({
    ...change,
    takesEffect: findTakesEffect(schema, at),
  }));
}

/** What came or went empty is a default of an app or of this version, and says nothing. */
function isDefault({ from, to }: ValueChange): boolean {
  const value = from === undefined ? to : from;
  const isOneSided = from === undefined || to === undefined;
  return isOneSided && value !== null && typeof value === 'object' && Object.keys(value).length === 0;
}

function readData(text: string): PlainValue {
  try {
    return (parse(text) ?? {}) as PlainValue;
  } catch {
    return {};
  }
}

/** What the schema says of the deepest key on the way; `apply` where it says nothing. */
export function findTakesEffect(schema: TSchema, at: KeyPath): TakesEffect {
  let nodes: readonly unknown[] = [schema];
  let effect: TakesEffect = 'apply';
  for (const part of [undefined, ...at]) {
    nodes = (part === undefined ? nodes : nodes.flatMap((node) => listChildren(node, part))).flatMap(listMembers);
    const [found] = nodes.flatMap((node) => (isMap(node) ? (node['x-takes-effect'] ?? []) : []));
    if (typeof found === 'string') effect = found as TakesEffect;
  }
  return effect;
}

/** A choice stands for all its members. */
function listMembers(node: unknown): readonly unknown[] {
  if (!isMap(node)) return [];
  const { oneOf } = node;
  return Array.isArray(oneOf) ? [node, ...oneOf.flatMap(listMembers)] : [node];
}

function listChildren(node: unknown, part: string | number): readonly unknown[] {
  if (!isMap(node)) return [];
  if (typeof part === 'number') return [node['items']];
  const properties = node['properties'];
  const own = isMap(properties) ? properties[part] : undefined;
  if (own !== undefined) return [own];
  const patterns = node['patternProperties'];
  if (!isMap(patterns)) return [];
  return Object.entries(patterns).flatMap(([pattern, child]) => (new RegExp(pattern).test(part) ? [child] : []));
}
