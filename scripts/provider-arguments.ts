// Reduces the facts about hashicorp/aws schemas to what verify needs: argument names per type and provider version.
// Usage: tsx scripts/provider-arguments.ts FACTS.json > generator/verify/provider-arguments.json
import { readFileSync } from 'node:fs';
import { compareText } from '../generator/core/problem.ts';

interface Argument {
  readonly block: boolean;
  readonly attr_as_block?: boolean;
  readonly computed_only?: boolean;
  readonly in_3_33: boolean;
  readonly in_6_25: boolean;
}

type Facts = Readonly<Record<string, Readonly<Record<string, Argument>>>>;

const SOURCE = {
  made: 'by scripts/provider-arguments.ts from the schemas that two npm packages were generated from',
  '3.33': 'hashicorp/aws 3.33.0: npm @cdktf/provider-aws 1.0.35 (2021-03-29)',
  '6.25': 'hashicorp/aws 6.25.0: npm @cdktf/provider-aws 21.22.1',
  form: 'names in order, nested ones dotted; name{} is written as a block, name{}= as a block or an attribute',
};

/** Types that 3.33 does not have and that people know from newer providers: without an entry they would be unchecked. */
const ONLY_6_25 = [
  'aws_autoscaling_group_tag',
  'aws_autoscaling_traffic_source_attachment',
  'aws_s3_bucket_lifecycle_configuration',
  'aws_s3_bucket_server_side_encryption_configuration',
  'aws_s3_bucket_versioning',
  'aws_vpc_security_group_egress_rule',
  'aws_vpc_security_group_ingress_rule',
];

function reduce(facts: Facts): unknown {
  const types = Object.entries(facts)
    .filter(([type]) => type !== '_meta')
    .sort(([a], [b]) => compareText(a, b))
    .map(([type, args]) => [type, reduceType(args)]);
  return { source: SOURCE, missing: { '3.33': ONLY_6_25 }, types: Object.fromEntries(types) };
}

function reduceType(args: Readonly<Record<string, Argument>>): Record<string, string> {
  const list = (wanted: (argument: Argument) => boolean) =>
    Object.entries(args)
      .filter(([, argument]) => argument.computed_only !== true && wanted(argument))
      .map(([name, argument]) => `${name}${argument.block ? '{}' : ''}${argument.attr_as_block === true ? '=' : ''}`)
      .sort(compareText)
      .join(' ');
  const lists = {
    both: list((argument) => argument.in_3_33 && argument.in_6_25),
    '3.33': list((argument) => argument.in_3_33 && !argument.in_6_25),
    '6.25': list((argument) => !argument.in_3_33 && argument.in_6_25),
  };
  return Object.fromEntries(Object.entries(lists).filter(([, names]) => names !== ''));
}

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: tsx scripts/provider-arguments.ts FACTS.json');
process.stdout.write(`${JSON.stringify(reduce(JSON.parse(readFileSync(path, 'utf8')) as Facts), null, 1)}\n`);
