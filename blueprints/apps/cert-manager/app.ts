// cert-manager: issues certificates and renews them before they run out.
import Type from 'typebox';
import {
  type AppContext,
  defineApp,
  type EgressHost,
  type Manifest,
  type ResourceAmounts,
  type Workload,
} from '../../../generator/core/blueprint.ts';
import { planWayOut, pullSecretObjects, unlessEmpty } from '../../../generator/core/egress.ts';
import { from, type PlainMap, type YamlMap } from '../../../generator/core/provenance.ts';

const NAMESPACE = 'cert-manager';

/**
 * Resolvers outside: the VPC's own may answer with a private view of the zone, in which the challenge never appears.
 * Sorted.
 */
const RESOLVERS = ['1.1.1.1', '8.8.8.8'] as const;

/** What calls out, to the CA and to the DNS provider. */
const CONTROLLER = { name: 'cert-manager', namespace: NAMESPACE } as const;

type Component = 'controller' | 'cainjector' | 'webhook';

interface Part {
  /** Deployment and its `app.kubernetes.io/name`, as the chart names them for this release. */
  readonly deployment: string;
  readonly label: string;
  readonly requests: ResourceAmounts;
  readonly alone: string;
  readonly paired: string;
}

/** Requests without limits: a certificate that is late is better than a controller that is killed for a large cluster. */
const PARTS: Readonly<Record<Component, Part>> = {
  controller: {
    deployment: 'cert-manager',
    label: 'cert-manager',
    requests: { cpuMillis: 25, memoryMiB: 128 },
    alone: 'Nothing is issued or renewed until it runs on another node; certificates in use stay valid.',
    paired: 'The other one takes over the lead within a minute.',
  },
  cainjector: {
    deployment: 'cert-manager-cainjector',
    label: 'cainjector',
    requests: { cpuMillis: 25, memoryMiB: 128 },
    alone: 'New webhooks get no CA until it runs on another node; those in use go on.',
    paired: 'The other one takes over the lead within a minute.',
  },
  webhook: {
    deployment: 'cert-manager-webhook',
    label: 'webhook',
    requests: { cpuMillis: 25, memoryMiB: 64 },
    alone: 'Certificates and issuers cannot be created or changed until it runs on another node.',
    paired: 'The other one answers.',
  },
};

export const app = defineApp({
  name: 'cert-manager',
  title: 'cert-manager',
  summary: 'Issues certificates and renews them before they run out.',
  chart: { name: 'cert-manager', version: 'v1.21.1', repository: 'https://charts.jetstack.io', appVersion: 'v1.21.1' },
  namespace: { name: NAMESPACE, podSecurity: 'restricted' },
  project: 'platform',
  inputs: Type.Object({}, { additionalProperties: false }),
  plan: (context) => ({
    values: planValues(context),
    manifests: [...planBudgets(context), ...planWayOut(context, CONTROLLER).manifests],
    workloads: listWorkloads(context),
    egress: listEgress(context),
    // As helm template renders cert-manager v1.21.1 with these values.
    clusterKinds: [
      { group: 'admissionregistration.k8s.io', kind: 'MutatingWebhookConfiguration' },
      { group: 'admissionregistration.k8s.io', kind: 'ValidatingWebhookConfiguration' },
      { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
  }),
});

/** @see https://github.com/cert-manager/cert-manager/tree/v1.21.1/deploy/charts/cert-manager */
function planValues(context: AppContext): YamlMap {
  const way = planWayOut(context, CONTROLLER);
  return {
    // Kept: without the CRDs every certificate of the cluster would be gone with the app.
    crds: { enabled: true, keep: true },
    // The chart's default is kube-system, where this app has no business.
    global: { leaderElection: { namespace: NAMESPACE }, imagePullSecrets: pullSecretObjects(context.egress) },
    // A Job that Argo CD would run again at each sync; the health of the webhook's Deployment says the same.
    startupapicheck: { enabled: false },
    ...planPart(context, 'controller'),
    ...resolvers(context),
    extraEnv: unlessEmpty(way.env),
    volumes: unlessEmpty(way.volumes),
    volumeMounts: unlessEmpty(way.mounts),
    cainjector: planPart(context, 'cainjector'),
    webhook: planPart(context, 'webhook'),
  };
}

function planPart({ availability }: AppContext, component: Component): YamlMap {
  const { cpuMillis, memoryMiB } = PARTS[component].requests;
  const constraints = availability.spread(selectorOf(component));
  return {
    replicaCount: from('availability', availability.replicas),
    resources: { requests: { cpu: `${cpuMillis}m`, memory: `${memoryMiB}Mi` } },
    topologySpreadConstraints: constraints.length === 0 ? undefined : from('availability', constraints),
  };
}

/** Only dns-01 challenges are looked up; the CA of the cluster's own asks nobody. */
function resolvers({ ingress, egress }: AppContext): YamlMap {
  if (ingress.tls.kind !== 'acme') return {};
  // A network with a proxy lets no DNS out. Both resolvers answer over HTTPS, too, which goes through the proxy.
  const write = egress.proxy === undefined ? overDns : overHttps;
  return {
    dns01RecursiveNameservers: from('ingress.tls', RESOLVERS.map(write).join(',')),
    dns01RecursiveNameserversOnly: from('ingress.tls', true),
  };
}

function overDns(address: string): string {
  return `${address}:53`;
}

/** @see https://cert-manager.io/docs/configuration/acme/dns01/#setting-nameservers-for-dns01-self-check (1.21) */
function overHttps(address: string): string {
  return `https://${address}/dns-query`;
}

function planBudgets({ availability }: AppContext): Manifest[] {
  return components().flatMap((component) => {
    const budget = availability.budget({
      name: PARTS[component].deployment,
      namespace: NAMESPACE,
      matchLabels: selectorOf(component),
      replicas: availability.replicas,
    });
    return budget === undefined ? [] : [budget];
  });
}

function listWorkloads({ availability: { replicas } }: AppContext): Workload[] {
  return components().map((component) => {
    const { deployment, requests, alone, paired } = PARTS[component];
    const hasBudget = replicas > 1;
    const onNodeLoss = hasBudget ? paired : alone;
    return { name: deployment, kind: 'Deployment', replicas, requests, runsOn: 'worker', hasBudget, onNodeLoss };
  });
}

function listEgress({ ingress, egress }: AppContext): EgressHost[] {
  const image = { host: 'quay.io', port: 443, purpose: 'images of cert-manager' };
  if (ingress.tls.kind !== 'acme') return [image];
  const [port, transport] = egress.proxy === undefined ? [53, 'UDP and TCP'] : [443, 'DNS over HTTPS'];
  const purpose = `cert-manager looks up dns-01 challenges (${transport})`;
  return [image, ...RESOLVERS.map((host) => ({ host, port, purpose }))];
}

function selectorOf(component: Component): PlainMap {
  return {
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/instance': 'cert-manager',
    'app.kubernetes.io/name': PARTS[component].label,
  };
}

function components(): Component[] {
  return ['cainjector', 'controller', 'webhook'];
}
