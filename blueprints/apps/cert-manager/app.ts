// cert-manager: certificates for every host and for the webhooks of other apps.
import Type from 'typebox';
import { defineApp } from '../../../generator/core/blueprint.ts';

export const app = defineApp({
  name: 'cert-manager',
  title: 'cert-manager',
  summary: 'Issues and renews certificates.',
  chart: { name: 'cert-manager', version: 'v1.21.1', repository: 'https://charts.jetstack.io', appVersion: 'v1.21.1' },
  namespace: { name: 'cert-manager', podSecurity: 'restricted' },
  project: 'platform',
  inputs: Type.Object({}, { additionalProperties: false }),
  plan: () => ({ values: { crds: { enabled: true, keep: true }, startupapicheck: { enabled: false } } }),
});
