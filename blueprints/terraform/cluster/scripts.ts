// The scripts and the cloud-init template: plain files here, the same plain files in the rendered project.

import type { AttachedFile } from '../contract.ts';
import nodeTemplate from './cloud-init/node.yaml.tftpl';
import boot from './files/boot.sh';
import firstBoot from './files/first-boot.sh';
import gpu from './files/gpu.sh';
import installK3s from './files/install-k3s.sh';
import join from './files/join.sh';
import library from './files/library.sh';
import marker from './files/marker.sh';
import nvme from './files/nvme.sh';
import prepareNode from './files/prepare-node.sh';

/** Which nodes get which scripts: all, the seed, GPU nodes. */
export const SCRIPTS = {
  node: ['boot.sh', 'install-k3s.sh', 'join.sh', 'library.sh', 'prepare-node.sh'],
  seed: ['first-boot.sh', 'marker.sh'],
  gpu: ['gpu.sh', 'nvme.sh'],
} as const;

const TEXTS: Readonly<Record<(typeof SCRIPTS)[keyof typeof SCRIPTS][number], string>> = {
  'boot.sh': boot,
  'first-boot.sh': firstBoot,
  'gpu.sh': gpu,
  'install-k3s.sh': installK3s,
  'join.sh': join,
  'library.sh': library,
  'marker.sh': marker,
  'nvme.sh': nvme,
  'prepare-node.sh': prepareNode,
};

/** Files that the code refers to by `path.module`; GPU scripts only where there are GPU nodes. */
export function bootFiles(hasGpu: boolean): AttachedFile[] {
  const wanted = [...SCRIPTS.node, ...SCRIPTS.seed, ...(hasGpu ? SCRIPTS.gpu : [])].sort();
  return [
    { path: 'cloud-init/node.yaml.tftpl', content: nodeTemplate },
    ...wanted.map((name): AttachedFile => ({ path: `files/${name}`, content: TEXTS[name] })),
  ];
}
