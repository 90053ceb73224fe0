// One GPU model; three models, with a group that has taints of its own.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'aws-high', environment: 'aws-high' },
  { name: 'gpu-mix', environment: 'gpu-mix' },
  { name: 'zcompute-single', environment: 'zcompute-single' },
];
