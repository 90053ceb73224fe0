// Names that the clouds cut off or refuse: load balancers, target groups and autoscaling groups.
import { CLOUD_NAME_LIMIT } from '../../core/cloud-names.ts';
import type { Problem, ProblemKind } from '../../core/problem.ts';
import { type Check, problemIn } from '../check.ts';
import { findLiteral } from '../hcl-reader.ts';
import { listBlocks, listTerraformProjects, type TerraformBlock } from '../terraform-projects.ts';

const TOO_LONG: ProblemKind = {
  code: 'VER-121',
  title: 'The name of a cloud resource is too long',
  explanation: `Load balancers and target groups have at most ${CLOUD_NAME_LIMIT} characters on AWS; on zCompute autoscaling groups do too, since instances are named after them. Shorten the name of the environment or of the node group.`,
};
const NOT_A_NAME: ProblemKind = {
  code: 'VER-122',
  title: 'The name of a cloud resource has characters that the cloud refuses',
  explanation:
    'Names of load balancers and target groups are letters, digits and hyphens, neither begin nor end with a hyphen, and those of load balancers do not begin with "internal-".',
};
const UNKNOWN: ProblemKind = {
  code: 'VER-123',
  title: 'The name of a cloud resource is not known before apply',
  explanation:
    'The name is put together by Terraform from values that are not in the file, so its length could not be checked. Write it out, or make sure that it stays within 32 characters.',
  severity: 'unchecked',
};

const LIMITED = new Set(['aws_autoscaling_group', 'aws_lb', 'aws_lb_target_group']);

/** Codes: VER-121 to VER-123. */
export const cloudNames: Check = {
  kinds: [TOO_LONG, NOT_A_NAME, UNKNOWN],
  run: ({ tree }) =>
    listTerraformProjects(tree)
      .flatMap((project) => listBlocks(project, 'resource'))
      .filter(({ block }) => LIMITED.has(block.labels[0] ?? ''))
      .flatMap(checkName),
};

function checkName({ source, block }: TerraformBlock): Problem[] {
  const attribute = block.body.find((entry) => entry.kind === 'attribute' && entry.name === 'name');
  if (attribute?.kind !== 'attribute') return [];
  const place = source.placeOf(attribute.at);
  const address = block.labels.join('.');
  const name = findLiteral(attribute.value);
  if (name === undefined)
    return [problemIn(UNKNOWN, source.file, { ...place, message: `The name of ${address} is computed.` })];
  if (name.length > CLOUD_NAME_LIMIT)
    return [
      problemIn(TOO_LONG, source.file, {
        ...place,
        message: `${name}, the name of ${address}, has ${name.length} characters; ${CLOUD_NAME_LIMIT} are allowed.`,
        hint: 'shorten metadata.name or the name of the node group',
      }),
    ];
  if (block.labels[0] === 'aws_autoscaling_group' || /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(name))
    return [];
  return [
    problemIn(NOT_A_NAME, source.file, {
      ...place,
      message: `${name} cannot be the name of ${address}.`,
      hint: 'use letters, digits and hyphens',
    }),
  ];
}
