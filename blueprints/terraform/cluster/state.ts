// state.tf: what the infrastructure project made.
import { attribute, block } from '../../../generator/core/hcl.ts';
import type { TerraformFile } from '../contract.ts';
import { backendSettings } from '../versions.ts';

export const state: TerraformFile = {
  name: 'state',
  purpose: 'What the infrastructure project made, read from its state: apply that project first.',
  build: (_stack, plan) => [
    block(
      'data',
      ['terraform_remote_state', 'infrastructure'],
      [
        attribute('backend', plan.environment.state.kind),
        attribute('config', backendSettings(plan, 'infrastructure', false)),
      ],
    ),
  ],
};
