// What pods need to reach the world outside: the proxy, the certificates of private CAs, and the logins of registries.
import { createHash } from 'node:crypto';
import type { AppContext, Manifest } from './blueprint.ts';
import { from, type YamlMap, type YamlValue } from './provenance.ts';

type Egress = AppContext['egress'];

/** Folder under which containers find the CA bundle. */
const CA_FOLDER = '/etc/rootstock/ca';
/** Where images keep the CAs that everybody trusts. */
const SYSTEM_FOLDER = '/etc/ssl/certs';
const VOLUME = 'rootstock-ca';

/** What the pods of one app need to call out; all of it empty where they reach the world directly. */
export interface WayOut {
  /** Variables of each container that calls out. */
  readonly env: readonly YamlMap[];
  readonly volumes: readonly YamlMap[];
  /** Mounts of each container that calls out. */
  readonly mounts: readonly YamlMap[];
  /** ConfigMap with the certificates. */
  readonly manifests: readonly Manifest[];
}

/**
 * Plans the way out of an app. Programs in Go add the folder of `SSL_CERT_DIR` to the CAs of their image; a program
 * that takes one file only, as Python's do, needs a bundle of its own.
 * @param app its name and the namespace of its pods
 * @see https://pkg.go.dev/crypto/x509#SystemCertPool (1.25: SSL_CERT_DIR is a list with colons)
 */
export function planWayOut({ egress }: AppContext, app: { readonly name: string; readonly namespace: string }): WayOut {
  const { caBundle } = egress;
  if (caBundle === undefined) return { env: proxyVariables(egress), volumes: [], mounts: [], manifests: [] };
  const name = nameCaConfigMap(app.name, caBundle);
  const data = { 'ca.crt': from('egress.caBundle', caBundle) };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: app.namespace }, data };
  return {
    env: [...proxyVariables(egress), TRUST],
    volumes: [{ name: VOLUME, configMap: { name } }],
    mounts: [{ name: VOLUME, mountPath: CA_FOLDER, readOnly: true }],
    manifests: [{ file: 'ca-bundle', object }],
  };
}

/**
 * The same for pods of a namespace that may mount files of their node: they take what the node trusts, so that user
 * data need not carry the bundle twice.
 */
export function planWayOutOfNode({ egress }: AppContext): Omit<WayOut, 'manifests'> {
  if (egress.caBundle === undefined) return { env: proxyVariables(egress), volumes: [], mounts: [] };
  return {
    env: [...proxyVariables(egress), TRUST],
    volumes: [{ name: VOLUME, hostPath: { path: SYSTEM_FOLDER, type: 'Directory' } }],
    mounts: [{ name: VOLUME, mountPath: CA_FOLDER, readOnly: true }],
  };
}

const TRUST: YamlMap = { name: 'SSL_CERT_DIR', value: from('egress.caBundle', `${SYSTEM_FOLDER}:${CA_FOLDER}`) };

/** `HTTPS_PROXY` and its like, as entries of `env`; none without a proxy. */
export function proxyVariables({ proxy }: Egress): YamlMap[] {
  if (proxy === undefined) return [];
  return [
    { name: 'HTTP_PROXY', value: from('egress.proxy.url', proxy.url) },
    { name: 'HTTPS_PROXY', value: from('egress.proxy.url', proxy.url) },
    { name: 'NO_PROXY', value: from('egress.proxy.noProxy', proxy.noProxy.join(',')) },
  ];
}

/** Entries of a list or nothing: charts write an empty list into every pod otherwise. */
export function unlessEmpty(list: readonly YamlMap[]): readonly YamlMap[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** `imagePullSecrets` of a pod, for charts that want objects: `[{ name }]`. */
export function pullSecretObjects({ pullSecrets }: Egress): YamlValue | undefined {
  if (pullSecrets.length === 0) return undefined;
  return from(
    'egress.pullSecrets',
    [...pullSecrets].sort().map((name) => ({ name })),
  );
}

/** The same for charts that want bare names. */
export function pullSecretNames({ pullSecrets }: Egress): YamlValue | undefined {
  return pullSecrets.length === 0 ? undefined : from('egress.pullSecrets', [...pullSecrets].sort());
}

/** Named by its content: pods read certificates at their start only, and another name starts them anew. */
function nameCaConfigMap(app: string, caBundle: string): string {
  return `${app}-ca-${createHash('sha256').update(caBundle).digest('hex').slice(0, 8)}`;
}
