import { DataAwsAmi } from '@cdktf/provider-aws/lib/data-aws-ami';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { type TerraformElement, TerraformStack } from 'cdktf';
import { RootConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { toHclBlocks } from '../../generator/render/terraform/from-cdktf.ts';
import { writeHcl } from '../../generator/render/terraform/hcl-writer.ts';
import {
  add,
  addOutput,
  addressOf,
  addUnbound,
  addVariable,
  dependOn,
  made,
  madeUnbound,
  reference,
} from './elements.ts';

function makeStack(): TerraformStack {
  return new TerraformStack(new RootConstruct(), 'test');
}

function print(element: TerraformElement): string {
  return writeHcl(toHclBlocks(element));
}

describe('blueprints/terraform/elements.ts', () => {
  it('prints names as given, so that two types may share one', () => {
    const stack = makeStack();

    const vpc = add(stack, Vpc, 'main', { cidrBlock: '10.0.0.0/16' });
    const group = add(stack, SecurityGroup, 'main', { vpcId: reference(vpc, 'id') });

    expect(print(vpc)).toBe('resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n');
    expect(print(group)).toBe('resource "aws_security_group" "main" {\n  vpc_id = aws_vpc.main.id\n}\n');
  });

  it('addresses data sources under data.', () => {
    const stack = makeStack();

    const image = add(stack, DataAwsAmi, 'ubuntu', { owners: ['self'] });

    expect(addressOf(image)).toBe('data.aws_ami.ubuntu');
    expect(addressOf(made(stack, DataAwsAmi, 'ubuntu'))).toBe('data.aws_ami.ubuntu');
  });

  it('finds what another file made, and throws for what none has', () => {
    const stack = makeStack();
    const vpc = add(stack, Vpc, 'main', { cidrBlock: '10.0.0.0/16' });

    expect(made(stack, Vpc, 'main')).toBe(vpc);
    expect(() => made(stack, Vpc, 'other')).toThrow('no file before this one makes aws_vpc.other');
    expect(() => madeUnbound(stack, 'time_sleep', 'x')).toThrow('no file before this one makes time_sleep.x');
  });

  it('prints resources without a binding, with references and dependencies unquoted', () => {
    const stack = makeStack();
    const vpc = add(stack, Vpc, 'main', { cidrBlock: '10.0.0.0/16' });

    const sleep = addUnbound(stack, 'time_sleep', 'settle', {
      create_duration: '60s',
      destroy_duration: undefined,
      triggers: { vpc: reference(vpc, 'id') },
    });
    dependOn(sleep, [vpc]);

    expect(print(madeUnbound(stack, 'time_sleep', 'settle'))).toBe(
      `resource "time_sleep" "settle" {
  create_duration = "60s"

  triggers = {
    vpc = aws_vpc.main.id
  }

  depends_on = [aws_vpc.main]
}
`,
    );
  });

  it('prints outputs with their description', () => {
    const output = addOutput(makeStack(), 'token', { description: 'The token.', value: 'x', sensitive: true });

    expect(print(output)).toBe(
      'output "token" {\n  description = "The token."\n  value       = "x"\n  sensitive   = true\n}\n',
    );
  });

  it('prints variables that are never null, with their validation', () => {
    const variable = addVariable(makeStack(), 'token', {
      type: 'string',
      description: 'The token.',
      sensitive: true,
      validation: [{ condition: 'length(var.token) >= 32', errorMessage: 'At least 32 characters.' }],
    });

    expect(print(variable)).toBe(
      `variable "token" {
  description = "The token."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = length(var.token) >= 32
    error_message = "At least 32 characters."
  }
}
`,
    );
  });
});
