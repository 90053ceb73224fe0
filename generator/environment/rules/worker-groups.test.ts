import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { workerGroups } from './worker-groups.ts';

describe('generator/environment/rules/worker-groups', () => {
  it.each([
    {
      name: 'no worker group',
      patches: [{ cluster: { nodeGroups: { worker: undefined } } }],
      code: 'NODE-003',
      key: 'cluster.nodeGroups',
      says: 'No node group with role: worker is without gpu',
      hint: 'add worker: { role: worker, instanceType: …, min: 1, max: 3 }',
    },
    {
      name: 'GPU workers only',
      patches: [{ cluster: { nodeGroups: { worker: { gpu: { model: 'L4' } } } } }],
      code: 'NODE-003',
      key: 'cluster.nodeGroups',
      says: 'No node group with role: worker is without gpu',
      hint: 'add worker: { role: worker, instanceType: …, min: 1, max: 3 }',
    },
    {
      name: 'workers that may all go away',
      patches: [{ cluster: { nodeGroups: { worker: { min: 0 } } } }],
      code: 'NODE-003',
      key: 'cluster.nodeGroups.worker.min',
      says: 'may shrink to 0 (worker)',
      hint: 'write min: 1',
    },
    {
      name: 'min above max',
      patches: [{ cluster: { nodeGroups: { worker: { min: 4, max: 2 } } } }],
      code: 'NODE-006',
      key: 'cluster.nodeGroups.worker.max',
      says: 'min is 4, but max is 2',
      hint: 'write max: 4 or more',
    },
    {
      name: 'desired below min',
      patches: [{ cluster: { nodeGroups: { worker: { min: 2, desired: 1, max: 3 } } } }],
      code: 'NODE-006',
      key: 'cluster.nodeGroups.worker.desired',
      says: 'desired is 1, which is not between min 2 and max 3',
      hint: 'write desired: 2, or leave it out',
    },
    {
      name: 'desired above max',
      patches: [{ cluster: { nodeGroups: { worker: { min: 2, desired: 9, max: 3 } } } }],
      code: 'NODE-006',
      key: 'cluster.nodeGroups.worker.desired',
      says: 'desired is 9, which is not between min 2 and max 3',
      hint: 'write desired: 3, or leave it out',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(workerGroups, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'one plain group', patches: [] },
    { name: 'a range of one', patches: [{ cluster: { nodeGroups: { worker: { min: 2, desired: 2, max: 2 } } } }] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(workerGroups, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
