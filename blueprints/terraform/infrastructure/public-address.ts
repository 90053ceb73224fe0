// Elastic addresses: the argument that asks for one inside a VPC changed its name in provider 5.
import { Eip, type EipConfig } from '@cdktf/provider-aws/lib/eip';
import type { TerraformStack } from 'cdktf';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import { add } from '../elements.ts';

/** Makes an address; untagged on zCompute, which knows `vpc` but not `domain`. */
export function addPublicAddress(
  stack: TerraformStack,
  plan: EnvironmentPlan,
  name: string,
  cloudName: string,
  config: EipConfig = {},
): Eip {
  if (plan.environment.platform.kind === 'aws')
    return add(stack, Eip, name, { domain: 'vpc', ...config, tags: { Name: cloudName } });
  const address = add(stack, Eip, name, config);
  address.addOverride('vpc', true);
  return address;
}
