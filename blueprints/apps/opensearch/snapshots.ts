// Snapshots of the index: the repository in the backup bucket, their schedule, and the way back into an empty cluster.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, OPENSEARCH } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import { CURL_IMAGE, SNAPSHOTS_CONFIG_MAP } from './names.ts';
import setUpSnapshots from './scripts/set-up-snapshots.sh';

export const JOB = 'onyx-search-snapshots';
export const JOB_REQUESTS = { cpuMillis: 50, memoryMiB: 32 } as const;

/** First part of the name of each snapshot. */
const POLICY = 'onyx-daily';
/** Kept however old they are, so that a schedule that stands still does not eat up the last copies. */
const KEPT_AT_LEAST = 7;

type Backup = NonNullable<AppContext['backup']>;

/** Nothing where there is no `backup`. */
export function planSnapshots(context: AppContext<Inputs>): Manifest[] {
  const { backup } = context;
  if (backup === undefined) return [];
  return [
    {
      file: 'search-snapshots',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: SNAPSHOTS_CONFIG_MAP, namespace: ONYX_NAMESPACE },
        data: {
          'policy.json': from('backup.retentionDays', formatJson(planPolicy(backup))),
          'repository.json': from('backup', formatJson(planRepository(backup))),
          'restore.json': formatJson(RESTORE),
          'set-up-snapshots.sh': setUpSnapshots,
        },
      },
    },
    { file: 'search-snapshots-job', object: planJob(context) },
  ];
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

/** At each sync, after the nodes. Onyx waits for the mark that it sets, so it finds the old index or none, never one that comes later. */
function planJob({ availability, egress }: AppContext<Inputs>): YamlMap {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: JOB,
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
        metadata: { labels: { 'app.kubernetes.io/name': JOB } },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          imagePullSecrets: pullSecretObjects(egress),
          restartPolicy: 'Never',
          containers: [planContainer(availability)],
          volumes: [
            { name: 'ca', secret: { secretName: OPENSEARCH.tls.secret, items: [CA_ITEM] } },
            { name: 'files', configMap: { name: SNAPSHOTS_CONFIG_MAP } },
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
    },
  };
}

const CA_ITEM = { key: OPENSEARCH.tls.ca, path: 'ca.crt' };

function planContainer({ mode }: AppContext['availability']): YamlMap {
  const { host, port, secret } = OPENSEARCH;
  const login = (key: string) => ({ secretKeyRef: { name: secret.name, key } });
  return {
    name: 'set-up',
    image: CURL_IMAGE,
    command: ['/bin/sh', '/files/set-up-snapshots.sh'],
    env: [
      { name: 'CA_FILE', value: '/ca/ca.crt' },
      { name: 'FILES', value: '/files' },
      { name: 'INDICES', value: OPENSEARCH.indices },
      { name: 'POLICY', value: POLICY },
      { name: 'REPLICAS', value: from('availability', mode === 'high' ? '1' : '0') },
      { name: 'REPOSITORY', value: OPENSEARCH.repository },
      { name: 'RESTORE_MARK', value: OPENSEARCH.restoreMark },
      { name: 'SEARCH_PASSWORD', valueFrom: login(secret.password) },
      { name: 'SEARCH_URL', value: `https://${host}:${port}` },
      { name: 'SEARCH_USER', valueFrom: login(secret.username) },
    ],
    resources: {
      requests: { cpu: `${JOB_REQUESTS.cpuMillis}m`, memory: `${JOB_REQUESTS.memoryMiB}Mi` },
      limits: { memory: '64Mi' },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [
      { name: 'ca', mountPath: '/ca', readOnly: true },
      { name: 'files', mountPath: '/files', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}
