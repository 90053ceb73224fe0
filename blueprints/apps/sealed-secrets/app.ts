// Sealed Secrets: turns SealedSecrets, which may lie in Git, into Secrets, with a key pair that existed before the cluster.
import Type from 'typebox';
import { type AppContext, type AppPlan, defineApp } from '../../../generator/core/blueprint.ts';
import { pullSecretNames } from '../../../generator/core/egress.ts';
import type { YamlMap } from '../../../generator/core/provenance.ts';

/** What kubeseal asks for when it is not told otherwise. */
const CONTROLLER = 'sealed-secrets-controller';
/** Hosts that an image of Docker Hub comes from. Sorted. */
const REGISTRY = ['auth.docker.io', 'production.cloudflare.docker.com', 'registry-1.docker.io'] as const;
const REQUESTS = { cpuMillis: 20, memoryMiB: 64 };
const ON_NODE_LOSS =
  'Secrets that exist stay. New and changed SealedSecrets are opened once it runs on another control node, five to seven minutes later.';

export const app = defineApp({
  name: 'sealed-secrets',
  title: 'Sealed Secrets',
  summary: 'Opens SealedSecrets, the only form in which a secret may lie in Git.',
  chart: {
    name: 'sealed-secrets',
    version: '2.18.5',
    repository: 'https://bitnami-labs.github.io/sealed-secrets',
    appVersion: '0.36.6',
  },
  namespace: { name: 'kube-system' },
  project: 'platform',
  inputs: Type.Object({}, { additionalProperties: false }),
  plan: planApp,
});

function planApp(context: AppContext): AppPlan {
  return {
    values: planValues(context),
    workloads: [
      {
        name: CONTROLLER,
        kind: 'Deployment',
        replicas: 1,
        requests: REQUESTS,
        runsOn: 'control',
        hasBudget: false,
        onNodeLoss: ON_NODE_LOSS,
      },
    ],
    egress: REGISTRY.map((host) => ({ host, port: 443, purpose: 'image of Sealed Secrets' })),
    // As helm template renders sealed-secrets 2.18.5 with these values.
    clusterKinds: [
      { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
    exceptions: [
      {
        what: 'The controller of Sealed Secrets has one replica: its chart knows no other number.',
        onNodeLoss: ON_NODE_LOSS,
      },
    ],
  };
}

/** @see https://github.com/bitnami-labs/sealed-secrets/tree/helm-v2.18.5/helm/sealed-secrets */
function planValues({ egress }: AppContext): YamlMap {
  return {
    image: egress.pullSecrets.length === 0 ? undefined : { pullSecrets: pullSecretNames(egress) },
    fullnameOverride: CONTROLLER,
    // Zero: never. A key that the controller makes would be used from then on, and nobody would have a copy of it.
    keyrenewperiod: '0',
    // It may read every Secret of the cluster, so it stays away from nodes where other people's pods run.
    nodeSelector: { 'node-role.kubernetes.io/control-plane': 'true' },
    tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
    resources: { requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` } },
    // kubeseal is given the certificate, so no account of the cluster needs a way to the controller.
    rbac: { serviceProxier: { create: false } },
  };
}
