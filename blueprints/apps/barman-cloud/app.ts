// The Barman Cloud plugin: gives instances of PostgreSQL a sidecar that copies base backups and WAL to a bucket.
import Type from 'typebox';
import { type AppContext, defineApp, type Workload } from '../../../generator/core/blueprint.ts';
import { POSTGRES_OPERATOR } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import type { YamlMap } from '../../../generator/core/provenance.ts';

const NAME = 'barman-cloud';
const REQUESTS = { cpuMillis: 50, memoryMiB: 128 } as const;

/** The default is 300: for so long nobody would fail over, because the operator waits for its plugin. */
const LEAVE_NODE_AFTER_SECONDS = 30;

const LOSS =
  'For about two minutes, until it runs on another node, the operator changes, repairs and fails over no database that is backed up. Databases go on and archive through their own sidecars.';

export const app = defineApp({
  name: NAME,
  title: 'Barman Cloud plugin',
  summary: 'Lets PostgreSQL clusters copy base backups and WAL to a bucket, and recover from there.',
  chart: {
    name: 'plugin-barman-cloud',
    version: '0.7.0',
    repository: 'https://cloudnative-pg.github.io/charts',
    appVersion: 'v0.13.0',
  },
  namespace: { name: POSTGRES_OPERATOR.namespace, podSecurity: 'restricted' },
  project: 'platform',
  onDemand: true,
  inputs: Type.Object({}, { additionalProperties: false }),
  // cert-manager signs what operator and plugin trust each other by.
  dependencies: () => ({ hard: ['cert-manager', 'cloudnative-pg'] }),
  plan: (context) => ({
    values: planValues(context),
    workloads: [WORKLOAD],
    egress: ['ghcr.io', 'pkg-containers.githubusercontent.com'].map((host) => ({
      host,
      port: 443,
      purpose: 'images of the Barman Cloud plugin',
    })),
    // As helm template renders plugin-barman-cloud 0.7.0 with these values.
    clusterKinds: [
      { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
    exceptions: [
      {
        what: 'The plugin barman-cloud: only its leader answers, so a second pod would never be ready.',
        onNodeLoss: LOSS,
      },
    ],
  }),
});

const WORKLOAD: Workload = {
  name: NAME,
  kind: 'Deployment',
  replicas: 1,
  requests: REQUESTS,
  runsOn: 'worker',
  hasBudget: false,
  onNodeLoss: LOSS,
};

/** @see https://github.com/cloudnative-pg/charts/tree/plugin-barman-cloud-v0.7.0/charts/plugin-barman-cloud */
function planValues({ egress }: AppContext): YamlMap {
  return {
    // Else the chart would say it twice: barman-cloud-plugin-barman-cloud.
    fullnameOverride: NAME,
    imagePullSecrets: pullSecretObjects(egress),
    resources: { requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` } },
    tolerations: ['not-ready', 'unreachable'].map((state) => ({
      key: `node.kubernetes.io/${state}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: LEAVE_NODE_AFTER_SECONDS,
    })),
  };
}
