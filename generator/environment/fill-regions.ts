// Regions of buckets that a file leaves out: a default that follows from other keys, which a schema cannot say.
import { defaultRegion } from '../core/aws-hosts.ts';
import type { Environment } from './schema/environment-schema.ts';

/** Fills them into data that the schema accepted, as the validator fills in the other defaults. */
export function fillRegions({ platform, state, cluster, objectStorage, backup }: Environment): void {
  fill(platform, state.kind === 's3' ? state : undefined);
  fill(platform, cluster.etcdBackup);
  fill(platform, objectStorage?.kind === 's3' ? objectStorage : undefined);
  fill(platform, backup);
}

function fill(platform: Environment['platform'], bucket: { endpoint?: string; region?: string } | undefined): void {
  if (bucket !== undefined) bucket.region ??= defaultRegion(platform, bucket.endpoint);
}
