// The infrastructure project: everything that outlives a cluster. Files are built in this order, each on those before it.
import type { TerraformProject } from '../contract.ts';
import { providers } from '../providers.ts';
import { OTHER_PROVIDERS, versions } from '../versions.ts';
import { bastion, keyPair } from './bastion.ts';
import { iam } from './iam.ts';
import { image } from './image.ts';
import { network } from './network.ts';
import { outputs } from './outputs.ts';
import { security } from './security.ts';

export const infrastructure: TerraformProject = {
  name: 'infrastructure',
  files: () => [
    {
      name: 'versions',
      purpose: 'Versions and state.',
      build: (_stack, plan) =>
        versions(
          plan,
          'infrastructure',
          plan.environment.platform.kind === 'zcompute' ? { time: OTHER_PROVIDERS.time } : {},
        ),
    },
    providers,
    network,
    security,
    iam,
    keyPair,
    image,
    bastion,
    outputs,
  ],
  attached: () => [],
};
