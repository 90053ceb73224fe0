// `objectStorage` and `backup`: where files live, and where copies of all data go.
import Type from 'typebox';
import { key } from '../../core/schema-key.ts';
import { bucketRegion, choice, closed, HTTP_URL, kind } from './shapes.ts';

const BUCKET = '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$';

function bucketKeys(description: string, example: string) {
  return {
    endpoint: Type.Optional(
      Type.String(
        key({
          description: 'URL of an S3-compatible store. Absent: AWS in `region`.',
          takesEffect: 'commit',
          examples: ['https://vsa-00000001-public.zadarazios.com'],
          pattern: HTTP_URL,
          shape: 'an http or https URL',
        }),
      ),
    ),
    bucket: Type.String(
      key({ description, takesEffect: 'commit', examples: [example], pattern: BUCKET, shape: 'an S3 bucket name' }),
    ),
    region: bucketRegion('commit'),
  };
}

const external = closed({
  kind: kind('s3', 'commit', 'A bucket outside the cluster; the keys are a secret, never part of this file.'),
  ...bucketKeys('Bucket for the files that users upload and connectors fetch.', 'prod-onyx-files'),
});

const inCluster = closed({
  kind: kind(
    'in-cluster',
    'commit',
    'SeaweedFS on volumes of this cluster: an exception for sites without an S3 store; lost with the cluster unless `backup` copies it elsewhere.',
  ),
  sizeGiB: Type.Integer(
    key({
      description: 'Volume for files, in GiB; in `high` each of three.',
      takesEffect: 'commit',
      default: 100,
      minimum: 1,
      maximum: 16000,
    }),
  ),
});

export const objectStorage = choice([external, inCluster], {
  description: 'Where Onyx keeps files. Onyx is part of the environment where this is given.',
  takesEffect: 'commit',
});

export const backup = closed(
  {
    ...bucketKeys(
      'Bucket for copies of Postgres, OpenSearch and files; not the one that holds the files.',
      'prod-backup',
    ),
    folder: Type.Optional(
      Type.String(
        key({
          description: 'Folder inside the bucket. Absent: the name of the environment.',
          takesEffect: 'commit',
          examples: ['prod'],
          pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$',
          shape: 'a folder name without slashes at the ends',
        }),
      ),
    ),
    retentionDays: Type.Integer(
      key({
        description: 'Days for which copies are kept, and to which Postgres can be taken back.',
        takesEffect: 'commit',
        default: 30,
        minimum: 1,
        maximum: 3650,
      }),
    ),
  },
  {
    description:
      'Copies of all data outside the cluster: a re-created environment recovers from them. The keys are a secret, never part of this file.',
    takesEffect: 'commit',
  },
);
