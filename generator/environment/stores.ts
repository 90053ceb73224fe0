// The buckets of an environment: who keeps what where, in words that can be compared.
import { hostOf, isAwsHost } from '../core/aws-hosts.ts';
import type { KeyPath } from '../core/key-path.ts';
import type { Environment } from './schema/environment-schema.ts';

export interface Store {
  readonly use: 'state' | 'etcdBackup' | 'objectStorage' | 'backup';
  /** Key of the environment file. */
  readonly key: KeyPath;
  /** As written; undefined for AWS. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** Folder in the bucket without slashes at its ends; empty for all of the bucket. */
  readonly folder: string;
  /** The same for two buckets exactly if they are one, whatever host and scheme it is reached by. */
  readonly identity: string;
}

/** Lists the buckets of an environment. */
export function listStores({ metadata, state, cluster, objectStorage, backup }: Environment): readonly Store[] {
  const { name } = metadata;
  const { etcdBackup } = cluster;
  return [
    // The keys of the two states are <environment>/infrastructure.tfstate and <environment>/cluster.tfstate.
    ...(state.kind === 's3' ? [makeStore('state', ['state'], state, name)] : []),
    ...(etcdBackup === undefined
      ? []
      : [makeStore('etcdBackup', ['cluster', 'etcdBackup'], etcdBackup, etcdBackup.folder ?? name)]),
    ...(objectStorage?.kind === 's3' ? [makeStore('objectStorage', ['objectStorage'], objectStorage, '')] : []),
    ...(backup === undefined ? [] : [makeStore('backup', ['backup'], backup, backup.folder ?? name)]),
  ];
}

interface Bucket {
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
}

function makeStore(use: Store['use'], key: KeyPath, { endpoint, region, bucket }: Bucket, folder: string): Store {
  return {
    use,
    key,
    endpoint,
    region,
    bucket,
    folder: folder.replace(/\/+/g, '/').replace(/\/$/, ''),
    identity: `${identifyService(endpoint, region)}/${bucket}`,
  };
}

/** Names of buckets are unique over all regions of AWS, China apart; elsewhere in what one host and port serves. */
function identifyService(endpoint: string | undefined, region: string): string {
  const isChina = endpoint === undefined ? region.startsWith('cn-') : hostOf(endpoint).endsWith('.cn');
  if (endpoint === undefined || isAwsHost(hostOf(endpoint))) return isChina ? 'aws-cn' : 'aws';
  const url = new URL(endpoint.includes('://') ? endpoint : `https://${endpoint}`);
  const port = ['', '80', '443'].includes(url.port) ? '' : `:${url.port}`;
  return `${url.hostname}${port}${url.pathname.replace(/\/+$/, '')}`;
}
