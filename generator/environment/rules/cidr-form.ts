// Every network is a network: right shape, no leading zeros, no host bits.
import { formatCidr, parseCidr } from '../../core/cidr.ts';
import type { KeyPath } from '../../core/key-path.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import type { Finding, Rule } from './rule.ts';

const MALFORMED: ProblemKind = {
  code: 'NET-001',
  title: 'Not an IPv4 network',
  explanation:
    'A network is four numbers from 0 to 255 and a prefix length from 0 to 32, such as 10.0.0.0/16. None of them starts with a zero: some programs read 010 as ten, others as eight.',
};
const HOST_BITS: ProblemKind = {
  code: 'NET-003',
  title: 'A network has host bits set',
  explanation:
    'Behind the prefix all bits of a network are zero. Clouds refuse or silently round anything else, so write the network that you mean.',
};

export const cidrForm: Rule = {
  kinds: [MALFORMED, HOST_BITS],
  check: (environment) => listCidrs(environment).flatMap(({ at, text }) => checkCidr(at, text)),
};

function checkCidr(at: KeyPath, text: string): Finding[] {
  const reading = parseCidr(text);
  if (reading.ok) return [];
  if (reading.reason === 'malformed')
    return [
      { kind: MALFORMED, at, message: `${text} is not an IPv4 network.`, hint: 'write something like 10.0.0.0/16' },
    ];
  const hint = `write ${formatCidr(reading.network)}`;
  if (reading.reason === 'leading-zero') return [{ kind: MALFORMED, at, message: `${text} has a leading zero.`, hint }];
  return [{ kind: HOST_BITS, at, message: `${text} has host bits set.`, hint }];
}

/** All networks of an environment file with their key paths. */
export function listCidrs(environment: Environment): readonly { readonly at: KeyPath; readonly text: string }[] {
  const { network, ingress } = environment;
  const one = (at: KeyPath, text: string) => ({ at, text });
  const list = (at: KeyPath, texts: readonly string[]) => texts.map((text, index) => one([...at, index], text));
  return [
    one(['network', 'cidr'], network.cidr),
    ...list(['network', 'subnets', 'public'], network.subnets?.public ?? []),
    ...list(['network', 'subnets', 'private'], network.subnets?.private ?? []),
    one(['network', 'podCidr'], network.podCidr),
    one(['network', 'serviceCidr'], network.serviceCidr),
    ...list(['network', 'bastion', 'sshFrom'], network.bastion.sshFrom),
    ...list(['ingress', 'allowFrom'], ingress.allowFrom),
  ];
}
