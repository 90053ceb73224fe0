// Alerts about GPUs.
import type { Alert, RuleGroup } from './rule.ts';

/**
 * Xid numbers after which only a reset helps: uncorrectable memory, a broken bus or NVLink, a dead firmware. Others come
 * from a program that did something wrong.
 * @see https://docs.nvidia.com/deploy/xid-errors/ (table "Xid catalog")
 */
const BROKEN = [48, 62, 64, 74, 79, 95, 119, 120, 140] as const;

/** @param hasExporter dcgm-exporter is there; what the device plugin says is known without it. */
export function gpuRules(hasExporter: boolean): RuleGroup {
  return { name: 'gpus', alerts: hasExporter ? [...PLUGIN, ...EXPORTER] : PLUGIN };
}

const PLUGIN: readonly Alert[] = [
  {
    alert: 'GpuGone',
    expr: 'kube_node_status_capacity{resource="nvidia_com_gpu"} - on (node) kube_node_status_allocatable{resource="nvidia_com_gpu"} > 0',
    for: '10m',
    severity: 'critical',
    summary: 'Node {{ $labels.node }} has {{ $value }} GPU slices that nobody can use.',
    description: 'The device plugin calls a GPU unhealthy. Replace the node if a restart of it does not help.',
  },
];

const EXPORTER: readonly Alert[] = [
  {
    alert: 'GpuBroken',
    expr: BROKEN.map((xid) => `DCGM_FI_DEV_XID_ERRORS == ${xid}`).join(' or '),
    for: '0s',
    severity: 'critical',
    summary: 'GPU {{ $labels.gpu }} of {{ $labels.node }} reports Xid {{ $value }}.',
    description: 'After this error the GPU works again only after a reset. Replace the node.',
  },
  {
    alert: 'GpuError',
    expr: 'changes(DCGM_FI_DEV_XID_ERRORS[30m]) > 0 and DCGM_FI_DEV_XID_ERRORS > 0',
    for: '0s',
    severity: 'warning',
    summary: 'GPU {{ $labels.gpu }} of {{ $labels.node }} has reported an Xid error.',
    description: 'dmesg on the node has its number; 13, 31, 43 and 45 come from the program that was running.',
  },
  {
    alert: 'GpuMemoryFaulty',
    expr: 'DCGM_FI_DEV_ROW_REMAP_FAILURE > 0 or increase(DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS[1h]) > 0',
    for: '0s',
    severity: 'warning',
    summary: 'The memory of GPU {{ $labels.gpu }} of {{ $labels.node }} has uncorrectable errors.',
    description: 'Have the card replaced if it happens again.',
  },
  {
    alert: 'GpuHot',
    expr: 'DCGM_FI_DEV_GPU_TEMP >= 88',
    for: '15m',
    severity: 'warning',
    summary: 'GPU {{ $labels.gpu }} of {{ $labels.node }} has {{ $value }} °C.',
    description: 'It slows itself down soon. Cooling is a matter of the site.',
  },
  {
    alert: 'GpuMemoryUsedUp',
    expr: 'DCGM_FI_DEV_FB_FREE < 512',
    for: '15m',
    severity: 'warning',
    summary: 'GPU {{ $labels.gpu }} of {{ $labels.node }} has {{ $value }} MiB of memory left.',
    description:
      'Time slices share memory without a limit: somebody takes more than was planned, and the next request may fail.',
  },
  {
    alert: 'GpuMetricsMissing',
    expr: 'kube_node_status_capacity{resource="nvidia_com_gpu"} > 0 unless on (node) DCGM_FI_DEV_GPU_TEMP',
    for: '30m',
    severity: 'warning',
    summary: 'Nothing is known of the GPUs of {{ $labels.node }}.',
    description: 'dcgm-exporter does not run there, or the driver does not answer it.',
  },
];
