// The model store of the nodes: a ConfigMap with the list and the scripts, and the DaemonSet that keeps the store.
import { createHash } from 'node:crypto';
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { planWayOut, pullSecretObjects, type WayOut } from '../../../generator/core/egress.ts';
import { from, type PlainMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import { CONFIG_MAP, IMAGE, NAMESPACE, SCRIPTS, STORE, STORE_VOLUMES, SYNC_LABELS, UNPRIVILEGED } from './names.ts';
import { listTolerations, type Placement } from './placement.ts';
import awaitModels from './scripts/await-models.sh';
import modelStore from './scripts/model-store.sh';
import preloadModel from './scripts/preload-model.sh';
import syncModels from './scripts/sync-models.sh';

const SCRIPT_FILES: Readonly<Record<string, string>> = {
  'await-models.sh': awaitModels,
  'model-store.sh': modelStore,
  'preload-model.sh': preloadModel,
  'sync-models.sh': syncModels,
};

export const SYNC_REQUESTS = { cpuMillis: 100, memoryMiB: 256 } as const;
/** On the pod's own loopback, and another port than the server's all the same. */
const SYNC_ADDRESS = '127.0.0.1:11435';
const READY_FILE = '/tmp/models-ready';

/**
 * The list is mounted, not passed as an argument: a change of it reaches running pods within two minutes and restarts
 * none of them, so that models in use go on being served while another is fetched.
 */
export function planModelStore(context: AppContext<Inputs>, placement: Placement): Manifest[] {
  const { inputs } = context;
  const way = planWayOut(context, { name: 'ollama', namespace: NAMESPACE });
  return [
    ...way.manifests,
    {
      file: 'model-list',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: CONFIG_MAP, namespace: NAMESPACE },
        data: { models: from('apps.ollama.models', `${inputs.models.join('\n')}\n`), ...SCRIPT_FILES },
      },
    },
    { file: 'model-sync', object: planDaemonSet(context, placement, way) },
  ];
}

function planDaemonSet({ inputs, egress }: AppContext<Inputs>, placement: Placement, way: WayOut): Manifest['object'] {
  const tolerations = listTolerations(placement);
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'ollama-model-sync', namespace: NAMESPACE, labels: SYNC_LABELS },
    spec: {
      revisionHistoryLimit: 3,
      selector: { matchLabels: SYNC_LABELS },
      // All at once: these pods serve nobody, and one that cannot fetch must not hold up its own repair.
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
      template: {
        metadata: { labels: SYNC_LABELS, annotations: { 'rootstock.dev/scripts': hashScripts() } },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 30,
          nodeSelector: placement.nodeSelector,
          tolerations: tolerations.length === 0 ? undefined : tolerations,
          imagePullSecrets: pullSecretObjects(egress),
          containers: [planSyncContainer(inputs, way)],
          volumes: [...STORE_VOLUMES, ...way.volumes],
        },
      },
    },
  };
}

function planSyncContainer(inputs: Inputs, way: WayOut): PlainMap | Manifest['object'] {
  return {
    name: 'sync',
    image: `${IMAGE.repository}:${IMAGE.tag}`,
    command: ['/bin/bash', `${SCRIPTS}/sync-models.sh`],
    env: [
      // It only fetches: a GPU it saw would be memory that the server lacks.
      { name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' },
      { name: 'OLLAMA_HOST', value: SYNC_ADDRESS },
      { name: 'PRUNE', value: from('apps.ollama.prune', String(inputs.prune)) },
      { name: 'READY_FILE', value: READY_FILE },
      { name: 'STORE_GIB', value: from('apps.ollama.storeGiB', String(inputs.storeGiB)) },
      ...way.env,
    ],
    // Ready means: all listed models are on this node.
    readinessProbe: { exec: { command: ['test', '-e', READY_FILE] }, periodSeconds: 10 },
    resources: {
      requests: { cpu: `${SYNC_REQUESTS.cpuMillis}m`, memory: `${SYNC_REQUESTS.memoryMiB}Mi` },
      limits: { memory: '2Gi' },
    },
    securityContext: UNPRIVILEGED,
    volumeMounts: [
      { name: 'models', mountPath: STORE },
      { name: 'rootstock', mountPath: SCRIPTS, readOnly: true },
      ...way.mounts,
    ],
  };
}

/** Restarts the pods when their script changes, which a mounted ConfigMap alone does not. */
function hashScripts(): string {
  const hash = createHash('sha256');
  for (const name of ['model-store.sh', 'sync-models.sh']) hash.update(SCRIPT_FILES[name] ?? '');
  return hash.digest('hex').slice(0, 16);
}
