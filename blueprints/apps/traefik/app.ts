// Traefik: takes in every request from outside and hands it to the app whose name was asked for.
import Type from 'typebox';
import { type AppContext, defineApp, type EgressHost, type Workload } from '../../../generator/core/blueprint.ts';
import { key } from '../../../generator/core/schema-key.ts';
import { planCertificate } from './certificate.ts';
import { planValues, REQUESTS } from './values.ts';

const inputs = Type.Object(
  {
    accessLog: Type.Boolean(
      key({
        description:
          "Log every request as JSON on standard output: method, host, path, status, duration and the client's address, which is personal data in many places.",
        takesEffect: 'commit',
        default: false,
      }),
    ),
  },
  { additionalProperties: false },
);

export const app = defineApp({
  name: 'traefik',
  title: 'Traefik',
  summary: 'Takes in requests from outside and hands them to the apps.',
  chart: {
    name: 'traefik',
    version: '41.3.0',
    repository: 'https://traefik.github.io/charts',
    appVersion: 'v3.7.11',
  },
  namespace: { name: 'traefik', podSecurity: 'restricted' },
  project: 'platform',
  // Its certificate waits for a CA or for DNS, its users for a load balancer.
  lastWave: true,
  inputs,
  dependencies: () => ({ hard: ['cert-manager'], soft: ['cluster-issuers'] }),
  plan: (context) => ({
    values: planValues(context, context.inputs.accessLog),
    manifests: [planCertificate(context)],
    workloads: [listWorkload(context)],
    egress: EGRESS,
    // As helm template renders traefik 41.3.0 with these values.
    clusterKinds: [
      { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
      { group: 'networking.k8s.io', kind: 'IngressClass' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
  }),
});

const EGRESS: readonly EgressHost[] = [
  'auth.docker.io',
  'production.cloudflare.docker.com',
  'registry-1.docker.io',
].map((host) => ({ host, port: 443, purpose: 'image of Traefik' }));

function listWorkload({ availability }: AppContext): Workload {
  return {
    name: 'traefik',
    kind: 'DaemonSet',
    replicas: 1,
    requests: REQUESTS,
    runsOn: 'worker',
    // Draining a node leaves DaemonSets alone, so there is nothing for a budget to hold back.
    hasBudget: false,
    onNodeLoss:
      availability.mode === 'high'
        ? 'The load balancer leaves the node out after two failed checks; the other worker nodes answer.'
        : 'With another worker node, the load balancer goes there after two failed checks; with none, nothing answers until the node is replaced.',
  };
}
