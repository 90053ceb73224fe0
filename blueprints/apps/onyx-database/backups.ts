// Base backups and WAL: where they go, how long they stay, and when the base backups are made.
import { createHash } from 'node:crypto';
import { isAwsHost } from '../../../generator/core/aws-hosts.ts';
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { BACKUP_STORAGE, ONYX_NAMESPACE, POSTGRES, POSTGRES_OPERATOR } from '../../../generator/core/data-services.ts';
import { proxyVariables } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import { type Archive, STORE, WAVE, WAVES } from './names.ts';

/** Every night; the first field is seconds. */
const SCHEDULE = '0 30 1 * * *';

/** The sidecar of each instance. */
export const SIDECAR_REQUESTS = { cpuMillis: 100, memoryMiB: 256 } as const;

/** Objects of our own: those of the operator's chart for databases are Helm hooks, which Argo CD makes anew at each sync. */
export function planBackups(context: AppContext<Inputs>, archive: Archive): Manifest[] {
  return [
    { file: 'archive', object: planStore(context, archive) },
    { file: 'scheduled-backup', object: planSchedule(archive) },
  ];
}

function planStore(context: AppContext<Inputs>, archive: Archive): YamlMap {
  const { accessKey, name, secretKey } = BACKUP_STORAGE.secret;
  return {
    apiVersion: 'barmancloud.cnpg.io/v1',
    kind: 'ObjectStore',
    metadata: {
      name: STORE,
      namespace: ONYX_NAMESPACE,
      // The database stays when its Application goes, and it archives on.
      annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
    },
    spec: {
      configuration: {
        destinationPath: from('backup', `s3://${archive.bucket}/${archive.folder}`),
        endpointURL: from('backup.endpoint', archive.endpoint),
        s3Credentials: {
          accessKeyId: { name, key: accessKey },
          secretAccessKey: { name, key: secretKey },
        },
        // No `encryption`: stores that know none refuse the request. AWS encrypts by itself.
        data: { compression: 'gzip', jobs: 2 },
        wal: { compression: 'gzip', maxParallel: 4 },
      },
      retentionPolicy: from('backup.retentionDays', `${archive.retentionDays}d`),
      instanceSidecarConfiguration: {
        env: planVariables(context, archive),
        resources: {
          requests: { cpu: `${SIDECAR_REQUESTS.cpuMillis}m`, memory: `${SIDECAR_REQUESTS.memoryMiB}Mi` },
          limits: { memory: '1Gi' },
        },
      },
    },
  };
}

/** @see https://github.com/cloudnative-pg/plugin-barman-cloud/blob/v0.13.0/web/docs/object_stores.md (checksums) */
function planVariables({ egress }: AppContext<Inputs>, { endpoint, region }: Archive): readonly YamlMap[] {
  const isAws = isAwsHost(new URL(endpoint).hostname);
  // The SDK sends checksums that many other stores refuse.
  const checksums = ['AWS_REQUEST_CHECKSUM_CALCULATION', 'AWS_RESPONSE_CHECKSUM_VALIDATION'];
  return [
    { name: 'AWS_DEFAULT_REGION', value: from('backup.region', region) },
    ...(isAws ? [] : checksums.map((name) => ({ name, value: 'when_required' }))),
    // Takes the place of the public CAs: the SDK reads one file only.
    ...(egress.caBundle === undefined
      ? []
      : [{ name: 'AWS_CA_BUNDLE', value: from('egress.caBundle', '/projected/ca.crt') }]),
    ...proxyVariables(egress),
  ];
}

/** Named by its archive: `immediate` acts when the object is made, and each archive needs a base backup at once. */
function planSchedule({ serverName, url }: Archive): YamlMap {
  return {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'ScheduledBackup',
    metadata: {
      name: from('apps.onyx-database.generation', `${serverName}-${digest(url)}`),
      namespace: ONYX_NAMESPACE,
      // The first backup waits until there is an instance to copy.
      annotations: { [WAVE]: WAVES.cluster },
    },
    spec: {
      schedule: SCHEDULE,
      immediate: true,
      // Only the objects go with the schedule; what is in the bucket stays.
      backupOwnerReference: 'self',
      cluster: { name: POSTGRES.cluster },
      method: 'plugin',
      pluginConfiguration: { name: POSTGRES_OPERATOR.plugin },
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
