// The k3s configuration of control and worker nodes: one for all control nodes, since their critical settings must agree.
import { expression, type HclValue } from '../../../generator/core/hcl.ts';
import type { EnvironmentPlan, NodeGroupPlan } from '../../../generator/plan/plan.ts';
import { API_HOST } from './addresses.ts';

/**
 * Parts that k3s would install and that are not its business here: Terraform owns the load balancer, Git owns CoreDNS
 * (two replicas in `high`), ingress, storage and the RuntimeClass.
 */
const DISABLED = ['coredns', 'local-storage', 'runtimes', 'servicelb', 'traefik'] as const;

/** Configuration of all control nodes; what differs between them is written at boot (config.yaml.d). */
export function serverConfig(plan: EnvironmentPlan, group: NodeGroupPlan): Readonly<Record<string, HclValue>> {
  const { network } = plan;
  return {
    token: expression('var.cluster_token'),
    'agent-token': expression('var.agent_token'),
    'tls-san': [API_HOST],
    'cluster-cidr': network.podCidr,
    'service-cidr': network.serviceCidr,
    'cluster-dns': network.clusterDns,
    'flannel-backend': 'vxlan',
    disable: [...DISABLED],
    'disable-cloud-controller': true,
    'embedded-registry': true,
    'secrets-encryption': true,
    'etcd-snapshot-compress': true,
    'etcd-snapshot-schedule-cron': '0 */12 * * *',
    ...etcdBackup(plan),
    ...nodeConfig(group),
  };
}

/** Configuration of the worker nodes of a group. */
export function agentConfig(group: NodeGroupPlan): Readonly<Record<string, HclValue>> {
  return {
    server: `https://${API_HOST}:6443`,
    token: expression('var.agent_token'),
    ...defaultRuntime(group),
    ...nodeConfig(group),
  };
}

/**
 * On nodes with GPUs the runtime that hands them out: some charts offer no RuntimeClass for pods that ask for a GPU. A
 * pod that asks for none gets none, unless its image says NVIDIA_VISIBLE_DEVICES. The node has the runtime before k3s
 * starts (gpu.sh).
 * @see https://github.com/k3s-io/k3s/pull/8936 (in all versions from v1.29 on)
 */
function defaultRuntime({ gpu }: NodeGroupPlan): Record<string, HclValue> {
  return gpu === undefined ? {} : { 'default-runtime': 'nvidia' };
}

/** What the kubelet needs on every node. Nodes stay tainted until the external cloud controller has seen them. */
function nodeConfig(group: NodeGroupPlan): Record<string, HclValue> {
  const taints = group.taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`);
  return {
    'node-label': Object.entries(group.labels).map(([key, value]) => `${key}=${value}`),
    ...(taints.length === 0 ? {} : { 'node-taint': taints }),
    'kubelet-arg': ['cloud-provider=external', 'config=/etc/rancher/k3s/kubelet.yaml'],
    'resolv-conf': '/etc/rootstock/resolv.conf',
  };
}

function etcdBackup(plan: EnvironmentPlan): Record<string, HclValue> {
  const { etcdBackup: backup, version } = plan.environment.cluster;
  if (backup === undefined) return {};
  return {
    'etcd-s3': true,
    'etcd-s3-endpoint': backup.endpoint,
    'etcd-s3-bucket': backup.bucket,
    'etcd-s3-region': backup.region,
    'etcd-s3-folder': etcdFolder(plan),
    'etcd-s3-access-key': expression('var.etcd_s3_access_key'),
    'etcd-s3-secret-key': expression('var.etcd_s3_secret_key'),
    [hasOwnRetention(version) ? 'etcd-s3-retention' : 'etcd-snapshot-retention']: backup.retention,
  };
}

/** Folder of snapshots and marker inside the bucket. */
export function etcdFolder(plan: EnvironmentPlan): string {
  return plan.environment.cluster.etcdBackup?.folder?.replace(/\/+$/, '') ?? plan.name;
}

/**
 * From v1.31.12, v1.32.8, v1.33.4 and v1.34.0 on the bucket has a retention of its own, 5 unless set; the older setting
 * then counts files on the node only.
 * @see https://docs.k3s.io/cli/etcd-snapshot (S3 Retention, read for v1.35)
 */
function hasOwnRetention(version: string): boolean {
  const [, minor = 0, patch = 0] = /^v1\.(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  const first: Readonly<Record<number, number>> = { 31: 12, 32: 8, 33: 4 };
  return minor >= 34 || patch >= (first[minor] ?? Number.POSITIVE_INFINITY);
}
