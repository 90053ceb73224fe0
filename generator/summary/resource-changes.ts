// Terraform files of then and now → resources that the next apply makes, changes, replaces or destroys.
import { compareText } from '../core/problem.ts';
import type { Files } from './environment-files.ts';
import type { ResourceChange } from './summary.ts';

/** A resource as it stands in a generated file. */
export interface Resource {
  readonly project: ResourceChange['project'];
  readonly type: string;
  readonly label: string;
  readonly text: string;
  /** Arguments at the top of the block, as they are written. */
  readonly arguments: Readonly<Record<string, string>>;
}

/**
 * Arguments that cannot be changed in place: another value means destroy and create.
 * @see https://registry.terraform.io/providers/hashicorp/aws, "Forces new resource" of each argument
 */
const REPLACED_BY: Readonly<Record<string, readonly string[]>> = {
  aws_vpc: ['cidr_block', 'instance_tenancy'],
  aws_subnet: ['availability_zone', 'cidr_block', 'vpc_id'],
  aws_autoscaling_group: ['name'],
  aws_lb: ['internal', 'load_balancer_type', 'name'],
  aws_db_instance: ['engine', 'identifier', 'storage_encrypted', 'username'],
  aws_ebs_volume: ['availability_zone', 'encrypted', 'snapshot_id'],
  aws_s3_bucket: ['bucket'],
  aws_key_pair: ['key_name', 'public_key'],
};

/** Resources by project and address, e.g. `cluster/aws_autoscaling_group.gpu`. */
export function listResources(files: Files, environment: string): Map<string, Resource> {
  const found = new Map<string, Resource>();
  for (const [path, { content }] of files) {
    const project = new RegExp(`^terraform/${environment}/(infrastructure|cluster)/[^/]+\\.tf$`).exec(path)?.[1];
    if (project !== 'infrastructure' && project !== 'cluster') continue;
    // Generated files are printed by one writer: a block starts and ends at the start of a line.
    for (const [text, type = '', label = ''] of content.matchAll(/^resource "(\w+)" "([\w-]+)" \{\n[\s\S]*?^\}$/gm))
      found.set(`${project}/${type}.${label}`, { project, type, label, text, arguments: readArguments(text) });
  }
  return found;
}

function readArguments(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^ {2}(\w+) *= (.+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** Changed resources in order of project and address. */
export function findResourceChanges(
  before: ReadonlyMap<string, Resource>,
  after: ReadonlyMap<string, Resource>,
): ResourceChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort(compareText);
  return names.flatMap((name): ResourceChange[] => {
    const [then, now] = [before.get(name), after.get(name)];
    const either = then ?? now;
    const change = nameChange(then, now);
    if (either === undefined || change === undefined) return [];
    return [{ project: either.project, address: `${either.type}.${either.label}`, change }];
  });
}

function nameChange(then: Resource | undefined, now: Resource | undefined): ResourceChange['change'] | undefined {
  if (then === undefined) return 'added';
  if (now === undefined) return 'removed';
  if (then.text === now.text) return undefined;
  return isReplaced(then, now) ? 'replaced' : 'changed';
}

/** True if an argument differs that cannot be changed in place. */
function isReplaced(then: Resource, now: Resource): boolean {
  return (REPLACED_BY[then.type] ?? []).some((name) => then.arguments[name] !== now.arguments[name]);
}

/** True if the next apply destroys what is there. */
export function isLost(then: Resource, now: Resource | undefined): boolean {
  return now === undefined || isReplaced(then, now);
}
