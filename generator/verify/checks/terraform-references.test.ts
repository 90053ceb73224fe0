import { describe, expect, it } from 'vitest';
import { checkTerraform, pinAws } from '../../testing/terraform-tree.ts';
import { terraformReferences } from './terraform-references.ts';

const FILE = 'terraform/prod/cluster/main.tf';
const INFRASTRUCTURE = { 'terraform/prod/infrastructure/outputs.tf': 'output "vpc_id" {\n  value = 1\n}\n' };
const REMOTE = 'data "terraform_remote_state" "infrastructure" {}\n';

function check(code: string, others: Readonly<Record<string, string>> = {}) {
  return checkTerraform(terraformReferences, {
    'terraform/prod/cluster/versions.tf': pinAws('~> 6.0'),
    [FILE]: code,
    ...others,
  });
}

describe('generator/verify/checks/terraform-references.ts', () => {
  it.each([
    {
      name: 'resources, data sources, variables, local values and modules of the project',
      code: `resource "aws_vpc" "main" {}
data "aws_ami" "x" {}
variable "v" {}
module "m" {}
locals {
  l = [aws_vpc.main.id, data.aws_ami.x.id, var.v, module.m.out, "\${local.l}"]
}
`,
    },
    {
      name: 'names of the expression itself',
      code: 'locals {\n  l = [for aws in [] : aws.id if each.key == self.id]\n}\n',
    },
    { name: 'paths and counters', code: 'locals {\n  l = "${path.module}/${count.index}"\n}\n' },
    { name: 'attributes that look like resources', code: 'variable "v" {}\nlocals {\n  l = var.v.aws_x.y\n}\n' },
  ])('accepts $name', ({ code }) => {
    expect(check(code)).toEqual([]);
  });

  it.each([
    { name: 'a resource', expression: 'aws_vpc.mian.id', message: 'aws_vpc.mian', hint: 'did you mean aws_vpc.main?' },
    {
      name: 'a data source',
      expression: 'data.aws_ami.x.id',
      message: 'data.aws_ami.x',
      hint: 'declare data.aws_ami.x',
    },
    { name: 'a variable', expression: 'var.some_thing', message: 'var.some_thing', hint: 'declare var.some_thing' },
    { name: 'a local value', expression: 'f(local.some)[0]', message: 'local.some', hint: 'declare local.some' },
    {
      name: 'a resource inside text',
      expression: '"a-${aws_vpc.mian.id}"',
      message: 'aws_vpc.mian',
      hint: 'did you mean aws_vpc.main?',
    },
  ])('finds $name that nothing declares', ({ expression, message, hint }) => {
    const problems = check(`resource "aws_vpc" "main" {}\noutput "x" {\n  value = ${expression}\n}\n`);

    expect(problems).toMatchObject([
      {
        code: 'VER-131',
        severity: 'error',
        place: { file: FILE, line: 3 },
        message: `${message} is not declared in terraform/prod/cluster.`,
        hint,
      },
    ]);
  });

  it('finds an output that the infrastructure project does not have', () => {
    const problems = check(
      `${REMOTE}locals {\n  a = data.terraform_remote_state.infrastructure.outputs.vpc_id\n  b = data.terraform_remote_state.infrastructure.outputs.vpc_ids\n}\n`,
      INFRASTRUCTURE,
    );

    expect(problems).toMatchObject([
      {
        code: 'VER-132',
        place: { file: FILE, line: 4, column: 7 },
        message: 'terraform/prod/infrastructure has no output vpc_ids.',
        hint: 'did you mean vpc_id?',
      },
    ]);
  });

  it('says nothing about a project with a file that does not parse', () => {
    const problems = check('locals {\n  a = var.x\n}\n', { 'terraform/prod/cluster/broken.tf': 'a = \n' });

    expect(problems).toEqual([]);
  });
});
