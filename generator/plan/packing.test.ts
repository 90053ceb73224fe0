import { describe, expect, it } from 'vitest';
import type { Workload } from '../core/blueprint.ts';
import { workload } from '../testing/plan-builder.ts';
import { type PackingNode, packPods } from './packing.ts';

const node = (cpuMillis: number | undefined, memoryMiB: number | undefined, gpuUnits = 0): PackingNode => ({
  cpuMillis,
  memoryMiB,
  gpuUnits,
});
const pod = (cpuMillis: number, memoryMiB: number, gpuUnits = 0, replicas = 1): Workload =>
  workload({ replicas, requests: { cpuMillis, memoryMiB, gpuUnits } });

describe('generator/plan/packing', () => {
  it.each([
    ['nothing into nothing', [], [], [], false, 'fits'],
    ['a pod without any node', [], [pod(0, 0)], [], false, 'does not fit'],
    ['one pod of exactly the size of the node', [node(2000, 4096)], [pod(2000, 4096)], [], false, 'fits'],
    [
      'one pod a little larger than each of two nodes',
      [node(2000, 4096), node(2000, 4096)],
      [pod(2001, 1)],
      [],
      false,
      'does not fit',
    ],
    ['three halves over two nodes', [node(2000, 4096), node(2000, 4096)], [pod(1000, 2048, 0, 3)], [], false, 'fits'],
    [
      'sums that suffice while no placement does',
      [node(3000, 9000), node(3000, 9000)],
      [pod(2000, 1, 0, 3)],
      [],
      false,
      'may not fit',
    ],
    ['a DaemonSet that takes the rest', [node(2000, 4096)], [pod(1500, 1024)], [pod(600, 64)], false, 'does not fit'],
    ['a DaemonSet larger than the node', [node(500, 4096)], [], [pod(600, 64)], false, 'does not fit'],
    [
      'three replicas spread over two nodes',
      [node(9000, 9000), node(9000, 9000)],
      [pod(1000, 1, 0, 3)],
      [],
      true,
      'fits',
    ],
    [
      'two replicas where one node is full',
      [node(9000, 9000), node(500, 9000)],
      [pod(1000, 1, 0, 2)],
      [],
      true,
      'may not fit',
    ],
    ['the same without spread', [node(9000, 9000), node(500, 9000)], [pod(1000, 1, 0, 2)], [], false, 'fits'],
    ['more slices than there are', [node(9000, 9000, 25)], [pod(1, 1, 13, 2)], [], false, 'does not fit'],
    [
      'an unknown node that is not needed',
      [node(undefined, undefined), node(9000, 9000)],
      [pod(1000, 1)],
      [],
      false,
      'fits',
    ],
    [
      'an unknown node that is needed',
      [node(undefined, undefined), node(500, 9000)],
      [pod(1000, 1)],
      [],
      false,
      'unknown',
    ],
    ['unknown nodes with too few slices', [node(undefined, undefined, 25)], [pod(1, 1, 26)], [], false, 'does not fit'],
  ] as const)('%s', (_, nodes, pods, daemons, spread, expected) => {
    const verdict = packPods(nodes, pods, daemons, spread);

    expect(verdict).toBe(expected);
  });
});
