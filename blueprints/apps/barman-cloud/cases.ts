// The plugin is the same everywhere; the cases show that, and pull secrets.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'aws-high', environment: 'aws-high' },
  {
    name: 'zcompute-single-pull-secrets',
    environment: 'zcompute-single',
    overrides: { egress: { pullSecrets: ['registry'] } },
  },
];
