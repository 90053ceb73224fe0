// Nothing in its output depends on more than the environment's name and its repository.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'single', environment: 'zcompute-single' },
  { name: 'high', environment: 'aws-high' },
];
