// For tests: series under which each alert fires, and others, close to them, under which it stays silent.
import type { Severity } from './rule.ts';

export interface AlertCase {
  readonly alert: string;
  /** Where two alerts of one name differ. */
  readonly severity?: Severity;
  /**
   * `series | values` in the notation of vmalert-tool, one value each minute; for `long` one every ten minutes. `@` in
   * front of a number: seconds since the start of the test, as a time.
   */
  readonly fires: readonly string[];
  readonly quiet: readonly string[];
  /** Ages of days: looked at after fifty hours instead of one. */
  readonly long?: true;
}

const disk = (mount: string, free: number) => [
  `node_filesystem_avail_bytes{node="a",mountpoint="${mount}"} | ${free}x400`,
  `node_filesystem_size_bytes{node="a",mountpoint="${mount}"} | 100x400`,
];
const volume = (free: string) => [
  `kubelet_volume_stats_available_bytes{namespace="n",persistentvolumeclaim="p"} | ${free}`,
  'kubelet_volume_stats_capacity_bytes{namespace="n",persistentvolumeclaim="p"} | 100x400',
];
/** Of a node of OpenSearch. */
const searchVolume = (free: string) =>
  volume(free).map((line) =>
    line.replace('namespace="n"', 'namespace="onyx"').replace('="p"', '="onyx-search-onyx-search-0"'),
  );
const cronJob = (name: string, succeeded?: string) => [
  `kube_cronjob_created{namespace="onyx",cronjob="${name}"} | @0x400`,
  ...(succeeded === undefined
    ? []
    : [`kube_cronjob_status_last_successful_time{namespace="onyx",cronjob="${name}"} | ${succeeded}`]),
];
const replicas = (kind: string, name: string, values: string) =>
  `kube_statefulset_${kind}{namespace="onyx",statefulset="${name}"} | ${values}`;
const redisMaster = (slice: string, ready: boolean) =>
  `kube_endpointslice_endpoints{namespace="onyx",endpointslice="${slice}",ready="${ready}",address="10.42.0.9"} | 1x400`;
const MODELS = '/var/lib/rootstock/models';
const app = (health: string, sync: string, values: string) =>
  `argocd_app_info{name="onyx",project="workloads",health_status="${health}",sync_status="${sync}"} | ${values}`;
const snapshot = (bucket: string, created: string, ready: number) => [
  `k3s_etcdsnapshotfile_created_seconds{snapshot="s",bucket="${bucket}"} | ${created}`,
  `k3s_etcdsnapshotfile_ready{snapshot="s",bucket="${bucket}"} | ${ready}x400`,
];
const slices = (kind: string, count: number) =>
  `kube_node_status_${kind}{node="a",resource="nvidia_com_gpu"} | ${count}x400`;

export const ALERT_CASES: readonly AlertCase[] = [
  {
    alert: 'NodeNotReady',
    fires: ['kube_node_status_condition{node="a",condition="Ready",status="true"} | 0x400'],
    quiet: ['kube_node_status_condition{node="a",condition="Ready",status="true"} | 1x400'],
  },
  {
    alert: 'NodeUnderPressure',
    fires: ['kube_node_status_condition{node="a",condition="DiskPressure",status="true"} | 1x400'],
    quiet: ['kube_node_status_condition{node="a",condition="DiskPressure",status="false"} | 1x400'],
  },
  { alert: 'NodeDiskFull', severity: 'warning', fires: disk('/', 8), quiet: disk('/', 12) },
  { alert: 'NodeDiskFull', severity: 'critical', fires: disk('/', 3), quiet: disk('/', 8) },
  {
    alert: 'NodeInodesUsedUp',
    fires: [
      'node_filesystem_files_free{node="a",mountpoint="/"} | 4x400',
      'node_filesystem_files{node="a",mountpoint="/"} | 100x400',
    ],
    quiet: [
      'node_filesystem_files_free{node="a",mountpoint="/"} | 6x400',
      'node_filesystem_files{node="a",mountpoint="/"} | 100x400',
    ],
  },
  {
    alert: 'NodeDiskReadOnly',
    fires: [`node_filesystem_readonly{node="a",mountpoint="${MODELS}"} | 1x400`],
    quiet: ['node_filesystem_readonly{node="a",mountpoint="/snap/core"} | 1x400'],
  },
  {
    alert: 'NodeMemoryUsedUp',
    fires: ['node_memory_MemAvailable_bytes{node="a"} | 4x400', 'node_memory_MemTotal_bytes{node="a"} | 100x400'],
    quiet: ['node_memory_MemAvailable_bytes{node="a"} | 6x400', 'node_memory_MemTotal_bytes{node="a"} | 100x400'],
  },
  {
    alert: 'NodeKilledProcess',
    fires: ['node_vmstat_oom_kill{node="a"} | 0x55 1x400'],
    quiet: ['node_vmstat_oom_kill{node="a"} | 7x400'],
  },
  {
    alert: 'NodeClockOff',
    fires: ['node_timex_offset_seconds{node="a"} | -0.2x400', 'node_timex_sync_status{node="a"} | 1x400'],
    quiet: ['node_timex_offset_seconds{node="a"} | 0.001x400', 'node_timex_sync_status{node="a"} | 1x400'],
  },
  { alert: 'ModelDiskFull', severity: 'warning', fires: disk(MODELS, 8), quiet: disk(MODELS, 12) },
  { alert: 'ModelDiskFull', severity: 'critical', fires: disk(MODELS, 2), quiet: disk(MODELS, 8) },
  {
    alert: 'PodCrashLooping',
    fires: [
      'kube_pod_container_status_waiting_reason{namespace="n",pod="p",reason="CrashLoopBackOff"} | 1 0 0 1+0x400',
    ],
    quiet: ['kube_pod_container_status_waiting_reason{namespace="n",pod="p",reason="ContainerCreating"} | 1x400'],
  },
  {
    alert: 'PodCannotStart',
    fires: [
      'kube_pod_container_status_waiting_reason{namespace="n",pod="p",reason="CreateContainerConfigError"} | 1x400',
    ],
    quiet: ['kube_pod_container_status_waiting_reason{namespace="n",pod="p",reason="ContainerCreating"} | 1x400'],
  },
  {
    alert: 'PodNotReady',
    fires: [
      'kube_pod_status_phase{namespace="n",pod="p",phase="Pending"} | 1x400',
      'kube_pod_owner{namespace="n",pod="p",owner_kind="ReplicaSet"} | 1x400',
    ],
    quiet: [
      'kube_pod_status_phase{namespace="n",pod="p",phase="Failed"} | 1x400',
      'kube_pod_owner{namespace="n",pod="p",owner_kind="Job"} | 1x400',
    ],
  },
  {
    alert: 'ContainerOutOfMemory',
    fires: [
      'kube_pod_container_status_restarts_total{namespace="n",pod="p",container="c"} | 0x55 1x400',
      'kube_pod_container_status_last_terminated_reason{namespace="n",pod="p",container="c",reason="OOMKilled"} | 1x400',
    ],
    quiet: [
      'kube_pod_container_status_restarts_total{namespace="n",pod="p",container="c"} | 0x55 1x400',
      'kube_pod_container_status_last_terminated_reason{namespace="n",pod="p",container="c",reason="Error"} | 1x400',
    ],
  },
  {
    alert: 'DeploymentReplicasMissing',
    fires: [
      'kube_deployment_spec_replicas{namespace="n",deployment="d"} | 2x400',
      'kube_deployment_status_replicas_available{namespace="n",deployment="d"} | 1x400',
    ],
    quiet: [
      'kube_deployment_spec_replicas{namespace="n",deployment="d"} | 2x400',
      'kube_deployment_status_replicas_available{namespace="n",deployment="d"} | 2x400',
    ],
  },
  {
    alert: 'DeploymentDown',
    fires: [
      'kube_deployment_spec_replicas{namespace="n",deployment="d"} | 1x400',
      'kube_deployment_status_replicas_available{namespace="n",deployment="d"} | 0x400',
    ],
    quiet: [
      'kube_deployment_spec_replicas{namespace="n",deployment="d"} | 0x400',
      'kube_deployment_status_replicas_available{namespace="n",deployment="d"} | 0x400',
    ],
  },
  {
    alert: 'StatefulSetReplicasMissing',
    fires: [
      'kube_statefulset_replicas{namespace="n",statefulset="s"} | 3x400',
      'kube_statefulset_status_replicas_ready{namespace="n",statefulset="s"} | 2x400',
    ],
    quiet: [
      'kube_statefulset_replicas{namespace="n",statefulset="s"} | 3x400',
      'kube_statefulset_status_replicas_ready{namespace="n",statefulset="s"} | 3x400',
    ],
  },
  {
    alert: 'StatefulSetDown',
    fires: [
      'kube_statefulset_replicas{namespace="n",statefulset="s"} | 3x400',
      'kube_statefulset_status_replicas_ready{namespace="n",statefulset="s"} | 0x400',
    ],
    quiet: [
      'kube_statefulset_replicas{namespace="n",statefulset="s"} | 3x400',
      'kube_statefulset_status_replicas_ready{namespace="n",statefulset="s"} | 1x400',
    ],
  },
  {
    alert: 'DaemonSetPodsMissing',
    fires: ['kube_daemonset_status_number_unavailable{namespace="n",daemonset="d"} | 1x400'],
    quiet: ['kube_daemonset_status_number_unavailable{namespace="n",daemonset="d"} | 0x400'],
  },
  {
    alert: 'JobFailed',
    // Three minutes of failure in ten: a Job that Argo CD makes anew.
    fires: ['kube_job_failed{namespace="n",job_name="j",condition="true"} | 1x3 _x7 1x3 _x7 1x3 _x7 1x3 _x7 1x3 _x400'],
    quiet: [
      'kube_job_failed{namespace="n",job_name="j",condition="true"} | 1x3 _x400',
      'kube_job_complete{namespace="n",job_name="j",condition="true"} | _x5 1x400',
    ],
  },
  {
    alert: 'CronJobNotSucceeding',
    long: true,
    fires: [
      'kube_cronjob_status_last_schedule_time{namespace="n",cronjob="c"} | @3600x400',
      'kube_cronjob_spec_suspend{namespace="n",cronjob="c"} | 0x400',
    ],
    quiet: [
      'kube_cronjob_status_last_schedule_time{namespace="n",cronjob="c"} | @3600x400',
      'kube_cronjob_status_last_successful_time{namespace="n",cronjob="c"} | @3660x400',
      'kube_cronjob_spec_suspend{namespace="n",cronjob="c"} | 0x400',
    ],
  },
  { alert: 'VolumeFull', severity: 'warning', fires: volume('10x400'), quiet: volume('13x400') },
  { alert: 'VolumeFull', severity: 'critical', fires: volume('3x400'), quiet: searchVolume('3x400') },
  // Below its first threshold and above the general one, and the other way round: each volume has one kind of alert.
  { alert: 'SearchVolumeFull', severity: 'warning', fires: searchVolume('17x400'), quiet: volume('10x400') },
  { alert: 'SearchVolumeFull', severity: 'critical', fires: searchVolume('7x400'), quiet: searchVolume('9x400') },
  {
    alert: 'SearchUnreadable',
    fires: cronJob('onyx-search-readable'),
    quiet: cronJob('onyx-search-readable', '@0+60x400'),
  },
  {
    alert: 'SearchCopiesMissing',
    long: true,
    fires: cronJob('onyx-search-all-copies', '@0x400'),
    quiet: cronJob('onyx-search-all-copies', '@0+600x400'),
  },
  {
    alert: 'RedisWithoutMaster',
    // The one that is marked is not ready, and a Service of the copies is none of the master.
    fires: [
      replicas('replicas', 'onyx-redis', '3x400'),
      redisMaster('onyx-redis-master-abcde', false),
      redisMaster('onyx-redis-replica-abcde', true),
    ],
    quiet: [replicas('replicas', 'onyx-redis', '3x400'), redisMaster('onyx-redis-master-abcde', true)],
  },
  {
    alert: 'SentinelsWithoutMajority',
    fires: [replicas('status_replicas_ready', 'onyx-redis-s', '1x400'), replicas('replicas', 'onyx-redis-s', '3x400')],
    quiet: [replicas('status_replicas_ready', 'onyx-redis-s', '2x400'), replicas('replicas', 'onyx-redis-s', '3x400')],
  },
  { alert: 'VolumeFullSoon', long: true, fires: volume('100-0.25x400'), quiet: volume('29x400') },
  {
    alert: 'VolumeInodesUsedUp',
    fires: [
      'kubelet_volume_stats_inodes_free{namespace="n",persistentvolumeclaim="p"} | 4x400',
      'kubelet_volume_stats_inodes{namespace="n",persistentvolumeclaim="p"} | 100x400',
    ],
    quiet: [
      'kubelet_volume_stats_inodes_free{namespace="n",persistentvolumeclaim="p"} | 0x400',
      'kubelet_volume_stats_inodes{namespace="n",persistentvolumeclaim="p"} | 0x400',
    ],
  },
  {
    alert: 'VolumeNotBound',
    fires: ['kube_persistentvolumeclaim_status_phase{namespace="n",persistentvolumeclaim="p",phase="Pending"} | 1x400'],
    quiet: ['kube_persistentvolumeclaim_status_phase{namespace="n",persistentvolumeclaim="p",phase="Bound"} | 1x400'],
  },
  {
    alert: 'ApiServerFailing',
    fires: ['apiserver_request_total{code="200"} | 0+9x400', 'apiserver_request_total{code="503"} | 0+1x400'],
    quiet: ['apiserver_request_total{code="200"} | 0+99x400', 'apiserver_request_total{code="503"} | 0+1x400'],
  },
  {
    alert: 'EtcdSlow',
    fires: [
      'etcd_request_duration_seconds_sum{operation="get"} | 0+30x400',
      'etcd_request_duration_seconds_count{operation="get"} | 0+100x400',
    ],
    // A list of everything may take long.
    quiet: [
      'etcd_request_duration_seconds_sum{operation="list"} | 0+30x400',
      'etcd_request_duration_seconds_count{operation="list"} | 0+100x400',
    ],
  },
  {
    alert: 'EtcdLarge',
    fires: ['apiserver_storage_size_bytes{instance="a"} | 1700000000x400'],
    quiet: ['apiserver_storage_size_bytes{instance="a"} | 900000000x400'],
  },
  {
    alert: 'NodeCertificateExpires',
    severity: 'warning',
    long: true,
    fires: ['k3s_certificate_expiration_seconds{node="a",subject="x"} | 2500000x400'],
    quiet: ['k3s_certificate_expiration_seconds{node="a",subject="x"} | 2700000x400'],
  },
  {
    alert: 'NodeCertificateExpires',
    severity: 'critical',
    long: true,
    fires: ['k3s_certificate_expiration_seconds{node="a",subject="x"} | 500000x400'],
    quiet: ['k3s_certificate_expiration_seconds{node="a",subject="x"} | 700000x400'],
  },
  {
    alert: 'CertificateExpires',
    severity: 'warning',
    long: true,
    fires: ['certmanager_certificate_expiration_timestamp_seconds{namespace="n",name="c"} | @1300000x400'],
    quiet: ['certmanager_certificate_expiration_timestamp_seconds{namespace="n",name="c"} | @9000000x400'],
  },
  {
    alert: 'CertificateExpires',
    severity: 'critical',
    long: true,
    fires: ['certmanager_certificate_expiration_timestamp_seconds{namespace="n",name="c"} | @200000x400'],
    // Not issued yet: cert-manager says 0.
    quiet: ['certmanager_certificate_expiration_timestamp_seconds{namespace="n",name="c"} | 0x400'],
  },
  {
    alert: 'CertificateNotReady',
    long: true,
    fires: ['certmanager_certificate_ready_status{namespace="n",name="c",condition="False"} | 1x400'],
    quiet: ['certmanager_certificate_ready_status{namespace="n",name="c",condition="False"} | 0x400'],
  },
  {
    alert: 'ApplicationUnhealthy',
    // It changes between two states that are both not healthy.
    fires: [app('Degraded', 'Synced', '1x20 _x20 1x400'), app('Progressing', 'Synced', '_x20 1x20 _x400')],
    quiet: [app('Healthy', 'Synced', '1x400')],
  },
  {
    alert: 'ApplicationOutOfSync',
    long: true,
    fires: [app('Healthy', 'OutOfSync', '1x400')],
    quiet: [app('Suspended', 'Synced', '1x400')],
  },
  { alert: 'ApplicationsUnknown', fires: [], quiet: [app('Healthy', 'Synced', '1x400')] },
  {
    alert: 'ScaleUpFailed',
    fires: ['cluster_autoscaler_failed_scale_ups_total{reason="cloudProviderError"} | 0x45 1x400'],
    quiet: ['cluster_autoscaler_failed_scale_ups_total{reason="cloudProviderError"} | 1x400'],
  },
  {
    alert: 'PodsWithoutNode',
    fires: ['cluster_autoscaler_unschedulable_pods_count | 1x400'],
    quiet: ['cluster_autoscaler_unschedulable_pods_count | 1x30 0x10 1x400'],
  },
  { alert: 'NameServerDown', fires: ['up{job="coredns"} | 0x400'], quiet: ['up{job="coredns"} | 1x400'] },
  {
    alert: 'NameServerFailing',
    fires: [
      'coredns_dns_responses_total{rcode="NOERROR"} | 0+9x400',
      'coredns_dns_responses_total{rcode="SERVFAIL"} | 0+1x400',
    ],
    quiet: [
      'coredns_dns_responses_total{rcode="NOERROR"} | 0+9x400',
      'coredns_dns_responses_total{rcode="NXDOMAIN"} | 0+9x400',
    ],
  },
  {
    alert: 'RequestsFailing',
    fires: [
      'traefik_service_requests_total{service="s",code="200"} | 0+60x400',
      'traefik_service_requests_total{service="s",code="502"} | 0+60x400',
    ],
    quiet: [
      'traefik_service_requests_total{service="s",code="200"} | 0+60x400',
      'traefik_service_requests_total{service="s",code="404"} | 0+60x400',
    ],
  },
  { alert: 'IngressDown', fires: [], quiet: ['up{job="traefik"} | 1x400'] },
  {
    alert: 'GpuGone',
    fires: [slices('capacity', 25), slices('allocatable', 0)],
    quiet: [slices('capacity', 25), slices('allocatable', 25)],
  },
  {
    alert: 'GpuBroken',
    fires: ['DCGM_FI_DEV_XID_ERRORS{node="a",gpu="0"} | 79x400'],
    quiet: ['DCGM_FI_DEV_XID_ERRORS{node="a",gpu="0"} | 31x400'],
  },
  {
    alert: 'GpuError',
    fires: ['DCGM_FI_DEV_XID_ERRORS{node="a",gpu="0"} | 0x45 31x400'],
    quiet: ['DCGM_FI_DEV_XID_ERRORS{node="a",gpu="0"} | 31x400'],
  },
  {
    alert: 'GpuMemoryFaulty',
    fires: ['DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS{node="a",gpu="0"} | 0x45 1x400'],
    quiet: ['DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS{node="a",gpu="0"} | 1x400'],
  },
  {
    alert: 'GpuHot',
    fires: ['DCGM_FI_DEV_GPU_TEMP{node="a",gpu="0"} | 90x400'],
    quiet: ['DCGM_FI_DEV_GPU_TEMP{node="a",gpu="0"} | 70x400'],
  },
  {
    alert: 'GpuMemoryUsedUp',
    fires: ['DCGM_FI_DEV_FB_FREE{node="a",gpu="0"} | 100x400'],
    quiet: ['DCGM_FI_DEV_FB_FREE{node="a",gpu="0"} | 1024x400'],
  },
  {
    alert: 'GpuMetricsMissing',
    fires: [slices('capacity', 25)],
    quiet: [slices('capacity', 25), 'DCGM_FI_DEV_GPU_TEMP{node="a",gpu="0"} | 50x400'],
  },
  {
    alert: 'EtcdSnapshotOld',
    long: true,
    // A new one on the node only, and a new one in the bucket that cannot be restored, help nobody.
    fires: [
      ...snapshot('b', '@100x400', 1),
      'k3s_etcdsnapshotfile_created_seconds{snapshot="local"} | @170000x400',
      'k3s_etcdsnapshotfile_ready{snapshot="local"} | 1x400',
      'k3s_etcdsnapshotfile_created_seconds{snapshot="failed",bucket="b"} | @170000x400',
      'k3s_etcdsnapshotfile_ready{snapshot="failed",bucket="b"} | 0x400',
    ],
    quiet: snapshot('b', '@0+600x400', 1),
  },
  {
    alert: 'EtcdSnapshotMissing',
    long: true,
    fires: ['kube_namespace_created{namespace="kube-system"} | @0x400'],
    // Younger than the first snapshot.
    quiet: ['kube_namespace_created{namespace="kube-system"} | @170000x400'],
  },
  {
    alert: 'PostgresBackupOld',
    long: true,
    fires: ['barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{namespace="onyx"} | @100x400'],
    quiet: ['barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{namespace="onyx"} | @100+600x400'],
  },
  {
    alert: 'PostgresBackupMissing',
    long: true,
    fires: [
      'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{namespace="onyx"} | 0x400',
      'kube_namespace_created{namespace="onyx"} | @0x400',
    ],
    quiet: [
      'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{namespace="onyx"} | @5x400',
      'kube_namespace_created{namespace="onyx"} | @0x400',
    ],
  },
  {
    alert: 'PostgresArchivingBehind',
    fires: ['cnpg_collector_pg_wal_archive_status{namespace="onyx",pod="p",value="ready"} | 30x400'],
    quiet: ['cnpg_collector_pg_wal_archive_status{namespace="onyx",pod="p",value="done"} | 30x400'],
  },
  {
    alert: 'PostgresDown',
    fires: [],
    quiet: ['cnpg_collector_up{namespace="onyx",pod="p"} | 1x400'],
  },
  {
    alert: 'PostgresReplicaBehind',
    fires: ['cnpg_pg_replication_lag{namespace="onyx",pod="p"} | 400x400'],
    quiet: ['cnpg_pg_replication_lag{namespace="onyx",pod="p"} | 2x400'],
  },
  {
    alert: 'SearchSnapshotOld',
    long: true,
    fires: ['kube_cronjob_created{namespace="onyx",cronjob="onyx-search-snapshot-age"} | @0x400'],
    quiet: [
      'kube_cronjob_created{namespace="onyx",cronjob="onyx-search-snapshot-age"} | @0x400',
      'kube_cronjob_status_last_successful_time{namespace="onyx",cronjob="onyx-search-snapshot-age"} | @0+600x400',
    ],
  },
  {
    alert: 'FileCopyFailing',
    long: true,
    fires: [
      'kube_cronjob_status_last_schedule_time{namespace="onyx",cronjob="onyx-files-backup"} | @0+600x400',
      'kube_cronjob_status_last_successful_time{namespace="onyx",cronjob="onyx-files-backup"} | @0x400',
    ],
    quiet: [
      'kube_cronjob_status_last_schedule_time{namespace="onyx",cronjob="onyx-files-backup"} | @0x400',
      'kube_cronjob_status_last_successful_time{namespace="onyx",cronjob="onyx-files-backup"} | @60x400',
    ],
  },
  {
    alert: 'TargetDown',
    fires: ['up{job="j",namespace="n",pod="a"} | 0x400', 'up{job="j",namespace="n",pod="b"} | 1x400'],
    quiet: ['up{job="j",namespace="n",pod="a"} | 1x400'],
  },
  { alert: 'NodesUnknown', fires: [], quiet: ['kube_node_info{node="a"} | 1x400'] },
  {
    alert: 'AlertsNotDelivered',
    fires: ['alertmanager_notifications_failed_total{integration="slack"} | 0+1x400'],
    quiet: ['alertmanager_notifications_failed_total{integration="slack"} | 5x400'],
  },
  {
    alert: 'AlertmanagerConfigRefused',
    fires: ['alertmanager_config_last_reload_successful | 0x400'],
    quiet: ['alertmanager_config_last_reload_successful | 1x400'],
  },
  {
    alert: 'RulesFailing',
    fires: ['vmalert_alerting_rules_errors_total{group="nodes"} | 0+1x400'],
    quiet: ['vmalert_alerting_rules_errors_total{group="nodes"} | 3x400'],
  },
  {
    alert: 'MetricsLost',
    fires: ['vmagent_remotewrite_packets_dropped_total{url="u"} | 0+1x400'],
    quiet: ['vmagent_remotewrite_packets_dropped_total{url="u"} | 3x400'],
  },
];
