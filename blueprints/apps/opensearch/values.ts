// Values of the chart.
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, OPENSEARCH } from '../../../generator/core/data-services.ts';
import { pullSecretObjects, unlessEmpty } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import {
  HOME,
  IMAGE,
  KEYSTORE_SECRET,
  LABELS,
  PASSWORD_VARIABLE,
  STATEFUL_SET,
  UNPRIVILEGED,
  USERS_CONFIG_MAP,
} from './names.ts';
import { planPlugin } from './plugin.ts';
import { CERTIFICATE_FOLDER, formatJavaOptions, formatSettings } from './settings.ts';
import { planTrust } from './trust.ts';

/** Twice the heap: the other half is for files of the index, which the kernel keeps as long as nobody else needs it. */
export function memoryGiBOf({ heapGiB }: Inputs): number {
  return 2 * heapGiB;
}

/** @see https://github.com/opensearch-project/helm-charts/tree/opensearch-3.6.0/charts/opensearch */
export function planValues(context: AppContext<Inputs>): YamlMap {
  const { inputs, egress } = context;
  const memory = `${memoryGiBOf(inputs)}Gi`;
  return {
    // The name of the StatefulSet, and of its Service, which the chart does not derive from it.
    fullnameOverride: STATEFUL_SET,
    masterService: OPENSEARCH.service,
    clusterName: STATEFUL_SET,
    ...planReplicas(context),
    readinessProbe: READY,
    image: planImage(inputs),
    imagePullSecrets: pullSecretObjects(egress),
    opensearchJavaOpts: formatJavaOptions(inputs, planTrust(context)?.javaOptions),
    resources: {
      requests: { cpu: from('apps.opensearch.cpuMillis', `${inputs.cpuMillis}m`), memory },
      limits: { memory },
    },
    persistence: {
      size: from('apps.opensearch.storageGiB', `${inputs.storageGiB}Gi`),
      storageClass: 'gp3-retain',
      // A container as root from an image without a version; fsGroup does the same.
      enableInitChown: false,
    },
    // Baseline forbids neither, but nobody needs them.
    podSecurityContext: { fsGroup: 1000, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    securityContext: UNPRIVILEGED,
    enableServiceLinks: false,
    podAnnotations: context.annotateWithSecrets(ONYX_NAMESPACE, listSecrets(context)),
    config: { 'opensearch.yml': from('apps.opensearch', formatSettings(context)) },
    extraEnvs: [
      // The certificates of the demo have private keys that lie in a public repository.
      { name: 'DISABLE_INSTALL_DEMO_CONFIG', value: 'true' },
      {
        name: PASSWORD_VARIABLE,
        valueFrom: { secretKeyRef: { name: OPENSEARCH.secret.name, key: OPENSEARCH.secret.password } },
      },
    ],
    secretMounts: [
      { name: 'certificates', secretName: OPENSEARCH.tls.secret, path: `${HOME}/config/${CERTIFICATE_FOLDER}` },
    ],
    ...planExtras(context),
  };
}

/**
 * One node forms a cluster like three do (`singleNode` stays off): a cluster made as a single node lets nobody join it,
 * and two new nodes would then found another one, without the data.
 */
function planReplicas({ availability }: AppContext<Inputs>): YamlMap {
  const high = availability.quorum > 1;
  return {
    replicas: from('availability', availability.quorum),
    antiAffinity: high ? from('availability', 'hard') : undefined,
    topologySpreadConstraints: high ? from('availability', availability.spread(LABELS)) : undefined,
  };
}

/**
 * The plugin's own word on its health, which needs no login and answers 503 until this node has read the users: for that it
 * has to have joined the cluster. An open port says less. "Green" would say too much: nodes that wait for each other's
 * copies, or an index that asks for more copies than there are nodes, would keep all of them from callers, and the Job
 * that mends such an index comes after them. Nodes find each other by addresses that are there before they are ready.
 * @see https://github.com/opensearch-project/security/blob/3.6.0.0/src/main/java/org/opensearch/security/rest/SecurityHealthAction.java
 */
const READY: YamlMap = {
  // The whole map of the chart is merged with this one, and a probe has one way to ask only.
  tcpSocket: null,
  httpGet: { path: '/_plugins/_security/health', port: 'http', scheme: 'HTTPS' },
  periodSeconds: 10,
  timeoutSeconds: 5,
  failureThreshold: 3,
};

function planImage({ image }: Inputs): YamlMap {
  if (image === undefined) return IMAGE;
  const colon = image.lastIndexOf(':');
  const key = 'apps.opensearch.image';
  return { repository: from(key, image.slice(0, colon)), tag: from(key, image.slice(colon + 1)) };
}

function planExtras(context: AppContext<Inputs>): YamlMap {
  const plugin = planPlugin(context);
  const trust = planTrust(context);
  // The CAs first: the plugin is fetched with them.
  const initContainers = [...(trust === undefined ? [] : [trust.initContainer]), ...(plugin?.initContainers ?? [])];
  return {
    keystore: context.backup === undefined ? undefined : [{ secretName: KEYSTORE_SECRET }],
    extraInitContainers: unlessEmpty(initContainers),
    extraVolumes: [
      { name: 'users', configMap: { name: USERS_CONFIG_MAP } },
      ...(plugin?.volumes ?? []),
      ...(trust?.volumes ?? []),
    ],
    extraVolumeMounts: [
      {
        name: 'users',
        mountPath: `${HOME}/config/opensearch-security/internal_users.yml`,
        subPath: 'internal_users.yml',
        readOnly: true,
      },
      ...(plugin?.mounts ?? []),
      ...(trust === undefined ? [] : [trust.mount]),
    ],
  };
}

function listSecrets({ backup }: AppContext<Inputs>): string[] {
  return backup === undefined ? [OPENSEARCH.secret.name] : [OPENSEARCH.secret.name, KEYSTORE_SECRET];
}
