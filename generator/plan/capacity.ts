// Node groups and workloads → what will exist at min, desired and max, and whether the workloads fit into it.
import type { ResourceAmounts, Workload } from '../core/blueprint.ts';
import { requireCidr, sizeOfCidr } from '../core/cidr.ts';
import { makeProblem, type Problem, type ProblemKind } from '../core/problem.ts';
import { findInstanceSize } from '../environment/instance-types.ts';
import { listK3sWorkloads } from './k3s-workloads.ts';
import { type PackingNode, packPods, type Verdict } from './packing.ts';
import type { EnvironmentPlan, NodeGroupPlan } from './plan.ts';

const DOES_NOT_FIT: ProblemKind = {
  code: 'PLAN-010',
  title: 'The workloads do not fit into the nodes',
  explanation:
    'Even with every node group at its maximum, the requests of the pods exceed what the nodes can give, so some pods would stay Pending for ever. Raise `max`, choose larger instances, or run fewer or smaller workloads. docs/<environment>/capacity.md shows the numbers.',
};
const NO_ADDRESSES: ProblemKind = {
  code: 'PLAN-011',
  title: 'The private subnets have too few addresses',
  explanation:
    'Each node takes one address of a private subnet, and so does each internal load balancer in each zone. Clouds keep five addresses of every subnet for themselves.',
};

const NOT_CHECKED: ProblemKind = {
  code: 'PLAN-012',
  title: 'Whether the workloads fit could not be told',
  severity: 'unchecked',
  explanation:
    'Either the size of an instance type is not known, or the sums suffice but no placement of all pods was found. Tell the size with `instanceSize` in the node group, or compare the numbers in docs/<environment>/capacity.md yourself.',
};

export const capacityProblems: readonly ProblemKind[] = [DOES_NOT_FIT, NO_ADDRESSES, NOT_CHECKED];

/** Root volume of the bastion in GiB. */
export const BASTION_ROOT_GIB = 32;
/** Clouds keep the first four addresses of a subnet and the last. @see AWS VPC User Guide, "Subnet CIDR blocks" */
const RESERVED_PER_SUBNET = 5;

export const LEVELS = ['min', 'desired', 'max'] as const;
export type Level = (typeof LEVELS)[number];
export type PerLevel<T> = Readonly<Record<Level, T>>;
export type Pool = 'control' | 'worker' | 'gpu';

/** A sum some of whose parts may be unknown: then `known` is only the least it can be. */
export interface Quantity {
  readonly known: number;
  readonly complete: boolean;
}

export interface Amounts {
  readonly instances: number;
  readonly vcpu: Quantity;
  readonly memoryGiB: Quantity;
  readonly gpus: number;
  /** Time slices: units of `nvidia.com/gpu`. */
  readonly gpuSlices: number;
  readonly rootDiskGiB: number;
  readonly privateAddresses: number;
  readonly publicAddresses: number;
}

export interface CapacityRow {
  readonly name: string;
  /** Empty for what is not an instance of ours. */
  readonly instanceType: string;
  readonly at: PerLevel<Amounts>;
}

/** What the pods of one pool request, and what its nodes can give them. CPU in thousandths, memory in MiB. */
export interface PoolCapacity {
  readonly pool: Pool;
  readonly groups: readonly string[];
  /** Groups whose own taints keep the platform's workloads away. */
  readonly setAside: readonly string[];
  /** DaemonSets included, once for each node. */
  readonly requested: PerLevel<Required<ResourceAmounts>>;
  /** Undefined parts: the size of an instance type is unknown. */
  readonly allocatable: PerLevel<{
    readonly cpuMillis: number | undefined;
    readonly memoryMiB: number | undefined;
    readonly gpuUnits: number;
  }>;
  readonly verdict: PerLevel<Verdict>;
}

export interface CapacityPlan {
  /** Node groups in plan order, then the bastion, then load balancers and gateways. */
  readonly rows: readonly CapacityRow[];
  readonly total: PerLevel<Amounts>;
  readonly pools: readonly PoolCapacity[];
  /** zCompute runs load balancers and NAT gateways as machines that count against the quota; 0 on AWS. */
  readonly serviceMachines: number;
  /** Addresses of the private subnets that can be used. */
  readonly privateAddressesAvailable: number;
  /** Of these, what nodes and the API load balancer take at max. */
  readonly privateAddressesUsed: number;
}

/** Plans capacity. Pure; the same plan gives the same numbers. */
export function planCapacity(plan: EnvironmentPlan): CapacityPlan {
  const rows = [...plan.nodeGroups.map(nodeGroupRow), ...bastionRows(plan), networkRow(plan)];
  const zones = plan.network.zones.length;
  const nodes = plan.nodeGroups.reduce((sum, group) => sum + group.max, 0);
  return {
    rows,
    total: perLevel((level) => rows.map((row) => row.at[level]).reduce(addAmounts, NOTHING)),
    pools: (['control', 'worker', 'gpu'] as const).flatMap((pool) => planPool(plan, pool)),
    serviceMachines: plan.environment.platform.kind === 'zcompute' ? LOAD_BALANCERS + plan.network.natGateways : 0,
    privateAddressesAvailable: plan.network.zones
      .map(({ privateCidr }) => sizeOfCidr(requireCidr(privateCidr)) - RESERVED_PER_SUBNET)
      .reduce((sum, size) => sum + size, 0),
    privateAddressesUsed: nodes + zones,
  };
}

/** Problems of a plan's capacity. Codes: PLAN-010, PLAN-011, PLAN-012. */
export function findCapacityProblems(plan: EnvironmentPlan): Problem[] {
  const capacity = planCapacity(plan);
  return [...capacity.pools.flatMap((pool) => poolProblems(plan, pool)), ...addressProblems(plan, capacity)];
}

function poolProblems(plan: EnvironmentPlan, pool: PoolCapacity): Problem[] {
  const place = { file: plan.source.file };
  switch (pool.verdict.max) {
    case 'fits':
      return [];
    case 'does not fit': {
      const message = `Pods of the ${pool.pool} pool of ${plan.name} request ${formatRequest(pool.requested.max)}, but its nodes can give ${formatOffer(pool)} at their maximum.`;
      return [makeProblem(DOES_NOT_FIT, { place, key: 'cluster.nodeGroups', message, hint: fitHint(plan, pool) })];
    }
    case 'may not fit': {
      const message = `The ${pool.pool} pool of ${plan.name} has room for the sum of all pods, but no placement of them was found.`;
      return [makeProblem(NOT_CHECKED, { place, key: 'cluster.nodeGroups', message, hint: fitHint(plan, pool) })];
    }
    case 'unknown': {
      const [unknown] = plan.nodeGroups.filter(({ name, size }) => pool.groups.includes(name) && size === undefined);
      const key = `cluster.nodeGroups.${unknown?.name ?? ''}.instanceSize`;
      const message = `Rootstock does not know the size of ${unknown?.instanceType ?? ''}, so it could not tell whether the ${pool.pool} pool of ${plan.name} holds its pods.`;
      return [makeProblem(NOT_CHECKED, { place, key, message, hint: 'add instanceSize: { vcpu: …, memoryGiB: … }' })];
    }
  }
}

function addressProblems(plan: EnvironmentPlan, capacity: CapacityPlan): Problem[] {
  const { privateAddressesUsed: used, privateAddressesAvailable: available } = capacity;
  if (used <= available) return [];
  return [
    makeProblem(NO_ADDRESSES, {
      place: { file: plan.source.file },
      key: 'network.subnets.private',
      message: `${plan.name} needs ${used} private addresses at its maximum, but the private subnets have ${available}.`,
      hint: 'give larger networks under network.subnets.private, or lower max of a node group',
    }),
  ];
}

/** The API's and the public one. */
const LOAD_BALANCERS = 2;
const NONE: Quantity = { known: 0, complete: true };
const NOTHING: Amounts = {
  instances: 0,
  vcpu: NONE,
  memoryGiB: NONE,
  gpus: 0,
  gpuSlices: 0,
  rootDiskGiB: 0,
  privateAddresses: 0,
  publicAddresses: 0,
};

function nodeGroupRow(group: NodeGroupPlan): CapacityRow {
  return {
    name: group.name,
    instanceType: group.instanceType,
    at: perLevel((level) => {
      const nodes = group[level];
      const gpus = nodes * (group.gpu?.gpusPerNode ?? 0);
      return {
        instances: nodes,
        vcpu: times(nodes, group.size?.vcpu),
        memoryGiB: times(nodes, group.size?.memoryGiB),
        gpus,
        gpuSlices: gpus * (group.gpu?.slicesPerGpu ?? 0),
        rootDiskGiB: nodes * group.rootVolumeGiB,
        privateAddresses: nodes,
        publicAddresses: 0,
      };
    }),
  };
}

function bastionRows(plan: EnvironmentPlan): CapacityRow[] {
  const { platform, network } = plan.environment;
  if (!network.bastion.enabled) return [];
  const instanceType = network.bastion.instanceType ?? (platform.kind === 'zcompute' ? 'z2.large' : 't3.small');
  const size = findInstanceSize(platform.kind, instanceType);
  const amounts: Amounts = {
    ...NOTHING,
    instances: 1,
    vcpu: times(1, size?.vcpu),
    memoryGiB: times(1, size?.memoryGiB),
    rootDiskGiB: BASTION_ROOT_GIB,
    privateAddresses: 1,
    publicAddresses: 1,
  };
  return [{ name: 'bastion', instanceType, at: perLevel(() => amounts) }];
}

/** Load balancers take an address in each zone; only the public one takes a public address, like each NAT gateway. */
function networkRow(plan: EnvironmentPlan): CapacityRow {
  const { zones, natGateways } = plan.network;
  const amounts: Amounts = {
    ...NOTHING,
    privateAddresses: LOAD_BALANCERS * zones.length + natGateways,
    publicAddresses: zones.length + natGateways,
  };
  return { name: 'load balancers, NAT', instanceType: '', at: perLevel(() => amounts) };
}

function planPool(plan: EnvironmentPlan, pool: Pool): PoolCapacity[] {
  const groups = plan.nodeGroups.filter((group) => poolOf(group) === pool);
  const usable = groups.filter((group) => !isSetAside(group));
  const workloads = [...listK3sWorkloads(plan), ...plan.apps.flatMap((app) => app.plan.workloads ?? [])];
  const pods = workloads.filter((workload) => workload.kind !== 'DaemonSet' && runsIn(workload, pool));
  if (groups.length === 0 && pods.length === 0) return [];
  const daemons = workloads.filter((workload) => workload.kind === 'DaemonSet' && runsIn(workload, pool));
  const nodesAt = (level: Level) =>
    usable.flatMap((group) => Array.from({ length: group[level] }, () => toNode(group)));
  return [
    {
      pool,
      groups: usable.map(({ name }) => name),
      setAside: groups.filter(isSetAside).map(({ name }) => name),
      requested: perLevel((level) => sumRequests(pods, daemons, nodesAt(level).length)),
      allocatable: perLevel((level) => sumNodes(nodesAt(level))),
      verdict: perLevel((level) => packPods(nodesAt(level), pods, daemons, plan.environment.availability === 'high')),
    },
  ];
}

function poolOf(group: NodeGroupPlan): Pool {
  if (group.role === 'control') return 'control';
  return group.gpu === undefined ? 'worker' : 'gpu';
}

/** Deployments that may run anywhere run on workers: control nodes and GPU nodes keep them off. */
function runsIn({ runsOn, kind }: Workload, pool: Pool): boolean {
  if (runsOn !== 'every node') return runsOn === pool;
  return kind === 'DaemonSet' || pool === 'worker';
}

/** True if the environment file adds a taint that keeps pods away which do not know it. */
function isSetAside(group: NodeGroupPlan): boolean {
  const own = ['nvidia.com/gpu', 'node-role.kubernetes.io/control-plane'];
  return group.taints.some(({ key, effect }) => effect !== 'PreferNoSchedule' && !own.includes(key));
}

/**
 * What pods can use of a node. Kernel and firmware keep about 3 % of the memory an instance is sold with, and the
 * kubelet evicts below 100 MiB. @see kubelet `--eviction-hard`, Kubernetes v1.35
 */
function toNode(group: NodeGroupPlan): PackingNode {
  const gpuUnits = group.gpu === undefined ? 0 : group.gpu.gpusPerNode * group.gpu.slicesPerGpu;
  if (group.size === undefined) return { cpuMillis: undefined, memoryMiB: undefined, gpuUnits };
  return {
    cpuMillis: group.size.vcpu * 1000,
    memoryMiB: Math.floor(group.size.memoryGiB * 1024 * 0.97) - 100,
    gpuUnits,
  };
}

function sumNodes(nodes: readonly PackingNode[]): PoolCapacity['allocatable']['min'] {
  const sum = (pick: (node: PackingNode) => number | undefined) =>
    nodes.reduce<number | undefined>((total, node) => {
      const amount = pick(node);
      return total === undefined || amount === undefined ? undefined : total + amount;
    }, 0);
  return {
    cpuMillis: sum((node) => node.cpuMillis),
    memoryMiB: sum((node) => node.memoryMiB),
    gpuUnits: nodes.reduce((total, node) => total + node.gpuUnits, 0),
  };
}

function sumRequests(
  pods: readonly Workload[],
  daemons: readonly Workload[],
  nodes: number,
): Required<ResourceAmounts> {
  const counted = [
    ...pods.map(({ requests, replicas }) => ({ requests, count: replicas })),
    ...daemons.map(({ requests }) => ({ requests, count: nodes })),
  ];
  let total = { cpuMillis: 0, memoryMiB: 0, gpuUnits: 0 };
  for (const { requests, count } of counted) {
    total = {
      cpuMillis: total.cpuMillis + count * requests.cpuMillis,
      memoryMiB: total.memoryMiB + count * requests.memoryMiB,
      gpuUnits: total.gpuUnits + count * (requests.gpuUnits ?? 0),
    };
  }
  return total;
}

function fitHint(plan: EnvironmentPlan, pool: PoolCapacity): string {
  const [group] = plan.nodeGroups.filter(({ name }) => pool.groups.includes(name));
  if (group === undefined) {
    const what = pool.pool === 'gpu' ? 'a worker group with a gpu' : `a ${pool.pool} group`;
    return pool.setAside.length === 0
      ? `add ${what} to cluster.nodeGroups`
      : `take the taints off cluster.nodeGroups.${pool.setAside[0] ?? ''}, or add ${what} without any`;
  }
  if (group.role === 'control') return `choose a larger cluster.nodeGroups.${group.name}.instanceType`;
  return `raise cluster.nodeGroups.${group.name}.max above ${group.max}, or choose a larger instanceType there`;
}

function formatRequest({ cpuMillis, memoryMiB, gpuUnits }: Required<ResourceAmounts>): string {
  const gpu = gpuUnits === 0 ? '' : ` and ${gpuUnits} GPU slices`;
  return `${formatVcpu(cpuMillis)} vCPU, ${formatGiB(memoryMiB)} GiB${gpu}`;
}

function formatOffer(pool: PoolCapacity): string {
  const { cpuMillis, memoryMiB, gpuUnits } = pool.allocatable.max;
  if (cpuMillis === undefined || memoryMiB === undefined) return `${gpuUnits} GPU slices`;
  return formatRequest({ cpuMillis, memoryMiB, gpuUnits });
}

/** vCPU with at most two decimals: `4.25`. */
export function formatVcpu(cpuMillis: number): string {
  return String(Math.round(cpuMillis / 10) / 100);
}

/** GiB with at most one decimal: `93.1`. */
export function formatGiB(memoryMiB: number): string {
  return String(Math.round(memoryMiB / 102.4) / 10);
}

function perLevel<T>(make: (level: Level) => T): PerLevel<T> {
  return { min: make('min'), desired: make('desired'), max: make('max') };
}

function times(count: number, each: number | undefined): Quantity {
  if (count === 0) return NONE;
  return each === undefined ? { known: 0, complete: false } : { known: count * each, complete: true };
}

function addAmounts(a: Amounts, b: Amounts): Amounts {
  const add = (x: Quantity, y: Quantity): Quantity => ({
    known: x.known + y.known,
    complete: x.complete && y.complete,
  });
  return {
    instances: a.instances + b.instances,
    vcpu: add(a.vcpu, b.vcpu),
    memoryGiB: add(a.memoryGiB, b.memoryGiB),
    gpus: a.gpus + b.gpus,
    gpuSlices: a.gpuSlices + b.gpuSlices,
    rootDiskGiB: a.rootDiskGiB + b.rootDiskGiB,
    privateAddresses: a.privateAddresses + b.privateAddresses,
    publicAddresses: a.publicAddresses + b.publicAddresses,
  };
}
