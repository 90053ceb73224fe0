// `network` → subnets per zone, by the automatic layout or as given.
import { carveSubnet, formatAddressIn, formatCidr, requireCidr } from '../core/cidr.ts';
import type { Environment } from '../environment/schema/environment-schema.ts';
import type { NetworkPlan } from './plan.ts';

/**
 * Automatic layout of a /p VPC: public subnets of /(p+8), at the start, at least 16 addresses each;
 * private ones of /(p+4), from the middle on. The two halves leave room for what people add later.
 */
export function planNetwork(environment: Environment): NetworkPlan {
  const { network, platform, availability } = environment;
  const vpc = requireCidr(network.cidr);
  const names = platform.kind === 'aws' ? platform.availabilityZones : [undefined];
  const zones = names.map((name, index) => ({
    ...(name === undefined ? {} : { name }),
    publicCidr: network.subnets?.public[index] ?? formatCidr(carveSubnet(vpc, Math.min(vpc.prefix + 8, 28), index)),
    privateCidr: network.subnets?.private[index] ?? formatCidr(carveSubnet(vpc, vpc.prefix + 4, 8 + index)),
  }));
  const perZone =
    platform.kind === 'aws' && (platform.natGateways ?? (availability === 'high' ? 'per-zone' : 'one')) === 'per-zone';
  return {
    vpcCidr: network.cidr,
    podCidr: network.podCidr,
    serviceCidr: network.serviceCidr,
    clusterDns: formatAddressIn(requireCidr(network.serviceCidr), 10),
    zones,
    natGateways: perZone ? zones.length : 1,
  };
}
