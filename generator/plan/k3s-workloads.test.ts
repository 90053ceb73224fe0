import { describe, expect, it } from 'vitest';
import { app, planOne, SMALL } from '../testing/plan-builder.ts';
import { listK3sWorkloads } from './k3s-workloads.ts';

describe('generator/plan/k3s-workloads', () => {
  it.each([
    ['no CoreDNS of its own', [], ['coredns', 'metrics-server']],
    ['CoreDNS from Git', [app({}, { name: 'coredns' })], ['metrics-server']],
  ])('lists what k3s runs where an environment has %s', (_, catalog, expected) => {
    const workloads = listK3sWorkloads(planOne(SMALL, catalog));

    expect(workloads.map(({ name }) => name)).toEqual(expected);
    for (const workload of workloads)
      expect(workload).toMatchObject({ replicas: 1, hasBudget: false, requests: { cpuMillis: 100, memoryMiB: 70 } });
  });
});
