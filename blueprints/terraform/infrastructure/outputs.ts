// outputs.tf: what the cluster project reads by remote state, and what people need.
import { Eip } from '@cdktf/provider-aws/lib/eip';
import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { KeyPair } from '@cdktf/provider-aws/lib/key-pair';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import type { TerraformStack } from 'cdktf';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import type { TerraformFile } from '../contract.ts';
import { addOutput, made, reference } from '../elements.ts';
import type { InfrastructureOutput } from '../infrastructure-outputs.ts';
import { imageId } from './image.ts';
import { listGatewayZones } from './network.ts';
import { listZones } from './zones.ts';

interface Output {
  readonly name: InfrastructureOutput;
  readonly description: string;
  readonly value: string | readonly string[];
}

export const outputs: TerraformFile = {
  name: 'outputs',
  purpose: 'What the cluster project reads from the state of this one, and what people need.',
  build(stack, plan) {
    for (const { name, description, value } of listOutputs(stack, plan)) addOutput(stack, name, { description, value });
    return undefined;
  },
};

function listOutputs(stack: TerraformStack, plan: EnvironmentPlan): Output[] {
  const vpc = made(stack, Vpc, 'main');
  const { bastion } = plan.environment.network;
  return [
    { name: 'vpc_id', description: 'The VPC.', value: reference(vpc, 'id') },
    { name: 'vpc_cidr', description: 'Address range of the VPC.', value: reference(vpc, 'cidr_block') },
    ...listSubnetOutputs(stack, plan),
    {
      name: 'cluster_security_group_id',
      description: 'Security group of all nodes.',
      value: reference(made(stack, SecurityGroup, 'cluster'), 'id'),
    },
    ...(bastion.enabled ? listBastionOutputs(stack) : []),
    ...listProfileOutputs(stack, plan),
    {
      name: 'key_name',
      description: 'Key pair of the administrators.',
      value: reference(made(stack, KeyPair, 'administrators'), 'key_name'),
    },
    {
      name: 'image_id',
      description: 'Machine image of the nodes; write it into cluster.image of the environment file to keep it.',
      value: imageId(stack, plan),
    },
    {
      name: 'nat_public_ips',
      description: 'Addresses that nodes have outside: for allow lists of others.',
      value: listGatewayZones(plan).map(({ suffix }) => reference(made(stack, Eip, `nat${suffix}`), 'public_ip')),
    },
  ];
}

function listSubnetOutputs(stack: TerraformStack, plan: EnvironmentPlan): Output[] {
  const ids = (reach: 'public' | 'private') =>
    listZones(plan).map(({ suffix }) => reference(made(stack, Subnet, `${reach}${suffix}`), 'id'));
  return [
    { name: 'public_subnet_ids', description: 'Public subnets, in zone order.', value: ids('public') },
    { name: 'private_subnet_ids', description: 'Private subnets, in zone order.', value: ids('private') },
  ];
}

function listBastionOutputs(stack: TerraformStack): Output[] {
  return [
    {
      name: 'bastion_security_group_id',
      description: 'Security group of the bastion.',
      value: reference(made(stack, SecurityGroup, 'bastion'), 'id'),
    },
    {
      name: 'bastion_public_ip',
      description: 'Address of the bastion: ssh ubuntu@<this>.',
      value: reference(made(stack, Eip, 'bastion'), 'public_ip'),
    },
  ];
}

/** zCompute's launch configurations take the unique id of a profile, AWS's launch templates its name. */
function listProfileOutputs(stack: TerraformStack, plan: EnvironmentPlan): Output[] {
  const attribute = plan.environment.platform.kind === 'aws' ? 'name' : 'unique_id';
  return (['control', 'worker'] as const).map((name) => ({
    name: `${name}_instance_profile` as const,
    description: `Instance profile of ${name} nodes${attribute === 'name' ? '' : ', by the id that launch configurations take'}.`,
    value: reference(made(stack, IamInstanceProfile, name), attribute),
  }));
}
