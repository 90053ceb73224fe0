// The ServiceAccount that Kubernetes makes in each namespace, where pull secrets have to reach pods through it.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';

/** The chart gives its pull secrets to all pods but the model servers, and these run as `default`. */
export function planDefaultAccount({ egress }: AppContext): Manifest[] {
  const imagePullSecrets = pullSecretObjects(egress);
  if (imagePullSecrets === undefined) return [];
  return [
    {
      file: 'service-account-default',
      object: {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        // Before any pod: it is read when a pod is made.
        metadata: {
          name: 'default',
          namespace: ONYX_NAMESPACE,
          annotations: { 'argocd.argoproj.io/sync-wave': '-1' },
        },
        imagePullSecrets,
      },
    },
  ];
}
