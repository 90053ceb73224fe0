import { describe, expect, it } from 'vitest';
import { AWS, gpuGroup, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { gpuInstance } from './gpu-instance.ts';

describe('generator/environment/rules/gpu-instance', () => {
  it.each([
    {
      name: 'a count that the type does not have',
      patches: [gpuGroup({ model: 'L4', count: 2 })],
      code: 'GPU-005',
      key: 'cluster.nodeGroups.gpu.gpu.count',
      says: 'gpu.count is 2, but ZGL4.7large has 1 L4',
      hint: 'write count: 1',
    },
    {
      name: 'a model that the type does not have',
      patches: [gpuGroup({ model: 'L40S' })],
      code: 'GPU-005',
      key: 'cluster.nodeGroups.gpu.gpu.model',
      says: 'gpu.model is L40S, but ZGL4.7large has 1 L4',
      hint: 'write model: L4',
    },
    {
      name: 'a GPU on a type without any',
      patches: [{ cluster: { nodeGroups: { worker: { gpu: { model: 'L4' } } } } }],
      code: 'GPU-005',
      key: 'cluster.nodeGroups.worker.gpu',
      says: 'worker has gpu, but z8.3xlarge has none',
      hint: 'remove gpu, or take an instance type with GPUs',
    },
    {
      name: 'GPUs that nobody could use',
      patches: [AWS, { cluster: { nodeGroups: { worker: { instanceType: 'g6e.12xlarge' } } } }],
      code: 'GPU-006',
      key: 'cluster.nodeGroups.worker.instanceType',
      says: 'g6e.12xlarge has 4 L40S, but worker has no gpu',
      hint: 'add gpu: { model: L40S, count: 4 }',
    },
    {
      name: 'GPUs on control nodes',
      patches: [{ cluster: { nodeGroups: { control: { instanceType: 'ZGA40.7xlarge' } } } }],
      code: 'GPU-006',
      key: 'cluster.nodeGroups.control.instanceType',
      says: 'ZGA40.7xlarge has 2 A40, but control has no gpu',
      hint: 'take an instance type without GPUs',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(gpuInstance, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'the GPUs of the type', patches: [gpuGroup({ model: 'L4', count: 1 })] },
    { name: 'a type without facts', patches: [gpuGroup({ model: 'L4', count: 7 }, 'gpu', 'GPU_L4.7large')] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(gpuInstance, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
