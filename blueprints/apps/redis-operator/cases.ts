// Environments that show one operator and two.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'aws-high', environment: 'aws-high' },
  { name: 'zcompute-high', environment: 'zcompute-high-wildcard' },
  { name: 'zcompute-single', environment: 'zcompute-single' },
];
