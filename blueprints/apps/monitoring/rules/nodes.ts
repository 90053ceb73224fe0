// Alerts about nodes: gone, full, or off the clock.
import { MODELS_MOUNT } from '../names.ts';
import type { Alert, RuleGroup } from './rule.ts';

export function nodeRules({ hasGpus }: { readonly hasGpus: boolean }): RuleGroup {
  return { name: 'nodes', alerts: hasGpus ? [...NODES, ...MODEL_DISKS] : NODES };
}

/** Share of a filesystem that is taken. `device` tells apart what is mounted twice. */
const used = (mount: string) =>
  `1 - node_filesystem_avail_bytes{mountpoint="${mount}"} / node_filesystem_size_bytes{mountpoint="${mount}"}`;

const NODES: readonly Alert[] = [
  {
    alert: 'NodeNotReady',
    expr: 'kube_node_status_condition{condition="Ready",status="true"} == 0',
    for: '5m',
    severity: 'critical',
    summary: 'Node {{ $labels.node }} has not been ready for five minutes.',
    description: 'Its pods are started elsewhere, except those whose volume or whose GPU is there only.',
  },
  {
    alert: 'NodeUnderPressure',
    expr: 'kube_node_status_condition{condition=~"DiskPressure|MemoryPressure|PIDPressure",status="true"} == 1',
    for: '5m',
    severity: 'warning',
    summary: 'Node {{ $labels.node }} says {{ $labels.condition }}.',
    description: 'The kubelet evicts pods until there is room again.',
  },
  {
    alert: 'NodeDiskFull',
    expr: `${used('/')} > 0.9`,
    for: '15m',
    severity: 'warning',
    summary: 'The root disk of {{ $labels.node }} is {{ $value | humanizePercentage }} full.',
    description: 'The kubelet has removed the images that nobody uses, and it was not enough. Raise rootVolumeGiB.',
  },
  {
    alert: 'NodeDiskFull',
    expr: `${used('/')} > 0.96`,
    for: '5m',
    severity: 'critical',
    summary: 'The root disk of {{ $labels.node }} is {{ $value | humanizePercentage }} full.',
    description: 'On a control node etcd stops when nothing is left, and the API with it.',
  },
  {
    alert: 'NodeInodesUsedUp',
    expr: 'node_filesystem_files_free{mountpoint="/"} / node_filesystem_files{mountpoint="/"} < 0.05',
    for: '15m',
    severity: 'warning',
    summary: 'The root disk of {{ $labels.node }} has {{ $value | humanizePercentage }} of its inodes left.',
    description: 'No file can be made without one, however many bytes are free.',
  },
  {
    alert: 'NodeDiskReadOnly',
    expr: 'node_filesystem_readonly{mountpoint=~"/|/var/lib/rootstock/.*"} == 1',
    for: '5m',
    severity: 'critical',
    summary: '{{ $labels.mountpoint }} of {{ $labels.node }} has become read-only.',
    description: 'Linux does so after errors of the disk. Replace the node.',
  },
  {
    alert: 'NodeMemoryUsedUp',
    expr: '1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 0.95',
    for: '15m',
    severity: 'warning',
    summary: 'Node {{ $labels.node }} uses {{ $value | humanizePercentage }} of its memory.',
    description: 'Something takes more than it requested; soon pods will be killed.',
  },
  {
    alert: 'NodeKilledProcess',
    expr: 'increase(node_vmstat_oom_kill[15m]) > 0',
    for: '0s',
    severity: 'warning',
    summary: 'Node {{ $labels.node }} killed {{ $value | humanize }} processes for want of memory.',
    description: 'A container went over its limit, or the whole node was full.',
  },
  {
    alert: 'NodeClockOff',
    expr: 'abs(node_timex_offset_seconds) > 0.1 or node_timex_sync_status == 0',
    for: '30m',
    severity: 'warning',
    summary: 'The clock of {{ $labels.node }} is not synchronised.',
    description: 'Certificates, signed requests and etcd need the right time.',
  },
];

const MODEL_DISKS: readonly Alert[] = [
  {
    alert: 'ModelDiskFull',
    expr: `${used(MODELS_MOUNT)} > 0.9`,
    for: '15m',
    severity: 'warning',
    summary: 'The NVMe disk for models of {{ $labels.node }} is {{ $value | humanizePercentage }} full.',
    description:
      'The next model may not fit. Take models out of apps.ollama.models, or choose an instance type with larger disks.',
  },
  {
    alert: 'ModelDiskFull',
    expr: `${used(MODELS_MOUNT)} > 0.97`,
    for: '5m',
    severity: 'critical',
    summary: 'The NVMe disk for models of {{ $labels.node }} is {{ $value | humanizePercentage }} full.',
    description: 'No further model can be fetched; those that lie there are still served.',
  },
];
