// The scripts and the cloud-init template: plain files here, the same plain files in the rendered project.

import type { AttachedFile } from '../contract.ts';
import nodeTemplate from './cloud-init/node.yaml.tftpl';
import boot from './files/boot.sh';
import disks from './files/disks.sh';
import firstBoot from './files/first-boot.sh';
import gpu from './files/gpu.sh';
import installK3s from './files/install-k3s.sh';
import join from './files/join.sh';
import library from './files/library.sh';
import marker from './files/marker.sh';
import nvme from './files/nvme.sh';
import prepareNode from './files/prepare-node.sh';
import shareTrust from './files/share-trust.sh';

/** Which nodes get which scripts: all, the seed, the seed where there are CAs to trust, workers on zCompute, GPU nodes. */
export const SCRIPTS = {
  node: ['boot.sh', 'install-k3s.sh', 'join.sh', 'library.sh', 'prepare-node.sh'],
  seed: ['first-boot.sh', 'marker.sh'],
  trust: ['share-trust.sh'],
  disk: ['disks.sh'],
  gpu: ['gpu.sh', 'nvme.sh'],
} as const;

export type ScriptSet = keyof typeof SCRIPTS;

const TEXTS: Readonly<Record<(typeof SCRIPTS)[ScriptSet][number], string>> = {
  'boot.sh': boot,
  'disks.sh': disks,
  'first-boot.sh': firstBoot,
  'gpu.sh': gpu,
  'install-k3s.sh': installK3s,
  'join.sh': join,
  'library.sh': library,
  'marker.sh': marker,
  'nvme.sh': nvme,
  'prepare-node.sh': prepareNode,
  'share-trust.sh': shareTrust,
};

/** Files that the code refers to by `path.module`: of the given sets only. */
export function bootFiles(sets: readonly ScriptSet[]): AttachedFile[] {
  const wanted = sets.flatMap((set) => [...SCRIPTS[set]]).sort();
  return [
    { path: 'cloud-init/node.yaml.tftpl', content: nodeTemplate },
    ...wanted.map((name): AttachedFile => ({ path: `files/${name}`, content: TEXTS[name] })),
  ];
}
