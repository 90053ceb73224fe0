// GPU pools → one configuration of the device plugin per GPU model, named as the nodes are labelled.
import type { GpuPool } from '../../../generator/core/blueprint.ts';

/** Configurations by the value of the node label `nvidia.com/device-plugin.config`, sorted; `any` for nodes without it. */
export function planConfigs(pools: readonly GpuPool[]): Record<string, string> {
  const configs: Record<string, string> = { any: writeConfig({ slices: 1, packed: false }) };
  for (const configName of listConfigNames(pools)) {
    const sharing = pools.filter((pool) => pool.configName === configName);
    configs[configName] = writeConfig({
      slices: requireSlices(sharing),
      // Harmless on the pools of the same model whose nodes have one GPU.
      packed: sharing.some(({ gpusPerNode }) => gpusPerNode > 1),
    });
  }
  return configs;
}

/**
 * Groups with the same PCI id carry the same label, so they share one configuration; a rule refuses them different
 * slices. A second label value would tell them apart, but labels reach new nodes only, and a node that names a
 * configuration which the next commit removed would lose its GPUs.
 */
function requireSlices(pools: readonly GpuPool[]): number {
  const [slices = 1, ...others] = new Set(pools.map(({ slicesPerGpu }) => slicesPerGpu));
  if (others.length > 0) throw new Error(`the rules let ${pools[0]?.configName} have different slices`);
  return slices;
}

function listConfigNames(pools: readonly GpuPool[]): string[] {
  return [...new Set(pools.map(({ configName }) => configName))].sort();
}

/** @see https://github.com/NVIDIA/k8s-device-plugin/tree/v0.20.0#configuration-option-details */
function writeConfig({ slices, packed }: { readonly slices: number; readonly packed: boolean }): string {
  const lines = ['version: v1', 'flags:', '  migStrategy: none'];
  // Without it a pod's slices spread over all GPUs of the node, and none of them has the memory it asked for.
  if (packed) lines.push('  plugin:', '    sharedDevicesAllocationPolicy: packed');
  // The plugin refuses a sharing of one.
  if (slices > 1) {
    lines.push('sharing:', '  timeSlicing:', '    failRequestsGreaterThanOne: false', '    resources:');
    lines.push('      - name: nvidia.com/gpu', `        replicas: ${slices}`);
  }
  return lines.join('\n');
}
