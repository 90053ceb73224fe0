// What several rules ask of `cluster.nodeGroups`.
import type { ControlGroup, Environment, NodeGroup, WorkerGroup } from '../schema/environment-schema.ts';

export type NodeGroups = Environment['cluster']['nodeGroups'];

/** Control groups with their names, in the order of the file. */
export function listControlGroups(
  groups: NodeGroups,
): readonly { readonly name: string; readonly group: ControlGroup }[] {
  return Object.entries(groups).flatMap(([name, group]) => (group.role === 'control' ? [{ name, group }] : []));
}

/** Worker groups with their names, in the order of the file. */
export function listWorkerGroups(
  groups: NodeGroups,
): readonly { readonly name: string; readonly group: WorkerGroup }[] {
  return Object.entries(groups).flatMap(([name, group]) => (group.role === 'worker' ? [{ name, group }] : []));
}

/** Worker groups that have GPUs. */
export function listGpuGroups(
  groups: NodeGroups,
): readonly { readonly name: string; readonly group: WorkerGroup; readonly gpu: NonNullable<WorkerGroup['gpu']> }[] {
  return listWorkerGroups(groups).flatMap(({ name, group }) =>
    group.gpu === undefined ? [] : [{ name, group, gpu: group.gpu }],
  );
}

/** Nodes there can be when every group is at its largest. */
export function countMaxNodes(groups: NodeGroups): number {
  let nodes = 0;
  for (const group of Object.values(groups)) nodes += mostNodes(group);
  return nodes;
}

/** Availability zones; zCompute has one. */
export function countZones({ platform }: Environment): number {
  return platform.kind === 'aws' ? platform.availabilityZones.length : 1;
}

function mostNodes(group: NodeGroup): number {
  return group.role === 'control' ? group.size : group.max;
}
