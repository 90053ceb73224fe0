// Alerts about pods, what keeps them, and their volumes.
import { SEARCH_CLAIMS } from './data-services.ts';
import type { Alert, RuleGroup } from './rule.ts';

export const workloadRules: RuleGroup = {
  name: 'workloads',
  alerts: [
    {
      alert: 'PodCrashLooping',
      expr: 'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) >= 1',
      for: '15m',
      severity: 'warning',
      summary: 'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} ends again and again.',
      description: 'kubectl logs --previous shows its last words.',
    },
    {
      alert: 'PodCannotStart',
      expr: 'max_over_time(kube_pod_container_status_waiting_reason{reason=~"CreateContainerConfigError|CreateContainerError|ErrImagePull|ImagePullBackOff|InvalidImageName"}[5m]) >= 1',
      for: '15m',
      severity: 'warning',
      summary:
        'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} waits: {{ $labels.reason }}.',
      description: 'A Secret or ConfigMap is not there, or the image cannot be pulled.',
    },
    {
      alert: 'PodNotReady',
      expr: 'sum by (namespace, pod) (max by (namespace, pod) (kube_pod_status_phase{phase=~"Failed|Pending|Unknown"}) * on (namespace, pod) group_left (owner_kind) topk by (namespace, pod) (1, max by (namespace, pod, owner_kind) (kube_pod_owner{owner_kind!="Job"}))) > 0',
      for: '30m',
      severity: 'warning',
      summary: 'Pod {{ $labels.namespace }}/{{ $labels.pod }} has not been running for half an hour.',
      description:
        'kubectl describe tells why: often no node has room, a volume is in another zone, or a GPU is missing.',
    },
    {
      alert: 'ContainerOutOfMemory',
      expr: '(increase(kube_pod_container_status_restarts_total[15m]) > 0) and on (namespace, pod, container) (kube_pod_container_status_last_terminated_reason{reason="OOMKilled"} == 1)',
      for: '0s',
      severity: 'warning',
      summary:
        'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} ran out of its memory limit.',
      description: 'It was killed and started again. If it happens again, raise its limit.',
    },
    {
      alert: 'DeploymentReplicasMissing',
      expr: 'kube_deployment_spec_replicas > kube_deployment_status_replicas_available',
      for: '30m',
      severity: 'warning',
      summary: 'Deployment {{ $labels.namespace }}/{{ $labels.deployment }} lacks replicas.',
      description: 'With fewer than planned, the next loss of a node is an outage.',
    },
    {
      alert: 'DeploymentDown',
      expr: 'kube_deployment_spec_replicas > 0 and kube_deployment_status_replicas_available == 0',
      for: '15m',
      severity: 'critical',
      summary: 'Deployment {{ $labels.namespace }}/{{ $labels.deployment }} has no replica that answers.',
      description: 'What it does is not done.',
    },
    {
      alert: 'StatefulSetReplicasMissing',
      expr: 'kube_statefulset_replicas > kube_statefulset_status_replicas_ready',
      for: '30m',
      severity: 'warning',
      summary: 'StatefulSet {{ $labels.namespace }}/{{ $labels.statefulset }} lacks replicas.',
      description: 'With fewer than planned, the next loss of a node may be an outage.',
    },
    {
      alert: 'StatefulSetDown',
      expr: 'kube_statefulset_replicas > 0 and kube_statefulset_status_replicas_ready == 0',
      for: '15m',
      severity: 'critical',
      summary: 'StatefulSet {{ $labels.namespace }}/{{ $labels.statefulset }} has no replica that answers.',
      description: 'What it does is not done.',
    },
    {
      alert: 'DaemonSetPodsMissing',
      expr: 'kube_daemonset_status_number_unavailable > 0',
      for: '30m',
      severity: 'warning',
      summary: 'DaemonSet {{ $labels.namespace }}/{{ $labels.daemonset }} is not available on {{ $value }} nodes.',
      description: 'On those nodes volumes, GPUs, models or requests from outside may not work.',
    },
    {
      alert: 'JobFailed',
      // A Job of a sync is made anew within minutes, so that its failure is never there for long.
      expr: 'max_over_time(kube_job_failed{condition="true"}[1h]) > 0 unless on (namespace, job_name) (kube_job_complete{condition="true"} > 0)',
      for: '5m',
      severity: 'warning',
      summary: 'Job {{ $labels.namespace }}/{{ $labels.job_name }} has failed.',
      description:
        'See its logs. Argo CD makes a Job of a sync anew until it succeeds; any other is not tried again: delete it once its logs have been read.',
    },
    {
      alert: 'CronJobNotSucceeding',
      expr: '(kube_cronjob_status_last_schedule_time > kube_cronjob_status_last_successful_time or (kube_cronjob_status_last_schedule_time unless kube_cronjob_status_last_successful_time)) and on (namespace, cronjob) (kube_cronjob_spec_suspend == 0)',
      for: '3h',
      severity: 'warning',
      summary:
        'CronJob {{ $labels.namespace }}/{{ $labels.cronjob }} was due three hours ago and has not succeeded since.',
      description: 'Snapshots and clean-ups are CronJobs: see the logs of its last Job.',
    },
  ],
};

/** Those of OpenSearch, where it is, have alerts of their own. */
export function storageRules(hasSearch: boolean): RuleGroup {
  const others = hasSearch ? `{persistentvolumeclaim!~"${SEARCH_CLAIMS}"}` : '';
  const left = `kubelet_volume_stats_available_bytes${others} / kubelet_volume_stats_capacity_bytes`;
  return { name: 'storage', alerts: [...listFull(left), ...STORAGE] };
}

function listFull(left: string): Alert[] {
  return [
    {
      alert: 'VolumeFull',
      expr: `${left} < 0.12`,
      for: '15m',
      severity: 'warning',
      summary:
        'Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left.',
      description:
        'Raise its size in the environment file: it grows without a restart, and never shrinks. Claims of a StatefulSet that no operator looks after are enlarged by hand after the push, as the runbook says of SeaweedFS.',
    },
    {
      alert: 'VolumeFull',
      expr: `${left} < 0.04`,
      for: '5m',
      severity: 'critical',
      summary:
        'Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left.',
      description: 'Databases stop when nothing is left.',
    },
  ];
}

const STORAGE: readonly Alert[] = [
  {
    alert: 'VolumeFullSoon',
    expr: 'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.3 and predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 24 * 3600) < 0',
    for: '1h',
    severity: 'warning',
    summary: 'Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} will be full within four days.',
    description: 'If it goes on as in the last six hours.',
  },
  {
    alert: 'VolumeInodesUsedUp',
    expr: 'kubelet_volume_stats_inodes_free / (kubelet_volume_stats_inodes > 0) < 0.05',
    for: '15m',
    severity: 'warning',
    summary:
      'Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} of its inodes left.',
    description: 'No file can be made without one, however many bytes are free.',
  },
  {
    alert: 'VolumeNotBound',
    expr: 'kube_persistentvolumeclaim_status_phase{phase=~"Lost|Pending"} == 1',
    for: '30m',
    severity: 'warning',
    summary: 'Volume claim {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is {{ $labels.phase }}.',
    description: 'The cloud has not made the volume, or no pod that uses it could be placed.',
  },
];
