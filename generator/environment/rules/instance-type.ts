// Instance types belong to the platform, have the right processor, and have a known size.
import type { ProblemKind } from '../../core/problem.ts';
import { findInstanceSize, isArmType } from '../instance-types.ts';
import type { Environment, NodeGroup } from '../schema/environment-schema.ts';
import type { Finding, Rule } from './rule.ts';

const WRONG_PLATFORM: ProblemKind = {
  code: 'NODE-007',
  title: 'The instance type belongs to another platform',
  explanation:
    "AWS types look like m7i.2xlarge. zCompute types depend on the site's hardware and look like z8.3xlarge or ZGL4.7large. For a site that really has a type with an AWS name, write its `instanceSize`.",
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
  check: (environment) =>
    Object.entries(environment.cluster.nodeGroups).flatMap(([name, group]) => checkGroup(environment, name, group)),
};

function checkGroup({ platform }: Environment, name: string, group: NodeGroup): Finding[] {
  const at = ['cluster', 'nodeGroups', name, 'instanceType'];
  const type = group.instanceType;
  if (isForeign(platform.kind, group)) {
    const example = platform.kind === 'aws' ? 'm7i.2xlarge' : 'z8.3xlarge';
    const message = `${type} is not a type of ${platform.kind}.`;
    return [{ kind: WRONG_PLATFORM, at, message, hint: `write a type such as ${example}` }];
  }
  if (platform.kind === 'aws' && isArmType(type)) {
    const message = `${type} has a Graviton processor (arm64); the nodes run x86-64 images.`;
    return [{ kind: ARM, at, message, hint: 'take the Intel or AMD sibling, such as m7i or m7a for m7g' }];
  }
  if (group.instanceSize !== undefined || findInstanceSize(platform.kind, type) !== undefined) return [];
  const message = `Rootstock has no facts for ${type}, so capacity was not checked for ${name}.`;
  return [{ kind: UNKNOWN_SIZE, at, message, hint: 'add instanceSize: { vcpu: …, memoryGiB: … }' }];
}

function isForeign(platform: 'zcompute' | 'aws', { instanceType: type, instanceSize }: NodeGroup): boolean {
  if (platform === 'aws') return !/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type) || /^zp?\d+\./.test(type);
  return instanceSize === undefined && (findInstanceSize('aws', type) !== undefined || isArmType(type));
}
