// Addresses that the files of this project refer to across file borders; a test holds them against what is declared.
import { expression } from '../../../generator/core/hcl.ts';

/** One subnet of a list that is in zone order. */
export function subnetOfZone(output: 'public_subnet_ids' | 'private_subnet_ids', zone: number): string {
  return expression(`data.terraform_remote_state.infrastructure.outputs.${output}[${zone}]`);
}

/** Name of the API's load balancer inside the VPC. */
export const API_HOST = expression('aws_lb.kapi.dns_name');

export const SECURITY_GROUPS = {
  apiLoadBalancer: expression('aws_security_group.api_load_balancer.id'),
  ingressLoadBalancer: expression('aws_security_group.ingress_load_balancer.id'),
  ingressNodes: expression('aws_security_group.ingress_nodes.id'),
} as const;

export const TARGET_GROUPS = {
  api: expression('aws_lb_target_group.kapi.arn'),
  http: expression('aws_lb_target_group.ingress_http.arn'),
  https: expression('aws_lb_target_group.ingress_https.arn'),
} as const;

/** A name as Terraform identifiers have it; two cloud names never become one, since neither has underscores. */
export function identifier(name: string): string {
  return name.replaceAll('-', '_');
}
