// iam.tf: what nodes may ask of the cloud. Two instance profiles, since every pod on a node may act as its node.
import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import type { TerraformResource, TerraformStack } from 'cdktf';
import { awsDomain } from '../../../generator/core/aws-hosts.ts';
import { call, type HclValue } from '../../../generator/core/hcl.ts';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import { note, type TerraformFile } from '../contract.ts';
import { add, addUnbound, dependOn, made, reference } from '../elements.ts';
import { loadBalancerStatements } from './load-balancer-permissions.ts';
import { controlStatements, type Statement } from './permissions.ts';

const POLICY_LANGUAGE = '2012-10-17';

interface RoleNotes {
  readonly role: string;
  readonly policy: string;
}

export const iam: TerraformFile = {
  name: 'iam',
  purpose: 'What nodes may ask of the cloud: one instance profile for control nodes, one for workers.',
  build(stack, plan) {
    const { kind } = plan.environment.platform;
    const settle = kind === 'zcompute' ? [addSettle(stack)] : [];
    addProfile(stack, plan, 'control', controlStatements(plan), CONTROL_NOTES[kind], settle);
    addProfile(stack, plan, 'worker', [], WORKER_NOTES, settle);
    addLoadBalancerPolicy(stack, plan, settle);
    return undefined;
  },
};

const CONTROL_NOTES: Readonly<Record<'zcompute' | 'aws', RoleNotes>> = {
  zcompute: {
    role: 'Control nodes run the controllers that speak to the cloud.',
    policy:
      'zCompute documents these three services as a whole for its cloud controller manager, volume driver and\nautoscaler. Only control nodes have them, and only pods that tolerate the control-plane taint run there.',
  },
  aws: {
    role: 'Control nodes run the controllers that speak to the cloud.',
    policy:
      'For the cloud controller manager, the EBS volume driver and the cluster autoscaler, and for nothing else. Load\nbalancers are left out on purpose: the cluster project makes them.',
  },
};

/** Disks tell by their serial number which volume they are: see disks.sh of the cluster project. */
const WORKER_NOTES: RoleNotes = {
  role: 'Workers run what users bring. No policy is attached, on purpose: nothing on a worker calls the cloud API, and\nread access to instances or their launch settings would show the user data of control nodes, where the cluster token is.',
  policy: '',
};

const LOAD_BALANCER_NOTE =
  'For the AWS load balancer controller, since the environment file asks for it. It changes what it made itself, which\ncarries the name of the environment in the tag elbv2.k8s.aws/cluster.';

/** A policy of its own: together they would be longer than AWS lets a policy be, and this one comes and goes. */
function addLoadBalancerPolicy(
  stack: TerraformStack,
  plan: EnvironmentPlan,
  settle: readonly TerraformResource[],
): void {
  const statements = loadBalancerStatements(plan);
  if (statements.length === 0) return;
  const notes = { ...CONTROL_NOTES.aws, policy: LOAD_BALANCER_NOTE };
  addPolicy(
    stack,
    'load_balancers',
    `${plan.name}-load-balancers`,
    made(stack, IamRole, 'control'),
    statements,
    notes,
    settle,
  );
}

/** Names of deleted IAM objects stay taken for minutes there; an apply right after a destroy would fail. */
function addSettle(stack: TerraformStack): TerraformResource {
  return note(
    addUnbound(stack, 'time_sleep', 'iam_names', { destroy_duration: '360s' }),
    'zCompute frees the names of deleted IAM objects late: destroy ends only when an apply can use them again.',
  );
}

function addProfile(
  stack: TerraformStack,
  plan: EnvironmentPlan,
  name: 'control' | 'worker',
  statements: readonly Statement[],
  notes: RoleNotes,
  settle: readonly TerraformResource[],
): void {
  const cloudName = `${plan.name}-${name}`;
  const role = addRole(stack, plan, name, cloudName);
  note(dependOn(role, settle), notes.role);
  const attachments =
    statements.length === 0 ? [] : [addPolicy(stack, name, cloudName, role, statements, notes, settle)];
  const profile = add(stack, IamInstanceProfile, name, { name: cloudName, role: reference(role, 'name') });
  dependOn(profile, attachments);
}

/** zCompute refuses tags and descriptions in IAM. */
function addRole(stack: TerraformStack, plan: EnvironmentPlan, name: 'control' | 'worker', cloudName: string): IamRole {
  const { platform } = plan.environment;
  const isAws = platform.kind === 'aws';
  // China knows EC2 by the name of its own domain. @see https://github.com/hashicorp/terraform-provider-aws/pull/47141
  const ec2 = `ec2.${isAws ? awsDomain(platform.region) : 'amazonaws.com'}`;
  return add(stack, IamRole, name, {
    name: cloudName,
    ...(isAws ? { description: `Nodes with the role ${name} of ${plan.name}`, tags: { Name: cloudName } } : {}),
    assumeRolePolicy: policyDocument([{ Effect: 'Allow', Principal: { Service: ec2 }, Action: 'sts:AssumeRole' }]),
    forceDetachPolicies: true,
  });
}

function addPolicy(
  stack: TerraformStack,
  name: string,
  cloudName: string,
  role: IamRole,
  statements: readonly Statement[],
  notes: RoleNotes,
  settle: readonly TerraformResource[],
): IamRolePolicyAttachment {
  const policy = add(stack, IamPolicy, name, { name: cloudName, policy: policyDocument(statements) });
  note(dependOn(policy, settle), notes.policy);
  return add(stack, IamRolePolicyAttachment, name, {
    role: reference(role, 'name'),
    policyArn: reference(policy, 'arn'),
  });
}

function policyDocument(statements: readonly HclValue[]): string {
  return call('jsonencode', { Version: POLICY_LANGUAGE, Statement: statements });
}
