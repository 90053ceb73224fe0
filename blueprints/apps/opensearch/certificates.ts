// A CA of this namespace and one certificate for all nodes: the demo certificates of the image have keys that everybody knows.
import type { Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, OPENSEARCH } from '../../../generator/core/data-services.ts';
import type { YamlMap } from '../../../generator/core/provenance.ts';

const CA = 'onyx-search-ca';
/** Nodes know each other by this subject, signed by that CA. */
export const NODE_NAME = 'onyx-search-node';

const YEAR_HOURS = 8760;

export function planCertificates(): Manifest[] {
  return [
    { file: 'search-ca-issuer', object: issuer('onyx-search-self-signed', { selfSigned: {} }) },
    {
      file: 'search-ca',
      object: certificate(CA, {
        secretName: CA,
        isCA: true,
        commonName: CA,
        duration: hours(10 * YEAR_HOURS),
        privateKey: { algorithm: 'RSA', size: 3072, rotationPolicy: 'Never' },
        issuerRef: { name: 'onyx-search-self-signed', kind: 'Issuer' },
      }),
    },
    { file: 'search-issuer', object: issuer(CA, { ca: { secretName: CA } }) },
    { file: 'search-certificate', object: planNodeCertificate() },
  ];
}

function planNodeCertificate(): YamlMap {
  const { service, tls } = OPENSEARCH;
  return certificate(tls.secret, {
    secretName: tls.secret,
    commonName: NODE_NAME,
    dnsNames: [...listNames(service), ...listNames(`${service}-headless`), 'localhost'],
    duration: hours(YEAR_HOURS),
    // Long before, so that each node has been started anew by then, should it miss the new file.
    renewBefore: hours(YEAR_HOURS / 4),
    // The only form that OpenSearch reads.
    privateKey: { algorithm: 'RSA', size: 2048, encoding: 'PKCS8', rotationPolicy: 'Always' },
    usages: ['digital signature', 'key encipherment', 'server auth', 'client auth'],
    issuerRef: { name: CA, kind: 'Issuer' },
  });
}

function listNames(service: string): string[] {
  return ['', `.${ONYX_NAMESPACE}`, `.${ONYX_NAMESPACE}.svc`, `.${ONYX_NAMESPACE}.svc.cluster.local`].map(
    (domain) => `${service}${domain}`,
  );
}

function hours(count: number): string {
  return `${count}h0m0s`;
}

function issuer(name: string, spec: YamlMap): YamlMap {
  return { apiVersion: 'cert-manager.io/v1', kind: 'Issuer', metadata: { name, namespace: ONYX_NAMESPACE }, spec };
}

function certificate(name: string, spec: YamlMap): YamlMap {
  return { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name, namespace: ONYX_NAMESPACE }, spec };
}
