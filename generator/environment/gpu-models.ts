// The GPU models Rootstock knows: PCI device id and memory, which decide node labels and time slices.

export interface GpuModel {
  /** As Rootstock writes it: `L40S`. Users may write it in any case, with spaces for dashes. */
  readonly model: string;
  /** PCI device ids of vendor 10de, lower-case hex; the first is the usual one. */
  readonly pciIds: readonly string[];
  /** The vendor's figure in GiB; drivers report a little less. */
  readonly memoryGiB: number;
  /** What the driver or DescribeInstanceTypes says, whichever is less, in MiB; absent: no source tells. */
  readonly visibleMiB?: number;
  /** What `gpu.memoryGiB` must choose from, where the PCI id or the sources leave it open; absent: the name decides. */
  readonly memoryChoices?: readonly number[];
  /** Why there is a choice, as a sentence. */
  readonly choiceReason?: string;
}

const RTX_CHOICE = {
  memoryChoices: [24, 48],
  choiceReason:
    'The Quadro RTX 6000 (24 GiB) and the RTX 8000 (48 GiB) share their PCI ids, and lspci prints one name for both',
} as const;

/**
 * In order of their names. Ids need not be unique: the A2 and the A16 share one, with the same memory.
 * @see https://pci-ids.ucw.cz (2023.04); NVIDIA gpu-operator v26.7.0, vGPU and MIG configuration assets;
 * AWS DescribeInstanceTypes as recorded in moto 5.2.1; nvidia-smi totals at
 * https://thundergolfer.com/blog/nvidia-gpu-memory-capacity and in modal-labs/modal-client#2797
 */
export const GPU_MODELS: readonly GpuModel[] = [
  { model: 'A10', pciIds: ['2236'], memoryGiB: 24 },
  { model: 'A100-PCIE-40GB', pciIds: ['20f1', '20b1'], memoryGiB: 40 },
  { model: 'A100-PCIE-80GB', pciIds: ['20b5'], memoryGiB: 80 },
  { model: 'A100-SXM4-40GB', pciIds: ['20b0'], memoryGiB: 40, visibleMiB: 40960 },
  { model: 'A100-SXM4-80GB', pciIds: ['20b2'], memoryGiB: 80, visibleMiB: 81920 },
  { model: 'A10G', pciIds: ['2237'], memoryGiB: 24, visibleMiB: 22888 },
  { model: 'A10M', pciIds: ['2238'], memoryGiB: 24 },
  { model: 'A16', pciIds: ['25b6'], memoryGiB: 16 },
  { model: 'A2', pciIds: ['25b6'], memoryGiB: 16 },
  { model: 'A30', pciIds: ['20b7'], memoryGiB: 24 },
  { model: 'A40', pciIds: ['2235'], memoryGiB: 48 },
  { model: 'A800-PCIE-40GB', pciIds: ['20f6'], memoryGiB: 40 },
  { model: 'A800-PCIE-80GB', pciIds: ['20f5'], memoryGiB: 80 },
  { model: 'A800-SXM4-80GB', pciIds: ['20f3'], memoryGiB: 80 },
  { model: 'B200', pciIds: ['2901'], memoryGiB: 180, visibleMiB: 183359 },
  {
    model: 'B300',
    pciIds: ['3182'],
    memoryGiB: 269,
    memoryChoices: [269, 288],
    choiceReason: 'NVIDIA gives the B300 269 GiB in one place and 288 in another',
  },
  {
    model: 'GB200',
    pciIds: ['2941'],
    memoryGiB: 189,
    memoryChoices: [186, 189],
    choiceReason: 'NVIDIA gives the GB200 186 GiB in one place and 189 in another',
  },
  { model: 'GH200-144GB', pciIds: ['2348'], memoryGiB: 144 },
  { model: 'GH200-96GB', pciIds: ['2342'], memoryGiB: 96 },
  { model: 'H100-NVL', pciIds: ['2321'], memoryGiB: 94 },
  { model: 'H100-PCIE', pciIds: ['2331'], memoryGiB: 80 },
  { model: 'H100-SXM5-64GB', pciIds: ['2337'], memoryGiB: 64 },
  { model: 'H100-SXM5-80GB', pciIds: ['2330', '2336'], memoryGiB: 80, visibleMiB: 81559 },
  { model: 'H100-SXM5-94GB', pciIds: ['2339'], memoryGiB: 94 },
  { model: 'H20', pciIds: ['2329'], memoryGiB: 96 },
  { model: 'H200-NVL', pciIds: ['233b'], memoryGiB: 141 },
  { model: 'H200-SXM', pciIds: ['2335'], memoryGiB: 141, visibleMiB: 143771 },
  { model: 'H800-NVL', pciIds: ['233a'], memoryGiB: 94 },
  { model: 'H800-PCIE', pciIds: ['2322'], memoryGiB: 80 },
  { model: 'H800-SXM5', pciIds: ['2324'], memoryGiB: 80 },
  { model: 'L2', pciIds: ['27b6'], memoryGiB: 24 },
  { model: 'L20', pciIds: ['26ba'], memoryGiB: 48 },
  { model: 'L4', pciIds: ['27b8'], memoryGiB: 24, visibleMiB: 22888 },
  { model: 'L40', pciIds: ['26b5'], memoryGiB: 48 },
  { model: 'L40S', pciIds: ['26b9'], memoryGiB: 48, visibleMiB: 45776 },
  { model: 'P100-PCIE-12GB', pciIds: ['15f7'], memoryGiB: 12 },
  { model: 'P100-PCIE-16GB', pciIds: ['15f8'], memoryGiB: 16 },
  { model: 'P100-SXM2-16GB', pciIds: ['15f9'], memoryGiB: 16 },
  { model: 'P4', pciIds: ['1bb3'], memoryGiB: 8 },
  { model: 'P40', pciIds: ['1b38'], memoryGiB: 24 },
  { model: 'RTX-6000', pciIds: ['1e30', '1e78'], memoryGiB: 24, ...RTX_CHOICE },
  { model: 'RTX-6000-ADA', pciIds: ['26b1'], memoryGiB: 48 },
  { model: 'RTX-8000', pciIds: ['1e30', '1e78'], memoryGiB: 48, ...RTX_CHOICE },
  { model: 'RTX-A5000', pciIds: ['2231'], memoryGiB: 24 },
  { model: 'RTX-A6000', pciIds: ['2230'], memoryGiB: 48 },
  { model: 'RTX-PRO-6000', pciIds: ['2bb5'], memoryGiB: 96, visibleMiB: 97887 },
  { model: 'T4', pciIds: ['1eb8'], memoryGiB: 16, visibleMiB: 15360 },
  { model: 'T4G', pciIds: ['1eb4'], memoryGiB: 16 },
  { model: 'V100-PCIE-16GB', pciIds: ['1db4'], memoryGiB: 16 },
  { model: 'V100-PCIE-32GB', pciIds: ['1db6'], memoryGiB: 32 },
  { model: 'V100-SXM2-16GB', pciIds: ['1db1'], memoryGiB: 16 },
  { model: 'V100-SXM2-32GB', pciIds: ['1db5'], memoryGiB: 32 },
  { model: 'V100S-PCIE-32GB', pciIds: ['1df6'], memoryGiB: 32 },
];

/** What drivers leave of the vendor's figure at least: the T4 shows 93.75 % of it, others more. */
const VISIBLE_PART = 0.93;

/** MiB that programs can see of a GPU: as recorded, or a cautious part of its GiB where the file gives another number. */
export function findVisibleMiB(model: string, memoryGiB: number): number {
  const known = findGpuModel(model);
  if (known?.visibleMiB !== undefined && known.memoryGiB === memoryGiB) return known.visibleMiB;
  return Math.floor(memoryGiB * 1024 * VISIBLE_PART);
}

/** Finds a model by name, whatever the case; spaces and underscores count as dashes. */
export function findGpuModel(name: string): GpuModel | undefined {
  const wanted = normalise(name);
  return GPU_MODELS.find(({ model }) => model.toLowerCase() === wanted);
}

/** Models that a short name such as `A100` or `H100` might mean; empty for a name that is one model or none. */
export function findGpuVariants(name: string): readonly GpuModel[] {
  if (findGpuModel(name) !== undefined) return [];
  return GPU_MODELS.filter(({ model }) => model.toLowerCase().startsWith(`${normalise(name)}-`));
}

/** Models with a PCI device id: none, one, or several that share it. */
export function findGpuModelsById(pciId: string): readonly GpuModel[] {
  return GPU_MODELS.filter(({ pciIds }) => pciIds.includes(pciId));
}

function normalise(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
    .replace(/^(nvidia|tesla|quadro)-/, '')
    .replace(/^(nvidia|tesla|quadro)-/, '');
}
