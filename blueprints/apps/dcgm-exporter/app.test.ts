import { describe, expect, it } from 'vitest';
import type { PlainMap } from '../../../generator/core/provenance.ts';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { planOf } from '../../../generator/testing/plan-of.ts';

function appsOf(changes: PlainMap, example: string): string[] {
  return planOf(environmentText(changes, example)).apps.map(({ blueprint }) => blueprint.name);
}

describe('blueprints/apps/dcgm-exporter/app.ts', () => {
  it.each([
    { name: 'with GPUs and monitoring', changes: {}, wanted: true },
    { name: 'without monitoring', changes: { apps: { monitoring: { enabled: false } } }, wanted: false },
    {
      name: 'without GPUs',
      changes: { cluster: { nodeGroups: { gpu: null } }, apps: { ollama: null } },
      wanted: false,
    },
  ])('is there only where somebody asks: $name', ({ changes, wanted }) => {
    const apps = appsOf(changes, 'zcompute-single');

    expect(apps.includes('dcgm-exporter')).toBe(wanted);
  });

  it('tolerates the taints of GPU groups, each once, and no others', () => {
    const group = () => ({
      role: 'worker',
      instanceType: 'ZGL4.7large',
      min: 0,
      max: 1,
      gpu: { model: 'L4', count: 1 },
      taints: [{ key: 'team', value: 'research', effect: 'NoSchedule' }],
    });
    const nodeGroups = { research: group(), training: group() };
    const plan = planOf(environmentText({ cluster: { nodeGroups } }, 'zcompute-single'));

    const values = plan.apps.find(({ blueprint }) => blueprint.name === 'dcgm-exporter')?.plan.values;

    expect(values).toMatchObject({
      nodeSelector: { 'nvidia.com/gpu.present': 'true' },
      runtimeClassName: 'nvidia',
      tolerations: {
        key: 'cluster.nodeGroups',
        value: [
          { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
          { key: 'team', operator: 'Exists', effect: 'NoSchedule' },
        ],
      },
    });
  });
});
