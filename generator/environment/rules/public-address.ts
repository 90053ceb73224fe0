// The load balancer's address is given where records need it, and only where it exists.
import type { ProblemKind } from '../../core/problem.ts';
import type { Rule } from './rule.ts';

const NOT_HERE: ProblemKind = {
  code: 'DNS-005',
  title: 'AWS load balancers have no fixed public address',
  explanation:
    'On AWS the ingress load balancer has a name that resolves, and its addresses change. Records point at that name, which external-dns reads by itself.',
};
const NOT_YET: ProblemKind = {
  code: 'DNS-006',
  title: 'The public address is not known yet',
  severity: 'pending',
  explanation:
    'A zCompute load balancer has no name that resolves outside, so records need its address, and that exists only after the first apply of the cluster project. Apply, read it with `terraform output ingress_address`, write it into the environment file, render again. Everything else works before that.',
};

const AT = ['ingress', 'publicAddress'];

export const publicAddress: Rule = {
  kinds: [NOT_HERE, NOT_YET],
  check: ({ platform, ingress }) => {
    if (platform.kind === 'aws') {
      if (ingress.publicAddress === undefined) return [];
      const message = `ingress.publicAddress is ${ingress.publicAddress}, but the platform is aws.`;
      return [{ kind: NOT_HERE, at: AT, message, hint: 'remove publicAddress' }];
    }
    if (ingress.publicAddress !== undefined || ingress.dns.kind === 'none') return [];
    const message = `ingress.dns.kind is ${ingress.dns.kind}, and the address that its records point at is known only after the first apply.`;
    return [
      {
        kind: NOT_YET,
        at: AT,
        message,
        hint: 'after the apply, add publicAddress: with what terraform output ingress_address prints',
      },
    ];
  },
};
