// Argo CD resume: starts syncs again that ran into their time limit, which Argo CD leaves to people.

import Type from 'typebox';
import { type AppContext, defineApp } from '../../../generator/core/blueprint.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import type { YamlMap } from '../../../generator/core/provenance.ts';
import { CURL_IMAGE, unprivileged } from '../../../generator/core/unprivileged.ts';
import script from './scripts/resume.sh';

const NAMESPACE = 'argocd';
const NAME = 'argo-cd-resume';
const REQUESTS = { cpuMillis: 10, memoryMiB: 16 } as const;
const METADATA: YamlMap = { name: NAME, namespace: NAMESPACE };

export const app = defineApp({
  name: 'argo-cd-resume',
  title: 'Argo CD resume',
  summary: 'Starts syncs again that Argo CD has given up.',
  // Argo CD makes and labels it.
  namespace: { name: NAMESPACE },
  project: 'bootstrap',
  inputs: Type.Object({}, { additionalProperties: false }),
  // On nothing: it has to be there when the first of all syncs is given up, that of the root.
  dependencies: () => ({}),
  plan: (context) => ({
    manifests: [
      {
        file: 'files',
        object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: METADATA, data: { 'resume.sh': script } },
      },
      { file: 'account', object: ACCOUNT },
      { file: 'role', object: ROLE },
      { file: 'role-binding', object: ROLE_BINDING },
      { file: 'schedule', object: planSchedule(context) },
    ],
    workloads: [
      {
        name: NAME,
        kind: 'Job',
        replicas: 1,
        requests: REQUESTS,
        runsOn: 'worker',
        hasBudget: false,
        onNodeLoss: 'The next run is on another node.',
      },
    ],
    egress: ['auth.docker.io', 'production.cloudflare.docker.com', 'registry-1.docker.io'].map((host) => ({
      host,
      port: 443,
      purpose: 'image of curl',
    })),
  }),
});

const ACCOUNT: YamlMap = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: METADATA,
  automountServiceAccountToken: false,
};

const ROLE: YamlMap = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: METADATA,
  rules: [{ apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['list', 'patch'] }],
};

const ROLE_BINDING: YamlMap = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: METADATA,
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAME },
  subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
};

function planSchedule({ egress }: AppContext): YamlMap {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    // Argo CD calls a CronJob degraded after one run that failed, and in the first wave everything else would wait for it.
    metadata: { ...METADATA, annotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true' } },
    spec: {
      schedule: '*/10 * * * *',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 300,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      jobTemplate: {
        spec: {
          activeDeadlineSeconds: 300,
          backoffLimit: 0,
          template: {
            metadata: { labels: { 'app.kubernetes.io/name': NAME } },
            spec: {
              automountServiceAccountToken: true,
              enableServiceLinks: false,
              imagePullSecrets: pullSecretObjects(egress),
              restartPolicy: 'Never',
              serviceAccountName: NAME,
              containers: [CONTAINER],
              volumes: [
                { name: 'files', configMap: { name: NAME } },
                { name: 'tmp', emptyDir: {} },
              ],
            },
          },
        },
      },
    },
  };
}

const CONTAINER: YamlMap = {
  name: 'resume',
  image: CURL_IMAGE,
  command: ['/bin/sh', '/files/resume.sh'],
  env: [{ name: 'NAMESPACE', value: NAMESPACE }],
  resources: {
    requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` },
    limits: { memory: '64Mi' },
  },
  securityContext: unprivileged(),
  volumeMounts: [
    { name: 'files', mountPath: '/files', readOnly: true },
    { name: 'tmp', mountPath: '/tmp' },
  ],
};
