// Who may talk to OpenSearch: the namespace of Onyx. k3s enforces this by itself, unless that is disabled.
import type { Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, OPENSEARCH } from '../../../generator/core/data-services.ts';
import { LABELS } from './names.ts';

/** Among the nodes of OpenSearch. */
const TRANSPORT_PORT = 9300;

export const NETWORK_POLICY: Manifest = {
  file: 'network-policy-opensearch',
  object: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'opensearch', namespace: ONYX_NAMESPACE },
    spec: {
      podSelector: { matchLabels: LABELS },
      // Outward anything: nodes call the backup bucket, whose addresses move.
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ podSelector: {} }],
          ports: [OPENSEARCH.port, TRANSPORT_PORT].map((port) => ({ protocol: 'TCP', port })),
        },
      ],
    },
  },
};
