// GPU pools and inputs → where Ollama runs and how much of a GPU each replica gets; and what of that cannot be.
import type { AppContext, GpuPool, GpuShare, InputFinding } from '../../../generator/core/blueprint.ts';
import { from, type PlainMap, type YamlMap, type YamlValue } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';

export interface Placement {
  readonly nodeSelector: YamlMap;
  /** Beyond the one for `nvidia.com/gpu`. */
  readonly tolerations: readonly YamlMap[];
  /** Absent on the CPU. */
  readonly gpu?: { readonly configName: string; readonly slices: number; readonly isShared: boolean };
}

const GPU_TOLERATION: PlainMap = { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' };

export function planPlacement({ gpuPools, gpuShares, inputs }: AppContext<Inputs>): Placement {
  const pool = choosePool(gpuPools, inputs.gpuModel);
  if (pool === undefined) return { nodeSelector: { 'rootstock.dev/role': 'worker' }, tolerations: [] };
  const slices = inputs.gpuSlices ?? countFreeSlices(pool, gpuShares);
  return {
    nodeSelector: { 'nvidia.com/device-plugin.config': from('apps.ollama.gpuModel', pool.configName) },
    tolerations: pool.taints.map(({ key, value, effect }) => ({ key, operator: 'Equal', value, effect })),
    gpu: { configName: pool.configName, slices, isShared: slices % pool.slicesPerGpu !== 0 },
  };
}

/**
 * Left free on a GPU that is shared and for which nobody said how much: 4096 for the two model servers of Onyx, which
 * load later than Ollama, and the 1024 that llama-server leaves by itself.
 */
const SHARED_RESERVE_MIB = 5120;

/** MiB left free on each GPU; undefined: what Ollama leaves by itself. */
export function findReserve(inputs: Inputs, gpu: Placement['gpu']): number | undefined {
  return inputs.gpuReserveMiB ?? (gpu?.isShared === true ? SHARED_RESERVE_MIB : undefined);
}

/** Of one GPU: all that apps which share it do not take. */
function countFreeSlices({ configName, slicesPerGpu }: GpuPool, shares: readonly GpuShare[]): number {
  const taken = shares.filter((share) => share.configName === configName).map(({ slices }) => slices);
  return Math.max(
    1,
    taken.reduce((left, slices) => left - slices, slicesPerGpu),
  );
}

/** All tolerations of a pod that wants onto the nodes; the chart adds the first by itself to the pods it makes. */
export function listTolerations(placement: Placement): YamlValue[] {
  return placement.gpu === undefined ? [] : [GPU_TOLERATION, ...placement.tolerations];
}

/** The pool asked for, or the one with the most memory per GPU: untainted ones first, then by name. */
function choosePool(pools: readonly GpuPool[], model: string | undefined): GpuPool | undefined {
  const fitting = model === undefined ? pools : pools.filter((pool) => isModel(pool, model));
  return [...fitting].sort(
    (a, b) =>
      Math.sign(a.taints.length) - Math.sign(b.taints.length) ||
      b.memoryGiB - a.memoryGiB ||
      compare(a.model, b.model) ||
      compare(a.group, b.group),
  )[0];
}

/** What of the placement asks for a GPU that is not there. */
export function findPlacementProblems({ gpuPools, inputs }: AppContext<Inputs>): InputFinding[] {
  const { gpuModel, gpuSlices } = inputs;
  if (gpuPools.length === 0) return findGpuInputs(inputs);
  const models = [...new Set(gpuPools.map(({ model }) => model))].sort();
  const pool = choosePool(gpuPools, gpuModel);
  if (pool === undefined)
    return [
      {
        key: 'apps.ollama.gpuModel',
        message: `no node group has the GPU ${gpuModel}; there are ${models.join(', ')}.`,
        hint: `write gpuModel: ${models[0]}`,
      },
    ];
  const most = Math.max(
    ...gpuPools
      .filter(({ configName }) => configName === pool.configName)
      .map(({ slicesPerGpu, gpusPerNode }) => slicesPerGpu * gpusPerNode),
  );
  if (gpuSlices === undefined || gpuSlices <= most) return [];
  return [
    {
      key: 'apps.ollama.gpuSlices',
      message: `${gpuSlices} slices for one replica are more than the ${most} that a node with ${pool.model} offers.`,
      hint: `write gpuSlices: ${pool.slicesPerGpu} for one whole GPU, or leave it out`,
    },
  ];
}

/** Inputs about GPUs would reach nothing without one. */
function findGpuInputs(inputs: Inputs): InputFinding[] {
  return (['gpuModel', 'gpuReserveMiB', 'gpuSlices'] as const)
    .filter((name) => inputs[name] !== undefined)
    .map((name) => ({
      key: `apps.ollama.${name}`,
      message: `${name} is ${inputs[name]}, but no node group has a GPU.`,
      hint: `leave ${name} out, or give a node group a gpu`,
    }));
}

function isModel(pool: GpuPool, name: string): boolean {
  const normal = (text: string) => text.toLowerCase().replaceAll(' ', '-');
  return normal(pool.model) === normal(name);
}

/** By code units, so that the order is the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
