// `platform`, `repository` and `state`: where the environment lives.
import Type from 'typebox';
import { key } from '../../core/schema-key.ts';
import { bucketRegion, choice, closed, HTTP_URL, kind, oneOf } from './shapes.ts';

const zcompute = closed({
  kind: kind('zcompute', 'never', 'Zadara zCompute, an AWS-compatible private cloud.'),
  endpoint: Type.String(
    key({
      description: 'URL of the zCompute site, as its console shows it under Help > API Endpoints.',
      takesEffect: 'apply',
      examples: ['https://compute-us-west-101.zadara.com'],
      pattern: '^https://[A-Za-z0-9.-]+(:[0-9]+)?/?$',
      shape: 'an https URL without a path',
    }),
  ),
  region: Type.String(
    key({
      description: 'Region name sent to the zCompute API, which requires one and does not check it.',
      takesEffect: 'never',
      default: 'us-east-1',
      pattern: '^[a-z0-9-]+$',
      shape: 'a region name such as us-east-1',
    }),
  ),
  insecure: Type.Boolean(
    key({
      description:
        "Accept the site's TLS certificate unchecked. Only for sites with a private CA that you cannot install where Terraform runs.",
      takesEffect: 'apply',
      default: false,
    }),
  ),
});

const aws = closed({
  kind: kind('aws', 'never', 'Amazon Web Services.'),
  region: Type.String(
    key({
      description: 'AWS region.',
      takesEffect: 'never',
      examples: ['eu-central-1'],
      pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]$',
      shape: 'an AWS region such as eu-central-1',
    }),
  ),
  availabilityZones: Type.Array(
    Type.String({ pattern: '^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$', 'x-shape': 'a zone such as eu-central-1a' }),
    key({
      description: 'Availability zones, one public and one private subnet each. `high` needs three.',
      takesEffect: 'never',
      examples: [['eu-central-1a', 'eu-central-1b', 'eu-central-1c']],
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
    }),
  ),
  natGateways: Type.Optional(
    oneOf(['one', 'per-zone'], {
      description:
        'One NAT gateway for all zones, or one in each, so that losing a zone does not cut off the others. Absent: per-zone in `high`, one in `single`.',
      takesEffect: 'apply',
      examples: ['per-zone'],
    }),
  ),
});

export const platform = choice([zcompute, aws], {
  description: 'The cloud that the environment runs on.',
  takesEffect: 'never',
});

export const repository = closed(
  {
    url: Type.String(
      key({
        description:
          'Git repository that holds the generated files and that Argo CD reads. HTTPS or SSH form: Rootstock derives the one that `access` needs.',
        takesEffect: 'commit',
        examples: ['https://github.com/acme/ai-platform.git', 'git@github.com:acme/ai-platform.git'],
        pattern: '^(https://[^\\s]+|ssh://[^\\s]+|[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:[^\\s]+)$',
        shape: 'an https:// or ssh:// URL, or git@host:owner/name.git; never with a password in it',
      }),
    ),
    branch: Type.String(
      key({
        description: 'Branch that Argo CD follows.',
        takesEffect: 'commit',
        default: 'main',
        pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]*$',
        shape: 'a branch name such as main',
      }),
    ),
    access: oneOf(['public', 'deployKey', 'token', 'githubApp'], {
      description:
        'How Argo CD authenticates: not at all, with a read-only SSH deploy key, with an HTTPS token, or as a GitHub App.',
      takesEffect: 'commit',
      default: 'deployKey',
    }),
  },
  { description: 'The Git repository between the generator and Argo CD.', takesEffect: 'commit' },
);

const localState = closed({
  kind: kind(
    'local',
    'apply',
    'State files beside the Terraform projects, kept out of Git: for a first try by one person.',
  ),
});

const s3State = closed({
  kind: kind('s3', 'apply', 'An S3 bucket on AWS or an S3-compatible store.'),
  bucket: Type.String(
    key({
      description: 'Bucket for both state files.',
      takesEffect: 'apply',
      examples: ['tf-state'],
      pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
      shape: 'an S3 bucket name',
    }),
  ),
  region: bucketRegion('apply'),
  endpoint: Type.Optional(
    Type.String(
      key({
        description: 'URL of an S3-compatible store. Absent: AWS.',
        takesEffect: 'apply',
        examples: ['https://vsa-00000001-public.zadarazios.com'],
        pattern: HTTP_URL,
        shape: 'an http or https URL',
      }),
    ),
  ),
  lockFile: Type.Boolean(
    key({
      description:
        'Lock the state with a conditional write. Leave it off for stores that ignore `If-None-Match`: they would accept two locks at once and say nothing.',
      takesEffect: 'apply',
      default: false,
    }),
  ),
});

export const state = choice([localState, s3State], {
  description: 'Where Terraform keeps its two state files.',
  takesEffect: 'apply',
});

export const etcdBackup = closed(
  {
    endpoint: Type.String(
      key({
        description: 'Host name of the S3 service, without a scheme, as k3s expects it.',
        takesEffect: 'node replacement',
        examples: ['vsa-00000001-public.zadarazios.com', 's3.eu-central-1.amazonaws.com'],
        pattern: '^[a-z0-9.-]+(:[0-9]+)?$',
        shape: 'a host name, without https://',
      }),
    ),
    bucket: Type.String(
      key({
        description: 'Bucket for etcd snapshots and the marker that the cluster exists.',
        takesEffect: 'node replacement',
        examples: ['prod-etcd'],
        pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
        shape: 'an S3 bucket name',
      }),
    ),
    region: bucketRegion('node replacement'),
    folder: Type.Optional(
      Type.String(
        key({
          description: 'Folder inside the bucket. Absent: the name of the environment.',
          takesEffect: 'node replacement',
          examples: ['prod'],
          pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]*$',
          shape: 'a folder name without a leading slash',
        }),
      ),
    ),
    retention: Type.Integer(
      key({
        description:
          'Snapshots kept in the bucket. It counts the files of all control nodes: 168 is 28 days of two snapshots a day from three nodes.',
        takesEffect: 'node replacement',
        default: 168,
        minimum: 1,
        maximum: 10000,
      }),
    ),
  },
  {
    description: 'etcd snapshots to S3, twice a day. The keys come from Terraform variables, never from this file.',
    takesEffect: 'node replacement',
  },
);
