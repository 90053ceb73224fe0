// Names of cloud resources that are derived from the environment's name, in the one place that decides their length.

/** Load balancers, target groups and autoscaling groups: 32 characters on AWS, and zCompute appends to them. @see terraform-zcompute-k8s v3.1.0 */
export const CLOUD_NAME_LIMIT = 32;

export function apiLoadBalancerName(environment: string): string {
  return `${environment}-kapi`;
}

export function ingressLoadBalancerName(environment: string): string {
  return `${environment}-ingress`;
}

export function ingressTargetGroupName(environment: string, entryPoint: 'http' | 'https'): string {
  return `${environment}-ingress-${entryPoint}`;
}

/** `index` counts from 1: the nth control node, or the nth zone; absent where a group is one autoscaling group. */
export function scalingGroupName(environment: string, nodeGroup: string, index?: number): string {
  return index === undefined ? `${environment}-${nodeGroup}` : `${environment}-${nodeGroup}-${index}`;
}
