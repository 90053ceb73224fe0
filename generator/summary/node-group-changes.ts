// Plans of then and now → node groups that came, went or changed their size, and what all of them come to.
import { compareText } from '../core/problem.ts';
import type { PlainValue } from '../core/provenance.ts';
import type { TakesEffect } from '../core/schema-key.ts';
import { type Amounts, planCapacity } from '../plan/capacity.ts';
import type { EnvironmentPlan, NodeGroupPlan } from '../plan/plan.ts';
import type { CapacityChange, CapacitySums, NodeGroupChange } from './summary.ts';
import { findValueChanges } from './value-changes.ts';

/** Changed groups in order of their names. */
export function findNodeGroupChanges(before: EnvironmentPlan, after: EnvironmentPlan): NodeGroupChange[] {
  const old = new Map(before.nodeGroups.map((group) => [group.name, group]));
  const now = new Map(after.nodeGroups.map((group) => [group.name, group]));
  return [...new Set([...old.keys(), ...now.keys()])].sort(compareText).flatMap((group): NodeGroupChange[] => {
    const [then, next] = [old.get(group), now.get(group)];
    if (then === undefined) return [{ group, change: 'added', takesEffect: 'apply', values: [] }];
    if (next === undefined) return [{ group, change: 'removed', takesEffect: 'apply', values: [] }];
    const values = findValueChanges(describe(then), describe(next)).map(({ at: _, ...value }) => value);
    if (values.length === 0) return [];
    // The size is Terraform's; the rest is what a node is made with.
    const takesEffect: TakesEffect = values.every(({ path }) => SIZES.includes(path)) ? 'apply' : 'node replacement';
    return [{ group, change: 'changed', takesEffect, values }];
  });
}

const SIZES = ['min', 'desired', 'max'];

function describe({ role, instanceType, rootVolumeGiB, min, desired, max, labels, taints, gpu }: NodeGroupPlan) {
  const described = { role, instanceType, rootVolumeGiB, min, desired, max, labels, taints, gpu };
  return JSON.parse(JSON.stringify(described)) as PlainValue;
}

/** Undefined where the sums are the same. */
export function findCapacityChange(before: EnvironmentPlan, after: EnvironmentPlan): CapacityChange | undefined {
  const change = { before: sum(before), after: sum(after) };
  return JSON.stringify(change.before) === JSON.stringify(change.after) ? undefined : change;
}

function sum(plan: EnvironmentPlan): CapacityChange['before'] {
  const { total } = planCapacity(plan);
  return { min: toSums(total.min), max: toSums(total.max) };
}

function toSums({ instances, vcpu, memoryGiB, gpus, rootDiskGiB }: Amounts): CapacitySums {
  return {
    instances,
    vcpu: vcpu.complete ? vcpu.known : undefined,
    memoryGiB: memoryGiB.complete ? memoryGiB.known : undefined,
    gpus,
    rootDiskGiB,
  };
}
