// Settings of the nodes: `opensearch.yml` and the users, both without a secret in them.
import { isAwsHost } from '../../../generator/core/aws-hosts.ts';
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { from } from '../../../generator/core/provenance.ts';
import { NODE_NAME } from './certificates.ts';
import type { Inputs } from './inputs.ts';
import { PASSWORD_VARIABLE, USERS_CONFIG_MAP } from './names.ts';

type Setting = string | number | boolean | readonly string[];

/** Folder of the node certificate, below the folder of `opensearch.yml`. */
export const CERTIFICATE_FOLDER = 'certs';
/** The only user: with all rights, as Onyx makes its indices and settings itself. */
export const ADMIN = 'admin';

/** The text of `opensearch.yml`: one setting a line, sorted. */
export function formatSettings(context: AppContext<Inputs>): string {
  const settings: Record<string, Setting> = { ...SECURITY, ...planS3Client(context), ...context.inputs.settings };
  const lines = Object.keys(settings)
    .sort()
    .map((name) => `${name}: ${JSON.stringify(settings[name])}`);
  return `${lines.join('\n')}\n`;
}

/** @see https://github.com/opensearch-project/security/tree/3.6.0.0 */
const SECURITY: Readonly<Record<string, Setting>> = {
  ...tlsOf('transport'),
  ...tlsOf('http'),
  'plugins.security.ssl.http.enabled': true,
  // Pods reach each other by addresses that come and go; who is a node is said by its certificate's subject.
  'plugins.security.ssl.transport.enforce_hostname_verification': false,
  'plugins.security.nodes_dn': [`CN=${NODE_NAME}`],
  // Takes a renewed certificate without a restart.
  'plugins.security.ssl.certificates_hot_reload.enabled': true,
  // Fills the index of users and roles from files when there is none yet.
  'plugins.security.allow_default_init_securityindex': true,
  'plugins.security.restapi.roles_enabled': ['all_access', 'security_rest_api_access'],
  'plugins.security.system_indices.enabled': true,
  'network.host': '0.0.0.0',
};

function tlsOf(layer: 'http' | 'transport'): Record<string, Setting> {
  const prefix = `plugins.security.ssl.${layer}`;
  return {
    [`${prefix}.pemcert_filepath`]: `${CERTIFICATE_FOLDER}/tls.crt`,
    [`${prefix}.pemkey_filepath`]: `${CERTIFICATE_FOLDER}/tls.key`,
    [`${prefix}.pemtrustedcas_filepath`]: `${CERTIFICATE_FOLDER}/ca.crt`,
  };
}

/** Known to nodes with the plugin only; the keys are in the keystore. */
function planS3Client({ backup, egress, platform }: AppContext<Inputs>): Record<string, Setting> {
  if (backup === undefined) return {};
  const { protocol, host, hostname } = new URL(backup.endpoint);
  const proxy = egress.proxy === undefined || isDirect(hostname, egress.proxy.noProxy) ? undefined : egress.proxy;
  const client: Record<string, Setting> = {
    endpoint: host,
    protocol: protocol.replace(':', ''),
    region: backup.region,
    // Other stores than Amazon's often have no name for each bucket.
    path_style_access: platform.kind !== 'aws' || !isAwsHost(hostname),
    ...(proxy === undefined ? {} : proxyOf(proxy.url)),
  };
  return Object.fromEntries(Object.entries(client).map(([name, value]) => [`s3.client.default.${name}`, value]));
}

function proxyOf(text: string): Record<string, Setting> {
  const { protocol, hostname, port } = new URL(text);
  const type = protocol.replace(':', '');
  return { 'proxy.type': type, 'proxy.host': hostname, 'proxy.port': Number(port) || (type === 'https' ? 443 : 80) };
}

/** True for names that do not go through the proxy; networks are not looked at, since a store has a name. */
function isDirect(host: string, noProxy: readonly string[]): boolean {
  return noProxy.some((entry) => entry === host || (entry.startsWith('.') && host.endsWith(entry)));
}

/**
 * Each node replaces `envbc` by the bcrypt hash of the variable whenever it reads its users, so that the Secret stays
 * the only place of the password and a new one counts from the next start.
 * @see https://github.com/opensearch-project/security/blob/3.6.0.0/src/main/java/org/opensearch/security/support/SecurityUtils.java
 */
export function planUsers(): Manifest {
  const lines = [
    '_meta:',
    '  type: internalusers',
    '  config_version: 2',
    `${ADMIN}:`,
    `  hash: "\${envbc.${PASSWORD_VARIABLE}}"`,
    '  reserved: true',
    '  backend_roles: [admin]',
    '  description: Onyx and administrators',
  ];
  return {
    file: 'search-users',
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: USERS_CONFIG_MAP, namespace: ONYX_NAMESPACE },
      data: { 'internal_users.yml': `${lines.join('\n')}\n` },
    },
  };
}

/** `-Xms4g -Xmx4g`: both the same, or the heap grows in the middle of a search. */
export function formatJavaOptions({ heapGiB }: Inputs, others?: string) {
  const options = [`-Xms${heapGiB}g -Xmx${heapGiB}g`, ...(others === undefined ? [] : [others])];
  return from('apps.opensearch.heapGiB', options.join(' '));
}
