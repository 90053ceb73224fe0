// Names, paths and the image that several of Ollama's objects share.
import type { PlainMap } from '../../../generator/core/provenance.ts';

export const NAMESPACE = 'ollama';
export const URL_IN_CLUSTER = 'http://ollama.ollama.svc.cluster.local:11434';

/** Ollama in chart 1.77.0. Serving and fetching share a store, so they run the same version, said in both places. */
export const APP_VERSION = '0.32.15';
export const IMAGE = { repository: 'ollama/ollama', tag: APP_VERSION } as const;

/** As the chart labels its pods for the release `ollama`. */
export const SERVING_LABELS: PlainMap = { 'app.kubernetes.io/instance': 'ollama', 'app.kubernetes.io/name': 'ollama' };
export const SYNC_LABELS: PlainMap = {
  'app.kubernetes.io/instance': 'ollama',
  'app.kubernetes.io/name': 'ollama-model-sync',
};

/** On the node; the cluster project puts it on local NVMe where there is some. */
export const HOST_STORE = '/var/lib/rootstock/models';
/** Inside the pods. */
export const STORE = '/models';
export const SCRIPTS = '/rootstock';
/** ConfigMap with the list of models and the scripts. */
export const CONFIG_MAP = 'ollama-models';

export const STORE_VOLUMES = [
  { name: 'models', hostPath: { path: HOST_STORE, type: 'DirectoryOrCreate' } },
  { name: 'rootstock', configMap: { name: CONFIG_MAP } },
] as const;

/** What a container needs that runs as root, as the image does, on a host path. */
export const UNPRIVILEGED: PlainMap = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
