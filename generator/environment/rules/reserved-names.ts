// Names that AWS keeps for itself would only be refused by `terraform apply`, half-way.
import type { ProblemKind } from '../../core/problem.ts';
import type { Rule } from './rule.ts';

const RESERVED_NAME: ProblemKind = {
  code: 'NAME-005',
  title: 'The name begins like names that AWS keeps for itself',
  explanation:
    'Cloud resources are named after the environment. AWS refuses security groups whose names begin with sg- and load balancers whose names begin with internal-, so an environment cannot be called sg or internal, nor begin that way.',
};

/** @see AWS EC2 CreateSecurityGroup (GroupName) and ELBv2 CreateLoadBalancer (Name) */
const PREFIXES = ['sg', 'internal'];

export const reservedNames: Rule = {
  kinds: [RESERVED_NAME],
  check: ({ metadata: { name } }) =>
    PREFIXES.filter((prefix) => name === prefix || name.startsWith(`${prefix}-`)).map((prefix) => ({
      kind: RESERVED_NAME,
      at: ['metadata', 'name'],
      message: `Resources called ${name}-… begin with ${prefix}-, which AWS refuses.`,
      hint: `write name: my-${name}`,
    })),
};
