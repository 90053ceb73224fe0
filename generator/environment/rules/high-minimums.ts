// `availability: high` has the nodes it needs. Refused, never raised in silence: nodes cost money.
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import { listGpuGroups, listWorkerGroups } from './node-group-facts.ts';
import type { Finding, Rule } from './rule.ts';

const WORKERS: ProblemKind = {
  code: 'NODE-004',
  title: 'Too few worker nodes for high availability',
  explanation:
    'In `high`, databases and object stores keep three copies on three nodes. The minimums of the worker groups without GPU must add up to three.',
};
const ZONES: ProblemKind = {
  code: 'NODE-012',
  title: 'A zone without a worker',
  explanation:
    'Each group without GPU spreads its nodes over the zones and starts with the first. In `high`, one of them must have a node in every zone: otherwise all copies of a database may be in one zone, and go with it.',
};
const GPU_NODES: ProblemKind = {
  code: 'NODE-005',
  title: 'Too few GPU nodes for high availability',
  explanation:
    'In `high`, models run twice, on two nodes. A second GPU node that first has to boot, install drivers and load models takes the better part of an hour.',
};
const WORKERS_NEEDED = 3;
const GPU_NODES_NEEDED = 2;

export const highMinimums: Rule = {
  kinds: [WORKERS, ZONES, GPU_NODES],
  check: (environment) =>
    environment.availability === 'high' ? [...checkWorkers(environment), ...checkGpuNodes(environment)] : [],
};

/** A node in each zone comes first: who writes one for each of three has enough in all. */
function checkWorkers(environment: Environment): Finding[] {
  const zones = checkZones(environment);
  return zones.length > 0 ? zones : checkSum(environment);
}

function checkSum({ cluster }: Environment): Finding[] {
  const plain = listWorkerGroups(cluster.nodeGroups).filter(({ group }) => group.gpu === undefined);
  const [first] = plain;
  const nodes = plain.map(({ group }) => group.min).reduce((sum, min) => sum + min, 0);
  if (first === undefined || nodes >= WORKERS_NEEDED) return [];
  const sum = plain.map(({ name, group }) => `${name} ${group.min}`).join(' + ');
  return [
    {
      kind: WORKERS,
      at: ['cluster', 'nodeGroups', first.name, 'min'],
      message: `availability is high, but only ${nodes} worker ${nodes === 1 ? 'node is' : 'nodes are'} sure to run (min: ${sum}); it needs ${WORKERS_NEEDED}.`,
      hint: `write min: ${first.group.min + WORKERS_NEEDED - nodes}, or availability: single`,
    },
  ];
}

function checkZones({ cluster, platform }: Environment): Finding[] {
  if (platform.kind !== 'aws') return [];
  const zones = platform.availabilityZones.length;
  const [largest] = listWorkerGroups(cluster.nodeGroups)
    .filter(({ group }) => group.gpu === undefined)
    .sort((a, b) => b.group.min - a.group.min);
  if (largest === undefined || largest.group.min >= zones) return [];
  const { name, group } = largest;
  const empty = platform.availabilityZones.slice(group.min).join(', ');
  return [
    {
      kind: ZONES,
      at: ['cluster', 'nodeGroups', name, 'min'],
      message: `availability is high, but no group without GPU is sure to have a node in ${empty}: ${name} has the most, min: ${group.min} over ${zones} zones.`,
      hint: `write min: ${zones}, or availability: single`,
    },
  ];
}

function checkGpuNodes({ cluster }: Environment): Finding[] {
  return listGpuGroups(cluster.nodeGroups)
    .filter(({ group }) => group.min < GPU_NODES_NEEDED)
    .map(({ name, group }) => ({
      kind: GPU_NODES,
      at: ['cluster', 'nodeGroups', name, 'min'],
      message: `availability is high, but ${name} keeps ${group.min} GPU ${group.min === 1 ? 'node' : 'nodes'} only; it needs ${GPU_NODES_NEEDED}.`,
      hint: `write min: ${GPU_NODES_NEEDED}, or availability: single`,
    }));
}
