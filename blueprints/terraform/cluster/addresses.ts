// Addresses that the files of this project refer to across file borders; a test holds them against what is declared.
import { expression } from '../../../generator/core/hcl.ts';

/** Outputs of the infrastructure project that this one reads. */
export type InfrastructureOutput =
  | 'vpc_id'
  | 'vpc_cidr'
  | 'public_subnet_ids'
  | 'private_subnet_ids'
  | 'cluster_security_group_id'
  | 'control_instance_profile'
  | 'worker_instance_profile'
  | 'key_name'
  | 'image_id'
  | 'bastion_public_ip';

/** An output of the infrastructure project, read from its state. */
export function infrastructure(output: InfrastructureOutput): string {
  return expression(`data.terraform_remote_state.infrastructure.outputs.${output}`);
}

/** One subnet of a list that is in zone order. */
export function subnetOfZone(output: 'public_subnet_ids' | 'private_subnet_ids', zone: number): string {
  return expression(`data.terraform_remote_state.infrastructure.outputs.${output}[${zone}]`);
}

/** Name of the API's load balancer inside the VPC. */
export const API_HOST = expression('aws_lb.kapi.dns_name');

export const SECURITY_GROUPS = {
  apiLoadBalancer: expression('aws_security_group.api_load_balancer.id'),
  ingressLoadBalancer: expression('aws_security_group.ingress_load_balancer.id'),
  control: expression('aws_security_group.control.id'),
  worker: expression('aws_security_group.worker.id'),
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
