// Capacity → what docs/<environment>/capacity.md shows.
import {
  type Amounts,
  formatGiB,
  formatVcpu,
  LEVELS,
  type Level,
  type PoolCapacity,
  planCapacity,
  type Quantity,
} from '../../plan/capacity.ts';
import { type GpuMemoryTable, planGpuMemory, shareItem, sumItem } from '../../plan/gpu-memory.ts';
import { listK3sWorkloads } from '../../plan/k3s-workloads.ts';
import type { EnvironmentPlan } from '../../plan/plan.ts';
import { markdownTable } from '../markdown.ts';

const COLUMNS = [
  'Part',
  'Instance type',
  'Instances',
  'vCPU',
  'RAM GiB',
  'GPUs',
  'GPU slices',
  'Root disk GiB',
  'Private addresses',
  'Public addresses',
];
const NUMBERS = [2, 3, 4, 5, 6, 7, 8, 9];

export function capacityView(plan: EnvironmentPlan): Record<string, unknown> {
  const capacity = planCapacity(plan);
  return {
    levels: LEVELS.map((level) => ({
      level,
      table: markdownTable(
        COLUMNS,
        [
          ...capacity.rows.map((row) => [row.name, row.instanceType, ...amounts(row.at[level])]),
          ['**total**', '', ...amounts(capacity.total[level])],
        ],
        NUMBERS,
      ),
    })),
    hasUnknown: !capacity.total.max.vcpu.complete,
    privateUsed: capacity.privateAddressesUsed,
    privateAvailable: capacity.privateAddressesAvailable,
    serviceMachines: capacity.serviceMachines > 0 ? String(capacity.serviceMachines) : false,
    isHigh: plan.environment.availability === 'high',
    poolTable: markdownTable(
      ['Pool', 'Nodes of', 'At', 'Requested vCPU', 'of', 'Requested GiB', 'of', 'Requested slices', 'of', 'Verdict'],
      capacity.pools.flatMap((pool) => LEVELS.map((level) => poolRow(pool, level))),
      [3, 4, 5, 6, 7, 8],
    ),
    setAside: capacity.pools.flatMap((pool) => pool.setAside.map((group) => ({ group }))),
    workloadTable: requestTable(plan),
    ...gpuView(plan),
    ...gpuMemoryView(plan),
    ...storeView(plan),
  };
}

function amounts(part: Amounts): string[] {
  return [
    count(part.instances),
    quantity(part.vcpu),
    quantity(part.memoryGiB),
    count(part.gpus),
    count(part.gpuSlices),
    count(part.rootDiskGiB),
    count(part.privateAddresses),
    count(part.publicAddresses),
  ];
}

/** A dash reads faster than a zero. */
function count(amount: number): string {
  return amount === 0 ? '-' : String(amount);
}

function quantity({ known, complete }: Quantity): string {
  if (complete) return count(known);
  return known === 0 ? 'unknown' : `at least ${known}`;
}

function poolRow(pool: PoolCapacity, level: Level): string[] {
  const requested = pool.requested[level];
  const offered = pool.allocatable[level];
  const or = (amount: number | undefined, format: (amount: number) => string) =>
    amount === undefined ? 'unknown' : format(amount);
  return [
    pool.pool,
    pool.groups.join(', '),
    level,
    formatVcpu(requested.cpuMillis),
    or(offered.cpuMillis, formatVcpu),
    formatGiB(requested.memoryMiB),
    or(offered.memoryMiB, formatGiB),
    count(requested.gpuUnits),
    count(offered.gpuUnits),
    pool.verdict[level],
  ];
}

function requestTable(plan: EnvironmentPlan): string {
  const apps = plan.apps.map(({ blueprint, plan: { workloads = [] } }) => ({ app: blueprint.name, workloads }));
  const rows = [...apps, { app: 'k3s', workloads: listK3sWorkloads(plan) }].flatMap(({ app, workloads }) =>
    workloads.map(({ name, kind, replicas, requests, runsOn }) => [
      app,
      name,
      kind,
      kind === 'DaemonSet' ? 'one per node' : String(replicas),
      runsOn,
      formatVcpu(requests.cpuMillis),
      formatGiB(requests.memoryMiB),
      count(requests.gpuUnits ?? 0),
    ]),
  );
  return markdownTable(
    ['App', 'Workload', 'Kind', 'Pods', 'Runs on', 'vCPU each', 'GiB each', 'Slices each'],
    rows,
    [5, 6, 7],
  );
}

function gpuView(plan: EnvironmentPlan): Record<string, unknown> {
  const rows = plan.nodeGroups.flatMap(({ name, gpu }) =>
    gpu === undefined
      ? []
      : [[name, gpu.model, gpu.configName, String(gpu.gpusPerNode), String(gpu.memoryGiB), String(gpu.slicesPerGpu)]],
  );
  return {
    hasGpuPools: rows.length > 0,
    gpuTable: markdownTable(
      ['Node group', 'Model', 'Device plugin config', 'GPUs per node', 'GiB per GPU', 'Slices per GPU'],
      rows,
      [3, 4, 5],
    ),
  };
}

function gpuMemoryView(plan: EnvironmentPlan): Record<string, unknown> {
  const tables = planGpuMemory(plan);
  return {
    hasGpuMemory: tables.length > 0,
    gpuMemoryTable: markdownTable(
      ['GPU', 'Workload', 'Loaded', 'Weights MiB', 'Context MiB', 'Other MiB', 'Sum MiB', 'Usable MiB', 'Verdict'],
      tables.flatMap(gpuMemoryRows),
      [3, 4, 5, 6, 7],
    ),
  };
}

/** Each item, and what it comes to on the fullest GPU. An item that could not be told has no numbers. */
function gpuMemoryRows({ claim, gpu, gpus, placed, sumMiB, usableMiB, verdict }: GpuMemoryTable): string[][] {
  const nameGpu = (index: number | 'all') => {
    if (gpus === 1) return gpu.model;
    return index === 'all' ? `${gpu.model}, each of ${gpus}` : `${gpu.model}, ${index + 1} of ${gpus}`;
  };
  const items = placed.map(({ item, gpu: index }) => {
    const sum = index === 'all' ? shareItem(item, gpus) : sumItem(item);
    const parts = [item.weightsMiB, item.contextMiB, item.otherMiB, sum];
    return [nameGpu(index), claim.workload, item.name, ...parts.map((part) => (sum === 0 ? 'unknown' : count(part)))];
  });
  const label = claim.together ? '**together**' : '**the largest**';
  return [...items, [gpu.model, claim.workload, label, '', '', '', count(sumMiB), count(usableMiB), verdict]];
}

function storeView(plan: EnvironmentPlan): Record<string, unknown> {
  const rows = plan.apps.flatMap(({ blueprint, plan: { stores = [] } }) =>
    stores.map(({ name, where, sizeGiB, losing }) => [blueprint.name, name, where, String(sizeGiB), losing]),
  );
  return {
    hasStores: rows.length > 0,
    storeTable: markdownTable(['App', 'Data', 'Where', 'GiB', 'Losing it means'], rows, [3]),
  };
}
