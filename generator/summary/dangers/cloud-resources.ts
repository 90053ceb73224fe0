// What else Terraform destroys or replaces and cannot give back: networks, addresses, data.
import { isLost, listResources } from '../resource-changes.ts';
import type { Danger } from '../summary.ts';
import type { FindDangers } from './danger.ts';

type Described = Pick<Danger, 'name' | 'what' | 'avoid'>;

/** By type of resource. Groups of nodes are told by themselves. */
const DANGEROUS: Readonly<Record<string, (label: string) => Described>> = {
  aws_vpc: () => ({
    name: 'vpc',
    what: 'Terraform destroys the VPC and makes another, with everything in it.',
    avoid: 'keep network.cidr and the name of the environment',
  }),
  aws_subnet: (label) => ({
    name: 'subnets',
    what: `Terraform destroys the subnet ${label}: the nodes, load balancers and gateways in it go first.`,
    avoid: 'keep the zones and the subnets that there are',
  }),
  aws_lb: (label) => ({
    name: `load-balancer/${label}`,
    what: `Terraform destroys the load balancer ${label}: its address is lost, and nothing answers until names point to the new one.`,
    avoid: 'plan an outage, and change the DNS records right after the apply',
  }),
  aws_eip: (label) => ({
    name: `public-address/${label}`,
    what: `Terraform gives the public address ${label} back to the cloud: whoever allows it by its number locks the cluster out.`,
    avoid: 'have the new address allowed first, or keep what uses this one',
  }),
  aws_db_instance: describeData,
  aws_ebs_volume: describeData,
  aws_s3_bucket: describeData,
};

function describeData(label: string): Described {
  return {
    name: `data/${label}`,
    what: `Terraform destroys ${label} and the data in it.`,
    avoid: `copy the data first, or take ${label} out of the state with terraform state rm`,
  };
}

export const findCloudDangers: FindDangers = ({ environment, filesBefore, filesAfter }) => {
  const now = listResources(filesAfter, environment);
  const dangers = new Map<string, Danger>();
  for (const [address, resource] of listResources(filesBefore, environment)) {
    const described = isLost(resource, now.get(address)) ? DANGEROUS[resource.type]?.(resource.label) : undefined;
    if (described !== undefined && !dangers.has(described.name))
      dangers.set(described.name, { ...described, takesEffect: 'apply' });
  }
  return [...dangers.values()];
};
