// The operator of Redis: makes the master known to Sentinel and puts nodes back that return.
import Type from 'typebox';
import { type AppContext, type AppPlan, defineApp, type Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type PlainMap, type YamlMap } from '../../../generator/core/provenance.ts';

const NAME = 'redis-operator';
const VERSION = 'v0.26.0';
/** The chart puts no other label on its pods. */
const LABELS: PlainMap = { name: NAME };
const REQUESTS = { cpuMillis: 50, memoryMiB: 128 };

const ALONE =
  'Redis and Sentinel go on and fail over by themselves. Nodes that come back join again once the operator runs elsewhere.';
const PAIRED = 'Redis and Sentinel go on by themselves; the other operator takes over the lead within a minute.';

export const app = defineApp({
  name: NAME,
  title: 'Redis operator',
  summary: 'Makes Redis and Sentinel for Onyx, and puts nodes back that return.',
  chart: {
    name: NAME,
    version: '0.26.0',
    repository: 'https://ot-container-kit.github.io/helm-charts/',
    appVersion: VERSION,
  },
  // Where Redis is: so it needs no right to read the secrets of other namespaces and to run commands in their pods.
  namespace: { name: ONYX_NAMESPACE, podSecurity: 'baseline' },
  project: 'platform',
  onDemand: true,
  inputs: Type.Object({}, { additionalProperties: false }),
  plan: planApp,
});

function planApp(context: AppContext): AppPlan {
  const { replicas } = context.availability;
  const hasBudget = replicas > 1;
  return {
    values: planValues(context),
    manifests: planBudget(context),
    workloads: [
      {
        name: NAME,
        kind: 'Deployment',
        replicas,
        requests: REQUESTS,
        runsOn: 'worker',
        hasBudget,
        onNodeLoss: hasBudget ? PAIRED : ALONE,
      },
    ],
    egress: [{ host: 'quay.io', port: 443, purpose: 'images of Redis and its operator' }],
    // As helm template renders redis-operator 0.26.0 with these values.
    clusterKinds: [{ group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' }],
  };
}

/** @see https://github.com/OT-CONTAINER-KIT/redis-operator/tree/2eb86e18/charts/redis-operator */
function planValues({ availability, egress }: AppContext): YamlMap {
  const spread = availability.spread(LABELS);
  return {
    replicas: from('availability', availability.replicas),
    redisOperator: {
      imageTag: VERSION,
      initContainerImageTag: VERSION,
      imagePullPolicy: 'IfNotPresent',
      imagePullSecrets: pullSecretObjects(egress),
      watchNamespace: ONYX_NAMESPACE,
    },
    rbac: { scope: 'namespace' },
    resources: { requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` } },
    // The chart knows no spread. Preferred, so that an update may put the new pod beside the old one.
    affinity: spread.length === 0 ? undefined : from('availability', { podAntiAffinity: APART }),
    podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    // The chart names a gate that its own image does not know, and the operator stops at unknown gates.
    featureGates: { AvoidCommandLinePassword: null },
  };
}

const APART: YamlMap = {
  preferredDuringSchedulingIgnoredDuringExecution: [
    {
      weight: 100,
      podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: LABELS } },
    },
  ],
};

function planBudget({ availability }: AppContext): Manifest[] {
  const { replicas } = availability;
  const budget = availability.budget({ name: NAME, namespace: ONYX_NAMESPACE, matchLabels: LABELS, replicas });
  return budget === undefined ? [] : [budget];
}
