// The plugin that writes snapshots to S3: the public image lacks it, so each node fetches it once and keeps it.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import {
  formatImage,
  HOME,
  PLUGIN,
  PLUGIN_CONFIG_MAP,
  PLUGIN_FOLDER,
  STATEFUL_SET,
  UNPRIVILEGED,
  VERSION,
} from './names.ts';
import installPlugin from './scripts/install-plugin.sh';
import { planTrust } from './trust.ts';

export interface PluginParts {
  readonly initContainers: readonly YamlMap[];
  readonly volumes: readonly YamlMap[];
  /** Of the container that runs OpenSearch. */
  readonly mounts: readonly YamlMap[];
  readonly manifest: Manifest;
}

/** Undefined where nothing is backed up, or where the image has the plugin. */
export function planPlugin(context: AppContext<Inputs>): PluginParts | undefined {
  if (context.backup === undefined || context.inputs.image !== undefined) return undefined;
  return {
    initContainers: [planInstaller(context)],
    volumes: [{ name: 'install-plugin', configMap: { name: PLUGIN_CONFIG_MAP } }],
    mounts: [
      {
        name: STATEFUL_SET,
        mountPath: `${HOME}/plugins/${PLUGIN}`,
        subPath: `${PLUGIN_FOLDER}/${PLUGIN}-${VERSION}`,
        readOnly: true,
      },
    ],
    manifest: {
      file: 'search-plugin',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: PLUGIN_CONFIG_MAP, namespace: ONYX_NAMESPACE },
        data: { 'install-plugin.sh': installPlugin },
      },
    },
  };
}

function planInstaller(context: AppContext<Inputs>): YamlMap {
  const { egress, inputs } = context;
  const trust = planTrust(context);
  const options = [...(egress.proxy === undefined ? [] : [formatProxy(egress.proxy.url)]), trust?.javaOptions ?? ''];
  const text = options.join(' ').trim();
  return {
    name: 'install-plugin',
    image: formatImage(inputs),
    command: ['/bin/bash', '/scripts/install-plugin.sh'],
    env: [
      { name: 'OPENSEARCH_HOME', value: HOME },
      { name: 'PLUGIN', value: PLUGIN },
      { name: 'PLUGIN_VERSION', value: VERSION },
      { name: 'STORE', value: `${HOME}/data/${PLUGIN_FOLDER}` },
      ...(text === '' ? [] : [{ name: 'OPENSEARCH_JAVA_OPTS', value: from('egress', text) }]),
    ],
    resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '512Mi' } },
    securityContext: UNPRIVILEGED,
    volumeMounts: [
      { name: STATEFUL_SET, mountPath: `${HOME}/data` },
      { name: 'install-plugin', mountPath: '/scripts', readOnly: true },
      ...(trust === undefined ? [] : [trust.mount]),
    ],
  };
}

/** Java reads no HTTPS_PROXY. */
function formatProxy(text: string): string {
  const { protocol, hostname, port } = new URL(text);
  return `-Dhttps.proxyHost=${hostname} -Dhttps.proxyPort=${port || (protocol === 'https:' ? '443' : '80')}`;
}
