// CloudNativePG: the operator that makes PostgreSQL clusters, watches them, and names a new primary when one is lost.
import Type from 'typebox';
import { type AppContext, defineApp, type Workload } from '../../../generator/core/blueprint.ts';
import { POSTGRES_OPERATOR } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type PlainMap, type YamlMap } from '../../../generator/core/provenance.ts';

const NAME = 'cloudnative-pg';

/** As the chart labels the pods of this release. */
const LABELS: PlainMap = { 'app.kubernetes.io/instance': NAME, 'app.kubernetes.io/name': NAME };

const REQUESTS = { cpuMillis: 100, memoryMiB: 256 } as const;

export const app = defineApp({
  name: NAME,
  title: 'CloudNativePG',
  summary: 'Makes PostgreSQL clusters, watches them, and names a new primary when one is lost.',
  chart: {
    name: 'cloudnative-pg',
    version: '0.29.0',
    repository: 'https://cloudnative-pg.github.io/charts',
    appVersion: '1.30.0',
  },
  namespace: { name: POSTGRES_OPERATOR.namespace, podSecurity: 'restricted' },
  project: 'platform',
  onDemand: true,
  inputs: Type.Object({}, { additionalProperties: false }),
  plan: (context) => {
    const budget = context.availability.budget({
      name: NAME,
      namespace: POSTGRES_OPERATOR.namespace,
      matchLabels: LABELS,
      replicas: context.availability.replicas,
    });
    return {
      values: planValues(context),
      manifests: budget === undefined ? [] : [budget],
      workloads: [listWorkload(context)],
      egress: ['ghcr.io', 'pkg-containers.githubusercontent.com'].map((host) => ({
        host,
        port: 443,
        purpose: 'image of CloudNativePG',
      })),
      // As helm template renders cloudnative-pg 0.29.0 with these values.
      clusterKinds: [
        { group: 'admissionregistration.k8s.io', kind: 'MutatingWebhookConfiguration' },
        { group: 'admissionregistration.k8s.io', kind: 'ValidatingWebhookConfiguration' },
        { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
        { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
        { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
      ],
    };
  },
});

/** @see https://github.com/cloudnative-pg/charts/tree/cloudnative-pg-v0.29.0/charts/cloudnative-pg */
function planValues({ availability, egress }: AppContext): YamlMap {
  const spread = availability.spread(LABELS);
  return {
    replicaCount: from('availability', availability.replicas),
    imagePullSecrets: pullSecretObjects(egress),
    // Memory has no limit: an operator that is killed fails over nobody.
    resources: { requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` } },
    topologySpreadConstraints: spread.length === 0 ? undefined : from('availability', spread),
  };
}

function listWorkload({ availability: { replicas } }: AppContext): Workload {
  const paired = replicas > 1;
  return {
    name: NAME,
    kind: 'Deployment',
    replicas,
    requests: REQUESTS,
    runsOn: 'worker',
    hasBudget: paired,
    onNodeLoss: paired
      ? 'The other one takes over the lead within half a minute; databases go on meanwhile.'
      : 'Databases go on, but no cluster of them can be changed, repaired or failed over until it runs on another node, about six minutes later.',
  };
}
