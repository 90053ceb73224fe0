// What the cluster is told at each sync: copies of each index and, where there is a `backup`, snapshots of them (the
// repository in the bucket, their schedule, and the way back into an empty cluster).

import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, OPENSEARCH } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import { CURL_IMAGE, unprivileged } from '../../../generator/core/unprivileged.ts';
import type { Inputs } from './inputs.ts';
import setUpSearch from './scripts/set-up-search.sh';

export const JOB_REQUESTS = { cpuMillis: 50, memoryMiB: 32 } as const;

/** First part of the name of each snapshot. */
const POLICY = 'onyx-daily';
/** Kept however old they are, so that a schedule that stands still does not eat up the last copies. */
const KEPT_AT_LEAST = 7;

type Backup = NonNullable<AppContext['backup']>;

/** The Job, and its ConfigMap: without a `backup` there are no snapshots to name it after. */
export function nameJob({ backup }: Pick<AppContext, 'backup'>): string {
  return backup === undefined ? 'onyx-search-copies' : 'onyx-search-snapshots';
}

export function planSetUp(context: AppContext<Inputs>): Manifest[] {
  const file = context.backup === undefined ? 'search-copies' : 'search-snapshots';
  return [
    {
      file,
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: nameJob(context), namespace: ONYX_NAMESPACE },
        data: { ...planSnapshots(context.backup), 'set-up-search.sh': setUpSearch },
      },
    },
    { file: `${file}-job`, object: planJob(context) },
  ];
}

function planSnapshots(backup: Backup | undefined): YamlMap {
  if (backup === undefined) return {};
  return {
    'policy.json': from('backup.retentionDays', formatJson(planPolicy(backup))),
    'repository.json': from('backup', formatJson(planRepository(backup))),
    'restore.json': formatJson(RESTORE),
  };
}

function planRepository({ bucket, folder }: Backup) {
  return { type: 's3', settings: { bucket, base_path: `${folder}/opensearch`, compress: true } };
}

/** @see https://docs.opensearch.org/latest/tuning-your-cluster/availability-and-recovery/snapshots/sm-api/ (3.9) */
function planPolicy({ retentionDays }: Backup) {
  const at = (expression: string) => ({ schedule: { cron: { expression, timezone: 'UTC' } }, time_limit: '4h' });
  return {
    description: 'Indices of Onyx, every night.',
    enabled: true,
    creation: at('30 1 * * *'),
    deletion: {
      ...at('30 5 * * *'),
      condition: { max_age: `${retentionDays}d`, min_count: Math.min(KEPT_AT_LEAST, retentionDays) },
    },
    snapshot_config: {
      repository: OPENSEARCH.repository,
      indices: OPENSEARCH.indices,
      date_format: 'yyyy-MM-dd-HH-mm',
      date_format_timezone: 'UTC',
      ignore_unavailable: true,
      include_global_state: false,
      partial: false,
    },
  };
}

/** Settings of the cluster and pipelines are made by Onyx at its start; users by this app. */
const RESTORE = { indices: OPENSEARCH.indices, include_global_state: false, include_aliases: true };

function formatJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** At each sync, after the nodes. With a `backup` Onyx waits for the mark that it sets, so it finds the old index or none, never one that comes later. */
function planJob(context: AppContext<Inputs>): YamlMap {
  const name = nameJob(context);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: ONYX_NAMESPACE,
      annotations: {
        'argocd.argoproj.io/hook': 'Sync',
        'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
        'argocd.argoproj.io/sync-wave': '1',
      },
    },
    spec: {
      // A sync may take two hours, all attempts together.
      activeDeadlineSeconds: 5400,
      backoffLimit: 5,
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': name } },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          imagePullSecrets: pullSecretObjects(context.egress),
          restartPolicy: 'Never',
          containers: [planContainer(context)],
          volumes: [
            { name: 'ca', secret: { secretName: OPENSEARCH.tls.secret, items: [CA_ITEM] } },
            { name: 'files', configMap: { name } },
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
    },
  };
}

const CA_ITEM = { key: OPENSEARCH.tls.ca, path: 'ca.crt' };

/** The script goes by REPOSITORY. */
const SNAPSHOT_SETTINGS: readonly YamlMap[] = [
  { name: 'FILES', value: '/files' },
  { name: 'POLICY', value: POLICY },
  { name: 'REPOSITORY', value: OPENSEARCH.repository },
  { name: 'RESTORE_MARK', value: OPENSEARCH.restoreMark },
];

function planContainer({ availability, backup }: AppContext<Inputs>): YamlMap {
  const { host, port, secret } = OPENSEARCH;
  const login = (key: string) => ({ secretKeyRef: { name: secret.name, key } });
  return {
    name: 'set-up',
    image: CURL_IMAGE,
    command: ['/bin/sh', '/files/set-up-search.sh'],
    env: [
      { name: 'CA_FILE', value: '/ca/ca.crt' },
      ...(backup === undefined ? [] : SNAPSHOT_SETTINGS),
      { name: 'INDICES', value: OPENSEARCH.indices },
      { name: 'REPLICAS', value: from('availability', availability.mode === 'high' ? '1' : '0') },
      { name: 'SEARCH_PASSWORD', valueFrom: login(secret.password) },
      { name: 'SEARCH_URL', value: `https://${host}:${port}` },
      { name: 'SEARCH_USER', valueFrom: login(secret.username) },
    ],
    resources: {
      requests: { cpu: `${JOB_REQUESTS.cpuMillis}m`, memory: `${JOB_REQUESTS.memoryMiB}Mi` },
      limits: { memory: '64Mi' },
    },
    securityContext: unprivileged(),
    volumeMounts: [
      { name: 'ca', mountPath: '/ca', readOnly: true },
      { name: 'files', mountPath: '/files', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}
