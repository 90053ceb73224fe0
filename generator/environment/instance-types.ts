// What one node of an instance type has: for the capacity table and for scaling groups up from zero.

export interface InstanceSize {
  readonly vcpu: number;
  readonly memoryGiB: number;
}

/** GPUs of an instance type; `model` is a name of the GPU catalogue. */
export interface InstanceGpus {
  readonly model: string;
  readonly count: number;
}

interface GpuFamily {
  readonly model: string;
  /** GPUs of the sizes that have more than one. */
  readonly more?: Readonly<Record<string, number>>;
}

type Platform = 'zcompute' | 'aws';

/** Tables are looked up with text from users, so they are maps: `constructor` must not be found in them. */
function table<T>(rows: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(rows));
}

/** zCompute types whose size is documented. @see Zadara terraform-zcompute-k8s, commit bf70f69; z4.large by the vendor's naming */
const ZCOMPUTE_TYPES = table<InstanceSize>({
  'z2.large': { vcpu: 2, memoryGiB: 4 },
  'z4.large': { vcpu: 2, memoryGiB: 8 },
  'z8.3xlarge': { vcpu: 12, memoryGiB: 96 },
  'ZGL4.7large': { vcpu: 14, memoryGiB: 112 },
});

/** GPUs by the last part of a zCompute GPU type, whatever the model. @see Zadara terraform-zcompute-k8s, commit bf70f69 */
const ZCOMPUTE_GPU_COUNTS = table<number>({ '7large': 1, '7xlarge': 2, '14xlarge': 4 });

/** GiB per vCPU by AWS family, where one figure holds for all sizes from large to 48xlarge. */
const AWS_MEMORY_PER_VCPU = table<number>({ c: 2, m: 4, r: 8 });
const AWS_GPU_MEMORY_PER_VCPU = table<number>({ g4dn: 4, g5: 4, g5g: 2, g6: 4, g6e: 8, gr6: 8 });

/** AWS types that follow no formula. @see kubernetes/autoscaler 55c37cd, ec2_instance_types.go (list of 2026-01-22) */
const AWS_TYPES = table<InstanceSize>({
  'g4dn.metal': { vcpu: 96, memoryGiB: 384 },
  'g7e.2xlarge': { vcpu: 8, memoryGiB: 64 },
  'g7e.4xlarge': { vcpu: 16, memoryGiB: 128 },
  'g7e.8xlarge': { vcpu: 32, memoryGiB: 256 },
  'g7e.12xlarge': { vcpu: 48, memoryGiB: 512 },
  'g7e.24xlarge': { vcpu: 96, memoryGiB: 1024 },
  'g7e.48xlarge': { vcpu: 192, memoryGiB: 2048 },
  'p3.2xlarge': { vcpu: 8, memoryGiB: 61 },
  'p3.8xlarge': { vcpu: 32, memoryGiB: 244 },
  'p3.16xlarge': { vcpu: 64, memoryGiB: 488 },
  'p3dn.24xlarge': { vcpu: 96, memoryGiB: 768 },
  'p4d.24xlarge': { vcpu: 96, memoryGiB: 1152 },
  'p4de.24xlarge': { vcpu: 96, memoryGiB: 1152 },
  'p5.4xlarge': { vcpu: 16, memoryGiB: 256 },
  'p5.48xlarge': { vcpu: 192, memoryGiB: 2048 },
  'p5en.48xlarge': { vcpu: 192, memoryGiB: 2048 },
  'p6-b200.48xlarge': { vcpu: 192, memoryGiB: 2048 },
});
const AWS_BURSTABLE = table<InstanceSize>({
  micro: { vcpu: 2, memoryGiB: 1 },
  small: { vcpu: 2, memoryGiB: 2 },
  medium: { vcpu: 2, memoryGiB: 4 },
  large: { vcpu: 2, memoryGiB: 8 },
  xlarge: { vcpu: 4, memoryGiB: 16 },
  '2xlarge': { vcpu: 8, memoryGiB: 32 },
});

/** One GPU in every size, except where a size is named. @see AWS DescribeInstanceTypes in moto 5.2.1; kubernetes/autoscaler 55c37cd */
const AWS_GPUS = table<GpuFamily>({
  g4dn: { model: 'T4', more: { '12xlarge': 4, metal: 8 } },
  g5: { model: 'A10G', more: { '12xlarge': 4, '24xlarge': 4, '48xlarge': 8 } },
  g5g: { model: 'T4G', more: { '16xlarge': 2, metal: 2 } },
  g6: { model: 'L4', more: { '12xlarge': 4, '24xlarge': 4, '48xlarge': 8 } },
  g6e: { model: 'L40S', more: { '12xlarge': 4, '24xlarge': 4, '48xlarge': 8 } },
  g7e: { model: 'RTX-PRO-6000', more: { '12xlarge': 2, '24xlarge': 4, '48xlarge': 8 } },
  gr6: { model: 'L4' },
  p3: { model: 'V100-SXM2-16GB', more: { '8xlarge': 4, '16xlarge': 8 } },
  p3dn: { model: 'V100-SXM2-32GB', more: { '24xlarge': 8 } },
  p4d: { model: 'A100-SXM4-40GB', more: { '24xlarge': 8 } },
  p4de: { model: 'A100-SXM4-80GB', more: { '24xlarge': 8 } },
  p5: { model: 'H100-SXM5-80GB', more: { '48xlarge': 8 } },
  p5e: { model: 'H200-SXM', more: { '48xlarge': 8 } },
  p5en: { model: 'H200-SXM', more: { '48xlarge': 8 } },
  'p6-b200': { model: 'B200', more: { '48xlarge': 8 } },
  'p6-b300': { model: 'B300', more: { '48xlarge': 8 } },
});

/** Finds the size of an instance type; undefined for types nobody wrote down. */
export function findInstanceSize(platform: Platform, instanceType: string): InstanceSize | undefined {
  return platform === 'zcompute' ? ZCOMPUTE_TYPES.get(instanceType) : findAwsSize(instanceType);
}

function findAwsSize(instanceType: string): InstanceSize | undefined {
  const [family = '', size = ''] = instanceType.split('.');
  if (/^t3a?$/.test(family)) return AWS_BURSTABLE.get(size);
  const listed = AWS_TYPES.get(instanceType);
  const perVcpu = AWS_GPU_MEMORY_PER_VCPU.get(family) ?? findMemoryPerVcpu(family);
  if (listed !== undefined || perVcpu === undefined) return listed;
  const [, times] = /^(\d*)xlarge$/.exec(size) ?? [];
  const vcpu = size === 'large' ? 2 : times === undefined ? undefined : 4 * Number(times || 1);
  return vcpu === undefined ? undefined : { vcpu, memoryGiB: vcpu * perVcpu };
}

/** The c, m and r families from generation 5 on keep their ratio in every size, c5n alone excepted. */
function findMemoryPerVcpu(family: string): number | undefined {
  const [, letter = ''] = /^([cmr])[5-8][a-z]*(?:-flex)?$/.exec(family) ?? [];
  return family === 'c5n' ? undefined : AWS_MEMORY_PER_VCPU.get(letter);
}

/**
 * Finds the GPUs of an instance type: `none` for a type known to have no GPU, undefined where we have no facts.
 * zCompute GPU types name their model and, in their last part, their count, so sizes need not be known.
 */
export function findInstanceGpus(platform: Platform, instanceType: string): InstanceGpus | 'none' | undefined {
  if (platform === 'aws') return findAwsGpus(instanceType);
  const [, model, size = ''] = /^ZG(L4|L40S|A16|A40)\.(.+)$/.exec(instanceType) ?? [];
  const count = ZCOMPUTE_GPU_COUNTS.get(size);
  if (model !== undefined && count !== undefined) return { model, count };
  return ZCOMPUTE_TYPES.get(instanceType) === undefined ? undefined : 'none';
}

function findAwsGpus(instanceType: string): InstanceGpus | 'none' | undefined {
  const [family = '', size = ''] = instanceType.split('.');
  const gpus = AWS_GPUS.get(family);
  if (gpus !== undefined) return { model: gpus.model, count: new Map(Object.entries(gpus.more ?? {})).get(size) ?? 1 };
  return findAwsSize(instanceType) === undefined ? undefined : 'none';
}

/** True for AWS types with Graviton processors (arm64): `m7g.large`, `c8gn.xlarge`, `g5g.xlarge`, `a1.large`. */
export function isArmType(instanceType: string): boolean {
  return /^(a1|(hpc|im|is|[a-z])\d+g[a-z]*)\./.test(instanceType);
}
