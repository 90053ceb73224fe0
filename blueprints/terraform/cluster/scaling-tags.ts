// Tags of an autoscaling group: what instances carry, and what the autoscaler reads to picture a node before it exists.
import { NODE_TEMPLATE_TAG } from '../../../generator/core/cloud-names.ts';
import { compareText } from '../../../generator/core/problem.ts';
import type { EnvironmentPlan, NodeGroupPlan, ScalingGroup } from '../../../generator/plan/plan.ts';

/** A `tag` block of an autoscaling group. */
export interface ScalingTag {
  readonly key: string;
  readonly value: string;
  readonly propagateAtLaunch: boolean;
}

const AUTOSCALER = 'k8s.io/cluster-autoscaler';

/**
 * All tags, sorted by key, each key once: the provider would drop a second one in silence. Only what instances need is
 * propagated; tags with a colon never are, since zCompute then fails to start the instance (its internal bug 12052).
 */
export function scalingTags(plan: EnvironmentPlan, group: NodeGroupPlan, scaling: ScalingGroup): ScalingTag[] {
  const own = Object.entries({ Name: scaling.name, ...nodeTags(plan, group) }).map(([key, value]) => ({
    key,
    value,
    propagateAtLaunch: !`${key}${value}`.includes(':'),
  }));
  const template = Object.entries(group.role === 'worker' ? autoscalerTags(plan, group) : {}).map(([key, value]) => ({
    key,
    value,
    propagateAtLaunch: false,
  }));
  const byKey = new Map([...template, ...own].map((tag) => [tag.key, tag]));
  return [...byKey.values()].sort((a, b) => compareText(a.key, b.key));
}

/** Tags by which the cloud controller and zCompute's placement rules know the nodes; volumes get them too. */
export function nodeTags(plan: EnvironmentPlan, group: NodeGroupPlan): Record<string, string> {
  return {
    [`kubernetes.io/cluster/${plan.name}`]: 'owned',
    'zadara.com/k8s/node_group': group.name,
    'zadara.com/k8s/role': group.role,
  };
}

/** @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md (1.35) */
function autoscalerTags(plan: EnvironmentPlan, group: NodeGroupPlan): Record<string, string> {
  return {
    [`${AUTOSCALER}/enabled`]: 'true',
    [`${AUTOSCALER}/${plan.name}`]: 'owned',
    ...prefixed(`${NODE_TEMPLATE_TAG}/label/`, group.labels),
    // The effect belongs into the value: without it the autoscaler ignores the taint.
    ...prefixed(`${NODE_TEMPLATE_TAG}/taint/`, groupTaints(group)),
    ...prefixed(`${NODE_TEMPLATE_TAG}/resources/`, resources(group)),
  };
}

/** The tag has one value per taint key; of two effects the first in order of the alphabet stands. */
function groupTaints(group: NodeGroupPlan): Record<string, string> {
  const taints: Record<string, string> = {};
  for (const { key, value, effect } of group.taints) taints[key] ??= `${value}:${effect}`;
  return taints;
}

function resources(group: NodeGroupPlan): Record<string, string> {
  return {
    ...(group.size === undefined ? {} : { cpu: String(group.size.vcpu), memory: `${group.size.memoryGiB}Gi` }),
    'ephemeral-storage': `${group.rootVolumeGiB}Gi`,
    ...(group.gpu === undefined ? {} : { 'nvidia.com/gpu': String(group.gpu.slicesPerGpu * group.gpu.gpusPerNode) }),
  };
}

function prefixed(prefix: string, entries: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [`${prefix}${key}`, value]));
}
