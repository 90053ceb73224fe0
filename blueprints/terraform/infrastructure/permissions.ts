// Policy statements of the two node roles, as data.
import type { HclValue } from '../../../generator/core/hcl.ts';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';

export type Statement = { readonly [key: string]: HclValue };

/** What control nodes may do: everything their controllers ask for on zCompute, a measured list on AWS. */
export function controlStatements(plan: EnvironmentPlan): Statement[] {
  const { platform } = plan.environment;
  if (platform.kind === 'zcompute') return ZCOMPUTE_CONTROL;
  return [LOOK, ...volumeStatements(partitionOf(platform.region)), scaleStatement(plan.name)];
}

/** @see Zadara iam-instance-profile module v1.1.1: the same three services in every one of its repositories */
const ZCOMPUTE_CONTROL: Statement[] = [
  { Sid: 'Controllers', Effect: 'Allow', Action: ['autoscaling:*', 'ec2:*', 'elasticloadbalancing:*'], Resource: '*' },
];

/**
 * Reading calls have no resource to narrow them to. Launch template versions show user data: only control nodes,
 * whose own it is, may see them.
 * @see https://kubernetes.github.io/cloud-provider-aws/prerequisites (control plane policy, without routes, groups and load balancers)
 * @see https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler/cloudprovider/aws (full policy, without EKS and launch configurations)
 * @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/example-iam-policy.json
 */
const LOOK: Statement = {
  Sid: 'Look',
  Effect: 'Allow',
  Action: [
    'autoscaling:DescribeAutoScalingGroups',
    'autoscaling:DescribeAutoScalingInstances',
    'autoscaling:DescribeScalingActivities',
    'autoscaling:DescribeTags',
    'ec2:DescribeAvailabilityZones',
    'ec2:DescribeImages',
    'ec2:DescribeInstanceTopology',
    'ec2:DescribeInstanceTypes',
    'ec2:DescribeInstances',
    'ec2:DescribeLaunchTemplateVersions',
    'ec2:DescribeRegions',
    'ec2:DescribeRouteTables',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeSnapshots',
    'ec2:DescribeSubnets',
    'ec2:DescribeTags',
    'ec2:DescribeVolumeStatus',
    'ec2:DescribeVolumes',
    'ec2:DescribeVolumesModifications',
    'ec2:DescribeVpcs',
    'ec2:GetInstanceTypesFromInstanceRequirements',
  ],
  Resource: '*',
};

/** Volumes and snapshots that the driver made itself, told by the tag that it always sets; any may be attached. */
function volumeStatements(partition: string): Statement[] {
  const [volumes, snapshots, instances] = ['volume', 'snapshot', 'instance'].map(
    (kind) => `arn:${partition}:ec2:*:*:${kind}/*`,
  ) as [string, string, string];
  const own = { 'ebs.csi.aws.com/cluster': 'true' };
  return [
    { Sid: 'AttachVolumes', ...allow(['ec2:AttachVolume', 'ec2:DetachVolume'], [instances, volumes]) },
    { Sid: 'ChangeVolumes', ...allow(['ec2:CreateSnapshot', 'ec2:ModifyVolume'], [volumes]) },
    { Sid: 'RestoreVolumes', ...allow(['ec2:CreateVolume'], [snapshots]) },
    {
      Sid: 'CreateVolumes',
      ...allow(['ec2:CreateSnapshot', 'ec2:CreateVolume'], [snapshots, volumes]),
      Condition: onTags('aws:RequestTag', own),
    },
    {
      Sid: 'TagNewVolumes',
      ...allow(['ec2:CreateTags'], [snapshots, volumes]),
      Condition: { StringEquals: { 'ec2:CreateAction': ['CreateSnapshot', 'CreateVolume'] } },
    },
    {
      Sid: 'DeleteVolumes',
      ...allow(['ec2:DeleteSnapshot', 'ec2:DeleteVolume'], [snapshots, volumes]),
      Condition: onTags('aws:ResourceTag', own),
    },
  ];
}

/** The autoscaler's groups carry both tags; control groups do not, so it can never end a control node. */
function scaleStatement(environment: string): Statement {
  return {
    Sid: 'ScaleWorkers',
    ...allow(['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'], ['*']),
    Condition: onTags('aws:ResourceTag', {
      'k8s.io/cluster-autoscaler/enabled': 'true',
      [`k8s.io/cluster-autoscaler/${environment}`]: 'owned',
    }),
  };
}

export function allow(actions: readonly string[], resources: readonly string[]): Statement {
  return { Effect: 'Allow', Action: actions, Resource: resources.length === 1 ? (resources[0] ?? '*') : resources };
}

function onTags(key: string, tags: Readonly<Record<string, string>>): HclValue {
  return {
    StringEquals: Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${key}/${name}`, value])),
  };
}

/** First part of every resource name. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
