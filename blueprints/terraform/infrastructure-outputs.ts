// The agreement between the two projects: names of outputs that infrastructure writes and cluster reads.
import { expression } from '../../generator/core/hcl.ts';

/** `bastion_*` exist only with a bastion. Lists are in zone order. */
export type InfrastructureOutput =
  | 'vpc_id'
  | 'vpc_cidr'
  | 'public_subnet_ids'
  | 'private_subnet_ids'
  | 'cluster_security_group_id'
  | 'bastion_security_group_id'
  | 'control_instance_profile'
  | 'worker_instance_profile'
  | 'key_name'
  | 'image_id'
  | 'bastion_public_ip'
  | 'nat_public_ips';

/** What the cluster project writes to use one; it names its data source `terraform_remote_state.infrastructure`. */
export function readInfrastructure(output: InfrastructureOutput): string {
  return expression(`data.terraform_remote_state.infrastructure.outputs.${output}`);
}
