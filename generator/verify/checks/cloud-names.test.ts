import { describe, expect, it } from 'vitest';
import { checkTerraform } from '../../testing/terraform-tree.ts';
import { cloudNames } from './cloud-names.ts';

function check(type: string, name: string) {
  return checkTerraform(cloudNames, {
    'terraform/prod/cluster/a.tf': `resource "${type}" "x" {\n  name = ${name}\n}\n`,
  });
}

describe('generator/verify/checks/cloud-names.ts', () => {
  it.each(['aws_lb', 'aws_lb_target_group', 'aws_autoscaling_group'])('accepts 32 characters for %s', (type) => {
    expect(check(type, `"${'a'.repeat(32)}"`)).toEqual([]);
  });

  it.each(['aws_lb', 'aws_lb_target_group', 'aws_autoscaling_group'])('refuses 33 characters for %s', (type) => {
    const name = 'a'.repeat(33);

    const problems = check(type, `"${name}"`);

    expect(problems).toEqual([
      {
        code: 'VER-121',
        severity: 'error',
        place: { file: 'terraform/prod/cluster/a.tf', line: 2, column: 3 },
        key: 'cluster',
        message: `${name}, the name of ${type}.x, has 33 characters; 32 are allowed.`,
        hint: 'shorten metadata.name or the name of the node group',
      },
    ]);
  });

  it.each([
    { name: 'a hyphen at its end', type: 'aws_lb', value: 'prod-' },
    { name: 'a dot', type: 'aws_lb_target_group', value: 'prod.http' },
    { name: 'the word that AWS keeps for itself in front', type: 'aws_lb', value: 'internal-prod' },
  ])('refuses a name with $name', ({ type, value }) => {
    const problems = check(type, `"${value}"`);

    expect(problems).toMatchObject([
      {
        code: 'VER-122',
        message: `${value} cannot be the name of ${type}.x.`,
        hint: 'use letters, digits and hyphens',
      },
    ]);
  });

  it('says so when a name is computed', () => {
    const problems = check('aws_lb', '"${var.name}-kapi"');

    expect(problems).toMatchObject([
      { code: 'VER-123', severity: 'unchecked', message: 'The name of aws_lb.x is computed.' },
    ]);
  });

  it('leaves other resources alone', () => {
    expect(check('aws_iam_role', `"${'a'.repeat(60)}"`)).toEqual([]);
  });
});
