// Every argument of a resource, data source or provider exists in the provider version that the project pins.

import { findNearest } from '../../core/nearest.ts';
import type { Problem, ProblemKind } from '../../core/problem.ts';
import { type Check, problemIn } from '../check.ts';
import type { ReadBlock, ReadEntry } from '../hcl-reader.ts';
import {
  type ArgumentForm,
  findArguments,
  findProviderVersion,
  type KnownArguments,
  type ProviderVersion,
} from '../provider-facts.ts';
import {
  listBlocks,
  listProviderPins,
  listTerraformProjects,
  type TerraformBlock,
  type TerraformProject,
} from '../terraform-projects.ts';

const UNKNOWN_ARGUMENT: ProblemKind = {
  code: 'VER-111',
  title: 'A Terraform argument that the pinned provider does not know',
  explanation:
    'zCompute needs hashicorp/aws 3.33 to 3.35, AWS the current major version, and arguments came and went between the two. Terraform would stop at plan. What is written for zCompute must exist in 3.33, the lowest version that the project allows.',
};
const UNKNOWN_TYPE: ProblemKind = {
  code: 'VER-112',
  title: 'A resource type that the pinned provider does not have',
  explanation:
    'The type came with a later provider version. On zCompute use what 3.33 has: aws_security_group_rule rather than aws_vpc_security_group_ingress_rule, settings inside aws_s3_bucket rather than resources of their own.',
};
const WRONG_FORM: ProblemKind = {
  code: 'VER-113',
  title: 'A Terraform block where an argument is expected, or the other way round',
  explanation: 'A nested block is written name { … }, an argument name = …. Terraform does not take one for the other.',
};
const REFUSED: ProblemKind = {
  code: 'VER-114',
  title: 'An argument that the provider knows and zCompute refuses',
  explanation:
    'zCompute implements a part of the AWS API. The provider sends the argument, and the apply fails half-way or shows a difference for ever.',
};
const NO_FACTS: ProblemKind = {
  code: 'VER-115',
  title: 'Terraform arguments that could not be checked',
  explanation:
    'Rootstock has argument lists for the types that it writes itself, for hashicorp/aws 3.33 and 6.25. For anything else, run terraform validate.',
  severity: 'unchecked',
};

/** Types of other providers that we write, or that Terraform has built in. @see https://registry.terraform.io/providers/hashicorp/time/0.12.1 and random/3.6.3 */
const OTHER_TYPES: Readonly<Record<string, readonly string[]>> = {
  'data.terraform_remote_state': ['backend', 'config', 'defaults', 'workspace'],
  random_id: ['byte_length', 'keepers', 'prefix'],
  random_password: [
    ...['keepers', 'length', 'lower', 'min_lower', 'min_numeric', 'min_special', 'min_upper'],
    ...['number', 'numeric', 'override_special', 'special', 'upper'],
  ],
  terraform_data: ['input', 'triggers_replace'],
  time_sleep: ['create_duration', 'destroy_duration', 'triggers'],
};

/** Belong to Terraform itself, in every resource and data source. */
const META = new Set([
  ...['connection', 'count', 'depends_on', 'for_each', 'lifecycle', 'provider', 'provisioner'],
  ...['alias', 'version'],
]);

const NO_IAM_TAGS = 'zCompute refuses tags in IAM';
const NO_METADATA = 'zCompute has no IMDSv2';
/** What is in 3.33 and yet not for zCompute, with the reason. @see Zadara terraform-zcompute-k8s v3.1.0 (.checkov, .trivyignore), iam-instance-profile v1.1.1 */
const ZCOMPUTE_REFUSES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws_iam_role: { tags: NO_IAM_TAGS, description: 'zCompute refuses descriptions in IAM' },
  aws_instance: { metadata_options: NO_METADATA },
  aws_launch_configuration: { metadata_options: NO_METADATA },
  aws_autoscaling_group: { launch_template: 'zCompute has launch configurations only' },
  aws_subnet: { map_public_ip_on_launch: 'zCompute does not have this feature' },
  provider: {
    default_tags: 'up to 3.37 they reach VPCs and subnets only, and zCompute refuses them on some resources',
  },
};
const ZCOMPUTE_REFUSES_TYPES: Readonly<Record<string, string>> = {
  aws_launch_template: 'zCompute has launch configurations only',
};

/** Codes: VER-111 to VER-115. */
export const providerArguments: Check = {
  kinds: [UNKNOWN_ARGUMENT, UNKNOWN_TYPE, WRONG_FORM, REFUSED, NO_FACTS],
  run: ({ tree }) => listTerraformProjects(tree).flatMap(checkProject),
};

function checkProject(project: TerraformProject): Problem[] {
  const blocks = listBlocks(project, 'resource', 'data', 'provider');
  const pin = listProviderPins(project).get('aws') ?? '';
  const version = findProviderVersion(pin);
  if (version !== undefined) return blocks.flatMap((found) => checkBlock(found, version));
  const ofAws = blocks.filter(({ block }) => /^aws(_|$)/.test(block.labels[0] ?? ''));
  const [first] = ofAws;
  const others = blocks.filter((found) => !ofAws.includes(found)).flatMap((found) => checkBlock(found, '6.25'));
  if (first === undefined) return others;
  const message = `${project.folder} pins hashicorp/aws ${pin === '' ? 'to no version' : `to ${pin}`}, of which Rootstock knows no arguments.`;
  return [problemAt(NO_FACTS, first, first.block, message), ...others];
}

function checkBlock(found: TerraformBlock, version: ProviderVersion): Problem[] {
  const { block } = found;
  const type = typeOf(block);
  const known = findKnown(type, version);
  if (known === undefined) {
    if (block.body.length === 0) return [];
    return [problemAt(NO_FACTS, found, block, `Rootstock has no arguments of ${type}.`)];
  }
  if (known === 'absent')
    return [problemAt(UNKNOWN_TYPE, found, block, `hashicorp/aws ${version} does not have ${type}.`)];
  const refused = version === '3.33' ? ZCOMPUTE_REFUSES_TYPES[type] : undefined;
  if (refused !== undefined) return [problemAt(REFUSED, found, block, `${type} does not work: ${refused}.`)];
  return checkBody({ found, type, version, known }, block.body, '');
}

function problemAt(
  kind: ProblemKind,
  { source }: TerraformBlock,
  entry: ReadEntry,
  message: string,
  hint?: string,
): Problem {
  return problemIn(kind, source.file, { ...source.placeOf(entry.at), message, hint });
}

function typeOf(block: ReadBlock): string {
  const [label = ''] = block.labels;
  if (block.type === 'provider') return label === 'aws' ? 'provider' : `provider ${label}`;
  return block.type === 'data' ? `data.${label}` : label;
}

function findKnown(type: string, version: ProviderVersion): KnownArguments | 'absent' | undefined {
  const other = OTHER_TYPES[type];
  return other === undefined ? findArguments(type, version) : new Map(other.map((name) => [name, 'attribute']));
}

interface Context {
  readonly found: TerraformBlock;
  readonly type: string;
  readonly version: ProviderVersion;
  readonly known: KnownArguments;
}

/** `prefix` is the dotted path of the block around, with a dot at its end; empty at the top. */
function checkBody(context: Context, body: readonly ReadEntry[], prefix: string): Problem[] {
  return body.flatMap((entry) => {
    if (prefix === '' && META.has(nameOf(entry))) return [];
    const dynamic = entry.kind === 'block' && entry.type === 'dynamic';
    const name = `${prefix}${dynamic ? (entry.labels[0] ?? '') : nameOf(entry)}`;
    const problems = checkEntry(context, entry, name);
    if (problems.length > 0 || entry.kind === 'attribute') return problems;
    return checkBody(context, dynamic ? contentOf(entry) : entry.body, `${name}.`);
  });
}

function nameOf(entry: ReadEntry): string {
  return entry.kind === 'attribute' ? entry.name : entry.type;
}

/** What a dynamic block writes each time. */
function contentOf(dynamic: ReadBlock): readonly ReadEntry[] {
  return dynamic.body.flatMap((entry) => (entry.kind === 'block' && entry.type === 'content' ? entry.body : []));
}

function checkEntry(context: Context, entry: ReadEntry, name: string): Problem[] {
  const { found, type, version, known } = context;
  const form = known.get(name);
  if (form === undefined) {
    const owner = type in OTHER_TYPES ? type : `hashicorp/aws ${version}`;
    const message = `${addressOf(found.block)} sets ${name}, which ${owner} does not know.`;
    return [problemAt(UNKNOWN_ARGUMENT, found, entry, message, suggest(name, context))];
  }
  const wrong = findWrongForm(entry, form);
  if (wrong !== undefined) {
    const message = `${addressOf(found.block)} writes ${name} as ${wrong.written}.`;
    return [problemAt(WRONG_FORM, found, entry, message, wrong.hint)];
  }
  const reason = version === '3.33' ? ZCOMPUTE_REFUSES[type]?.[name] : undefined;
  if (reason === undefined) return [];
  return [problemAt(REFUSED, found, entry, `${addressOf(found.block)} sets ${name}: ${reason}.`, `remove ${name}`)];
}

function addressOf({ type, labels }: ReadBlock): string {
  return `${type === 'resource' ? '' : `${type}${type === 'provider' ? ' ' : '.'}`}${labels.join('.')}`;
}

function findWrongForm(
  entry: ReadEntry,
  form: ArgumentForm,
): { readonly written: string; readonly hint: string } | undefined {
  const name = nameOf(entry);
  if (entry.kind === 'attribute' && form === 'block') return { written: 'an argument', hint: `write ${name} { … }` };
  if (entry.kind === 'block' && form === 'attribute') return { written: 'a block', hint: `write ${name} = …` };
  return undefined;
}

/** The other version's knowledge first: most unknown arguments are right ones on the wrong platform. */
function suggest(name: string, { type, version, known }: Context): string {
  const other = version === '3.33' ? '6.25' : '3.33';
  const elsewhere = findArguments(type, other);
  if (elsewhere !== undefined && elsewhere !== 'absent' && elsewhere.has(name))
    return `remove ${name}: it exists in hashicorp/aws ${other} only`;
  const nearest = findNearest(name, [...known.keys()]);
  return nearest === undefined ? `remove ${name}` : `did you mean ${nearest}?`;
}
