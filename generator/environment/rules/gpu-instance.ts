// The GPUs of a group are those of its instance type, where we know them.
import type { ProblemKind } from '../../core/problem.ts';
import { findGpuModel } from '../gpu-models.ts';
import { findInstanceGpus } from '../instance-types.ts';
import type { NodeGroup } from '../schema/environment-schema.ts';
import type { Finding, Rule } from './rule.ts';

const MISMATCH: ProblemKind = {
  code: 'GPU-005',
  title: 'The instance type has other GPUs',
  explanation:
    'The number and kind of GPUs decide what the autoscaler expects of a new node. If it expects more than the node has, it starts nodes without end.',
};
const UNUSED: ProblemKind = {
  code: 'GPU-006',
  title: 'The instance type has GPUs that nobody could use',
  explanation:
    'Without `gpu` the node gets no driver, no label and no taint, so its GPUs cost money and stay idle while other pods fill the node.',
};

export const gpuInstance: Rule = {
  kinds: [MISMATCH, UNUSED],
  check: ({ cluster, platform }) =>
    Object.entries(cluster.nodeGroups).flatMap(([name, group]) => checkGroup(platform.kind, name, group)),
};

function checkGroup(platform: 'zcompute' | 'aws', name: string, group: NodeGroup): Finding[] {
  const at = ['cluster', 'nodeGroups', name];
  const type = group.instanceType;
  const found = findInstanceGpus(platform, type);
  const gpu = group.role === 'worker' ? group.gpu : undefined;
  if (found === undefined || (found === 'none' && gpu === undefined)) return [];
  if (found === 'none') {
    const message = `${name} has gpu, but ${type} has none.`;
    return [{ kind: MISMATCH, at: [...at, 'gpu'], message, hint: 'remove gpu, or take an instance type with GPUs' }];
  }
  if (gpu === undefined) {
    const message = `${type} has ${describe(found)}, but ${name} has no gpu.`;
    const hint =
      group.role === 'worker'
        ? `add gpu: { model: ${found.model}, count: ${found.count} }`
        : 'take an instance type without GPUs';
    return [{ kind: UNUSED, at: [...at, 'instanceType'], message, hint }];
  }
  const model = findGpuModel(gpu.model)?.model ?? gpu.model;
  if (model !== found.model) {
    const message = `gpu.model is ${gpu.model}, but ${type} has ${describe(found)}.`;
    return [{ kind: MISMATCH, at: [...at, 'gpu', 'model'], message, hint: `write model: ${found.model}` }];
  }
  if (gpu.count === found.count) return [];
  const message = `gpu.count is ${gpu.count}, but ${type} has ${describe(found)}.`;
  return [{ kind: MISMATCH, at: [...at, 'gpu', 'count'], message, hint: `write count: ${found.count}` }];
}

function describe({ model, count }: { readonly model: string; readonly count: number }): string {
  return `${count} ${model}`;
}
