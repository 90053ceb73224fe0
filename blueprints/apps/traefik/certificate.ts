// The one certificate that Traefik answers with: a wildcard for the domain, so that no app needs its own.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import { isIpAddress } from './address.ts';

export const CERTIFICATE_SECRET = 'default-certificate';

/** Lives beside Traefik, because a TLSStore reads Secrets of its own namespace only. */
export function planCertificate(context: AppContext): Manifest {
  return {
    file: 'default-certificate',
    object: {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: {
        name: CERTIFICATE_SECRET,
        namespace: 'traefik',
        // A wrong DNS token must not make the platform look broken: Traefik serves a certificate of its own meanwhile.
        annotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true' },
      },
      spec: {
        secretName: CERTIFICATE_SECRET,
        ...names(context),
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
        issuerRef: {
          group: 'cert-manager.io',
          kind: 'ClusterIssuer',
          name: from('ingress.tls', context.ingress.tls.issuer),
        },
      },
    },
  };
}

/**
 * Without a domain users come by address; until that is known the certificate needs some name, and `.internal` is
 * reserved for private use. A public CA signs neither addresses nor private names.
 */
function names({ environment, ingress: { domain, publicAddress, tls } }: AppContext): YamlMap {
  const ipAddress = publicAddress !== undefined && isIpAddress(publicAddress) && tls.kind === 'self-signed';
  return {
    dnsNames:
      domain === undefined
        ? [from('metadata.name', `${environment}.internal`)]
        : from('ingress.domain', [`*.${domain}`, domain]),
    ipAddresses: ipAddress ? [from('ingress.publicAddress', publicAddress)] : undefined,
  };
}
