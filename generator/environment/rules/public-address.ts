// The load balancer is known by what its platform gives it, and known where records need it.
import type { ProblemKind } from '../../core/problem.ts';
import { IPV4 } from '../schema/shapes.ts';
import type { Finding, Rule } from './rule.ts';

const OTHER_FORM: ProblemKind = {
  code: 'DNS-005',
  title: 'The load balancer is not known by that on this platform',
  explanation:
    'On zCompute the ingress load balancer has a public address, and a name that resolves nowhere outside. On AWS it has a name that resolves, and its addresses may change. Records point at what lasts.',
};
const NOT_YET: ProblemKind = {
  code: 'DNS-006',
  title: 'The public address is not known yet',
  severity: 'pending',
  explanation:
    'Terraform makes the ingress load balancer, so where it is reached is known only after the first apply of the cluster project. Until then Ingresses have no status and external-dns writes no record. Apply, read it as the README of the repository says, write it into the environment file, render again. Everything else works before that.',
};

const AT = ['ingress', 'publicAddress'];

export const publicAddress: Rule = {
  kinds: [OTHER_FORM, NOT_YET],
  check: ({ platform, ingress }) => {
    if (ingress.publicAddress !== undefined) return checkForm(platform.kind, ingress.publicAddress);
    if (ingress.dns.kind === 'none') return [];
    const message = `ingress.dns.kind is ${ingress.dns.kind}, and where its records point to is known only after the first apply.`;
    const source =
      platform.kind === 'aws'
        ? 'the name that terraform output ingress_address prints'
        : 'the public address that the console shows under Load Balancing';
    return [{ kind: NOT_YET, at: AT, message, hint: `after the apply, add publicAddress: with ${source}` }];
  },
};

/** 0.0.0.0/8 is this network, 127.0.0.0/8 this machine, and from 224.0.0.0 on are groups and what is reserved. */
const NO_HOST = /^(?:0|127|22[4-9]|2[3-5]\d)\./;

function checkForm(platform: 'zcompute' | 'aws', value: string): Finding[] {
  const isAddress = new RegExp(IPV4).test(value);
  if (isAddress && NO_HOST.test(value)) {
    const message = `ingress.publicAddress is ${value}, which is the address of no load balancer.`;
    return [{ kind: OTHER_FORM, at: AT, message, hint: hintFor(platform) }];
  }
  if (isAddress === (platform === 'zcompute')) return [];
  const message = `ingress.publicAddress is ${value}, ${isAddress ? 'an address' : 'a name'}, but the platform is ${platform}.`;
  return [{ kind: OTHER_FORM, at: AT, message, hint: hintFor(platform) }];
}

function hintFor(platform: 'zcompute' | 'aws'): string {
  return platform === 'aws'
    ? 'write the name that terraform output ingress_address prints'
    : 'write the public address that the console shows under Load Balancing';
}
