import type { AppCase } from '../../../generator/core/blueprint.ts';

/** One pool with one GPU per node; three models, some with several GPUs per node and one with its own slices. */
export const cases: readonly AppCase[] = [
  { name: 'one-model', environment: 'zcompute-single' },
  { name: 'gpu-mix', environment: 'gpu-mix' },
];
