// The cluster project: nodes, their load balancers and what they boot with.
import type { TerraformProject } from '../contract.ts';
import { versions } from '../versions.ts';

export const cluster: TerraformProject = {
  name: 'cluster',
  files: () => [
    { name: 'versions', purpose: 'Versions and state.', build: (_stack, plan) => versions(plan, 'cluster') },
  ],
  attached: (_plan, firstBoot) =>
    firstBoot.manifests.map(({ name, content }) => ({ path: `files/first-boot/${name}`, content })),
};
