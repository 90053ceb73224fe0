// security.tf: who may talk to whom inside the VPC. Rules are resources of their own: inline ones fight with operators.
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { SecurityGroupRule, type SecurityGroupRuleConfig } from '@cdktf/provider-aws/lib/security-group-rule';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import type { TerraformStack } from 'cdktf';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import { note, type TerraformFile } from '../contract.ts';
import { add, made, reference } from '../elements.ts';

const EVERYWHERE = ['0.0.0.0/0'];
/** All protocols: ports are ignored then, and the provider wants zeros. */
const ANY = { protocol: '-1', fromPort: 0, toPort: 0 };
const API_PORT = 6443;

type RuleConfig = Omit<SecurityGroupRuleConfig, 'securityGroupId'>;

export const security: TerraformFile = {
  name: 'security',
  purpose:
    'Security groups: who may talk to whom inside the VPC.\nThe cluster project adds those of its load balancers and of the nodes behind them.',
  build(stack, plan) {
    const cluster = addClusterGroup(stack, plan);
    addRule(stack, 'cluster_nodes', cluster, {
      type: 'ingress',
      description: 'Nodes among themselves: API, etcd, kubelet, VXLAN, image sharing',
      ...ANY,
      selfAttribute: true,
    });
    addRule(stack, 'cluster_api', cluster, {
      type: 'ingress',
      description: 'Kubernetes API from inside the VPC: its load balancer, the bastion',
      ...tcp(API_PORT),
      cidrBlocks: [plan.network.vpcCidr],
    });
    addRule(stack, 'cluster_egress', cluster, {
      type: 'egress',
      description: 'Images, packages, models and the cloud API',
      ...ANY,
      cidrBlocks: EVERYWHERE,
    });
    if (plan.environment.network.bastion.enabled) addBastionRules(stack, plan, cluster);
    return undefined;
  },
};

function addClusterGroup(stack: TerraformStack, plan: EnvironmentPlan): SecurityGroup {
  const group = add(stack, SecurityGroup, 'cluster', {
    name: `${plan.name}-cluster`,
    description: `All nodes of ${plan.name}`,
    vpcId: reference(made(stack, Vpc, 'main'), 'id'),
    tags: { Name: `${plan.name}-cluster`, [`kubernetes.io/cluster/${plan.name}`]: 'owned' },
  });
  return note(
    group,
    'The only group with the tag kubernetes.io/cluster: controllers look for exactly one such group on a node.',
  );
}

/** The bastion is not in the cluster group: that would open every port of every node to it. */
function addBastionRules(stack: TerraformStack, plan: EnvironmentPlan, cluster: SecurityGroup): void {
  const bastion = add(stack, SecurityGroup, 'bastion', {
    name: `${plan.name}-bastion`,
    description: `SSH into ${plan.name}`,
    vpcId: reference(made(stack, Vpc, 'main'), 'id'),
    ...(plan.environment.platform.kind === 'aws' ? { tags: { Name: `${plan.name}-bastion` } } : {}),
  });
  const { sshFrom } = plan.environment.network.bastion;
  if (sshFrom.length > 0) {
    addRule(stack, 'bastion_ssh', bastion, {
      type: 'ingress',
      description: 'SSH from the networks in network.bastion.sshFrom',
      ...tcp(22),
      cidrBlocks: [...sshFrom].sort(),
    });
  }
  addRule(stack, 'bastion_egress', bastion, {
    type: 'egress',
    description: 'SSH to the nodes, the Kubernetes API, security updates',
    ...ANY,
    cidrBlocks: EVERYWHERE,
  });
  addRule(stack, 'cluster_ssh', cluster, {
    type: 'ingress',
    description: 'SSH from the bastion',
    ...tcp(22),
    sourceSecurityGroupId: reference(bastion, 'id'),
  });
}

function addRule(stack: TerraformStack, name: string, group: SecurityGroup, rule: RuleConfig): void {
  add(stack, SecurityGroupRule, name, { securityGroupId: reference(group, 'id'), ...rule });
}

function tcp(port: number) {
  return { protocol: 'tcp', fromPort: port, toPort: port };
}
