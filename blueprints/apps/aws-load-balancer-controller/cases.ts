// Environments that show both charts, with one replica and with two.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'aws-high', environment: 'aws-high', inputs: { enabled: true } },
  {
    name: 'aws-single',
    environment: 'aws-high',
    inputs: { enabled: true },
    overrides: { availability: 'single', cluster: { nodeGroups: { control: { size: 1 } } } },
  },
  { name: 'zcompute-behind-proxy', environment: 'zcompute-behind-proxy', inputs: { enabled: true } },
  { name: 'zcompute-single', environment: 'zcompute-single', inputs: { enabled: true } },
];
