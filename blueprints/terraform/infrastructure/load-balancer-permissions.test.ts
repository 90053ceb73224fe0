import { describe, expect, it } from 'vitest';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { planOf, renderOf } from '../../../generator/testing/plan-of.ts';
import { loadBalancerStatements } from './load-balancer-permissions.ts';

const ENABLED = { apps: { 'aws-load-balancer-controller': { enabled: true } } };
const statements = loadBalancerStatements(planOf(environmentText(ENABLED, 'aws-high')));
const actionsOf = (statement: object): readonly string[] =>
  (statement as { readonly Action: readonly string[] }).Action;

describe('blueprints/terraform/infrastructure/load-balancer-permissions.ts', () => {
  it.each([
    ['AWS without the controller', 'aws-high', {}],
    ['zCompute with it, where control nodes have the whole service', 'zcompute-single', ENABLED],
  ])('is empty: %s', (_title, example, changes) => {
    expect(loadBalancerStatements(planOf(environmentText({ apps: null, ...changes }, example)))).toEqual([]);
  });

  it.each([
    'elasticloadbalancing:DeleteLoadBalancer',
    'elasticloadbalancing:DeleteTargetGroup',
    'elasticloadbalancing:ModifyTargetGroup',
    'elasticloadbalancing:DeregisterTargets',
    'elasticloadbalancing:CreateListener',
    'ec2:DeleteSecurityGroup',
  ])('allows %s for what the controller made itself only', (action) => {
    const allowing = statements.filter((statement) => actionsOf(statement).includes(action));

    expect(allowing).toMatchObject([
      { Condition: { StringEquals: { 'aws:ResourceTag/elbv2.k8s.aws/cluster': 'cloud' } } },
    ]);
  });

  it('lets nobody see the user data of control nodes', () => {
    const actions = statements.flatMap(actionsOf);

    expect(
      actions.filter((action) => /ec2:(\*|Describe\*|DescribeInstanceAttribute|DescribeLaunchTemplate)/.test(action)),
    ).toEqual([]);
  });

  it('fits into a policy of AWS: 6144 characters without white space', () => {
    expect(JSON.stringify({ Version: '2012-10-17', Statement: statements }).length).toBeLessThan(6144);
  });

  it('is attached to control nodes alone, and goes when the controller goes', () => {
    const iam = (changes: object) =>
      renderOf([{ file: 'a.yaml', text: environmentText({ apps: null, ...changes }, 'aws-high') }]).get(
        'terraform/cloud/infrastructure/iam.tf',
      )?.content ?? '';

    expect(iam(ENABLED)).toMatch(
      /resource "aws_iam_role_policy_attachment" "load_balancers" \{\n[^}]*role += aws_iam_role\.control\.name\n/,
    );
    expect(iam({})).not.toContain('load_balancers');
  });
});
