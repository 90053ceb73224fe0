import { describe, expect, it } from 'vitest';
import { gpuGroup, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { gpuSlices } from './gpu-slices.ts';

describe('generator/environment/rules/gpu-slices', () => {
  it.each([
    {
      name: 'one model with two numbers of slices',
      patches: [gpuGroup({ model: 'L4' }), gpuGroup({ model: 'L4', slices: 10 }, 'other')],
      code: 'GPU-004',
      key: 'cluster.nodeGroups.other.gpu.slices',
      says: 'other has 10 slices per GPU, but gpu has 25, and both have GPUs with the PCI id 27b8',
      hint: 'write slices: 25 in other, or slices: 10 in gpu',
    },
    {
      name: 'two models that share an id and differ in memory',
      patches: [
        gpuGroup({ model: 'RTX 6000', memoryGiB: 24 }),
        gpuGroup({ model: 'RTX 8000', memoryGiB: 48 }, 'other'),
      ],
      code: 'GPU-004',
      key: 'cluster.nodeGroups.other.gpu.slices',
      says: 'both have GPUs with the PCI id 1e30',
      hint: 'write slices: 25 in other, or slices: 49 in gpu',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(gpuSlices, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    {
      name: 'one model with one number',
      patches: [gpuGroup({ model: 'L4' }), gpuGroup({ model: 'L4', slices: 25 }, 'other')],
    },
    {
      name: 'models that share an id and their memory',
      patches: [gpuGroup({ model: 'A2' }), gpuGroup({ model: 'A16' }, 'other')],
    },
    { name: 'different models', patches: [gpuGroup({ model: 'L4' }), gpuGroup({ model: 'A40' }, 'other')] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(gpuSlices, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
