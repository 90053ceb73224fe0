import { DataAwsAmi } from '@cdktf/provider-aws/lib/data-aws-ami';
import { Instance } from '@cdktf/provider-aws/lib/instance';
import { SecurityGroupRule } from '@cdktf/provider-aws/lib/security-group-rule';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { type TerraformElement, TerraformStack } from 'cdktf';
import { RootConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { note } from '../../../blueprints/terraform/contract.ts';
import { expression } from '../../core/hcl.ts';
import { toHclBlocks } from './from-cdktf.ts';
import { writeHcl } from './hcl-writer.ts';

function print(make: (stack: TerraformStack) => TerraformElement): string {
  return writeHcl(toHclBlocks(make(new TerraformStack(new RootConstruct(), 'test'))));
}

const cases: readonly {
  readonly name: string;
  readonly make: (stack: TerraformStack) => TerraformElement;
  readonly printed: string;
}[] = [
  {
    name: 'a map whose keys look like the marks of cdktf',
    make: (stack) => new Vpc(stack, 'x', { tags: { value: 'a', type: 'b' } }),
    printed: 'resource "aws_vpc" "x" {\n  tags = {\n    value = "a"\n    type  = "b"\n  }\n}\n',
  },
  {
    name: 'nested blocks once or several times',
    make: (stack) =>
      new DataAwsAmi(stack, 'x', {
        filter: [
          { name: 'a', values: ['1'] },
          { name: 'b', values: ['2'] },
        ],
      }),
    printed: `data "aws_ami" "x" {
  filter {
    name   = "a"
    values = ["1"]
  }

  filter {
    name   = "b"
    values = ["2"]
  }
}
`,
  },
  {
    name: 'lifecycle with references and conditions',
    make: (stack) =>
      new Instance(stack, 'x', {
        ami: 'a',
        lifecycle: {
          createBeforeDestroy: true,
          ignoreChanges: ['ami', 'tags["os"]'],
          postcondition: [{ condition: expression('self.id != ""'), errorMessage: 'No id.' }],
        },
      }),
    printed: `resource "aws_instance" "x" {
  ami = "a"

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [ami, tags["os"]]

    postcondition {
      condition     = self.id != ""
      error_message = "No id."
    }
  }
}
`,
  },
  {
    name: 'overrides, an argument that the binding lost among them',
    make: (stack) => {
      const vpc = new Vpc(stack, 'x', { cidrBlock: '10.0.0.0/16' });
      vpc.addOverride('enable_classiclink', false);
      vpc.addOverride('depends_on', ['aws_eip.y', expression('aws_eip.z')]);
      return vpc;
    },
    printed: `resource "aws_vpc" "x" {
  cidr_block         = "10.0.0.0/16"
  enable_classiclink = false

  depends_on = [aws_eip.y, aws_eip.z]
}
`,
  },
  {
    name: 'false, zero and empty text',
    make: (stack) =>
      new SecurityGroupRule(stack, 'x', {
        type: 'egress',
        protocol: '-1',
        fromPort: 0,
        toPort: 0,
        securityGroupId: '',
        selfAttribute: false,
      }),
    printed: `resource "aws_security_group_rule" "x" {
  type              = "egress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  security_group_id = ""
  self              = false
}
`,
  },
  {
    name: 'a comment of several lines',
    make: (stack) => note(new Vpc(stack, 'x', { cidrBlock: 'a' }), 'First.\n\nSecond.'),
    printed: '# First.\n#\n# Second.\nresource "aws_vpc" "x" {\n  cidr_block = "a"\n}\n',
  },
];

describe('generator/render/terraform/from-cdktf.ts', () => {
  it.each(cases)('prints $name', ({ make, printed }) => {
    const text = print(make);

    expect(text).toBe(printed);
  });
});
