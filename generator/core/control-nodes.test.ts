import { describe, expect, it } from 'vitest';
import type { NodePool } from './blueprint.ts';
import { controlNodePlacement } from './control-nodes.ts';

const CONTROL_TAINT = { key: 'node-role.kubernetes.io/control-plane', value: 'true', effect: 'NoSchedule' };

function pool(role: NodePool['role'], taints: NodePool['taints']): NodePool {
  return { group: role, role, minNodes: 1, maxNodes: 1, taints };
}

describe('generator/core/control-nodes.ts', () => {
  it('selects the label that k3s writes', () => {
    const { nodeSelector } = controlNodePlacement({ nodePools: [] });

    expect(nodeSelector).toEqual({ 'node-role.kubernetes.io/control-plane': 'true' });
  });

  it('tolerates every taint of control nodes, and none of workers', () => {
    const extra = { key: 'example.com/quiet', value: 'yes', effect: 'NoExecute' };
    const gpu = { key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' };

    const { tolerations } = controlNodePlacement({
      nodePools: [pool('control', [extra, CONTROL_TAINT]), pool('worker', [gpu])],
    });

    expect(tolerations).toEqual([
      { key: 'example.com/quiet', operator: 'Exists', effect: 'NoExecute' },
      { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
    ]);
  });
});
