// The GPU models Rootstock knows: PCI device id and memory, which decide node labels and time slices.

export interface GpuModel {
  /** As users write it: `L40S`. */
  readonly model: string;
  /** PCI device ids of vendor 10de, lower-case hex; the first is the usual one. */
  readonly pciIds: readonly string[];
  /** The vendor's figure in GiB; drivers report a little less. */
  readonly memoryGiB: number;
}

/** @see https://pci-ids.ucw.cz (2023.04) and NVIDIA gpu-operator v26.7.0, vGPU and MIG configuration assets */
export const GPU_MODELS: readonly GpuModel[] = [
  { model: 'A16', pciIds: ['25b6'], memoryGiB: 16 },
  { model: 'A40', pciIds: ['2235'], memoryGiB: 48 },
  { model: 'L4', pciIds: ['27b8'], memoryGiB: 24 },
  { model: 'L40S', pciIds: ['26b9'], memoryGiB: 48 },
];

/** Finds a model by name, whatever the case. */
export function findGpuModel(name: string): GpuModel | undefined {
  const wanted = name.toLowerCase();
  return GPU_MODELS.find(({ model }) => model.toLowerCase() === wanted);
}
