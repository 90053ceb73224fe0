import { describe, expect, it } from 'vitest';
import { gpuGroup, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { gpuModel } from './gpu-model.ts';

describe('generator/environment/rules/gpu-model', () => {
  it.each([
    {
      name: 'an unknown model with nothing else',
      patches: [gpuGroup({ model: 'Grace 9000' })],
      code: 'GPU-001',
      key: 'cluster.nodeGroups.gpu.gpu.model',
      says: '"Grace 9000" is not in the catalogue, so pciId and memoryGiB must be given',
      hint: 'add pciId: 27b8, memoryGiB: 24 with your figures',
    },
    {
      name: 'a misspelt model',
      patches: [gpuGroup({ model: 'L40T' })],
      code: 'GPU-001',
      key: 'cluster.nodeGroups.gpu.gpu.model',
      says: '"L40T" is not in the catalogue',
      hint: 'did you mean L40? If not, add pciId: 27b8, memoryGiB: 24 with your figures',
    },
    {
      name: 'a custom model with a PCI id that the catalogue has',
      patches: [gpuGroup({ model: 'mystery', pciId: '1e78' })],
      code: 'GPU-001',
      key: 'cluster.nodeGroups.gpu.gpu.model',
      says: '1e78 is the PCI id of RTX-6000 and RTX-8000. memoryGiB must be given',
      hint: 'write model: RTX-6000 or RTX-8000',
    },
    {
      name: 'a name for several cards',
      patches: [gpuGroup({ model: 'A100' })],
      code: 'GPU-002',
      key: 'cluster.nodeGroups.gpu.gpu.model',
      says: '"A100" may be any of A100-PCIE-40GB',
      hint: 'write model: A100-PCIE-40GB or A100-PCIE-80GB or A100-SXM4-40GB or A100-SXM4-80GB',
    },
    {
      name: 'a card whose PCI id does not tell its memory',
      patches: [gpuGroup({ model: 'RTX 6000' })],
      code: 'GPU-002',
      key: 'cluster.nodeGroups.gpu.gpu.memoryGiB',
      says: 'share their PCI ids',
      hint: 'add memoryGiB: 24 or memoryGiB: 48',
    },
    {
      name: 'a PCI id of another model',
      patches: [gpuGroup({ model: 'L4', pciId: '26b9' })],
      code: 'GPU-003',
      key: 'cluster.nodeGroups.gpu.gpu.pciId',
      says: 'pciId is 26b9, but the L4 has 27b8',
      hint: 'leave pciId out, or give the model another name',
    },
    {
      name: 'memory of another model',
      patches: [gpuGroup({ model: 'L4', memoryGiB: 48 })],
      code: 'GPU-003',
      key: 'cluster.nodeGroups.gpu.gpu.memoryGiB',
      says: 'memoryGiB is 48, but the L4 has 24',
      hint: 'leave memoryGiB out, or give the model another name',
    },
    {
      name: 'memory that is not among the choices',
      patches: [gpuGroup({ model: 'RTX-8000', memoryGiB: 32 })],
      code: 'GPU-003',
      key: 'cluster.nodeGroups.gpu.gpu.memoryGiB',
      says: 'memoryGiB is 32, but the RTX-8000 has 24 or 48',
      hint: 'write memoryGiB: 24 or 48',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(gpuModel, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'a model of the catalogue', patches: [gpuGroup({ model: 'L4' })] },
    { name: 'its own facts repeated', patches: [gpuGroup({ model: 'l4', pciId: '27b8', memoryGiB: 24 })] },
    {
      name: 'a custom model with its facts',
      patches: [gpuGroup({ model: 'Grace 9000', pciId: 'abcd', memoryGiB: 100 })],
    },
    { name: 'an ambiguous model with its memory', patches: [gpuGroup({ model: 'Quadro RTX 6000', memoryGiB: 24 })] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(gpuModel, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
