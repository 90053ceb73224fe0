// load-balancer-api.tf and load-balancer-ingress.tf: one network load balancer inside the VPC, one in front of it.
import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener';
import { LbTargetGroup, type LbTargetGroupConfig } from '@cdktf/provider-aws/lib/lb-target-group';
import type { TerraformStack } from 'cdktf';
import {
  apiLoadBalancerName,
  ingressLoadBalancerName,
  ingressTargetGroupName,
} from '../../../generator/core/cloud-names.ts';
import { expression } from '../../../generator/core/hcl.ts';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import { note, type TerraformFile } from '../contract.ts';
import { add } from '../elements.ts';
import { readInfrastructure } from '../infrastructure-outputs.ts';
import { SECURITY_GROUPS } from './addresses.ts';

const API_PORT = 6443;

/**
 * One shape that provider 3.35 and 6 both accept: a TCP check without `timeout`, both thresholds equal. The protocol is
 * written because its default is HTTP, even here. Changing any of it replaces the group in 3.x, which then fails.
 */
const HEALTH_CHECK = { protocol: 'TCP', interval: 10, healthyThreshold: 2, unhealthyThreshold: 2 } as const;

export const apiLoadBalancer: TerraformFile = {
  name: 'load-balancer-api',
  purpose: 'The address of the Kubernetes API: nodes join through it, people reach it from inside the VPC.',
  build(stack, plan) {
    const onAws = isAws(plan);
    addBalancer(stack, plan, 'kapi', apiLoadBalancerName(plan.name), {
      internal: true,
      securityGroup: onAws ? SECURITY_GROUPS.apiLoadBalancer : readInfrastructure('cluster_security_group_id'),
    });
    const group = addTargetGroup(stack, plan, 'kapi', {
      name: apiLoadBalancerName(plan.name),
      port: API_PORT,
      // A control node that calls the API through the load balancer may be sent back to itself, which works only
      // when the load balancer answers under its own address.
      ...(onAws ? { preserveClientIp: 'false' } : {}),
    });
    if (onAws)
      note(
        group,
        'Not under the address of the client: a control node that is sent back to itself would wait for ever.',
      );
    addListener(stack, 'kapi', 'kapi', API_PORT);
    return undefined;
  },
};

export const ingressLoadBalancer: TerraformFile = {
  name: 'load-balancer-ingress',
  purpose: 'The way in for users: a public load balancer to the NodePorts of Traefik on the worker nodes.',
  build(stack, plan) {
    addBalancer(stack, plan, 'ingress', ingressLoadBalancerName(plan.name), {
      internal: false,
      securityGroup: SECURITY_GROUPS.ingressLoadBalancer,
    });
    for (const [entryPoint, port] of [
      ['http', 80],
      ['https', 443],
    ] as const) {
      addTargetGroup(stack, plan, `ingress_${entryPoint}`, {
        name: ingressTargetGroupName(plan.name, entryPoint),
        port: plan.nodePorts[entryPoint],
        // Traefik logs and limits clients by address. Its Service has externalTrafficPolicy Local, so only nodes that
        // run it pass the health check, and no second hop hides the address again.
        ...(isAws(plan) ? { preserveClientIp: 'true' } : {}),
      });
      addListener(stack, 'ingress', `ingress_${entryPoint}`, port);
    }
    return undefined;
  },
};

function addBalancer(
  stack: TerraformStack,
  plan: EnvironmentPlan,
  name: string,
  cloudName: string,
  { internal, securityGroup }: { readonly internal: boolean; readonly securityGroup: string },
): Lb {
  const balancer = add(stack, Lb, name, {
    name: cloudName,
    internal,
    loadBalancerType: 'network',
    subnets: [readInfrastructure(internal ? 'private_subnet_ids' : 'public_subnet_ids')],
    securityGroups: [securityGroup],
    // Targets need not be in every zone: one control node of three may be down, Traefik runs where it runs.
    ...(isAws(plan) ? { enableCrossZoneLoadBalancing: true } : {}),
    tags: { Name: cloudName },
  });
  // The output is a list already; a list around it would be a list of lists.
  balancer.addOverride('subnets', readInfrastructure(internal ? 'private_subnet_ids' : 'public_subnet_ids'));
  return balancer;
}

function addTargetGroup(
  stack: TerraformStack,
  plan: EnvironmentPlan,
  name: string,
  config: LbTargetGroupConfig & { readonly name: string },
): LbTargetGroup {
  return add(stack, LbTargetGroup, name, {
    protocol: 'TCP',
    targetType: 'instance',
    vpcId: readInfrastructure('vpc_id'),
    healthCheck: HEALTH_CHECK,
    tags: { Name: config.name },
    // zCompute reports a stickiness that nobody set, at every plan.
    ...(isAws(plan) ? {} : { lifecycle: { ignoreChanges: ['stickiness'] } }),
    ...config,
  });
}

/** References as text: deriving the attribute names of these two classes is too much for the compiler. */
function addListener(stack: TerraformStack, balancer: string, targetGroup: string, port: number): void {
  add(stack, LbListener, targetGroup, {
    loadBalancerArn: expression(`aws_lb.${balancer}.arn`),
    port,
    protocol: 'TCP',
    defaultAction: [{ type: 'forward', targetGroupArn: expression(`aws_lb_target_group.${targetGroup}.arn`) }],
  });
}

function isAws(plan: EnvironmentPlan): boolean {
  return plan.environment.platform.kind === 'aws';
}
