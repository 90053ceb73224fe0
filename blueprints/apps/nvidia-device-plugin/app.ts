// NVIDIA device plugin: shares the GPUs of a node among pods.
import Type from 'typebox';
import { defineApp } from '../../../generator/core/blueprint.ts';

export const app = defineApp({
  name: 'nvidia-device-plugin',
  title: 'nvidia-device-plugin',
  summary: 'Shares GPUs.',
  chart: {
    name: 'nvidia-device-plugin',
    version: '0.20.0',
    repository: 'https://nvidia.github.io/k8s-device-plugin',
    appVersion: '0.20.0',
  },
  namespace: { name: 'nvidia-device-plugin', podSecurity: 'privileged' },
  project: 'platform',
  inputs: Type.Object({}, { additionalProperties: false }),
  plan: () => ({ values: { runtimeClassName: 'nvidia' } }),
});
