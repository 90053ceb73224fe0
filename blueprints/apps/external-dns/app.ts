// external-dns: writes a record for every host that an Ingress asks for.
import Type from 'typebox';
import { type AppContext, type AppPlan, defineApp, type SecretNeed } from '../../../generator/core/blueprint.ts';
import { planWayOut, pullSecretObjects, unlessEmpty } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import { CREDENTIALS_SECRET, type Provider, planProvider } from './providers.ts';

const NAMESPACE = 'external-dns';
const PODS = { name: 'external-dns', namespace: NAMESPACE } as const;
const REQUESTS = { cpuMillis: 25, memoryMiB: 64 };
const ON_NODE_LOSS =
  'Records that exist stay and are answered. New hosts get theirs once it runs on another node, five to seven minutes later.';

export const app = defineApp({
  name: 'external-dns',
  title: 'external-dns',
  summary: 'Writes a DNS record for every host that an app is exposed under.',
  chart: {
    name: 'external-dns',
    version: '1.21.1',
    repository: 'https://kubernetes-sigs.github.io/external-dns/',
    appVersion: '0.21.0',
  },
  namespace: { name: NAMESPACE, podSecurity: 'restricted' },
  project: 'platform',
  // It exits when the provider refuses its token, and a wrong token must not hold back the platform.
  lastWave: true,
  inputs: Type.Object({}, { additionalProperties: false }),
  isWanted: ({ ingress }) => ingress.dns.kind === 'external-dns',
  dependencies: () => ({ soft: ['traefik'] }),
  plan: planApp,
});

function planApp(context: AppContext): AppPlan {
  const provider = planProvider(context);
  return {
    values: planValues(context, provider),
    manifests: planWayOut(context, PODS).manifests,
    workloads: [
      {
        name: 'external-dns',
        kind: 'Deployment',
        replicas: 1,
        requests: REQUESTS,
        runsOn: 'worker',
        hasBudget: false,
        onNodeLoss: ON_NODE_LOSS,
      },
    ],
    secrets: [planCredentials(context, provider)],
    egress: [
      { host: 'registry.k8s.io', port: 443, purpose: 'image of external-dns' },
      { ...provider.api, purpose: 'external-dns writes records' },
    ],
    // As helm template renders external-dns 1.21.1 with these values.
    clusterKinds: [
      { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
    exceptions: [{ what: 'external-dns has one replica: its chart knows no other number.', onNodeLoss: ON_NODE_LOSS }],
  };
}

function planAnnotations(context: AppContext): YamlMap | undefined {
  return context.annotateWithSecrets(NAMESPACE, [CREDENTIALS_SECRET]);
}

/** Where cert-manager has the same credentials, they are given once, there. */
function planCredentials({ ingress }: AppContext, { keys }: Provider): SecretNeed {
  const isShared = ingress.tls.kind === 'acme';
  const make = (key: string) => ({ kind: 'text', text: `\${cert-manager/${CREDENTIALS_SECRET}/${key}}` }) as const;
  return {
    name: CREDENTIALS_SECRET,
    namespace: NAMESPACE,
    keys: isShared ? keys.map((one) => ({ ...one, make: make(one.key) })) : keys,
    usedBy: 'external-dns',
  };
}

/** @see https://github.com/kubernetes-sigs/external-dns/tree/external-dns-helm-chart-1.21.1/charts/external-dns */
function planValues(context: AppContext, provider: Provider): YamlMap {
  const { environment, platform, ingress } = context;
  const way = planWayOut(context, PODS);
  return {
    provider: { name: from('ingress.dns.provider', provider.name) },
    imagePullSecrets: pullSecretObjects(context.egress),
    // It reads its credentials when it starts.
    podAnnotations: planAnnotations(context),
    env: [...provider.env, ...way.env],
    extraVolumes: unlessEmpty(way.volumes),
    extraVolumeMounts: unlessEmpty(way.mounts),
    // Targets come from the status that Traefik writes into each Ingress. Without an address there is no status, hence
    // no record: a name that leads nowhere is never published.
    sources: ['ingress'],
    domainFilters: provider.domainFilters,
    policy: from('ingress.dns.policy', ingress.dns.policy ?? 'upsert-only'),
    registry: 'txt',
    // Marks its records, so that two clusters in one zone leave each other's alone.
    txtOwnerId: from('metadata.name', environment),
    extraArgs: {
      ...provider.extraArgs,
      // zCompute load balancers that other controllers make have names that resolve nowhere.
      'ingress-class': platform.kind === 'zcompute' ? 'traefik' : undefined,
    },
    resources: { requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` } },
  };
}
