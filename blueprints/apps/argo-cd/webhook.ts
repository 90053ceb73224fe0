// The secret with which GitHub signs what it tells Argo CD.
import type { SecretNeed } from '../../../generator/core/blueprint.ts';

const SECRET = 'argocd-webhook';
const KEY = 'github';

/**
 * Stands in `argocd-secret`, which Argo CD writes itself, and leads to a Secret that can be sealed.
 * @see https://argo-cd.readthedocs.io/en/release-3.4/operator-manual/webhook/#alternative
 */
export const WEBHOOK_REFERENCE = `$${SECRET}:${KEY}`;

/** Argo CD reads Secrets of others only if they carry this label. */
export function planWebhookSecret(webhook: boolean): SecretNeed[] {
  if (!webhook) return [];
  return [
    {
      name: SECRET,
      namespace: 'argocd',
      keys: [{ key: KEY, meaning: 'Signs what GitHub tells Argo CD about a push.', make: { kind: 'hex', bytes: 32 } }],
      usedBy: 'the webhook of Argo CD',
      labels: { 'app.kubernetes.io/part-of': 'argocd' },
      rotation: {
        kind: 'procedure',
        text: 'Seal it and push, then give the new one to GitHub: rootstock forge webhook. Until then Argo CD refuses what GitHub sends, and looks for changes every three minutes.',
      },
    },
  ];
}
