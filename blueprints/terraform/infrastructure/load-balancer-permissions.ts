// Policy statements for the AWS load balancer controller: only where the environment file asks for it, and only on AWS.
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import { allow, partitionOf, type Statement } from './permissions.ts';

const CONTROLLER = 'aws-load-balancer-controller';

/** Tag that the controller gives to all it makes; its value is the environment's name. */
const OWNER = 'elbv2.k8s.aws/cluster';

/** None on zCompute, where control nodes have the whole service already. */
export function loadBalancerStatements(plan: EnvironmentPlan): Statement[] {
  const { platform } = plan.environment;
  const wanted = plan.apps.some(({ blueprint }) => blueprint.name === CONTROLLER);
  if (!wanted || platform.kind !== 'aws') return [];
  const partition = partitionOf(platform.region);
  return [SERVICE_ROLE, LOOK, ...groupStatements(plan.name, partition), ...elbStatements(plan.name, partition)];
}

/** An account has this role from its first load balancer on. */
const SERVICE_ROLE: Statement = {
  Sid: 'MakeServiceRole',
  ...allow(['iam:CreateServiceLinkedRole'], ['*']),
  Condition: { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } },
};

/**
 * Beyond what control nodes may look at anyway. Without WAF, Shield and Cognito, which the controller is told to leave
 * alone.
 * @see https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/install/iam_policy.json
 */
const LOOK: Statement = {
  Sid: 'LookAtLoadBalancers',
  ...allow(
    [
      'acm:DescribeCertificate',
      'acm:ListCertificates',
      'ec2:DescribeAccountAttributes',
      'ec2:DescribeAddresses',
      'ec2:DescribeInternetGateways',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeVpcPeeringConnections',
      'ec2:GetSecurityGroupsForVpc',
      'elasticloadbalancing:Describe*',
    ],
    ['*'],
  ),
};

/** Groups of its own, which it makes and deletes, and rules in the group of the nodes, which lets them in. */
function groupStatements(environment: string, partition: string): Statement[] {
  const groups = [`arn:${partition}:ec2:*:*:security-group/*`];
  return [
    { Sid: 'MakeGroups', ...allow(['ec2:CreateSecurityGroup'], ['*']) },
    {
      Sid: 'TagNewGroups',
      ...allow(['ec2:CreateTags'], groups),
      Condition: {
        StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup', [`aws:RequestTag/${OWNER}`]: environment },
      },
    },
    {
      Sid: 'ChangeOwnGroups',
      ...allow(['ec2:CreateTags', 'ec2:DeleteSecurityGroup', 'ec2:DeleteTags'], groups),
      Condition: owned(environment),
    },
    {
      Sid: 'LetLoadBalancersIn',
      ...allow(['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'], groups),
    },
  ];
}

/** Listeners and rules carry no tag of the owner when they are made, so that they cannot be told apart then. */
function elbStatements(environment: string, partition: string): Statement[] {
  const arn = (kind: string) => `arn:${partition}:elasticloadbalancing:*:*:${kind}`;
  const owners = [arn('loadbalancer/app/*/*'), arn('loadbalancer/net/*/*'), arn('targetgroup/*/*')];
  const parts = ['app', 'net'].flatMap((kind) => [arn(`listener-rule/${kind}/*/*/*`), arn(`listener/${kind}/*/*/*`)]);
  return [
    {
      Sid: 'MakeLoadBalancers',
      ...allow(['elasticloadbalancing:CreateLoadBalancer', 'elasticloadbalancing:CreateTargetGroup'], ['*']),
      Condition: { StringEquals: { [`aws:RequestTag/${OWNER}`]: environment } },
    },
    {
      Sid: 'TagNewLoadBalancers',
      ...allow(['elasticloadbalancing:AddTags'], owners),
      Condition: {
        StringEquals: {
          'elasticloadbalancing:CreateAction': ['CreateLoadBalancer', 'CreateTargetGroup'],
          [`aws:RequestTag/${OWNER}`]: environment,
        },
      },
    },
    {
      Sid: 'ChangeOwnLoadBalancers',
      ...allow(
        [
          'elasticloadbalancing:AddTags',
          'elasticloadbalancing:CreateListener',
          'elasticloadbalancing:DeleteLoadBalancer',
          'elasticloadbalancing:DeleteTargetGroup',
          'elasticloadbalancing:DeregisterTargets',
          'elasticloadbalancing:ModifyCapacityReservation',
          'elasticloadbalancing:ModifyIpPools',
          'elasticloadbalancing:ModifyLoadBalancerAttributes',
          'elasticloadbalancing:ModifyTargetGroup',
          'elasticloadbalancing:ModifyTargetGroupAttributes',
          'elasticloadbalancing:RegisterTargets',
          'elasticloadbalancing:RemoveTags',
          'elasticloadbalancing:SetIpAddressType',
          'elasticloadbalancing:SetSecurityGroups',
          'elasticloadbalancing:SetSubnets',
        ],
        ['*'],
      ),
      Condition: owned(environment),
    },
    {
      Sid: 'ChangeListeners',
      ...allow(
        [
          'elasticloadbalancing:AddListenerCertificates',
          'elasticloadbalancing:AddTags',
          'elasticloadbalancing:CreateRule',
          'elasticloadbalancing:DeleteListener',
          'elasticloadbalancing:DeleteRule',
          'elasticloadbalancing:ModifyListener',
          'elasticloadbalancing:ModifyListenerAttributes',
          'elasticloadbalancing:ModifyRule',
          'elasticloadbalancing:RemoveListenerCertificates',
          'elasticloadbalancing:RemoveTags',
          'elasticloadbalancing:SetRulePriorities',
        ],
        parts,
      ),
    },
  ];
}

function owned(environment: string): Statement {
  return { StringEquals: { [`aws:ResourceTag/${OWNER}`]: environment } };
}
