// Who may talk to Ollama, and to whom its pods may talk. k3s enforces these by itself, unless that is disabled.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import { NAMESPACE, SERVING_LABELS, SYNC_LABELS } from './names.ts';

const PORT = 11434;
const ONYX_NAMESPACE = 'onyx';

export function planNetworkPolicies({ inputs, cluster, egress }: AppContext<Inputs>): Manifest[] {
  const callers = [...new Set([ONYX_NAMESPACE, ...inputs.allowedNamespaces])].sort();
  return [
    policy('default-deny', { podSelector: {}, policyTypes: ['Egress', 'Ingress'] }),
    // Answers only: it asks nobody, so what it is told stays here.
    policy('ollama', {
      podSelector: { matchLabels: SERVING_LABELS },
      policyTypes: ['Egress', 'Ingress'],
      ingress: [
        {
          from: [{ namespaceSelector: { matchExpressions: [named(callers)] } }],
          ports: [{ protocol: 'TCP', port: PORT }],
        },
      ],
    }),
    policy('ollama-model-sync', {
      podSelector: { matchLabels: SYNC_LABELS },
      policyTypes: ['Egress', 'Ingress'],
      egress: [toClusterDns(), toRegistries([cluster.podCidr, cluster.serviceCidr], egress.proxy?.url)],
    }),
  ];
}

function named(namespaces: readonly string[]): YamlMap {
  return {
    key: 'kubernetes.io/metadata.name',
    operator: 'In',
    values: from('apps.ollama.allowedNamespaces', namespaces),
  };
}

function toClusterDns(): YamlMap {
  return {
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      },
    ],
    ports: [
      { protocol: 'TCP', port: 53 },
      { protocol: 'UDP', port: 53 },
    ],
  };
}

/** Any host: registries answer with redirects to storage whose addresses move. Not the cluster, not the metadata service. */
function toRegistries(ownNetworks: readonly string[], proxy: string | undefined): YamlMap {
  return {
    to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [...ownNetworks, '169.254.0.0/16'].sort() } }],
    ports: [{ protocol: 'TCP', port: 443 }, ...toProxy(proxy)],
  };
}

/** Registries behind the proxy are asked at its port. */
function toProxy(proxy: string | undefined): YamlMap[] {
  if (proxy === undefined) return [];
  const { port, protocol } = new URL(proxy);
  const number = port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
  return number === 443 ? [] : [{ protocol: 'TCP', port: from('egress.proxy.url', number) }];
}

function policy(name: string, spec: YamlMap): Manifest {
  return {
    file: `network-policy-${name}`,
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace: NAMESPACE },
      spec,
    },
  };
}
