// The cluster project: nodes, their load balancers and what they boot with.
import type { TerraformFile, TerraformProject } from '../contract.ts';
import { providers } from '../providers.ts';
import { versions } from '../versions.ts';
import { caFiles } from './egress.ts';
import { apiLoadBalancer, ingressLoadBalancer } from './load-balancers.ts';
import { nodeGroupFile } from './node-group.ts';
import { outputs } from './outputs.ts';
import { bootFiles } from './scripts.ts';
import { security } from './security.ts';
import { state } from './state.ts';
import { listScriptSets, userData } from './user-data.ts';
import { variables } from './variables.ts';

const version: TerraformFile = {
  name: 'versions',
  purpose: 'Versions and state.',
  build: (_stack, plan) => versions(plan, 'cluster'),
};

export const cluster: TerraformProject = {
  name: 'cluster',
  files: (plan) => [
    version,
    providers,
    state,
    variables,
    security,
    apiLoadBalancer,
    ingressLoadBalancer,
    userData,
    ...plan.nodeGroups.map(nodeGroupFile),
    outputs,
  ],
  attached: (plan, firstBoot) => [
    ...bootFiles(listScriptSets(plan)),
    ...caFiles(plan),
    ...firstBoot.manifests.map(({ name, content, documents }) => ({
      path: `files/first-boot/${name}`,
      content,
      documents,
      origin: 'apps',
    })),
  ],
};
