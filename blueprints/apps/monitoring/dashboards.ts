// Dashboards as ConfigMaps that Grafana's sidecar finds. Few and small: what people look at first, drawn from metrics
// that this environment has. The chart would fetch its own from the internet at each sync.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import type { YamlMap } from '../../../generator/core/provenance.ts';
import { MODELS_MOUNT, NAMESPACE } from './names.ts';

type Unit = 'bytes' | 'celsius' | 'mbytes' | 'percent' | 'percentunit' | 'reqps' | 's' | 'short' | 'watt';

interface Panel {
  readonly title: string;
  readonly unit: Unit;
  readonly expr: string;
  /** Name of each line, with labels as `{{x}}`. */
  readonly legend: string;
  /** `bars`: one bar for each series, as of now. */
  readonly kind?: 'bars';
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

export function planDashboards(context: AppContext): Manifest[] {
  return listDashboards(context).map(toManifest);
}

export function listDashboards({ has, gpuPools }: AppContext): Dashboard[] {
  const hasGpus = gpuPools.length > 0;
  return [
    { uid: 'rootstock-nodes', title: 'Nodes', panels: hasGpus ? [...NODES, MODEL_DISKS] : NODES },
    { uid: 'rootstock-platform', title: 'Platform', panels: platformPanels(has) },
    { uid: 'rootstock-workloads', title: 'Workloads', panels: WORKLOADS },
    ...(has('dcgm-exporter') ? [{ uid: 'rootstock-gpus', title: 'GPUs', panels: GPUS }] : []),
  ];
}

const NODES: readonly Panel[] = [
  {
    title: 'CPU',
    unit: 'percentunit',
    expr: '1 - avg by (node) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
    legend: '{{node}}',
  },
  {
    title: 'Memory',
    unit: 'percentunit',
    expr: '1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes',
    legend: '{{node}}',
  },
  {
    title: 'Root disk',
    unit: 'percentunit',
    expr: '1 - node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"}',
    legend: '{{node}}',
  },
  {
    title: 'Time that disks are busy',
    unit: 'percentunit',
    expr: 'max by (node) (rate(node_disk_io_time_seconds_total[5m]))',
    legend: '{{node}}',
  },
  {
    title: 'Network, received',
    unit: 'bytes',
    expr: 'sum by (node) (rate(node_network_receive_bytes_total{device!~"lo|cni.*|flannel.*|veth.*"}[5m]))',
    legend: '{{node}}',
  },
  {
    title: 'Network, sent',
    unit: 'bytes',
    expr: 'sum by (node) (rate(node_network_transmit_bytes_total{device!~"lo|cni.*|flannel.*|veth.*"}[5m]))',
    legend: '{{node}}',
  },
];

const MODEL_DISKS: Panel = {
  title: 'NVMe disk for models',
  unit: 'percentunit',
  expr: `1 - node_filesystem_avail_bytes{mountpoint="${MODELS_MOUNT}"} / node_filesystem_size_bytes{mountpoint="${MODELS_MOUNT}"}`,
  legend: '{{node}}',
};

const WORKLOADS: readonly Panel[] = [
  {
    title: 'CPU by namespace',
    unit: 'short',
    expr: 'sum by (namespace) (rate(container_cpu_usage_seconds_total{container!="",container!="POD"}[5m]))',
    legend: '{{namespace}}',
  },
  {
    title: 'Memory by namespace',
    unit: 'bytes',
    expr: 'sum by (namespace) (container_memory_working_set_bytes{container!="",container!="POD"})',
    legend: '{{namespace}}',
  },
  {
    title: 'Restarts in the last hour',
    unit: 'short',
    expr: 'sum by (namespace, pod, container) (increase(kube_pod_container_status_restarts_total[1h])) > 0',
    legend: '{{namespace}}/{{pod}} {{container}}',
    kind: 'bars',
  },
  {
    title: 'Pods that do not run',
    unit: 'short',
    expr: 'sum by (namespace, pod, phase) (kube_pod_status_phase{phase=~"Failed|Pending|Unknown"}) > 0',
    legend: '{{namespace}}/{{pod}} {{phase}}',
    kind: 'bars',
  },
  {
    title: 'Volumes',
    unit: 'percentunit',
    expr: '1 - max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes) / max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_capacity_bytes)',
    legend: '{{namespace}}/{{persistentvolumeclaim}}',
  },
];

function platformPanels(has: (app: string) => boolean): Panel[] {
  return [
    { title: 'Alerts that fire', unit: 'short', expr: FIRING, legend: '{{alertname}} {{severity}}', kind: 'bars' },
    ...(has('argo-cd') ? [APPLICATIONS] : []),
    ...(has('cert-manager') ? [CERTIFICATES] : []),
    ...(has('traefik') ? [REQUESTS, LATENCY] : []),
    SNAPSHOTS,
    ...(has('onyx-database') ? [POSTGRES] : []),
  ];
}

const FIRING = 'sum by (alertname, severity, namespace) (ALERTS{alertstate="firing",alertname!="Watchdog"})';

const APPLICATIONS: Panel = {
  title: 'Applications that are not healthy or not synced',
  unit: 'short',
  expr: 'max by (name, health_status, sync_status) (argocd_app_info{health_status!="Healthy"} or argocd_app_info{sync_status!="Synced"})',
  legend: '{{name}} {{health_status}} {{sync_status}}',
  kind: 'bars',
};

const CERTIFICATES: Panel = {
  title: 'Certificates run out in',
  unit: 's',
  expr: 'min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds > 0) - time()',
  legend: '{{namespace}}/{{name}}',
  kind: 'bars',
};

const REQUESTS: Panel = {
  title: 'Requests by service and status',
  unit: 'reqps',
  expr: 'sum by (service, code) (rate(traefik_service_requests_total[5m]))',
  legend: '{{service}} {{code}}',
};

const LATENCY: Panel = {
  title: 'Time of a request, on average',
  unit: 's',
  expr: 'sum by (service) (rate(traefik_service_request_duration_seconds_sum[5m])) / sum by (service) (rate(traefik_service_request_duration_seconds_count[5m]))',
  legend: '{{service}}',
};

const SNAPSHOTS: Panel = {
  title: 'Age of the newest snapshot of etcd',
  unit: 's',
  expr: 'time() - max by (bucket) (k3s_etcdsnapshotfile_created_seconds)',
  legend: '{{bucket}}',
};

const POSTGRES: Panel = {
  title: 'Age of the newest backup of Postgres',
  unit: 's',
  expr: `time() - (max(barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{namespace="${ONYX_NAMESPACE}"}) > 0)`,
  legend: 'Postgres',
};

const GPUS: readonly Panel[] = [
  { title: 'Utilisation', unit: 'percent', expr: 'DCGM_FI_DEV_GPU_UTIL', legend: '{{node}} {{gpu}}' },
  {
    title: 'Memory',
    unit: 'percentunit',
    expr: 'DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE)',
    legend: '{{node}} {{gpu}}',
  },
  { title: 'Memory left', unit: 'mbytes', expr: 'DCGM_FI_DEV_FB_FREE', legend: '{{node}} {{gpu}}' },
  { title: 'Temperature', unit: 'celsius', expr: 'DCGM_FI_DEV_GPU_TEMP', legend: '{{node}} {{gpu}}' },
  { title: 'Power', unit: 'watt', expr: 'DCGM_FI_DEV_POWER_USAGE', legend: '{{node}} {{gpu}}' },
  { title: 'Last Xid error', unit: 'short', expr: 'DCGM_FI_DEV_XID_ERRORS', legend: '{{node}} {{gpu}}' },
];

const WIDTH = 12;
const HEIGHT = 8;

function toManifest(dashboard: Dashboard): Manifest {
  return {
    file: `dashboard-${dashboard.uid.replace('rootstock-', '')}`,
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: `${dashboard.uid}-dashboard`,
        namespace: NAMESPACE,
        labels: { grafana_dashboard: '1' },
        annotations: { grafana_folder: 'Rootstock' },
      },
      data: { [`${dashboard.uid}.json`]: `${JSON.stringify(toGrafana(dashboard), null, 2)}\n` },
    },
  };
}

/** @see https://grafana.com/docs/grafana/v13.1/dashboards/build-dashboards/view-dashboard-json-model/ */
function toGrafana({ uid, title, panels }: Dashboard): YamlMap {
  return {
    uid,
    title,
    tags: ['rootstock'],
    schemaVersion: 39,
    editable: false,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    panels: panels.map(toPanel),
  };
}

function toPanel({ title, unit, expr, legend, kind }: Panel, index: number): YamlMap {
  const isBars = kind === 'bars';
  const datasource = { type: 'prometheus', uid: 'VictoriaMetrics' };
  return {
    id: index + 1,
    title,
    type: isBars ? 'bargauge' : 'timeseries',
    datasource,
    gridPos: { h: HEIGHT, w: WIDTH, x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT },
    fieldConfig: { defaults: { unit, ...(unit === 'percentunit' ? { min: 0, max: 1 } : {}) }, overrides: [] },
    options: isBars
      ? { orientation: 'horizontal', displayMode: 'basic', reduceOptions: { calcs: ['lastNotNull'], values: false } }
      : { legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'multi' } },
    targets: [{ refId: 'A', datasource, expr, legendFormat: legend, instant: isBars, range: !isBars }],
  };
}
