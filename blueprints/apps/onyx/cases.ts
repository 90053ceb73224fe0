import type { AppCase } from '../../../generator/core/blueprint.ts';
import type { PlainMap } from '../../../generator/core/provenance.ts';

const BUCKET: PlainMap = { kind: 's3', bucket: 'acme-onyx-files', region: 'eu-central-1' };
const SIGN_ON: PlainMap = {
  oidc: { issuer: 'https://login.example.com/realms/acme', clientId: 'platform', emailDomains: ['example.com'] },
};

/** One of each and two of each, on GPUs and on CPUs, with and without a name, in clouds and behind a proxy. */
export const cases: readonly AppCase[] = [
  {
    name: 'single-in-cluster-files',
    environment: 'zcompute-single',
    overrides: { objectStorage: { kind: 'in-cluster' }, ingress: { expose: ['onyx'] } },
  },
  {
    name: 'single-not-exposed-cpu',
    environment: 'zcompute-single',
    inputs: { modelServers: 'cpu', slackbot: true },
    overrides: {
      ingress: { expose: null },
      objectStorage: { ...BUCKET, endpoint: 'https://vsa-00000042-public.zadarazios.com' },
    },
  },
  {
    name: 'high-sign-on',
    environment: 'zcompute-high-wildcard',
    overrides: {
      auth: SIGN_ON,
      backup: { endpoint: 'https://vsa-00000042-public.zadarazios.com', bucket: 'onprem-backup' },
      ingress: { expose: null },
      objectStorage: { ...BUCKET, endpoint: 'https://vsa-00000042-public.zadarazios.com' },
    },
  },
  {
    name: 'high-zones-proxy',
    environment: 'aws-high',
    inputs: {
      allowedNamespaces: ['wiki'],
      resources: { api: { cpuMillis: 4000 }, docprocessing: { replicas: 3, memoryLimitMiB: 18432 } },
    },
    overrides: {
      auth: null,
      egress: { proxy: { url: 'http://proxy.example.com:3128' }, pullSecrets: ['registry-login'] },
      ingress: { expose: ['onyx'] },
      objectStorage: BUCKET,
    },
  },
  {
    name: 'gpu-mix-tainted',
    environment: 'gpu-mix',
    inputs: { gpuModel: 'A16' },
    overrides: { objectStorage: { ...BUCKET, endpoint: null } },
  },
];
