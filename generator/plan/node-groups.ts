// `cluster.nodeGroups` → node groups with their labels, taints, GPUs and the autoscaling groups that carry them.
import { scalingGroupName } from '../core/cloud-names.ts';
import { compareText } from '../core/problem.ts';
import { findGpuModel } from '../environment/gpu-models.ts';
import { findInstanceSize } from '../environment/instance-types.ts';
import type { ControlGroup, Environment, NodeGroup, WorkerGroup } from '../environment/schema/environment-schema.ts';
import type { GpuPlan, NodeGroupPlan, ScalingGroup, Taint } from './plan.ts';

const GPU_TAINT: Taint = { key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' };
const CONTROL_TAINT: Taint = { key: 'node-role.kubernetes.io/control-plane', value: 'true', effect: 'NoSchedule' };

/** Plans all node groups, sorted by role (control first), then name. */
export function planNodeGroups(environment: Environment): NodeGroupPlan[] {
  return Object.entries(environment.cluster.nodeGroups)
    .sort(([nameA, a], [nameB, b]) => compareText(a.role, b.role) || compareText(nameA, nameB))
    .map(([name, group]) =>
      group.role === 'control' ? planControl(environment, name, group) : planWorker(environment, name, group),
    );
}

function planControl(environment: Environment, name: string, group: ControlGroup): NodeGroupPlan {
  const zones = countZones(environment);
  const scalingGroups = Array.from(
    { length: group.size },
    (_, index): ScalingGroup => ({
      name: scalingGroupName(environment.metadata.name, name, index + 1),
      min: 1,
      desired: 1,
      max: 1,
      zone: index % zones,
      ...(index === 0 ? { seed: true as const } : {}),
    }),
  );
  return {
    ...shared(environment, name, group),
    min: group.size,
    desired: group.size,
    max: group.size,
    taints: sortTaints([CONTROL_TAINT, ...group.taints]),
    servesIngress: false,
    hostsVolumes: false,
    scalingGroups,
  };
}

function planWorker(environment: Environment, name: string, group: WorkerGroup): NodeGroupPlan {
  const gpu = group.gpu === undefined ? undefined : planGpu(group.gpu);
  const hostsVolumes = gpu === undefined;
  const base = shared(environment, name, group);
  const range = { min: group.min, desired: group.desired ?? group.min, max: group.max };
  return {
    ...base,
    ...range,
    labels: sortRecord({ ...base.labels, ...(gpu === undefined ? {} : gpuLabels(gpu)) }),
    taints: sortTaints([...(gpu === undefined ? [] : [GPU_TAINT]), ...group.taints]),
    ...(gpu === undefined ? {} : { gpu }),
    servesIngress: gpu === undefined,
    hostsVolumes,
    scalingGroups: planScalingGroups(environment, name, range, hostsVolumes),
  };
}

/** A group that hosts volumes has one autoscaling group per zone: a volume cannot follow its pod to another. */
function planScalingGroups(
  environment: Environment,
  name: string,
  range: { readonly min: number; readonly desired: number; readonly max: number },
  perZone: boolean,
): ScalingGroup[] {
  const zones = countZones(environment);
  if (!perZone || zones === 1) return [{ name: scalingGroupName(environment.metadata.name, name), ...range }];
  return Array.from({ length: zones }, (_, zone) => ({
    name: scalingGroupName(environment.metadata.name, name, zone + 1),
    min: share(range.min, zones, zone),
    desired: share(range.desired, zones, zone),
    max: share(range.max, zones, zone),
    zone,
  }));
}

/** The nth part of a number of nodes: 4 over 3 zones are 2, 1, 1. */
function share(total: number, parts: number, n: number): number {
  return Math.floor(total / parts) + (n < total % parts ? 1 : 0);
}

function shared(environment: Environment, name: string, group: NodeGroup) {
  return {
    name,
    role: group.role,
    instanceType: group.instanceType,
    size: group.instanceSize ?? findInstanceSize(environment.platform.kind, group.instanceType),
    rootVolumeGiB: group.rootVolumeGiB,
    labels: sortRecord({
      'rootstock.dev/node-group': name,
      'rootstock.dev/role': group.role,
      ...zoneLabels(environment),
      ...group.labels,
    }),
  };
}

/**
 * The only zone of zCompute is in no DescribeAvailabilityZones answer that we know of, and the cloud controller
 * initialises no node whose zone it cannot look up, unless the node says it itself.
 */
function zoneLabels(environment: Environment): Record<string, string> {
  return environment.platform.kind === 'zcompute' ? { 'topology.k8s.aws/zone-id': 'symphony' } : {};
}

function planGpu(gpu: NonNullable<WorkerGroup['gpu']>): GpuPlan {
  const known = findGpuModel(gpu.model);
  const pciId = gpu.pciId ?? known?.pciIds[0];
  const memoryGiB = gpu.memoryGiB ?? known?.memoryGiB;
  if (pciId === undefined || memoryGiB === undefined)
    throw new Error(`the rules let an unknown GPU model pass: ${gpu.model}`);
  return {
    model: known?.model ?? gpu.model,
    pciId,
    memoryGiB,
    gpusPerNode: gpu.count,
    slicesPerGpu: gpu.slices ?? memoryGiB + 1,
    configName: `tesla-${pciId}`,
  };
}

/** Labels that the device plugin, its DaemonSet and the autoscaler select GPU nodes by. */
function gpuLabels(gpu: GpuPlan): Record<string, string> {
  return {
    'k8s.amazonaws.com/accelerator': gpu.configName,
    'nvidia.com/device-plugin.config': gpu.configName,
    'nvidia.com/gpu.present': 'true',
    'rootstock.dev/gpu-model': gpu.model.replaceAll(' ', '-'),
  };
}

function countZones(environment: Environment): number {
  return environment.platform.kind === 'aws' ? environment.platform.availabilityZones.length : 1;
}

function sortRecord(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compareText(a, b)));
}

function sortTaints(taints: readonly Taint[]): Taint[] {
  return [...taints].sort((a, b) => compareText(`${a.key}${a.effect}`, `${b.key}${b.effect}`));
}
