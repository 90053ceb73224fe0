// What victoria-metrics-k8s-stack 0.91.2 is told. Rules and dashboards are ours: the chart would fetch its own from
// branches of other repositories each time it is synced.
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { planWayOut, pullSecretObjects, unlessEmpty } from '../../../generator/core/egress.ts';
import { from, type YamlMap, type YamlValue } from '../../../generator/core/provenance.ts';
import { planGrafana } from './grafana.ts';
import type { Inputs } from './inputs.ts';
import {
  AFTER_OPERATOR,
  AMOUNTS,
  type Amounts,
  GRAFANA,
  NAMESPACE,
  NODE_EXPORTER_NAMESPACE,
  operatorLabels,
  RECEIVERS_SECRET,
  resourcesOf,
  STACK,
} from './names.ts';
import { listReceiverSecrets, planAlertmanagerConfig } from './receivers.ts';
import { planKubeletScrapes } from './scrapes.ts';

/** Also the time within which two samples of one series are one: replicas of vmagent scrape the same. */
const INTERVAL = '30s';

/** Helm values for one environment. @see https://github.com/VictoriaMetrics/helm-charts, tag victoria-metrics-k8s-stack-0.91.2 */
export function planValues(context: AppContext<Inputs>): YamlMap {
  const high = context.availability.mode === 'high';
  return {
    fullnameOverride: STACK,
    // Without the dot that the chart puts behind it, which no list of direct hosts of a proxy would match.
    global: { cluster: { dnsDomain: 'cluster.local' }, imagePullSecrets: pullSecretObjects(context.egress) },
    syncJob: { enabled: false },
    defaultDashboards: { enabled: false },
    defaultRules: { enabled: false },
    // Without the second one of the chart, whose plugin Grafana would have to fetch.
    defaultDatasources: { victoriametrics: { datasources: [DATASOURCE] } },
    'victoria-metrics-operator': planOperator(context),
    vmsingle: high
      ? { enabled: from('availability', false) }
      : { enabled: true, annotations: AFTER_OPERATOR, spec: planSingle(context) },
    vmcluster: high
      ? { enabled: from('availability', true), annotations: AFTER_OPERATOR, spec: planCluster(context) }
      : undefined,
    vmagent: { annotations: AFTER_OPERATOR, spec: planAgent(context) },
    vmalert: { annotations: AFTER_OPERATOR, spec: planAlert(context) },
    alertmanager: planAlertmanager(context),
    grafana: planGrafana(context),
    'kube-state-metrics': planKubeStateMetrics(context),
    'prometheus-node-exporter': planNodeExporter(context),
    ...planKubeletScrapes(),
  };
}

const DATASOURCE: YamlMap = {
  name: 'VictoriaMetrics',
  type: 'prometheus',
  access: 'proxy',
  uid: 'VictoriaMetrics',
  isDefault: true,
};

function planOperator(context: AppContext<Inputs>): YamlMap {
  const { availability, egress } = context;
  const labels = { 'app.kubernetes.io/instance': 'monitoring', 'app.kubernetes.io/name': 'victoria-metrics-operator' };
  return {
    fullnameOverride: 'victoria-metrics-operator',
    // Its clean-up is a hook that deletes all CRDs with what they describe.
    crds: { cleanup: { enabled: false } },
    // The chart's own certificate would be another one at each rendering.
    admissionWebhooks: { certManager: { enabled: true } },
    // Nothing here speaks the dialect of the Prometheus operator, and its CRDs are not installed.
    operator: { disable_prometheus_converter: true },
    // Adds to all of the operator's pods what Pod Security `restricted` asks for.
    env: [{ name: 'VM_ENABLESTRICTSECURITY', value: 'true' }],
    podSecurityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    replicaCount: from('availability', availability.replicas),
    topologySpreadConstraints: spreadOver(availability.spread(labels)),
    imagePullSecrets: pullSecretObjects(egress),
    resources: resourcesOf(AMOUNTS.operator),
  };
}

/** What all pods of the operator have in common. */
function planPods(context: AppContext<Inputs>, component: string, amounts: Amounts): YamlMap {
  const { availability, egress } = context;
  return {
    resources: resourcesOf(amounts),
    // Its own defaults would fill in limits of CPU.
    useDefaultResources: false,
    topologySpreadConstraints: spreadOver(availability.spread(operatorLabels(component))),
    imagePullSecrets: pullSecretObjects(egress),
  };
}

function spreadOver(constraints: readonly YamlMap[]): YamlValue | undefined {
  return constraints.length === 0 ? undefined : from('availability', constraints);
}

const RELOADER: YamlMap = { configReloaderResources: resourcesOf(AMOUNTS.configReloader) };

function planSingle(context: AppContext<Inputs>): YamlMap {
  return {
    ...planPods(context, 'vmsingle', AMOUNTS.vmsingle),
    retentionPeriod: planRetention(context),
    storage: planClaim('gp3', from('apps.monitoring.metricsGiB', `${context.inputs.metricsGiB}Gi`)),
  };
}

/**
 * Each sample on two of three stores: with one of them gone all is still there, and what is new is still written twice.
 * @see https://docs.victoriametrics.com/victoriametrics/cluster-victoriametrics/#replication-and-data-safety
 */
function planCluster(context: AppContext<Inputs>): YamlMap {
  const { replicas, quorum } = context.availability;
  const dedup = { extraArgs: { 'dedup.minScrapeInterval': INTERVAL } };
  const size = from('apps.monitoring.metricsGiB', `${context.inputs.metricsGiB}Gi`);
  return {
    retentionPeriod: planRetention(context),
    replicationFactor: 2,
    imagePullSecrets: pullSecretObjects(context.egress),
    vmstorage: {
      ...planPods(context, 'vmstorage', AMOUNTS.vmstorage),
      ...dedup,
      replicaCount: from('availability', quorum),
      storage: { volumeClaimTemplate: { spec: planClaim('gp3', size) } },
    },
    vmselect: {
      ...planPods(context, 'vmselect', AMOUNTS.vmselect),
      ...dedup,
      replicaCount: from('availability', replicas),
      // A cache: on a volume it would tie the pod to one zone.
      storage: { emptyDir: { sizeLimit: '2Gi' }, volumeClaimTemplate: null },
    },
    vminsert: {
      ...planPods(context, 'vminsert', AMOUNTS.vminsert),
      replicaCount: from('availability', replicas),
    },
  };
}

function planRetention({ inputs }: AppContext<Inputs>): YamlValue {
  return from('apps.monitoring.retentionDays', `${inputs.retentionDays}d`);
}

function planClaim(storageClassName: string, size: YamlValue): YamlMap {
  return { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } };
}

/** With two of them each target is scraped twice, and one of both samples is dropped where it is stored. */
function planAgent(context: AppContext<Inputs>): YamlMap {
  return {
    ...planPods(context, 'vmagent', AMOUNTS.vmagent),
    ...RELOADER,
    replicaCount: from('availability', context.availability.replicas),
    scrapeInterval: INTERVAL,
    externalLabels: { environment: from('metadata.name', context.environment) },
  };
}

/** Two of them find the same alerts, and Alertmanager tells of them once. */
function planAlert(context: AppContext<Inputs>): YamlMap {
  const host = context.ingress.hostOf('monitoring');
  return {
    ...planPods(context, 'vmalert', AMOUNTS.vmalert),
    ...RELOADER,
    replicaCount: from('availability', context.availability.replicas),
    evaluationInterval: INTERVAL,
    externalLabels: { environment: from('metadata.name', context.environment) },
    extraArgs: {
      // Where a click on an alert leads.
      'external.url':
        host === undefined ? `http://${GRAFANA.service}.${NAMESPACE}.svc` : from('ingress.domain', `https://${host}`),
    },
  };
}

function planAlertmanager(context: AppContext<Inputs>): YamlMap {
  const { availability, egress, inputs } = context;
  const way = planWayOut(context, { name: STACK, namespace: NAMESPACE });
  const annotations = context.annotateWithSecrets(NAMESPACE, [RECEIVERS_SECRET]);
  return {
    annotations: AFTER_OPERATOR,
    monzoTemplate: { enabled: false },
    config: from('apps.monitoring.receivers', planAlertmanagerConfig(inputs, egress.proxy !== undefined)),
    spec: {
      ...planPods(context, 'vmalertmanager', AMOUNTS.alertmanager),
      ...RELOADER,
      replicaCount: from('availability', availability.replicas),
      // Silences, and who was told what.
      storage: { volumeClaimTemplate: { spec: planClaim('gp3', '1Gi') } },
      secrets: listReceiverSecrets(inputs).length === 0 ? undefined : [RECEIVERS_SECRET],
      podMetadata: annotations === undefined ? undefined : { annotations },
      extraEnvs: unlessEmpty(way.env),
      volumes: unlessEmpty(way.volumes),
      volumeMounts: unlessEmpty(way.mounts),
    },
  };
}

/** Snapshots of etcd are cluster-scoped objects of k3s; nothing else says when the last one was made. */
function planKubeStateMetrics(context: AppContext<Inputs>): YamlMap {
  return {
    fullnameOverride: 'kube-state-metrics',
    // Two would count everything twice.
    replicas: 1,
    imagePullSecrets: pullSecretObjects(context.egress),
    resources: resourcesOf(AMOUNTS.kubeStateMetrics),
    rbac: {
      extraRules: [{ apiGroups: ['k3s.cattle.io'], resources: ['etcdsnapshotfiles'], verbs: ['list', 'watch'] }],
    },
    customResourceState: { enabled: true, config: SNAPSHOT_METRICS },
  };
}

/**
 * `k3s_etcdsnapshotfile_created_seconds` and `…_ready`; `bucket` is there for snapshots in a bucket only.
 * @see k3s v1.35, pkg/apis/k3s.cattle.io/v1/types.go (ETCDSnapshotFile)
 */
const SNAPSHOT_METRICS: YamlMap = {
  kind: 'CustomResourceStateMetrics',
  spec: {
    resources: [
      {
        groupVersionKind: { group: 'k3s.cattle.io', version: 'v1', kind: 'ETCDSnapshotFile' },
        metricNamePrefix: 'k3s_etcdsnapshotfile',
        labelsFromPath: {
          bucket: ['spec', 's3', 'bucket'],
          snapshot: ['metadata', 'name'],
          snapshot_node: ['spec', 'nodeName'],
        },
        // A snapshot that failed has no time; that is no error worth a line at each scrape.
        metrics: [
          {
            name: 'created_seconds',
            help: 'When the snapshot was made, in seconds since 1970.',
            errorLogV: 5,
            each: { type: 'Gauge', gauge: { path: ['status', 'creationTime'] } },
          },
          {
            name: 'ready',
            help: '1 if the snapshot can be restored.',
            errorLogV: 5,
            each: { type: 'Gauge', gauge: { path: ['status', 'readyToUse'] } },
          },
        ],
      },
    ],
  },
};

function planNodeExporter(context: AppContext<Inputs>): YamlMap {
  return {
    fullnameOverride: 'node-exporter',
    namespaceOverride: NODE_EXPORTER_NAMESPACE,
    daemonsetAnnotations: AFTER_OPERATOR,
    imagePullSecrets: pullSecretObjects(context.egress),
    resources: resourcesOf(AMOUNTS.nodeExporter),
    // Every node, whatever keeps other pods away.
    tolerations: [{ operator: 'Exists' }],
    vmScrape: { spec: { namespaceSelector: { matchNames: [NODE_EXPORTER_NAMESPACE] }, endpoints: [NODE_ENDPOINT] } },
  };
}

/** As the chart has it, and the name of the node: it knows an address only. */
const NODE_ENDPOINT: YamlMap = {
  port: 'metrics',
  metricRelabelConfigs: [{ action: 'drop', sourceLabels: ['mountpoint'], regex: '/var/lib/kubelet/pods.+' }],
  relabelConfigs: [{ sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' }],
};
