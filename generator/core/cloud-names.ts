// Names of cloud resources that are derived from the environment's name, in the one place that decides their length.

/** Load balancers, target groups and autoscaling groups: 32 characters on AWS, and zCompute appends to them. @see terraform-zcompute-k8s v3.1.0 */
export const CLOUD_NAME_LIMIT = 32;

/** Tags of an autoscaling group that tell the autoscaler what its nodes have begin with this. @see kubernetes/autoscaler 1.35, cloudprovider/aws/README.md */
export const NODE_TEMPLATE_TAG = 'k8s.io/cluster-autoscaler/node-template';

/** Characters of the key of a tag. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
export const TAG_KEY_LIMIT = 128;

/** Tags of one resource. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
export const TAGS_LIMIT = 50;

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
