// Instance types belong to the platform, have the right processor, and have a known size.
import type { KeyPath } from '../../core/key-path.ts';
import type { ProblemKind } from '../../core/problem.ts';
import { findInstanceSize, isArmType } from '../instance-types.ts';
import type { Environment, NodeGroup } from '../schema/environment-schema.ts';
import type { Finding, Rule } from './rule.ts';

const WRONG_PLATFORM: ProblemKind = {
  code: 'NODE-007',
  title: 'The instance type belongs to another platform',
  explanation:
    "AWS types look like m7i.2xlarge. zCompute types depend on the site's hardware and look like z8.3xlarge or ZGL4.7large. For a site that really has a type with an AWS name, write the `instanceSize` of the node group.",
};
const ARM: ProblemKind = {
  code: 'NODE-008',
  title: 'The instance type has an ARM processor',
  explanation:
    'Machine images, drivers and several container images of the platform are for x86-64 only, so a Graviton node would not boot or not run its pods.',
};
const UNKNOWN_SIZE: ProblemKind = {
  code: 'NODE-009',
  title: 'The size of an instance type is not known',
  severity: 'unchecked',
  explanation:
    'Rootstock has no facts for this type, so the capacity table leaves it out and nobody checked whether the workloads fit. Write `instanceSize` to have it counted.',
};

export const instanceType: Rule = {
  kinds: [WRONG_PLATFORM, ARM, UNKNOWN_SIZE],
  check: (environment) => [
    ...checkBastion(environment),
    ...Object.entries(environment.cluster.nodeGroups).flatMap(([name, group]) => checkGroup(environment, name, group)),
  ],
};

/** Its size counts for nothing, so only what would not start is refused. */
function checkBastion({ platform, network: { bastion } }: Environment): Finding[] {
  const { instanceType: type } = bastion;
  if (type === undefined) return [];
  const example = platform.kind === 'aws' ? 't3.small' : 'z2.large';
  return checkType(platform.kind, { instanceType: type }, ['network', 'bastion', 'instanceType'], example);
}

function checkGroup({ platform }: Environment, name: string, group: NodeGroup): Finding[] {
  const at = ['cluster', 'nodeGroups', name, 'instanceType'];
  const type = group.instanceType;
  const wrong = checkType(platform.kind, group, at, platform.kind === 'aws' ? 'm7i.2xlarge' : 'z8.3xlarge');
  if (wrong.length > 0 || group.instanceSize !== undefined) return wrong;
  if (findInstanceSize(platform.kind, type) !== undefined) return [];
  const message = `Rootstock has no facts for ${type}, so capacity was not checked for ${name}.`;
  return [{ kind: UNKNOWN_SIZE, at, message, hint: 'add instanceSize: { vcpu: …, memoryGiB: … }' }];
}

type Platform = Environment['platform']['kind'];
type Typed = Pick<NodeGroup, 'instanceType' | 'instanceSize'>;

function checkType(platform: Platform, typed: Typed, at: KeyPath, example: string): Finding[] {
  const type = typed.instanceType;
  if (isForeign(platform, typed)) {
    const message = `${type} is not a type of ${platform}.`;
    return [{ kind: WRONG_PLATFORM, at, message, hint: `write a type such as ${example}` }];
  }
  if (platform !== 'aws' || !isArmType(type)) return [];
  const message = `${type} has a Graviton processor (arm64); the machine images are for x86-64.`;
  const siblings = type.startsWith('t') ? 't3 or t3a for t4g' : 'm7i or m7a for m7g';
  return [{ kind: ARM, at, message, hint: `take the Intel or AMD sibling, such as ${siblings}` }];
}

function isForeign(platform: Platform, { instanceType: type, instanceSize }: Typed): boolean {
  if (platform === 'aws') return !/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type) || /^zp?\d+\./.test(type);
  return instanceSize === undefined && (findInstanceSize('aws', type) !== undefined || isArmType(type));
}
