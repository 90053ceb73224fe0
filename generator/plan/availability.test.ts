import { describe, expect, it } from 'vitest';
import { stripProvenance } from '../core/provenance.ts';
import { planAvailability } from './availability.ts';

const LABELS = { app: 'web' };

describe('generator/plan/availability', () => {
  it.each([
    ['single', 'single', 1, []],
    ['high in one zone', 'high', 1, [['kubernetes.io/hostname', 'DoNotSchedule']]],
    [
      'high over three zones',
      'high',
      3,
      [
        ['kubernetes.io/hostname', 'DoNotSchedule'],
        ['topology.kubernetes.io/zone', 'ScheduleAnyway'],
      ],
    ],
  ] as const)('spreads pods apart: %s', (_, mode, zones, expected) => {
    const constraints = planAvailability(mode, zones).spread(LABELS);

    expect(constraints.map(({ topologyKey, whenUnsatisfiable }) => [topologyKey, whenUnsatisfiable])).toEqual(expected);
  });

  it('leaves room for an update: old pods and nodes that nothing may run on are not counted', () => {
    const [hosts] = planAvailability('high', 1).spread(LABELS);

    expect(hosts).toMatchObject({
      labelSelector: { matchLabels: LABELS },
      matchLabelKeys: ['pod-template-hash'],
      nodeTaintsPolicy: 'Honor',
    });
  });

  it.each([
    ['none for a single replica, which it would lock to its node', 1, undefined],
    ['all but one of several', 3, { maxUnavailable: 1, selector: { matchLabels: LABELS } }],
  ])('keeps through a drain: %s', (_, replicas, spec) => {
    const budget = planAvailability('high', 1).budget({
      name: 'web',
      namespace: 'demo',
      matchLabels: LABELS,
      replicas,
    });

    const plain = budget === undefined ? undefined : stripProvenance(budget.object).plain;
    expect(plain).toEqual(spec === undefined ? undefined : expect.objectContaining({ spec }));
  });
});
