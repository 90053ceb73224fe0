import { describe, expect, it } from 'vitest';
import { HIGH, makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { controlGroup } from './control-group.ts';

describe('generator/environment/rules/control-group', () => {
  it.each([
    {
      name: 'no control group',
      patches: [{ cluster: { nodeGroups: { control: undefined } } }],
      code: 'NODE-001',
      key: 'cluster.nodeGroups',
      says: 'No node group has role: control',
      hint: 'add control: { role: control, instanceType: … }',
    },
    {
      name: 'two control groups',
      patches: [{ cluster: { nodeGroups: { other: { role: 'control', instanceType: 'z4.large' } } } }],
      code: 'NODE-001',
      key: 'cluster.nodeGroups.other',
      says: 'control and other all have role: control',
      hint: 'keep control and give it the size you need',
    },
    {
      name: 'one control node in high',
      patches: [HIGH, { cluster: { nodeGroups: { control: { size: 1 } } } }],
      code: 'NODE-002',
      key: 'cluster.nodeGroups.control.size',
      says: '1 control node has no majority after a loss',
      hint: 'write size: 3, or availability: single',
    },
    {
      name: 'an even number',
      patches: [HIGH, { cluster: { nodeGroups: { control: { size: 4 } } } }],
      code: 'NODE-002',
      key: 'cluster.nodeGroups.control.size',
      says: '4 is even',
      hint: 'write size: 5',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(controlGroup, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    { name: 'one in single', patches: [] },
    { name: 'three in high', patches: [HIGH] },
    { name: 'three in single', patches: [{ cluster: { nodeGroups: { control: { size: 3 } } } }] },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(controlGroup, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
