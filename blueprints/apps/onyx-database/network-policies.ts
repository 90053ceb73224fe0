// Who may talk to the database. k3s enforces these by itself, unless that is disabled.
import type { Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, POSTGRES, POSTGRES_OPERATOR } from '../../../generator/core/data-services.ts';
import type { YamlMap } from '../../../generator/core/provenance.ts';
import { DATABASE_LABELS, GUARD } from './names.ts';

/** Of the instance manager: the operator and the other instances ask there how an instance is. */
const STATUS_PORT = 8000;
const METRICS_PORT = 9187;

export function planNetworkPolicies(hasGuard: boolean): Manifest[] {
  return [
    policy(POSTGRES.cluster, {
      podSelector: { matchLabels: DATABASE_LABELS },
      policyTypes: ['Egress', 'Ingress'],
      // Outward anything: instances call the API server and the backup bucket, whose addresses move.
      egress: [{}],
      ingress: [
        { from: [{ podSelector: {} }], ports: [port(POSTGRES.port)] },
        { from: [{ podSelector: { matchLabels: DATABASE_LABELS } }], ports: [port(STATUS_PORT)] },
        {
          from: [
            {
              ...inNamespace(POSTGRES_OPERATOR.namespace),
              podSelector: { matchLabels: { 'app.kubernetes.io/name': 'cloudnative-pg' } },
            },
          ],
          ports: [port(POSTGRES.port), port(STATUS_PORT)],
        },
        { from: [inNamespace('monitoring')], ports: [port(METRICS_PORT)] },
      ],
    }),
    ...(hasGuard
      ? [
          policy(GUARD, {
            podSelector: { matchLabels: { 'app.kubernetes.io/name': GUARD } },
            policyTypes: ['Egress', 'Ingress'],
            egress: [{}],
          }),
        ]
      : []),
  ];
}

function inNamespace(name: string): YamlMap {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
}

function port(number: number): YamlMap {
  return { protocol: 'TCP', port: number };
}

function policy(name: string, spec: YamlMap): Manifest {
  return {
    file: `network-policy-${name}`,
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace: ONYX_NAMESPACE },
      spec,
    },
  };
}
