import { describe, expect, it } from 'vitest';
import type { GpuMemoryClaim } from '../core/blueprint.ts';
import { app, planOne, SMALL } from '../testing/plan-builder.ts';
import { findGpuMemoryProblems, planGpuMemory } from './gpu-memory.ts';

function item(weightsMiB: number, name = 'model') {
  return { name, weightsMiB, contextMiB: 0, otherMiB: 0 };
}

/** All of an L4, of which 21406 MiB can be used. */
function claim(changes: Partial<GpuMemoryClaim> = {}): GpuMemoryClaim {
  return {
    workload: 'demo',
    configName: 'tesla-27b8',
    slices: 25,
    key: 'apps.demo.models',
    items: [item(1000)],
    together: true,
    choices: [],
    ...changes,
  };
}

function planClaims(claims: readonly GpuMemoryClaim[], gpu: object = { model: 'L4' }) {
  const { nodeGroups } = SMALL.cluster;
  const group = { ...nodeGroups.gpu, instanceType: 'zgpu.large', instanceSize: { vcpu: 28, memoryGiB: 224 }, gpu };
  const environment = { ...SMALL, cluster: { ...SMALL.cluster, nodeGroups: { ...nodeGroups, gpu: group } } };
  return planOne(environment, [app({ gpuMemory: claims })]);
}

describe('generator/plan/gpu-memory.ts', () => {
  it.each([
    { name: 'L4: 22888 x 0.98 - 1024', gpu: { model: 'L4' }, configName: 'tesla-27b8', usableMiB: 21406 },
    { name: 'T4: 15360 x 0.98 - 1024', gpu: { model: 'T4' }, configName: 'tesla-1eb8', usableMiB: 14028 },
    // 48 x 1024 x 0.93 = 45711
    { name: 'A40: no source, 93 %', gpu: { model: 'A40' }, configName: 'tesla-2235', usableMiB: 43772 },
  ])('knows what can be used: $name', ({ gpu, configName, usableMiB }) => {
    const [table] = planGpuMemory(planClaims([claim({ configName })], gpu));

    expect(table?.usableMiB).toBe(usableMiB);
  });

  it.each([
    { name: 'to the last MiB', weightsMiB: 21406, verdict: 'fits, but tight' },
    { name: 'at 90 %', weightsMiB: 19265, verdict: 'fits' },
    { name: 'above 90 %', weightsMiB: 19266, verdict: 'fits, but tight' },
  ])('$name', ({ weightsMiB, verdict }) => {
    const [table] = planGpuMemory(planClaims([claim({ items: [item(weightsMiB)] })]));

    expect(table?.verdict).toBe(verdict);
  });

  it('refuses one MiB more', () => {
    expect(() => planClaims([claim({ items: [item(21407)] })])).toThrow('PLAN-013');
  });

  it('adds up what is loaded together, and takes the largest of what is not', () => {
    const items = [item(8000, 'a'), item(9000, 'b')];

    const plan = planClaims([claim({ items }), claim({ items, together: false })]);

    expect(planGpuMemory(plan).map(({ sumMiB }) => sumMiB)).toEqual([17000, 9000]);
  });

  it('takes off what others have on a shared GPU, unless somebody left it free already', () => {
    const others = claim({ workload: 'others', slices: 4, items: [item(3000)] });

    const plan = planClaims([claim({ slices: 12 }), others, claim({ slices: 12, reserveMiB: 9000 }), claim()]);

    // 22430 - 1024 - 3000 - 1000; 22430 - 9000; nobody shares a whole one.
    expect(planGpuMemory(plan).map(({ usableMiB }) => usableMiB)).toEqual([17406, 19406, 13430, 21406]);
  });

  it('puts each model on the emptiest GPU, and one that is too large on all', () => {
    const items = [item(10000, 'small'), item(14000, 'large'), { ...item(24000, 'huge'), otherMiB: 500 }];

    const apart = planGpuMemory(
      planClaims([claim({ slices: 50, items: items.slice(0, 2) })], { model: 'L4', count: 2 }),
    );
    const spread = planGpuMemory(planClaims([claim({ slices: 50, items: items.slice(2) })], { model: 'L4', count: 2 }));

    expect(apart[0]).toMatchObject({ gpus: 2, sumMiB: 14000, placed: [{ gpu: 0 }, { gpu: 1 }] });
    // 24000 / 2 and 5 % for uneven layers, and buffers on each.
    expect(spread[0]).toMatchObject({ gpus: 2, sumMiB: 13100, placed: [{ gpu: 'all' }] });
  });

  it('hints at the first choice that fits, and at a GPU on which nothing need change', () => {
    const plan = planClaims([]);
    const choices = [
      { hint: 'write size: 3', items: [item(25000)], together: true },
      { hint: 'write size: 2', items: [item(20000)], together: true },
      { hint: 'write size: 1', items: [item(100)], together: true },
    ];
    const gpuMemory = [claim({ items: [item(30000)], choices })];
    const apps = plan.apps.map((planned) => ({ ...planned, plan: { gpuMemory } }));

    const problems = findGpuMemoryProblems({ ...plan, apps });

    expect(problems).toMatchObject([
      {
        code: 'PLAN-013',
        key: 'apps.demo.models',
        message: 'demo with model needs 30000 MiB on L4, and can use 21406 MiB.',
        hint: 'write size: 2, or use GPUs of 40 GiB or more, such as A100-PCIE-40GB',
      },
    ]);
  });
});
