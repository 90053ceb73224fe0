// GPU pools and inputs → where the model servers run and what of a GPU each gets; and what of that cannot be.
import type { AppContext, GpuMemoryClaim, GpuPool, GpuShare, InputFinding } from '../../../generator/core/blueprint.ts';
import type { Inputs } from './inputs.ts';

/** Two servers, and at least as much for whoever takes the rest. */
const FEWEST_SLICES = 3;
const SERVERS = ['onyx-inference-model', 'onyx-indexing-model'] as const;

/**
 * Of the embedding model in the image, nomic-embed-text-v1, as 32-bit numbers; the rest is the CUDA context of the
 * process and what PyTorch keeps. Onyx publishes no numbers: nothing of this was measured.
 */
const WEIGHTS_MIB = 550;
const OTHER_MIB = 1498;

/** Where each of the model servers runs; undefined: on the CPU of workers. */
export interface GpuPlacement {
  readonly pool: GpuPool;
  /** Of one server. */
  readonly slices: number;
}

export function planPlacement({ gpuPools, inputs }: AppContext<Inputs>): GpuPlacement | undefined {
  if (inputs.modelServers === 'cpu') return undefined;
  const pools = gpuPools.filter(canBeShared).filter((pool) => isAllowed(pool, inputs));
  const [pool] = [...pools].sort(byPreference);
  if (pool === undefined) return undefined;
  return {
    pool,
    slices: Math.max(1, Math.ceil(((WEIGHTS_MIB + OTHER_MIB) / 1024 / pool.memoryGiB) * pool.slicesPerGpu)),
  };
}

function canBeShared({ slicesPerGpu }: GpuPool): boolean {
  return slicesPerGpu >= FEWEST_SLICES;
}

/** Nodes with taints of their own are kept for something: only a word of the user lets anything else onto them. */
function isAllowed(pool: GpuPool, { gpuModel, modelServers }: Inputs): boolean {
  if (gpuModel !== undefined) return isModel(pool, gpuModel);
  return modelServers === 'gpu' || pool.taints.length === 0;
}

/** As Ollama chooses, so that by default they share a GPU instead of starting another node. */
function byPreference(a: GpuPool, b: GpuPool): number {
  return (
    Math.sign(a.taints.length) - Math.sign(b.taints.length) ||
    b.memoryGiB - a.memoryGiB ||
    compare(a.model, b.model) ||
    compare(a.group, b.group)
  );
}

/** Of each GPU, as both servers may be on the same. */
export function planShares(placement: GpuPlacement | undefined): GpuShare[] {
  if (placement === undefined) return [];
  return [{ configName: placement.pool.configName, slices: SERVERS.length * placement.slices }];
}

export function planGpuMemory(placement: GpuPlacement | undefined): GpuMemoryClaim[] {
  if (placement === undefined) return [];
  return SERVERS.map((workload) => ({
    workload,
    configName: placement.pool.configName,
    slices: placement.slices,
    key: 'apps.onyx.modelServers',
    items: [{ name: 'nomic-embed-text-v1', weightsMiB: WEIGHTS_MIB, contextMiB: 0, otherMiB: OTHER_MIB }],
    together: true,
    choices: [{ items: [], together: true, hint: 'write apps.onyx.modelServers: cpu' }],
  }));
}

export function findPlacementProblems({ gpuPools, inputs }: AppContext<Inputs>): InputFinding[] {
  const { gpuModel, modelServers } = inputs;
  const models = [...new Set(gpuPools.filter(canBeShared).map(({ model }) => model))].sort(compare);
  if (gpuModel !== undefined && modelServers === 'cpu')
    return [
      {
        key: 'apps.onyx.gpuModel',
        message: `gpuModel is ${gpuModel}, but modelServers is cpu.`,
        hint: 'leave gpuModel out, or write modelServers: gpu',
      },
    ];
  if (gpuModel !== undefined && !gpuPools.some((pool) => canBeShared(pool) && isModel(pool, gpuModel)))
    return [
      {
        key: 'apps.onyx.gpuModel',
        message: `no node group has the GPU ${gpuModel} in ${FEWEST_SLICES} slices or more.`,
        hint: models.length === 0 ? 'leave gpuModel out' : `write gpuModel: ${models.join(' or ')}`,
      },
    ];
  if (modelServers !== 'gpu' || models.length > 0) return [];
  return [
    {
      key: 'apps.onyx.modelServers',
      message: `modelServers is gpu, but no node group has a GPU in ${FEWEST_SLICES} slices or more.`,
      hint: 'write modelServers: cpu, or give a node group a gpu',
    },
  ];
}

function isModel(pool: GpuPool, name: string): boolean {
  const normal = (text: string) => text.toLowerCase().replaceAll(' ', '-');
  return normal(pool.model) === normal(name);
}

/** By code units, so that the order is the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
