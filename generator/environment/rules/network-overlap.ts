// VPC, pods and Services do not share an address, nor do they take one that means something else everywhere.
import { overlaps, requireCidr } from '../../core/cidr.ts';
import type { KeyPath } from '../../core/key-path.ts';
import { formatKeyPath } from '../../core/key-path.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import type { Finding, Rule } from './rule.ts';

const OVERLAP: ProblemKind = {
  code: 'NET-004',
  title: 'Two networks overlap',
  explanation:
    'Nodes, pods and Services talk to each other by address. An address that two of them share reaches only one, and which one depends on where you ask.',
};

/** Blocks that routers and hosts treat specially. @see RFC 6890 */
const SPECIAL = [
  { text: '0.0.0.0/8', meaning: '"this host" addresses' },
  { text: '127.0.0.0/8', meaning: 'loopback addresses' },
  { text: '169.254.0.0/16', meaning: 'link-local addresses, the instance metadata service among them' },
  { text: '224.0.0.0/3', meaning: 'multicast and reserved addresses' },
] as const;

/** Free ranges to propose, by key. */
const PROPOSALS: Readonly<Record<string, readonly string[]>> = {
  'network.cidr': ['10.0.0.0/16', '10.20.0.0/16', '172.20.0.0/16'],
  'network.podCidr': ['10.42.0.0/16', '10.142.0.0/16', '172.24.0.0/16'],
  'network.serviceCidr': ['10.43.0.0/16', '10.143.0.0/16', '172.25.0.0/16'],
};

interface Named {
  readonly at: KeyPath;
  readonly text: string;
}

export const networkOverlap: Rule = {
  kinds: [OVERLAP],
  check: (environment) => {
    const networks = listNetworks(environment);
    return [...networks.flatMap((network) => checkSpecial(network)), ...checkPairs(networks)];
  },
};

function listNetworks({ network }: Environment): Named[] {
  return [
    { at: ['network', 'cidr'], text: network.cidr },
    { at: ['network', 'podCidr'], text: network.podCidr },
    { at: ['network', 'serviceCidr'], text: network.serviceCidr },
  ];
}

function checkSpecial({ at, text }: Named): Finding[] {
  return SPECIAL.filter((special) => overlap(text, special.text)).map(({ text: block, meaning }) => ({
    kind: OVERLAP,
    at,
    message: `${text} overlaps ${block}, which holds ${meaning}.`,
    hint: propose(at, []),
  }));
}

/** The later key of a pair is the one to change: the VPC is often given, pods and Services are free. */
function checkPairs(networks: readonly Named[]): Finding[] {
  return networks.flatMap((later, index) =>
    networks
      .slice(0, index)
      .filter((earlier) => overlap(earlier.text, later.text))
      .map((earlier) => ({
        kind: OVERLAP,
        at: later.at,
        message: `${later.text} overlaps ${formatKeyPath(earlier.at)}, which is ${earlier.text}.`,
        hint: propose(
          later.at,
          networks.filter((other) => other !== later).map(({ text }) => text),
        ),
      })),
  );
}

function propose(at: KeyPath, taken: readonly string[]): string | undefined {
  const free = PROPOSALS[formatKeyPath(at)]?.find((text) => !taken.some((other) => overlap(text, other)));
  return free === undefined ? undefined : `write ${String(at.at(-1))}: ${free}`;
}

function overlap(a: string, b: string): boolean {
  return overlaps(requireCidr(a), requireCidr(b));
}
