// Who may call Onyx, and whom it may call. k3s enforces these by itself, unless that is disabled.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, OPENSEARCH } from '../../../generator/core/data-services.ts';
import { from, type PlainMap, type YamlMap, type YamlValue } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import {
  API,
  BOOTSTRAP,
  BOOTSTRAP_LABELS,
  GATE,
  GATE_LABELS,
  INFERENCE_LABELS,
  MODEL_SERVER_PORT,
  RELEASE_LABELS,
  WEB,
} from './names.ts';

/** Of k3s, behind the Service `kubernetes`: policies see addresses and ports after that. */
const KUBERNETES_PORT = 6443;

/** Everybody who has a reason to call is in here: the parts of Onyx and its data. */
const OWN_NAMESPACE: YamlMap = { podSelector: {} };

export function planNetworkPolicies(context: AppContext<Inputs>): Manifest[] {
  const { backup, cluster, inputs, servedModels } = context;
  const world = toWorld([cluster.podCidr, cluster.serviceCidr]);
  return [
    policy('onyx', RELEASE_LABELS, {
      ingress: [
        { from: [OWN_NAMESPACE] },
        { from: [inNamespaces(['traefik'])], ports: [tcp(API.port), tcp(WEB.port)] },
      ],
      egress: [
        { to: [OWN_NAMESPACE] },
        TO_DNS,
        ...[...new Set(servedModels.map(({ url }) => url))].sort().map(toModels),
        ...(inputs.allowedNamespaces.length === 0
          ? []
          : [{ to: [inNamespaces(from('apps.onyx.allowedNamespaces', [...inputs.allowedNamespaces].sort()))] }]),
        // Connectors read whatever people connect. Addresses of the VPC are allowed, pods and the metadata service are not.
        world,
      ],
    }),
    policy('onyx-inference-model', INFERENCE_LABELS, {
      ingress: [{ from: [OWN_NAMESPACE], ports: [tcp(MODEL_SERVER_PORT)] }],
      egress: [TO_DNS, world],
    }),
    policy(BOOTSTRAP, BOOTSTRAP_LABELS, { egress: [{ to: [OWN_NAMESPACE], ports: [tcp(API.port)] }, TO_DNS] }),
    ...(backup === undefined
      ? []
      : [
          policy(GATE, GATE_LABELS, {
            // The API server has no fixed address.
            egress: [{ to: [OWN_NAMESPACE], ports: [tcp(OPENSEARCH.port)] }, TO_DNS, { ports: [tcp(KUBERNETES_PORT)] }],
          }),
        ]),
  ];
}

const TO_DNS: YamlMap = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [tcp(53), { protocol: 'UDP', port: 53 }],
};

/** Names in the cluster are `service.namespace.svc.cluster.local`. */
function toModels(url: string): YamlMap {
  const { hostname, port } = new URL(url);
  return { to: [inNamespaces([hostname.split('.')[1] ?? ''])], ports: [tcp(Number(port))] };
}

function toWorld(ownNetworks: readonly string[]): YamlMap {
  return { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [...ownNetworks, '169.254.0.0/16'].sort() } }] };
}

function inNamespaces(values: YamlValue): YamlMap {
  return { namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] } };
}

function tcp(port: number): YamlMap {
  return { protocol: 'TCP', port };
}

function policy(name: string, matchLabels: PlainMap, rules: YamlMap): Manifest {
  return {
    file: `network-policy-${name}`,
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace: ONYX_NAMESPACE },
      spec: { podSelector: { matchLabels }, policyTypes: ['Egress', 'Ingress'], ...rules },
    },
  };
}
