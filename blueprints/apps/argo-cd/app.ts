// Argo CD: keeps the cluster equal to Git, itself included.
import Type from 'typebox';
import { defineApp } from '../../../generator/core/blueprint.ts';

export const app = defineApp({
  name: 'argo-cd',
  title: 'argo-cd',
  summary: 'Keeps the cluster equal to Git.',
  chart: {
    name: 'argo-cd',
    version: '10.1.1',
    repository: 'https://argoproj.github.io/argo-helm',
    appVersion: '10.1.1',
  },
  namespace: { name: 'argocd', podSecurity: 'restricted' },
  project: 'bootstrap',
  releaseName: 'argocd',
  lastWave: true,
  firstBoot: { order: 40 },
  inputs: Type.Object({}, { additionalProperties: false }),
  plan: () => ({ values: { global: { domain: 'x' } } }),
});
