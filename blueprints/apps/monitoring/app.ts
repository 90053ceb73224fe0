// Monitoring: metrics of everything, alerts about what needs a human, and Grafana to look at both.
import {
  type AppContext,
  type AppPlan,
  defineApp,
  type EgressHost,
  type Manifest,
  type SecretNeed,
} from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { planWayOut } from '../../../generator/core/egress.ts';
import { planDashboards } from './dashboards.ts';
import { listGrafanaSecrets } from './grafana.ts';
import { type Inputs, inputs } from './inputs.ts';
import { GRAFANA, NAMESPACE, NODE_EXPORTER_NAMESPACE, RECEIVERS_SECRET, STACK } from './names.ts';
import { findEndpoints, findOidcProblems, usesOidc } from './oidc-endpoints.ts';
import { findReceiverProblems, listReceiverHosts, listReceiverSecrets } from './receivers.ts';
import { planRules } from './rules/index.ts';
import { planScrapes } from './scrapes.ts';
import { planSearchChecks } from './search-checks.ts';
import { planValues } from './values.ts';
import { listExceptions, listStores, listWorkloads, planBudgets } from './workloads.ts';

export const app = defineApp({
  name: 'monitoring',
  title: 'Monitoring',
  summary: 'Victoria Metrics and Grafana: metrics of everything, and alerts about what needs a human.',
  chart: {
    name: 'victoria-metrics-k8s-stack',
    version: '0.91.2',
    repository: 'https://victoriametrics.github.io/helm-charts',
    appVersion: 'v1.150.0',
  },
  namespace: { name: NAMESPACE, podSecurity: 'restricted' },
  project: 'platform',
  // Volumes, and a DaemonSet that is healthy when every node is.
  lastWave: true,
  inputs,
  isWanted: (context) => context.inputs.enabled,
  dependencies: ({ gpuPools }) => ({
    hard: ['aws-ebs-csi-driver', 'cert-manager'],
    soft: ['traefik', ...(gpuPools.length > 0 ? ['dcgm-exporter'] : [])],
  }),
  route: { subdomain: 'grafana', exposedAs: 'grafana', service: GRAFANA.service, port: GRAFANA.port, byDefault: false },
  check: (context) => [...findReceiverProblems(context.inputs), ...findOidcProblems(context)],
  plan: (context) => ({
    values: planValues(context),
    manifests: [
      NODE_EXPORTER,
      ...planBudgets(context),
      ...planDashboards(context),
      ...planRules(context),
      ...planScrapes(context),
      ...planSearchChecks(context),
      ...planWayOut(context, { name: STACK, namespace: NAMESPACE }).manifests,
    ],
    workloads: listWorkloads(context),
    secrets: listSecrets(context),
    firstUser: {
      user: { key: 'admin-user' },
      namespace: NAMESPACE,
      secret: GRAFANA.adminSecret,
      key: 'admin-password',
    },
    stores: listStores(context),
    egress: listEgress(context),
    otherNamespaces: [NODE_EXPORTER_NAMESPACE, ...(context.has('opensearch') ? [ONYX_NAMESPACE] : [])],
    exceptions: listExceptions(context),
    ...planSignOn(context),
    // As helm template renders victoria-metrics-k8s-stack 0.91.2 with these values, and the manifest beside them.
    clusterKinds: [
      { group: 'admissionregistration.k8s.io', kind: 'ValidatingWebhookConfiguration' },
      { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
  }),
});

/** Host network, host processes and the whole file system, read-only: only `privileged` lets that in. */
const NODE_EXPORTER: Manifest = {
  file: 'namespace-node-exporter',
  object: {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: NODE_EXPORTER_NAMESPACE,
      labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
      // With a namespace goes whatever somebody put into it.
      annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
    },
  },
};

function listSecrets(context: AppContext<Inputs>): SecretNeed[] {
  const keys = listReceiverSecrets(context.inputs);
  const grafana = listGrafanaSecrets(context);
  if (keys.length === 0) return grafana;
  return [...grafana, { name: RECEIVERS_SECRET, namespace: NAMESPACE, usedBy: 'Alertmanager', keys }];
}

function listEgress(context: AppContext<Inputs>): EgressHost[] {
  const image = (host: string, purpose: string) => ({ host, port: 443, purpose });
  return [
    image('quay.io', "images of node-exporter and of Grafana's sidecar"),
    image('registry-1.docker.io', 'images of Victoria Metrics, Alertmanager and Grafana'),
    image('registry.k8s.io', 'image of kube-state-metrics'),
    ...listReceiverHosts(context.inputs),
    ...listSignOnHosts(context),
  ];
}

function planSignOn(context: AppContext<Inputs>): Partial<Pick<AppPlan, 'signOn'>> {
  const host = context.ingress.hostOf('monitoring');
  if (!usesOidc(context) || context.oidc === undefined || host === undefined) return {};
  const clientId = context.oidc.clientIdOf(GRAFANA.service);
  return { signOn: { clientId, redirectUris: [`https://${host}/login/generic_oauth`] } };
}

/** Grafana itself asks for tokens and for who somebody is; only the browser goes to the authorization endpoint. */
function listSignOnHosts(context: AppContext<Inputs>): EgressHost[] {
  const endpoints = findEndpoints(context);
  if (!usesOidc(context) || endpoints === undefined) return [];
  return [endpoints.token, endpoints.userinfo].map((url) => {
    const { hostname, port, protocol } = new URL(url);
    const standard = protocol === 'http:' ? 80 : 443;
    return { host: hostname, port: port === '' ? standard : Number(port), purpose: 'sign-on to Grafana' };
  });
}
