// network.tf: the VPC.
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import type { TerraformFile } from '../contract.ts';

export const network: TerraformFile = {
  name: 'network',
  purpose: 'The VPC, its subnets and the routes out of them.',
  build(stack, plan) {
    new Vpc(stack, 'main', {
      cidrBlock: plan.network.vpcCidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: plan.name },
    });
    return undefined;
  },
};
