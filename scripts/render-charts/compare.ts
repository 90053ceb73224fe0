// What a chart renders against what its blueprint declares: every difference in a sentence.
import type { NodeGroupPlan, PlannedApp } from '../../generator/plan/plan.ts';
import {
  listClusterKinds,
  listNamespaces,
  listWorkloads,
  parseMiB,
  parseMillis,
  type RenderedObject,
  type RenderedWorkload,
} from './inspect.ts';
import { listOperatorWorkloads } from './operator-workloads.ts';
import { findForbidden } from './pod-security.ts';

/** `errors` break the installation or the documents; `notes` are declared, but not rendered. */
export interface Comparison {
  readonly errors: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Compares rendered objects, chart and manifests together, with the plan of their app.
 * @param cluster `group/kind` of custom resources that are cluster-scoped, and the node groups
 */
export function compareWithPlan(
  app: PlannedApp,
  objects: readonly RenderedObject[],
  { custom, nodeGroups }: { readonly custom: ReadonlySet<string>; readonly nodeGroups: readonly NodeGroupPlan[] },
): Comparison {
  const parts = [
    compareKinds(app, objects, custom),
    compareNamespaces(app, objects, custom),
    compareWorkloads(app, objects, nodeGroups),
    comparePodSecurity(app, objects),
  ];
  return { errors: parts.flatMap(({ errors }) => errors), notes: parts.flatMap(({ notes }) => notes) };
}

function compareKinds(
  { blueprint, plan }: PlannedApp,
  objects: readonly RenderedObject[],
  custom: ReadonlySet<string>,
): Comparison {
  const created = blueprint.namespace.podSecurity === undefined ? [] : ['/Namespace'];
  const declared = (plan.clusterKinds ?? []).map(({ group, kind }) => `${group}/${kind}`);
  const rendered = listClusterKinds(objects, custom);
  return {
    errors: without(rendered, [...declared, ...created]).map((kind) => `clusterKinds lacks ${kind}`),
    notes: without(declared, rendered).map((kind) => `clusterKinds has ${kind}, which is not rendered`),
  };
}

function compareNamespaces(
  { blueprint, plan }: PlannedApp,
  objects: readonly RenderedObject[],
  custom: ReadonlySet<string>,
): Comparison {
  const others = plan.otherNamespaces ?? [];
  const rendered = listNamespaces(objects, custom, blueprint.namespace.name);
  return {
    errors: without(rendered, [blueprint.namespace.name, ...others]).map((name) => `otherNamespaces lacks ${name}`),
    notes: without(others, rendered).map((name) => `otherNamespaces has ${name}, which nothing is written into`),
  };
}

/** Pods in other namespaces are under the level of those, which this app does not set. */
function comparePodSecurity({ blueprint }: PlannedApp, objects: readonly RenderedObject[]): Comparison {
  const { name, podSecurity } = blueprint.namespace;
  if (podSecurity === undefined) return { errors: [], notes: [] };
  const own = objects.filter(({ metadata }) => (metadata.namespace ?? name) === name);
  return { errors: own.flatMap((object) => findForbidden(object, podSecurity)), notes: [] };
}

function compareWorkloads(
  { plan }: PlannedApp,
  objects: readonly RenderedObject[],
  nodeGroups: readonly NodeGroupPlan[],
): Comparison {
  const declared = plan.workloads ?? [];
  const made = listOperatorWorkloads(objects, { cpu: parseMillis, memory: parseMiB });
  const rendered = [...listWorkloads(objects), ...made].filter(({ isHook }) => !isHook);
  const undeclared = rendered.filter((workload) => !declared.some((other) => keyOf(other) === keyOf(workload)));
  const idle = undeclared.filter((workload) => runsNowhere(workload, nodeGroups));
  const errors = [
    ...undeclared
      .filter((workload) => !idle.includes(workload))
      .map((workload) => `workloads lacks ${keyOf(workload)}`),
    ...without(declared.map(keyOf), rendered.map(keyOf)).map((key) => `workloads has ${key}, which is not rendered`),
  ];
  for (const workload of declared) {
    const found = rendered.find((other) => keyOf(other) === keyOf(workload));
    const expected = { ...workload.requests, gpuUnits: workload.requests.gpuUnits ?? 0, replicas: workload.replicas };
    if (found !== undefined) errors.push(...findDifferences(keyOf(workload), expected, found));
  }
  return { errors, notes: idle.map((workload) => `${keyOf(workload)} has no replica, or no node with its labels`) };
}

function keyOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}/${name}`;
}

/** True for 0 replicas, and for pods that ask for a label that nothing puts on our nodes. */
function runsNowhere(
  { kind, replicas, nodeSelector }: RenderedWorkload,
  nodeGroups: readonly NodeGroupPlan[],
): boolean {
  if (kind !== 'DaemonSet' && replicas === 0) return true;
  const ours = Object.entries(nodeSelector).filter(([label]) => !/^(node-role\.)?kubernetes\.io\//.test(label));
  return nodeGroups.every(({ labels }) => ours.some(([label, value]) => labels[label] !== value));
}

const AMOUNTS = ['replicas', 'cpuMillis', 'memoryMiB', 'gpuUnits'] as const;

function findDifferences(
  key: string,
  declared: Readonly<Record<(typeof AMOUNTS)[number], number>>,
  rendered: RenderedWorkload,
): string[] {
  return AMOUNTS.filter((name) => name !== 'replicas' || rendered.kind !== 'DaemonSet')
    .filter((name) => declared[name] !== rendered[name])
    .map((name) => `${key}: ${name} is declared ${declared[name]}, rendered ${rendered[name]}`);
}

function without(items: readonly string[], known: readonly string[]): string[] {
  return items.filter((item) => !known.includes(item));
}
