// Every cloud name that is made from the environment's name fits, and no two of them are the same.
import {
  apiLoadBalancerName,
  CLOUD_NAME_LIMIT,
  ingressLoadBalancerName,
  ingressTargetGroupName,
  scalingGroupName,
} from '../../core/cloud-names.ts';
import type { KeyPath } from '../../core/key-path.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment, NodeGroup } from '../schema/environment-schema.ts';
import { countZones } from './node-group-facts.ts';
import type { Finding, Rule } from './rule.ts';

const TOO_LONG: ProblemKind = {
  code: 'NAME-001',
  title: 'A cloud name would be too long',
  explanation:
    'Load balancers, target groups and autoscaling groups are named after the environment and may have 32 characters. Rootstock does not cut names: two cut names can become the same.',
};
const AMBIGUOUS: ProblemKind = {
  code: 'NAME-003',
  title: 'Two autoscaling groups would get the same name',
  explanation:
    'Autoscaling groups are named <environment>-<node group>, with a number where a node group has several. Different node groups must not arrive at one name.',
};

interface DerivedName {
  readonly name: string;
  readonly what: string;
  /** The key to shorten. */
  readonly at: KeyPath;
}

export const derivedNames: Rule = {
  kinds: [TOO_LONG, AMBIGUOUS],
  check: (environment) => [...checkLengths(environment), ...checkScalingGroups(environment)],
};

/** One finding per key: the longest name that it makes. */
function checkLengths(environment: Environment): Finding[] {
  const worst = new Map<string, DerivedName>();
  for (const derived of [...listLoadBalancerNames(environment), ...listScalingGroupNames(environment)]) {
    const known = worst.get(derived.at.join('.'));
    if (known === undefined || derived.name.length > known.name.length) worst.set(derived.at.join('.'), derived);
  }
  return [...worst.values()]
    .filter(({ name }) => name.length > CLOUD_NAME_LIMIT)
    .map(({ name, what, at }) => {
      const excess = name.length - CLOUD_NAME_LIMIT;
      return {
        kind: TOO_LONG,
        at,
        message: `The ${what} would be called ${name}: ${name.length} characters, and the cloud takes ${CLOUD_NAME_LIMIT}.`,
        hint: `shorten ${String(at.at(-1))} or the environment's name by ${excess} ${excess === 1 ? 'character' : 'characters'}`,
      };
    });
}

function checkScalingGroups(environment: Environment): Finding[] {
  const owners = new Map<string, string>();
  return listScalingGroupNames(environment).flatMap(({ name, at }) => {
    const group = String(at.at(-1));
    const other = owners.get(name);
    owners.set(name, group);
    if (other === undefined || other === group) return [];
    const message = `The node groups ${other} and ${group} would both have an autoscaling group called ${name}.`;
    return [{ kind: AMBIGUOUS, at, message, hint: `rename ${group}` }];
  });
}

function listLoadBalancerNames({ metadata }: Environment): DerivedName[] {
  const at = ['metadata', 'name'];
  return [
    { at, what: 'API load balancer', name: apiLoadBalancerName(metadata.name) },
    { at, what: 'ingress load balancer', name: ingressLoadBalancerName(metadata.name) },
    { at, what: 'target group for HTTP', name: ingressTargetGroupName(metadata.name, 'http') },
    { at, what: 'target group for HTTPS', name: ingressTargetGroupName(metadata.name, 'https') },
  ];
}

/** Names of all autoscaling groups of an environment, with the node group each belongs to. */
export function listScalingGroupNames(environment: Environment): readonly DerivedName[] {
  return Object.entries(environment.cluster.nodeGroups).flatMap(([nodeGroup, group]) =>
    listIndices(group, countZones(environment)).map((index) => ({
      at: ['cluster', 'nodeGroups', nodeGroup],
      what: `autoscaling group of ${nodeGroup}`,
      name: scalingGroupName(environment.metadata.name, nodeGroup, index),
    })),
  );
}

/** Control nodes have a group each; worker groups that can host volumes have one in each of several zones. */
function listIndices(group: NodeGroup, zones: number): readonly (number | undefined)[] {
  if (group.role === 'control') return Array.from({ length: group.size }, (_, index) => index + 1);
  if (group.gpu !== undefined || zones === 1) return [undefined];
  return Array.from({ length: zones }, (_, index) => index + 1);
}
