// GPUs with one PCI id are sliced one way: the device plugin's configuration is named by that id.
import type { ProblemKind } from '../../core/problem.ts';
import { findGpuModel } from '../gpu-models.ts';
import { listGpuGroups } from './node-group-facts.ts';
import type { Finding, Rule } from './rule.ts';

const DIFFERENT_SLICES: ProblemKind = {
  code: 'GPU-004',
  title: 'GPUs of one kind are sliced differently',
  explanation:
    'The device plugin finds its configuration by the PCI id of the GPU, so all groups with that id share one number of slices.',
};

export const gpuSlices: Rule = {
  kinds: [DIFFERENT_SLICES],
  check: ({ cluster }) => {
    const first = new Map<string, { readonly name: string; readonly slices: number }>();
    return listGpuGroups(cluster.nodeGroups).flatMap(({ name, gpu }): Finding[] => {
      const known = findGpuModel(gpu.model);
      const pciId = gpu.pciId ?? known?.pciIds[0];
      const memoryGiB = gpu.memoryGiB ?? known?.memoryGiB;
      if (pciId === undefined || memoryGiB === undefined) return [];
      const slices = gpu.slices ?? memoryGiB + 1;
      const other = first.get(pciId);
      if (other === undefined) first.set(pciId, { name, slices });
      if (other === undefined || other.slices === slices) return [];
      return [
        {
          kind: DIFFERENT_SLICES,
          at: ['cluster', 'nodeGroups', name, 'gpu', 'slices'],
          message: `${name} has ${slices} slices per GPU, but ${other.name} has ${other.slices}, and both have GPUs with the PCI id ${pciId}.`,
          hint: `write slices: ${other.slices} in ${name}, or slices: ${slices} in ${other.name}`,
        },
      ];
    });
  },
};
