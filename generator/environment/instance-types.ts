// What one node of an instance type has: for the capacity table and for scaling groups up from zero.

export interface InstanceSize {
  readonly vcpu: number;
  readonly memoryGiB: number;
}

/** zCompute types whose size is documented. @see Zadara terraform-zcompute-k8s, commit bf70f69; z4.large by the vendor's naming */
const ZCOMPUTE_TYPES: Readonly<Record<string, InstanceSize>> = {
  'z2.large': { vcpu: 2, memoryGiB: 4 },
  'z4.large': { vcpu: 2, memoryGiB: 8 },
  'z8.3xlarge': { vcpu: 12, memoryGiB: 96 },
  'ZGL4.7large': { vcpu: 14, memoryGiB: 112 },
};

const AWS_MEMORY_PER_VCPU: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };

/** Finds the size of an instance type; undefined for types nobody wrote down. */
export function findInstanceSize(platform: 'zcompute' | 'aws', instanceType: string): InstanceSize | undefined {
  if (platform === 'zcompute') return ZCOMPUTE_TYPES[instanceType];
  const [, family = '', size = ''] = /^([cmr])[5-8][a-z]*\.(large|xlarge|\d+xlarge)$/.exec(instanceType) ?? [];
  const perVcpu = AWS_MEMORY_PER_VCPU[family];
  if (perVcpu === undefined) return undefined;
  const vcpu = size === 'large' ? 2 : 4 * Number(size.replace('xlarge', '') || 1);
  return { vcpu, memoryGiB: vcpu * perVcpu };
}
