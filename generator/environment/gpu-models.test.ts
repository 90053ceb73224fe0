import { describe, expect, it } from 'vitest';
import { compareText } from '../core/problem.ts';
import { findGpuModel, findGpuModelsById, findGpuVariants, GPU_MODELS } from './gpu-models.ts';

describe('generator/environment/gpu-models', () => {
  it('lists every model once, in order, with ids that lspci prints', () => {
    const names = GPU_MODELS.map(({ model }) => model);

    expect(names).toEqual([...new Set(names)].sort(compareText));
    for (const { pciIds } of GPU_MODELS) for (const id of pciIds) expect(id).toMatch(/^[0-9a-f]{4}$/);
  });

  it('gives models that share an id the same memory, or asks for it', () => {
    for (const { pciIds, memoryGiB, memoryChoices } of GPU_MODELS)
      for (const other of pciIds.flatMap(findGpuModelsById))
        if (memoryChoices === undefined) expect(other.memoryGiB).toBe(memoryGiB);
        else expect(memoryChoices).toContain(other.memoryGiB);
  });

  it.each([
    { written: 'L4', model: 'L4' },
    { written: 'l40s', model: 'L40S' },
    { written: 'NVIDIA A16', model: 'A16' },
    { written: 'Quadro RTX 8000', model: 'RTX-8000' },
    { written: 'nvidia tesla t4', model: 'T4' },
    { written: 'A100', model: undefined },
    { written: 'constructor', model: undefined },
  ])('finds "$written"', ({ written, model }) => {
    expect(findGpuModel(written)?.model).toBe(model);
  });

  it.each([
    { written: 'A100', count: 4 },
    { written: 'h200', count: 2 },
    { written: 'L4', count: 0 },
    { written: 'RTX 6000', count: 0 },
    { written: 'Z900', count: 0 },
  ])('"$written" may mean $count models', ({ written, count }) => {
    expect(findGpuVariants(written)).toHaveLength(count);
  });
});
