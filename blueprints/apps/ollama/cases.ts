import type { AppCase } from '../../../generator/core/blueprint.ts';

/** One replica and two, over zones, on one of several GPU models, on part of a GPU, paused. */
export const cases: readonly AppCase[] = [
  { name: 'single', environment: 'zcompute-single' },
  { name: 'high', environment: 'zcompute-high-wildcard' },
  {
    name: 'high-zones-two-models',
    environment: 'aws-high',
    inputs: {
      models: ['llama3.1:8b-instruct-q8_0', 'nomic-embed-text:v1.5'],
      gpuSlices: 12,
      prune: true,
      allowedNamespaces: ['notebooks'],
    },
  },
  { name: 'gpu-mix', environment: 'gpu-mix' },
  { name: 'gpu-mix-tainted', environment: 'gpu-mix', inputs: { gpuModel: 'A16', paused: true, preload: false } },
];
