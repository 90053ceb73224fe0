// Subnets that are given rather than carved: inside the VPC, apart from each other, one pair per zone, large enough.
import { contains, overlaps, requireCidr, sizeOfCidr } from '../../core/cidr.ts';
import { formatKeyPath, type KeyPath } from '../../core/key-path.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import { countMaxNodes, countZones } from './node-group-facts.ts';
import type { Finding, Rule } from './rule.ts';

const OUTSIDE: ProblemKind = {
  code: 'NET-005',
  title: 'A subnet lies outside the VPC',
  explanation: 'A subnet is a part of the VPC, so `network.cidr` must contain it.',
};
const OVERLAP: ProblemKind = {
  code: 'NET-006',
  title: 'Two subnets overlap',
  explanation: 'Clouds refuse subnets that share addresses.',
};
const COUNT: ProblemKind = {
  code: 'NET-007',
  title: 'The number of subnets does not fit the zones',
  explanation:
    'Each availability zone has one public and one private subnet, in the order of `platform.availabilityZones`. zCompute has one zone.',
};
const SIZE: ProblemKind = {
  code: 'NET-012',
  title: 'A subnet is too small',
  explanation:
    'Clouds take subnets of at least /28 and keep five addresses of each. All nodes live in the private subnets, so these need an address for every node there may be.',
};

const SMALLEST = 28;
/** Addresses of each subnet that the cloud keeps. @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const KEPT = 5;
const SIDES = ['public', 'private'] as const;

interface Subnet {
  readonly at: KeyPath;
  readonly text: string;
}

export const subnets: Rule = {
  kinds: [OUTSIDE, OVERLAP, COUNT, SIZE],
  check: (environment) => {
    if (environment.network.subnets === undefined) return checkRoom(environment, undefined);
    const all = SIDES.flatMap((side) => listSubnets(environment, side));
    const shape = [...checkOutside(environment, all), ...checkOverlaps(all), ...checkCounts(environment)];
    const sizes = [...all.flatMap(checkSmallest), ...checkRoom(environment, listSubnets(environment, 'private'))];
    return [...shape, ...sizes];
  },
};

function listSubnets({ network }: Environment, side: (typeof SIDES)[number]): Subnet[] {
  return (network.subnets?.[side] ?? []).map((text, index) => ({ at: ['network', 'subnets', side, index], text }));
}

function checkOutside({ network }: Environment, all: readonly Subnet[]): Finding[] {
  const vpc = requireCidr(network.cidr);
  return all
    .filter(({ text }) => !contains(vpc, requireCidr(text)))
    .map(({ at, text }) => ({
      kind: OUTSIDE,
      at,
      message: `${text} is not inside network.cidr, which is ${network.cidr}.`,
      hint: `choose a part of ${network.cidr}, or remove network.subnets to have them carved`,
    }));
}

function checkOverlaps(all: readonly Subnet[]): Finding[] {
  return all.flatMap((later, index) =>
    all
      .slice(0, index)
      .filter((earlier) => overlaps(requireCidr(earlier.text), requireCidr(later.text)))
      .map((earlier) => ({
        kind: OVERLAP,
        at: later.at,
        message: `${later.text} overlaps ${formatKeyPath(earlier.at)}, which is ${earlier.text}.`,
        hint: 'give each subnet addresses of its own, or remove network.subnets to have them carved',
      })),
  );
}

function checkCounts(environment: Environment): Finding[] {
  const zones = countZones(environment);
  return SIDES.flatMap((side) => {
    const given = environment.network.subnets?.[side].length ?? 0;
    if (given === zones) return [];
    const where =
      environment.platform.kind === 'aws' ? `platform.availabilityZones names ${zones}` : 'zCompute has one zone';
    return [
      {
        kind: COUNT,
        at: ['network', 'subnets', side],
        message: `${given} ${side} subnets are given, but ${where}.`,
        hint: `list ${zones} ${side} ${zones === 1 ? 'subnet' : 'subnets'}`,
      },
    ];
  });
}

function checkSmallest({ at, text }: Subnet): Finding[] {
  const { prefix } = requireCidr(text);
  if (prefix <= SMALLEST) return [];
  return [
    {
      kind: SIZE,
      at,
      message: `${text} is a /${prefix}; the smallest subnet is a /28.`,
      hint: 'make it a /28 or larger',
    },
  ];
}

/** Carved private subnets are a sixteenth of the VPC each. */
function checkRoom(environment: Environment, given: readonly Subnet[] | undefined): Finding[] {
  const { network, cluster } = environment;
  const carved = freeIn(sizeOfCidr(requireCidr(network.cidr)) / 16);
  const room =
    given === undefined
      ? carved * countZones(environment)
      : given.map(({ text }) => freeIn(sizeOfCidr(requireCidr(text)))).reduce((sum, size) => sum + size, 0);
  const nodes = countMaxNodes(cluster.nodeGroups);
  if (nodes <= room) return [];
  return [
    {
      kind: SIZE,
      at: given === undefined ? ['network', 'cidr'] : ['network', 'subnets', 'private'],
      message: `The private subnets have ${room} free addresses, but cluster.nodeGroups allows ${nodes} nodes.`,
      hint: given === undefined ? 'take a larger network.cidr, such as 10.0.0.0/16' : 'take larger private subnets',
    },
  ];
}

/** A network with fewer addresses than the cloud keeps has none. */
function freeIn(addresses: number): number {
  return Math.max(0, Math.floor(addresses) - KEPT);
}
