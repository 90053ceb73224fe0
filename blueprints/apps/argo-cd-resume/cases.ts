// Environments with and without registries that want a login.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'single', environment: 'zcompute-single' },
  { name: 'behind-proxy', environment: 'zcompute-behind-proxy' },
];
