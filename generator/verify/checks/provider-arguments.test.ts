import { describe, expect, it } from 'vitest';
import { listExamples } from '../../testing/examples.ts';
import { renderOf } from '../../testing/plan-of.ts';
import { checkTerraform, pinAws } from '../../testing/terraform-tree.ts';
import { providerArguments } from './provider-arguments.ts';

const FILE = 'terraform/prod/cluster/main.tf';
const ZCOMPUTE = '>= 3.33.0, <= 3.35.0';
const AWS = '~> 6.0';

function check(pin: string, code: string) {
  return checkTerraform(providerArguments, { 'terraform/prod/cluster/versions.tf': pinAws(pin), [FILE]: code });
}

const accepted = [
  { name: 'vpc of an address in 3.33', pin: ZCOMPUTE, code: 'resource "aws_eip" "x" {\n  vpc = true\n}\n' },
  { name: 'domain of an address in 6.25', pin: AWS, code: 'resource "aws_eip" "x" {\n  domain = "vpc"\n}\n' },
  {
    name: 'nested blocks and what belongs to Terraform',
    pin: ZCOMPUTE,
    code: `resource "aws_instance" "x" {
  count = 1
  ami   = "a"
  root_block_device {
    volume_size = 1
  }
  lifecycle {
    ignore_changes = [ami]
  }
  depends_on = [aws_vpc.x]
}
`,
  },
  {
    name: 'a block that may be an argument too',
    pin: ZCOMPUTE,
    code: 'resource "aws_security_group" "x" {\n  ingress = []\n  egress {\n    from_port = 0\n  }\n}\n',
  },
  {
    name: 'a dynamic block',
    pin: AWS,
    code: 'resource "aws_autoscaling_group" "x" {\n  dynamic "tag" {\n    for_each = var.t\n    iterator = t\n    content {\n      key = t.key\n    }\n  }\n}\n',
  },
  {
    name: 'types of Terraform itself and of small providers',
    pin: ZCOMPUTE,
    code: 'data "terraform_remote_state" "x" {\n  backend = "s3"\n}\nresource "time_sleep" "x" {\n  create_duration = "1s"\n}\n',
  },
  {
    name: 'the provider with its endpoints',
    pin: ZCOMPUTE,
    code: 'provider "aws" {\n  region = "r"\n  endpoints {\n    elb = "u"\n  }\n}\n',
  },
];

const refused = [
  {
    name: 'domain of an address in 3.33',
    pin: ZCOMPUTE,
    code: 'resource "aws_eip" "x" {\n  domain = "vpc"\n}\n',
    expected: {
      code: 'VER-111',
      place: { file: FILE, line: 2, column: 3 },
      message: 'aws_eip.x sets domain, which hashicorp/aws 3.33 does not know.',
      hint: 'remove domain: it exists in hashicorp/aws 6.25 only',
    },
  },
  {
    name: 'vpc of an address in 6.25',
    pin: AWS,
    code: 'resource "aws_eip" "x" {\n  vpc = true\n}\n',
    expected: { code: 'VER-111', hint: 'remove vpc: it exists in hashicorp/aws 3.33 only' },
  },
  {
    name: 'a misspelt argument',
    pin: AWS,
    code: 'resource "aws_subnet" "x" {\n  cidr_blok = "a"\n}\n',
    expected: {
      code: 'VER-111',
      message: 'aws_subnet.x sets cidr_blok, which hashicorp/aws 6.25 does not know.',
      hint: 'did you mean cidr_block?',
    },
  },
  {
    name: 'a nested argument that came later',
    pin: ZCOMPUTE,
    code: 'resource "aws_launch_configuration" "x" {\n  root_block_device {\n    throughput = 125\n  }\n}\n',
    expected: {
      code: 'VER-111',
      place: { file: FILE, line: 3, column: 5 },
      message: 'aws_launch_configuration.x sets root_block_device.throughput, which hashicorp/aws 3.33 does not know.',
    },
  },
  {
    name: 'an argument inside a dynamic block',
    pin: AWS,
    code: 'resource "aws_autoscaling_group" "x" {\n  dynamic "tag" {\n    content {\n      kee = 1\n    }\n  }\n}\n',
    expected: { code: 'VER-111', place: { file: FILE, line: 4, column: 7 }, hint: 'did you mean tag.key?' },
  },
  {
    name: 'an endpoint that 3.33 does not have',
    pin: ZCOMPUTE,
    code: 'provider "aws" {\n  endpoints {\n    elbv2 = "u"\n  }\n}\n',
    expected: {
      code: 'VER-111',
      message: 'provider aws sets endpoints.elbv2, which hashicorp/aws 3.33 does not know.',
    },
  },
  {
    name: 'an argument of a data source',
    pin: ZCOMPUTE,
    code: 'data "aws_ami_ids" "x" {\n  include_deprecated = true\n}\n',
    expected: {
      code: 'VER-111',
      message: 'data.aws_ami_ids.x sets include_deprecated, which hashicorp/aws 3.33 does not know.',
    },
  },
  {
    name: 'an argument of a small provider',
    pin: AWS,
    code: 'resource "time_sleep" "x" {\n  create_durations = "1s"\n}\n',
    expected: {
      code: 'VER-111',
      message: 'time_sleep.x sets create_durations, which time_sleep does not know.',
      hint: 'did you mean create_duration?',
    },
  },
  {
    name: 'a type that came later',
    pin: ZCOMPUTE,
    code: 'resource "aws_vpc_security_group_ingress_rule" "x" {\n  ip_protocol = "tcp"\n}\n',
    expected: {
      code: 'VER-112',
      place: { file: FILE, line: 1, column: 1 },
      message: 'hashicorp/aws 3.33 does not have aws_vpc_security_group_ingress_rule.',
    },
  },
  {
    name: 'a type that went',
    pin: AWS,
    code: 'data "aws_subnet_ids" "x" {\n  vpc_id = "v"\n}\n',
    expected: { code: 'VER-112', message: 'hashicorp/aws 6.25 does not have data.aws_subnet_ids.' },
  },
  {
    name: 'a block written as an argument',
    pin: AWS,
    code: 'resource "aws_instance" "x" {\n  root_block_device = {}\n}\n',
    expected: {
      code: 'VER-113',
      message: 'aws_instance.x writes root_block_device as an argument.',
      hint: 'write root_block_device { … }',
    },
  },
  {
    name: 'an argument written as a block',
    pin: AWS,
    code: 'resource "aws_instance" "x" {\n  tags {\n    Name = "a"\n  }\n}\n',
    expected: { code: 'VER-113', message: 'aws_instance.x writes tags as a block.', hint: 'write tags = …' },
  },
  {
    name: 'IAM tags on zCompute',
    pin: ZCOMPUTE,
    code: 'resource "aws_iam_role" "x" {\n  tags = {}\n}\n',
    expected: {
      code: 'VER-114',
      message: 'aws_iam_role.x sets tags: zCompute refuses tags in IAM.',
      hint: 'remove tags',
    },
  },
  {
    name: 'a launch template on zCompute',
    pin: ZCOMPUTE,
    code: 'resource "aws_launch_template" "x" {\n  image_id = "a"\n}\n',
    expected: {
      code: 'VER-114',
      message: 'aws_launch_template does not work: zCompute has launch configurations only.',
    },
  },
  {
    name: 'default tags on zCompute',
    pin: ZCOMPUTE,
    code: 'provider "aws" {\n  default_tags {\n    tags = {}\n  }\n}\n',
    expected: { code: 'VER-114', hint: 'remove default_tags' },
  },
];

const unchecked = [
  {
    name: 'a type without facts',
    pin: AWS,
    code: 'resource "aws_sqs_queue" "x" {\n  name = "a"\n}\n',
    message: 'Rootstock has no arguments of aws_sqs_queue.',
  },
  {
    name: 'another provider',
    pin: AWS,
    code: 'provider "kubernetes" {\n  host = "a"\n}\n',
    message: 'Rootstock has no arguments of provider kubernetes.',
  },
  {
    name: 'a version without facts',
    pin: '~> 5.0',
    code: 'resource "aws_vpc" "x" {\n  cidr_block = "a"\n}\nresource "aws_eip" "x" {\n  nonsense = 1\n}\n',
    message: 'terraform/prod/cluster pins hashicorp/aws to ~> 5.0, of which Rootstock knows no arguments.',
  },
];

describe('generator/verify/checks/provider-arguments.ts', () => {
  it.each(accepted)('accepts $name', ({ pin, code }) => {
    expect(check(pin, code)).toEqual([]);
  });

  it.each(refused)('refuses $name', ({ pin, code, expected }) => {
    const problems = check(pin, code);

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ severity: 'error', key: 'cluster', ...expected });
  });

  it.each(unchecked)('says that it could not check $name', ({ pin, code, message }) => {
    const problems = check(pin, code);

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'VER-115', severity: 'unchecked', message });
  });

  it.each(listExamples())('finds nothing in what $name renders to', ({ texts }) => {
    const problems = providerArguments.run({ tree: renderOf(texts), yaml: [], valuePaths: new Map() });

    expect(problems).toEqual([]);
  });

  it('says so when the provider has no pin at all', () => {
    const problems = checkTerraform(providerArguments, { [FILE]: 'resource "aws_vpc" "x" {\n  cidr_block = "a"\n}\n' });

    expect(problems).toMatchObject([
      {
        code: 'VER-115',
        message: 'terraform/prod/cluster pins hashicorp/aws to no version, of which Rootstock knows no arguments.',
      },
    ]);
  });
});
