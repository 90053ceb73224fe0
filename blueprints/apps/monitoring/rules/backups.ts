// Alerts about copies of data. A copy that nobody made is found by its age, and by nobody having heard of any.
import { ONYX_NAMESPACE } from '../../../../generator/core/data-services.ts';
import { SEARCH_CHECK } from '../names.ts';
import type { Alert, RuleGroup } from './rule.ts';

const HOUR = 3600;
/** Two snapshots of etcd are made each day: after two that failed. */
const ETCD_HOURS = 26;
/** A base backup is made each day: after one that failed and an hour for the next. */
const POSTGRES_HOURS = 30;

/** The cluster is older than that, so there should be something. */
const isOlderThan = (hours: number) =>
  `on () (time() - max(kube_namespace_created{namespace="kube-system"}) > ${hours * HOUR})`;

const SNAPSHOTS =
  'k3s_etcdsnapshotfile_created_seconds{bucket!=""} and on (snapshot) (k3s_etcdsnapshotfile_ready == 1)';

/** Whether snapshots go to a bucket is seen from `etcdInBucket`. */
export function backupRules(known: {
  readonly etcdInBucket: boolean;
  readonly hasDatabase: boolean;
  readonly hasBackup: boolean;
  readonly hasSearchSnapshots: boolean;
  readonly hasFileCopies: boolean;
}): RuleGroup {
  return {
    name: 'backups',
    alerts: [
      ...(known.etcdInBucket ? ETCD_IN_BUCKET : ETCD_ON_NODES),
      ...(known.hasDatabase && known.hasBackup ? POSTGRES_BACKUP : []),
      ...(known.hasDatabase ? POSTGRES : []),
      ...(known.hasSearchSnapshots ? SEARCH : []),
      ...(known.hasFileCopies ? FILES : []),
    ],
  };
}

const ETCD_IN_BUCKET: readonly Alert[] = [
  {
    alert: 'EtcdSnapshotOld',
    expr: `time() - max(${SNAPSHOTS}) > ${ETCD_HOURS * HOUR}`,
    for: '5m',
    severity: 'critical',
    summary: 'The newest snapshot of etcd in the bucket was made {{ $value | humanizeDuration }} ago.',
    description: 'k3s cannot write to the bucket: journalctl -u k3s on the control nodes tells why.',
  },
  {
    alert: 'EtcdSnapshotMissing',
    expr: `absent(${SNAPSHOTS}) and ${isOlderThan(ETCD_HOURS)}`,
    for: '15m',
    severity: 'critical',
    summary: 'There is no snapshot of etcd in the bucket.',
    description:
      'Without one this cluster cannot be restored. k3s lists what it made as etcdsnapshotfiles.k3s.cattle.io.',
  },
];

const ETCD_ON_NODES: readonly Alert[] = [
  {
    alert: 'EtcdSnapshotOld',
    expr: `time() - max(k3s_etcdsnapshotfile_created_seconds and on (snapshot) (k3s_etcdsnapshotfile_ready == 1)) > ${ETCD_HOURS * HOUR}`,
    for: '5m',
    severity: 'warning',
    summary: 'The newest snapshot of etcd was made {{ $value | humanizeDuration }} ago.',
    description: 'It lies on the control node, and is lost with it; cluster.etcdBackup keeps snapshots in a bucket.',
  },
];

/** Of the Barman Cloud plugin: CloudNativePG's own counters stay at zero with it. */
const LAST_BACKUP = `max(barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{namespace="${ONYX_NAMESPACE}"})`;

const POSTGRES_BACKUP: readonly Alert[] = [
  {
    alert: 'PostgresBackupOld',
    expr: `time() - (${LAST_BACKUP} > 0) > ${POSTGRES_HOURS * HOUR}`,
    for: '15m',
    severity: 'critical',
    summary: 'The newest backup of Postgres was made {{ $value | humanizeDuration }} ago.',
    description: `kubectl -n ${ONYX_NAMESPACE} get backups.postgresql.cnpg.io tells which one failed, and why.`,
  },
  {
    alert: 'PostgresBackupMissing',
    expr: `(absent(${LAST_BACKUP} > 0)) and on () (time() - min(kube_namespace_created{namespace="${ONYX_NAMESPACE}"}) > ${POSTGRES_HOURS * HOUR})`,
    for: '15m',
    severity: 'critical',
    summary: 'There is no backup of Postgres.',
    description: `kubectl -n ${ONYX_NAMESPACE} get backups.postgresql.cnpg.io tells which one failed, and why.`,
  },
  {
    alert: 'PostgresArchivingBehind',
    expr: 'max by (namespace, pod) (cnpg_collector_pg_wal_archive_status{value="ready"}) > 20',
    for: '30m',
    severity: 'critical',
    summary: '{{ $value }} files of the write-ahead log of {{ $labels.pod }} wait to be copied away.',
    description:
      'What they hold is in no backup, and the volume fills up with them. The bucket cannot be reached, or its keys are wrong.',
  },
];

const POSTGRES: readonly Alert[] = [
  {
    alert: 'PostgresDown',
    expr: 'cnpg_collector_up == 0 or absent(cnpg_collector_up)',
    for: '10m',
    severity: 'critical',
    summary: 'Postgres does not answer.',
    description: `kubectl -n ${ONYX_NAMESPACE} get clusters.postgresql.cnpg.io tells what it waits for.`,
  },
  {
    alert: 'PostgresReplicaBehind',
    expr: 'max by (namespace, pod) (cnpg_pg_replication_lag) > 300',
    for: '15m',
    severity: 'warning',
    summary: 'The replica {{ $labels.pod }} is {{ $value | humanizeDuration }} behind.',
    description: 'If the primary is lost now, either that much is lost with it or the replica takes long to catch up.',
  },
];

const cronJob = (name: string) => `{namespace="${ONYX_NAMESPACE}",cronjob="${name}"}`;
const SEARCH_CHECKS = cronJob(SEARCH_CHECK);
const FILE_COPIES = cronJob('onyx-files-backup');

/** The check runs every four hours, and passes only if there is a snapshot younger than a day and a half. */
const SEARCH: readonly Alert[] = [
  {
    alert: 'SearchSnapshotOld',
    expr: `time() - max(kube_cronjob_status_last_successful_time${SEARCH_CHECKS} or kube_cronjob_created${SEARCH_CHECKS}) > ${10 * HOUR}`,
    for: '15m',
    severity: 'critical',
    summary: 'No recent snapshot of the search index has been seen for {{ $value | humanizeDuration }}.',
    description: `kubectl -n ${ONYX_NAMESPACE} logs job/… of the newest Job of ${SEARCH_CHECK} tells why; _plugins/_sm/policies of OpenSearch has the last error.`,
  },
];

/** Its schedule is an input, so only a run that was due counts. */
const FILES: readonly Alert[] = [
  {
    alert: 'FileCopyFailing',
    expr: `max(kube_cronjob_status_last_schedule_time${FILE_COPIES}) > max(kube_cronjob_status_last_successful_time${FILE_COPIES} or kube_cronjob_created${FILE_COPIES})`,
    for: '12h',
    severity: 'critical',
    summary: 'The files of Onyx have not been copied for half a day since a copy was due.',
    description: `kubectl -n ${ONYX_NAMESPACE} logs of the newest Job of onyx-files-backup tells why.`,
  },
];
