// outputs.tf: where the cluster answers, and how to get in.
import type { TerraformStack } from 'cdktf';
import { ingressLoadBalancerName } from '../../../generator/core/cloud-names.ts';
import { expression } from '../../../generator/core/hcl.ts';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import type { TerraformFile } from '../contract.ts';
import { addOutput } from '../elements.ts';
import { readInfrastructure } from '../infrastructure-outputs.ts';
import { API_HOST } from './addresses.ts';
import { scalingAddresses } from './node-group.ts';

const SSH_USER = 'ubuntu';

export const outputs: TerraformFile = {
  name: 'outputs',
  purpose: 'Where the cluster answers, and how to get in.',
  build(stack, plan) {
    addOutput(stack, 'api_endpoint', {
      description: 'URL of the Kubernetes API. Its name resolves inside the VPC only.',
      value: `https://${API_HOST}:6443`,
    });
    addIngressAddress(stack, plan);
    addOutput(stack, 'autoscaling_groups', {
      description: 'Names of the autoscaling groups of each node group.',
      value: Object.fromEntries(
        plan.nodeGroups.map((group) => [
          group.name,
          scalingAddresses(plan, group).map((address) => expression(`${address}.name`)),
        ]),
      ),
    });
    addAccess(stack, plan);
    return undefined;
  },
};

function addIngressAddress(stack: TerraformStack, plan: EnvironmentPlan): void {
  const name = ingressLoadBalancerName(plan.name);
  const onAws = plan.environment.platform.kind === 'aws';
  addOutput(stack, 'ingress_address', {
    description: onAws
      ? 'Name of the public load balancer. DNS records of the apps point here.'
      : `Name of the public load balancer as zCompute knows it. It resolves nowhere: look up the public address of ${name} in the console under Load Balancing, point DNS at it, and write it into ingress.publicAddress of the environment file.`,
    value: expression('aws_lb.ingress.dns_name'),
  });
}

/** Commands rather than addresses: control nodes come and go, so their addresses are asked for when they are needed. */
function addAccess(stack: TerraformStack, plan: EnvironmentPlan): void {
  const { platform } = plan.environment;
  const jump = plan.environment.network.bastion.enabled
    ? `-J ${SSH_USER}@${readInfrastructure('bastion_public_ip')} `
    : '';
  const endpoint =
    platform.kind === 'aws' ? '' : ` --endpoint-url ${platform.endpoint.replace(/\/$/, '')}/api/v2/aws/ec2`;
  addOutput(stack, 'control_nodes_command', {
    description: 'Prints the private addresses of the control nodes.',
    value: `aws ec2 describe-instances --region ${platform.region}${endpoint} --filters Name=tag:kubernetes.io/cluster/${plan.name},Values=owned Name=tag:zadara.com/k8s/role,Values=control Name=instance-state-name,Values=running --query 'Reservations[].Instances[].PrivateIpAddress' --output text`,
  });
  addOutput(stack, 'ssh_command', {
    description: 'Opens a shell on a node; NODE is its private address.',
    value: `ssh ${jump}${SSH_USER}@$NODE`,
  });
  addOutput(stack, 'kubeconfig_command', {
    description: 'Prints an administrator kubeconfig; NODE is the private address of a control node. Keep it secret.',
    value: `ssh ${jump}${SSH_USER}@$NODE sudo cat /etc/rancher/k3s/k3s.yaml | sed s/127.0.0.1/${API_HOST}/`,
  });
}
