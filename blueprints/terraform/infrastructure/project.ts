// The infrastructure project: everything that outlives a cluster.
import type { TerraformProject } from '../contract.ts';
import { versions } from '../versions.ts';
import { network } from './network.ts';

export const infrastructure: TerraformProject = {
  name: 'infrastructure',
  files: () => [
    { name: 'versions', purpose: 'Versions and state.', build: (_stack, plan) => versions(plan, 'infrastructure') },
    network,
  ],
  attached: () => [],
};
