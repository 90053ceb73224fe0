// security.tf: supplemental security groups. What all nodes may among themselves stands in the infrastructure project.
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { SecurityGroupRule } from '@cdktf/provider-aws/lib/security-group-rule';
import type { TerraformStack } from 'cdktf';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import { note, type TerraformFile } from '../contract.ts';
import { add, reference } from '../elements.ts';
import { readInfrastructure } from '../infrastructure-outputs.ts';
import { SECURITY_GROUPS } from './addresses.ts';

const API_PORT = 6443;

export const security: TerraformFile = {
  name: 'security',
  purpose: 'Security groups of the load balancers, and what they let through to the nodes behind them.',
  build(stack, plan) {
    buildApi(stack, plan);
    buildIngress(stack, plan);
    return undefined;
  },
};

/**
 * On zCompute the internal load balancer carries the group of all nodes instead, as Zadara's own module has it. The
 * nodes themselves need no rule: the infrastructure project lets the whole VPC reach the API.
 */
function buildApi(stack: TerraformStack, plan: EnvironmentPlan): void {
  if (plan.environment.platform.kind !== 'aws') return;
  const balancer = addGroup(stack, plan, 'api_load_balancer', 'Load balancer of the Kubernetes API');
  addPort(stack, 'api_load_balancer', balancer, API_PORT, 'Kubernetes API, from inside the VPC', fromVpc());
  addEgress(stack, 'api_load_balancer_to_nodes', balancer, API_PORT, 'To the control nodes');
}

function buildIngress(stack: TerraformStack, plan: EnvironmentPlan): void {
  const { allowFrom } = plan.environment.ingress;
  const sources = [...allowFrom].sort();
  const balancer = addGroup(stack, plan, 'ingress_load_balancer', 'Public load balancer of the ingress');
  for (const [entryPoint, port] of [
    ['http', 80],
    ['https', 443],
  ] as const)
    addPort(stack, `ingress_load_balancer_${entryPoint}`, balancer, port, `${entryPoint.toUpperCase()} from users`, {
      cidrBlocks: sources,
    });
  const nodePorts = Object.entries(plan.nodePorts);
  for (const [entryPoint, port] of nodePorts)
    addEgress(stack, `ingress_load_balancer_to_${entryPoint}`, balancer, port, 'To the NodePorts of Traefik');
  const nodes = addGroup(stack, plan, 'ingress_nodes', 'Nodes that run the ingress');
  for (const [entryPoint, port] of nodePorts) addNodePort(stack, plan, nodes, entryPoint, port, sources);
}

/**
 * Who may reach the NodePorts. AWS keeps the client's address and lets a rule name the load balancer's group all the
 * same. On zCompute neither is documented, so the rule names networks: the VPC, where the load balancer has its own
 * addresses, and the clients themselves in case it keeps theirs. Nodes have no public address, so this opens nothing.
 */
function addNodePort(
  stack: TerraformStack,
  plan: EnvironmentPlan,
  nodes: SecurityGroup,
  entryPoint: string,
  port: number,
  sources: readonly string[],
): void {
  const onAws = plan.environment.platform.kind === 'aws';
  const rule = addPort(
    stack,
    `ingress_nodes_${entryPoint}`,
    nodes,
    port,
    `NodePort of Traefik (${entryPoint}), through the ingress load balancer`,
    onAws
      ? { sourceSecurityGroupId: SECURITY_GROUPS.ingressLoadBalancer }
      : { cidrBlocks: [...new Set([readInfrastructure('vpc_cidr'), ...sources])] },
  );
  note(
    rule,
    onAws
      ? "Also covers the health checks. Clients keep their addresses, but come through the load balancer's group."
      : 'The VPC for a load balancer that answers from its own addresses, the clients for one that keeps theirs.\nNodes have no public address: nobody reaches them but through the load balancer.',
  );
}

function addGroup(stack: TerraformStack, plan: EnvironmentPlan, name: string, description: string): SecurityGroup {
  const cloudName = `${plan.name}-${name.replaceAll('_', '-')}`;
  return add(stack, SecurityGroup, name, {
    name: cloudName,
    description,
    vpcId: readInfrastructure('vpc_id'),
    tags: { Name: cloudName },
  });
}

type Source = { readonly cidrBlocks: string[] } | { readonly sourceSecurityGroupId: string };

function addPort(
  stack: TerraformStack,
  name: string,
  group: SecurityGroup,
  port: number,
  description: string,
  source: Source,
): SecurityGroupRule {
  return add(stack, SecurityGroupRule, name, {
    securityGroupId: reference(group, 'id'),
    type: 'ingress',
    description,
    protocol: 'tcp',
    fromPort: port,
    toPort: port,
    ...source,
  });
}

function addEgress(stack: TerraformStack, name: string, group: SecurityGroup, port: number, description: string): void {
  add(stack, SecurityGroupRule, name, {
    securityGroupId: reference(group, 'id'),
    type: 'egress',
    description,
    protocol: 'tcp',
    fromPort: port,
    toPort: port,
    ...fromVpc(),
  });
}

function fromVpc(): { readonly cidrBlocks: string[] } {
  return { cidrBlocks: [readInfrastructure('vpc_cidr')] };
}
