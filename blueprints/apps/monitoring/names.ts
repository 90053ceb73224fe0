// Names that the parts of monitoring find each other by, and what each of them asks for.
import type { PlainMap, YamlMap } from '../../../generator/core/provenance.ts';

export const NAMESPACE = 'monitoring';

/** node-exporter reads the host's own files, which the other pods of monitoring have no business with. */
export const NODE_EXPORTER_NAMESPACE = 'node-exporter';

/** Name of every custom resource of the operator: its pods are `vmagent-monitoring`, `vmalert-monitoring` and so on. */
export const STACK = 'monitoring';

export const GRAFANA = {
  service: 'grafana',
  port: 80,
  adminSecret: 'grafana-admin',
  oidcSecret: 'grafana-oidc',
} as const;

/** Keys are the names of receivers. Alertmanager reads them as files, so that its configuration has no secret. */
export const RECEIVERS_SECRET = 'alert-receivers';
/** @see VictoriaMetrics operator v0.74.1, api/operator/v1beta1/vmextra_types.go (SecretsDir) */
export const RECEIVERS_FOLDER = `/etc/vm/secrets/${RECEIVERS_SECRET}`;

/** CronJob beside OpenSearch that looks at the age of its snapshots. */
export const SEARCH_CHECK = 'onyx-search-snapshot-age';
/** Another one, that looks whether all of the index can be read, and one whether all copies are there. */
export const SEARCH_READABLE = 'onyx-search-readable';
export const SEARCH_COPIES = 'onyx-search-all-copies';

/** Where models lie on nodes with GPUs: a mount of its own where the node has NVMe disks. */
export const MODELS_MOUNT = '/var/lib/rootstock/models';

/**
 * On the custom resources: made when their operator is up, and deleted before it. They wait for it in their deletion, so
 * without it they would stay for ever. What becomes healthy late is in the same wave, or it would hold them back.
 */
export const AFTER_OPERATOR: PlainMap = { 'argocd.argoproj.io/sync-wave': '1' };

export interface Amounts {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  /** Absent: no limit. CPU is never limited: a late scrape is a gap, and a throttled one, too. */
  readonly memoryLimitMiB?: number;
}

/** For some ten nodes and two hundred pods, which is about 100 000 series. */
export const AMOUNTS = {
  operator: { cpuMillis: 25, memoryMiB: 128, memoryLimitMiB: 512 },
  vmsingle: { cpuMillis: 150, memoryMiB: 768, memoryLimitMiB: 2048 },
  vmstorage: { cpuMillis: 100, memoryMiB: 512, memoryLimitMiB: 1536 },
  vmselect: { cpuMillis: 50, memoryMiB: 192, memoryLimitMiB: 1024 },
  vminsert: { cpuMillis: 50, memoryMiB: 128, memoryLimitMiB: 512 },
  vmagent: { cpuMillis: 100, memoryMiB: 256, memoryLimitMiB: 1024 },
  vmalert: { cpuMillis: 25, memoryMiB: 64, memoryLimitMiB: 512 },
  alertmanager: { cpuMillis: 15, memoryMiB: 64, memoryLimitMiB: 256 },
  configReloader: { cpuMillis: 5, memoryMiB: 32, memoryLimitMiB: 128 },
  grafana: { cpuMillis: 100, memoryMiB: 384, memoryLimitMiB: 1536 },
  grafanaSidecar: { cpuMillis: 10, memoryMiB: 96, memoryLimitMiB: 256 },
  kubeStateMetrics: { cpuMillis: 25, memoryMiB: 128, memoryLimitMiB: 512 },
  nodeExporter: { cpuMillis: 25, memoryMiB: 48, memoryLimitMiB: 256 },
} as const satisfies Readonly<Record<string, Amounts>>;

/** `resources` of a container. */
export function resourcesOf({ cpuMillis, memoryMiB, memoryLimitMiB }: Amounts): YamlMap {
  return {
    requests: { cpu: `${cpuMillis}m`, memory: `${memoryMiB}Mi` },
    ...(memoryLimitMiB === undefined ? {} : { limits: { memory: `${memoryLimitMiB}Mi` } }),
  };
}

/** Labels by which the operator selects the pods of a custom resource. @see operator v0.74.1, SelectorLabels */
export function operatorLabels(component: string): PlainMap {
  return {
    'app.kubernetes.io/component': 'monitoring',
    'app.kubernetes.io/instance': STACK,
    'app.kubernetes.io/name': component,
    'managed-by': 'vm-operator',
  };
}
