// The VPC is large enough to carve and small enough for the cloud; pods and Services have room for every node.
import { formatCidr, requireCidr } from '../../core/cidr.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import { countMaxNodes } from './node-group-facts.ts';
import type { Finding, Rule } from './rule.ts';

const VPC_SIZE: ProblemKind = {
  code: 'NET-002',
  title: 'The VPC has the wrong size',
  explanation:
    'Clouds take VPCs of at most /16. Below /22 the subnets would have too few addresses for nodes, load balancers and NAT gateways.',
};
const CLUSTER_NETWORK_SIZE: ProblemKind = {
  code: 'NET-011',
  title: 'The network of pods or Services has the wrong size',
  explanation:
    'k3s hands each node a /24 of the pod network, so that network must hold as many as there may be nodes. Kubernetes takes Service networks of at most /12, and a platform of this kind needs at least a /24.',
};

const LARGEST_VPC = 16;
const SMALLEST_VPC = 22;
/** Prefix of the pod network of one node. @see https://docs.k3s.io/cli/server (cluster-cidr; kube-controller-manager's default mask) */
const NODE_POD_PREFIX = 24;

export const networkSize: Rule = {
  kinds: [VPC_SIZE, CLUSTER_NETWORK_SIZE],
  check: (environment) => [...checkVpc(environment), ...checkPods(environment), ...checkServices(environment)],
};

function checkVpc({ network }: Environment): Finding[] {
  const { base, prefix } = requireCidr(network.cidr);
  if (prefix >= LARGEST_VPC && prefix <= SMALLEST_VPC) return [];
  const fitting = Math.min(Math.max(prefix, LARGEST_VPC), SMALLEST_VPC);
  const mask = (-1 << (32 - fitting)) >>> 0;
  return [
    {
      kind: VPC_SIZE,
      at: ['network', 'cidr'],
      message: `${network.cidr} is a /${prefix}; a VPC is between /${LARGEST_VPC} and /${SMALLEST_VPC}.`,
      hint: `write ${formatCidr({ base: (base & mask) >>> 0, prefix: fitting })}`,
    },
  ];
}

function checkPods({ network, cluster }: Environment): Finding[] {
  const { prefix } = requireCidr(network.podCidr);
  const room = Math.floor(2 ** (NODE_POD_PREFIX - prefix));
  const nodes = countMaxNodes(cluster.nodeGroups);
  if (nodes <= room) return [];
  const needed = NODE_POD_PREFIX - Math.ceil(Math.log2(nodes));
  return [
    {
      kind: CLUSTER_NETWORK_SIZE,
      at: ['network', 'podCidr'],
      message: `${network.podCidr} has a /24 for each of ${room} nodes, but cluster.nodeGroups allows ${nodes}.`,
      hint: `give it a prefix of /${needed} or less`,
    },
  ];
}

function checkServices({ network }: Environment): Finding[] {
  const { prefix } = requireCidr(network.serviceCidr);
  if (prefix >= 12 && prefix <= 24) return [];
  return [
    {
      kind: CLUSTER_NETWORK_SIZE,
      at: ['network', 'serviceCidr'],
      message: `${network.serviceCidr} is a /${prefix}; a Service network is between /12 and /24.`,
      hint: 'write 10.43.0.0/16',
    },
  ];
}
