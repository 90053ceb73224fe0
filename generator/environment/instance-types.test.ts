import { describe, expect, it } from 'vitest';
import { findInstanceGpus, findInstanceSize, isArmType } from './instance-types.ts';

describe('generator/environment/instance-types', () => {
  it.each([
    { name: 'a documented zCompute type', platform: 'zcompute', type: 'z8.3xlarge', vcpu: 12, memoryGiB: 96 },
    { name: 'a documented zCompute GPU type', platform: 'zcompute', type: 'ZGL4.7large', vcpu: 14, memoryGiB: 112 },
    { name: 'AWS large', platform: 'aws', type: 'm7i.large', vcpu: 2, memoryGiB: 8 },
    { name: 'AWS xlarge', platform: 'aws', type: 'c6a.xlarge', vcpu: 4, memoryGiB: 8 },
    { name: 'AWS with a number', platform: 'aws', type: 'r7i.4xlarge', vcpu: 16, memoryGiB: 128 },
    { name: 'AWS flex', platform: 'aws', type: 'm7i-flex.2xlarge', vcpu: 8, memoryGiB: 32 },
    { name: 'AWS burstable', platform: 'aws', type: 't3.small', vcpu: 2, memoryGiB: 2 },
    { name: 'AWS GPU by formula', platform: 'aws', type: 'g6e.12xlarge', vcpu: 48, memoryGiB: 384 },
    { name: 'AWS GPU by table', platform: 'aws', type: 'p4d.24xlarge', vcpu: 96, memoryGiB: 1152 },
  ] as const)('knows the size of $name', ({ platform, type, vcpu, memoryGiB }) => {
    expect(findInstanceSize(platform, type)).toEqual({ vcpu, memoryGiB });
  });

  it.each([
    { name: 'zCompute types that no document sizes', platform: 'zcompute', type: 'ZGL40S.7xlarge' },
    { name: 'AWS types on zCompute', platform: 'zcompute', type: 'm7i.large' },
    { name: 'c5n, which breaks the formula', platform: 'aws', type: 'c5n.large' },
    { name: 'bare metal', platform: 'aws', type: 'm7i.metal-24xl' },
    { name: 'a family nobody wrote down', platform: 'aws', type: 'u7i-12tb.224xlarge' },
    { name: 'something without a size', platform: 'aws', type: 'm7i' },
    { name: 'a name of the prototype', platform: 'aws', type: 'constructor' },
  ] as const)('does not guess the size of $name', ({ platform, type }) => {
    expect(findInstanceSize(platform, type)).toBeUndefined();
  });

  it.each([
    { platform: 'zcompute', type: 'ZGA16.14xlarge', gpus: { model: 'A16', count: 4 } },
    { platform: 'zcompute', type: 'ZGL40S.7xlarge', gpus: { model: 'L40S', count: 2 } },
    { platform: 'zcompute', type: 'z4.large', gpus: 'none' },
    { platform: 'zcompute', type: 'zp4.large', gpus: undefined },
    { platform: 'aws', type: 'g6.4xlarge', gpus: { model: 'L4', count: 1 } },
    { platform: 'aws', type: 'g5.48xlarge', gpus: { model: 'A10G', count: 8 } },
    { platform: 'aws', type: 'm7i.large', gpus: 'none' },
    { platform: 'aws', type: 'g6f.xlarge', gpus: undefined },
  ] as const)('knows the GPUs of $type', ({ platform, type, gpus }) => {
    expect(findInstanceGpus(platform, type)).toEqual(gpus);
  });

  it.each([
    { type: 'm7g.large', arm: true },
    { type: 'c6gn.xlarge', arm: true },
    { type: 'g5g.xlarge', arm: true },
    { type: 'a1.large', arm: true },
    { type: 'g5.xlarge', arm: false },
    { type: 'g6.xlarge', arm: false },
    { type: 'gr6.4xlarge', arm: false },
    { type: 'm7i.large', arm: false },
  ])('tells the processor of $type', ({ type, arm }) => {
    expect(isArmType(type)).toBe(arm);
  });
});
