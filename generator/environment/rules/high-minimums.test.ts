import { describe, expect, it } from 'vitest';
import { AWS, HIGH, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { highMinimums } from './high-minimums.ts';

describe('generator/environment/rules/high-minimums', () => {
  it.each([
    {
      name: 'two workers',
      patches: [HIGH, { cluster: { nodeGroups: { worker: { min: 2 } } } }],
      code: 'NODE-004',
      key: 'cluster.nodeGroups.worker.min',
      says: 'only 2 worker nodes are sure to run (min: worker 2); it needs 3',
      hint: 'write min: 3, or availability: single',
    },
    {
      name: 'two groups with one worker each',
      patches: [
        HIGH,
        { cluster: { nodeGroups: { worker: { min: 1 }, more: { role: 'worker', instanceType: 'z4.large', min: 1 } } } },
      ],
      code: 'NODE-004',
      key: 'cluster.nodeGroups.worker.min',
      says: '(min: worker 1 + more 1)',
      hint: 'write min: 2, or availability: single',
    },
    {
      name: 'three workers in three groups, all in the first zone',
      patches: [
        HIGH,
        AWS,
        {
          cluster: {
            nodeGroups: {
              worker: { min: 1 },
              more: { role: 'worker', instanceType: 'm7i.large', min: 1 },
              most: { role: 'worker', instanceType: 'm7i.large', min: 1 },
            },
          },
        },
      ],
      code: 'NODE-012',
      key: 'cluster.nodeGroups.worker.min',
      says: 'no group without GPU is sure to have a node in eu-central-1b, eu-central-1c: worker has the most, min: 1 over 3 zones',
      hint: 'write min: 3, or availability: single',
    },
    {
      name: 'one GPU node',
      patches: [
        HIGH,
        {
          cluster: {
            nodeGroups: { gpu: { role: 'worker', instanceType: 'ZGL4.7large', min: 1, gpu: { model: 'L4' } } },
          },
        },
      ],
      code: 'NODE-005',
      key: 'cluster.nodeGroups.gpu.min',
      says: 'gpu keeps 1 GPU node only; it needs 2',
      hint: 'write min: 2, or availability: single',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(highMinimums, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'single with less of everything', patches: [] },
    { name: 'high with enough', patches: [HIGH] },
    { name: 'one group over all zones', patches: [HIGH, AWS] },
    {
      name: 'three workers in two groups',
      patches: [
        HIGH,
        { cluster: { nodeGroups: { worker: { min: 1 }, more: { role: 'worker', instanceType: 'z4.large', min: 2 } } } },
      ],
    },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(highMinimums, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
