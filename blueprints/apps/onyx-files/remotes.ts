// The two buckets as rclone knows them: by variables, so that no file holds a key.
import { isAwsHost } from '../../../generator/core/aws-hosts.ts';
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { BACKUP_STORAGE, OBJECT_STORAGE } from '../../../generator/core/data-services.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';

interface Bucket {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
}

export interface Buckets {
  readonly files: Bucket & { readonly inCluster: boolean };
  readonly copies: Bucket & { readonly folder: string; readonly retentionDays: number };
}

/** Onyx asks for this app only where both are given. */
export function findBuckets({ objectStorage, backup }: AppContext<Inputs>): Buckets {
  if (objectStorage === undefined || backup === undefined)
    throw new Error('onyx-files was planned without objectStorage or backup');
  if (objectStorage.kind === 's3') return { files: { ...objectStorage, inCluster: false }, copies: backup };
  const { host, port, bucket } = OBJECT_STORAGE;
  const files = { endpoint: `http://${host}:${port}`, bucket, region: 'us-east-1', inCluster: true };
  return { files, copies: backup };
}

/** @see https://rclone.org/docs/#config-file (v1.75) */
export function planRemotes(buckets: Buckets): YamlMap[] {
  const { files, copies } = buckets;
  const filesProvider = files.inCluster ? 'SeaweedFS' : providerOf(files);
  return [
    ...planRemote('FILES', files, filesProvider, { ...OBJECT_STORAGE.secret, origin: 'objectStorage' }),
    ...planRemote('BACKUP', copies, providerOf(copies), { ...BACKUP_STORAGE.secret, origin: 'backup' }),
    { name: 'COPIES', value: from('backup', `backup:${copies.bucket}/${copies.folder}/files`) },
    { name: 'RCLONE_CONFIG', value: '/tmp/rclone.conf' },
    { name: 'RETENTION_DAYS', value: from('backup.retentionDays', String(copies.retentionDays)) },
    { name: 'SOURCE', value: from('objectStorage', `files:${files.bucket}`) },
  ];
}

function providerOf({ endpoint }: Bucket): string {
  return isAwsHost(new URL(endpoint).hostname) ? 'AWS' : 'Other';
}

interface Login {
  readonly name: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Key of the environment file. */
  readonly origin: string;
}

function planRemote(remote: string, bucket: Bucket, provider: string, login: Login): YamlMap[] {
  const option = (name: string) => `RCLONE_CONFIG_${remote}_${name}`;
  const fromSecret = (key: string) => ({ secretKeyRef: { name: login.name, key } });
  return [
    { name: option('ACCESS_KEY_ID'), valueFrom: fromSecret(login.accessKey) },
    { name: option('ENDPOINT'), value: from(login.origin, bucket.endpoint) },
    { name: option('FORCE_PATH_STYLE'), value: String(provider !== 'AWS') },
    // Keys that may use a bucket often may not ask whether it is there, or make it.
    { name: option('NO_CHECK_BUCKET'), value: 'true' },
    { name: option('PROVIDER'), value: provider },
    { name: option('REGION'), value: from(login.origin, bucket.region) },
    { name: option('SECRET_ACCESS_KEY'), valueFrom: fromSecret(login.secretKey) },
    { name: option('TYPE'), value: 's3' },
  ];
}
