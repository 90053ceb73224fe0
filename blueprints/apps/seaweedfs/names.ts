// Names and amounts that the parts of this app share.
import { OBJECT_STORAGE } from '../../../generator/core/data-services.ts';

export const VERSION = '4.44';
/** First part of every name that the chart makes. */
export const PREFIX = OBJECT_STORAGE.service;
/** Who may do what, in the form that SeaweedFS reads; its key is fixed by the chart. */
export const IDENTITIES = { secret: 'onyx-files-identities', key: 'seaweedfs_s3_config' } as const;
export const BUCKET_JOB = 'onyx-files-bucket';
export const BUCKET_REQUESTS = { cpuMillis: 20, memoryMiB: 32 } as const;

/** As the chart labels the pods of a part. */
export function labelsOf(part: string) {
  return {
    'app.kubernetes.io/component': part,
    'app.kubernetes.io/instance': 'seaweedfs',
    'app.kubernetes.io/name': 'seaweedfs',
  };
}

export const REQUESTS = {
  filer: { cpuMillis: 200, memoryMiB: 512 },
  master: { cpuMillis: 50, memoryMiB: 128 },
  volume: { cpuMillis: 100, memoryMiB: 512 },
} as const;
