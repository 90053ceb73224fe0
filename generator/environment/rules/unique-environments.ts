// Environments of one repository do not share what must be their own: names and DNS records. Buckets have a rule of their own.
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import { listScalingGroupNames } from './derived-names.ts';
import type { Finding, RepositoryRule } from './rule.ts';

const SAME_NAME: ProblemKind = {
  code: 'NAME-002',
  title: 'Two environments have the same name',
  explanation:
    'The name is the folder in the repository and the prefix of every cloud resource, so each environment has its own.',
};
const SAME_CLOUD_NAME: ProblemKind = {
  code: 'NAME-004',
  title: 'Two environments would make a cloud resource of the same name',
  explanation:
    'Autoscaling groups are named <environment>-<node group>. The environment `a` with a group `b-c` and the environment `a-b` with a group `c` arrive at one name.',
};
const SAME_DOMAIN: ProblemKind = {
  code: 'DNS-007',
  title: 'Two environments use the same domain',
  explanation: 'Each would point the same names at its own load balancer, and the last writer would win.',
};

/** What two environments must not have in common, and how to read it. */
interface Ownership {
  readonly kind: ProblemKind;
  /** Values that must be unique; each with the key that holds it. */
  list(environment: Environment): readonly { readonly value: string; readonly at: Finding['at'] }[];
  describe(value: string): string;
  hint(environment: Environment): string;
}

const OWNERSHIPS: readonly Ownership[] = [
  {
    kind: SAME_NAME,
    list: ({ metadata }) => [{ value: metadata.name, at: ['metadata', 'name'] }],
    describe: (value) => `metadata.name is ${value}`,
    hint: () => 'give one of them another name, or leave one of the files out',
  },
  {
    kind: SAME_CLOUD_NAME,
    list: (environment) => listScalingGroupNames(environment).map(({ name, at }) => ({ value: name, at })),
    describe: (value) => `An autoscaling group would be called ${value}`,
    hint: () => 'rename the node group or the environment',
  },
  {
    kind: SAME_DOMAIN,
    // With "none" somebody else decides where the names point, as in a move from one cluster to the next.
    list: ({ ingress }) =>
      ingress.domain === undefined || ingress.dns.kind === 'none'
        ? []
        : [{ value: ingress.domain, at: ['ingress', 'domain'] }],
    describe: (value) => `ingress.domain is ${value}`,
    hint: ({ metadata, ingress }) => `write domain: ${metadata.name}.${ingress.domain ?? 'example.com'}`,
  },
];

export const uniqueEnvironments: RepositoryRule = {
  kinds: OWNERSHIPS.map(({ kind }) => kind),
  check: (environments) => {
    const sameNames = checkOwnership(environments, OWNERSHIPS.slice(0, 1));
    return sameNames.length > 0 ? sameNames : checkOwnership(environments, OWNERSHIPS.slice(1));
  },
};

function checkOwnership(environments: readonly Environment[], ownerships: readonly Ownership[]) {
  return ownerships.flatMap(({ kind, list, describe, hint }) => {
    const owners = new Map<string, Environment>();
    return environments.flatMap((environment) =>
      list(environment).flatMap(({ value, at }) => {
        const owner = owners.get(value) ?? environment;
        owners.set(value, owner);
        if (owner === environment) return [];
        const message = `${describe(value)}, and so it is in environment ${owner.metadata.name}.`;
        return [{ kind, environment: environment.metadata.name, at, message, hint: hint(environment) }];
      }),
    );
  });
}
