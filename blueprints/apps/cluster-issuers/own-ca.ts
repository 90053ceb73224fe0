// A CA of the cluster's own: a self-signed root for ten years, and the ClusterIssuer that signs with it.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { from } from '../../../generator/core/provenance.ts';

export const NAMESPACE = 'cert-manager';

/**
 * Nothing gates on issuers and certificates: the CA is not ready in the seconds before its key exists, and an ACME
 * server may be away for hours. Neither may hold back the platform.
 */
export const NOT_A_GATE = { 'argocd.argoproj.io/ignore-healthcheck': 'true' } as const;

const BOOTSTRAP = 'rootstock-bootstrap';
const TEN_YEARS_HOURS = 87_600;
const ONE_YEAR_HOURS = 8_760;

/** Plans issuer of the root, root and issuer of the rest. */
export function planOwnCa(context: AppContext): Manifest[] {
  const { issuer } = context.ingress.tls;
  return [
    {
      file: 'bootstrap-issuer',
      object: {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Issuer',
        metadata: { name: BOOTSTRAP, namespace: NAMESPACE, annotations: NOT_A_GATE },
        spec: { selfSigned: {} },
      },
    },
    {
      file: 'ca-certificate',
      object: {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        metadata: { name: issuer, namespace: NAMESPACE, annotations: NOT_A_GATE },
        spec: {
          isCA: true,
          commonName: from('metadata.name', `Rootstock CA of ${context.environment}`),
          secretName: issuer,
          duration: `${TEN_YEARS_HOURS}h`,
          renewBefore: `${ONE_YEAR_HOURS}h`,
          // The key outlives a renewal, so that browsers which trust the CA go on trusting what it signed.
          privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
          issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: BOOTSTRAP },
        },
      },
    },
    {
      file: 'cluster-issuer',
      object: {
        apiVersion: 'cert-manager.io/v1',
        kind: 'ClusterIssuer',
        metadata: { name: from('ingress.tls', issuer), annotations: NOT_A_GATE },
        spec: { ca: { secretName: issuer } },
      },
    },
  ];
}
