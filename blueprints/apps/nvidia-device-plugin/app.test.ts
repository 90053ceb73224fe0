import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { GpuPool } from '../../../generator/core/blueprint.ts';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { planOf } from '../../../generator/testing/plan-of.ts';
import { planConfigs } from './slicing.ts';

const L4: PlainMap = { role: 'worker', instanceType: 'ZGL4.7large', min: 1, max: 2, gpu: { model: 'L4' } };

const POOL: GpuPool = {
  model: 'L4',
  configName: 'tesla-27b8',
  memoryGiB: 24,
  slicesPerGpu: 25,
  gpusPerNode: 1,
  minNodes: 1,
  maxNodes: 1,
  group: 'gpu',
  taints: [],
};

function findApp(overrides: PlainMap, example?: string) {
  return planOf(environmentText(overrides, example)).apps.find(
    ({ blueprint }) => blueprint.name === 'nvidia-device-plugin',
  );
}

function configsOf(overrides: PlainMap, example?: string): Record<string, unknown> {
  const values = stripProvenance(findApp(overrides, example)?.plan.values ?? {}).plain as PlainMap;
  const { map } = values['config'] as { map: Record<string, string> };
  return Object.fromEntries(Object.entries(map).map(([name, text]) => [name, parse(text)]));
}

function withGroups(groups: PlainMap): PlainMap {
  return { cluster: { nodeGroups: groups } };
}

describe('blueprints/apps/nvidia-device-plugin/app.ts', () => {
  it('is there only with a GPU', () => {
    expect(findApp(withGroups({ gpu: null }))).toBeUndefined();
    expect(findApp({})).toBeDefined();
  });

  it('slices a GPU as the plan says, and leaves it whole on nodes without a label', () => {
    const configs = configsOf({});

    expect(configs).toEqual({
      any: { version: 'v1', flags: { migStrategy: 'none' } },
      'tesla-27b8': {
        version: 'v1',
        flags: { migStrategy: 'none' },
        sharing: {
          timeSlicing: { failRequestsGreaterThanOne: false, resources: [{ name: 'nvidia.com/gpu', replicas: 25 }] },
        },
      },
    });
  });

  it('packs slices on nodes with several GPUs', () => {
    const configs = configsOf({}, 'gpu-mix');

    expect(Object.keys(configs)).toEqual(['any', 'tesla-25b6', 'tesla-26b9', 'tesla-27b8']);
    const packed = { flags: { plugin: { sharedDevicesAllocationPolicy: 'packed' } } };
    expect(configs['tesla-25b6']).toMatchObject(packed);
    expect(configs['tesla-26b9']).toMatchObject(packed);
    expect(configs['tesla-27b8']).not.toMatchObject(packed);
  });

  it('has one configuration for groups with the same GPU, packed if one of them needs it', () => {
    const configs = configsOf(
      withGroups({ four: { ...L4, instanceType: 'ZGL4.14xlarge', gpu: { model: 'L4', count: 4 } } }),
    );

    expect(Object.keys(configs)).toEqual(['any', 'tesla-27b8']);
    expect(configs['tesla-27b8']).toMatchObject({ flags: { plugin: { sharedDevicesAllocationPolicy: 'packed' } } });
  });

  it('does not share a GPU of one slice', () => {
    const configs = configsOf(withGroups({ gpu: { ...L4, gpu: { model: 'L4', slices: 1 } } }));

    expect(configs['tesla-27b8']).toEqual({ version: 'v1', flags: { migStrategy: 'none' } });
  });

  it('cannot be made to choose between different slices of the same GPU', () => {
    const other = { ...POOL, group: 'other', slicesPerGpu: 2 };

    expect(() => planConfigs([POOL, other])).toThrow('tesla-27b8');
  });

  it('brings the RuntimeClass', () => {
    expect(findApp({})?.plan.manifests).toEqual([
      {
        file: 'runtime-class',
        object: { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'nvidia' }, handler: 'nvidia' },
      },
    ]);
  });
});
