// Inputs of OpenSearch: `apps.opensearch` of an environment file.
import Type, { type Static } from 'typebox';
import { key } from '../../../generator/core/schema-key.ts';

export const inputs = Type.Object(
  {
    heapGiB: Type.Integer(
      key({
        description:
          'Java heap of each node. A node takes twice as much memory: the other half keeps files of the index, in which search by meaning walks about.',
        takesEffect: 'commit',
        default: 4,
        minimum: 1,
        maximum: 31,
      }),
    ),
    cpuMillis: Type.Integer(
      key({
        description: 'CPU that each node reserves, in thousandths of a core; it may take more.',
        takesEffect: 'commit',
        default: 1000,
        minimum: 100,
        maximum: 64000,
      }),
    ),
    storageGiB: Type.Integer(
      key({
        description:
          'Volume of each node. At 95 % full OpenSearch stops writing. How to enlarge one that exists is in the README of the app.',
        takesEffect: 'never',
        default: 64,
        minimum: 8,
        maximum: 16000,
      }),
    ),
    image: Type.Optional(
      Type.String(
        key({
          description:
            'Image of your own, made from OpenSearch 3.6.0 with the plugin repository-s3 inside. Absent: the public image; where there is a `backup`, each node fetches the plugin once for its volume.',
          takesEffect: 'commit',
          examples: ['registry.example.com/platform/opensearch-s3:3.6.0'],
          pattern: '^[a-z0-9.-]+(:[0-9]+)?/[a-z0-9._/-]+:[A-Za-z0-9_][A-Za-z0-9._-]*$',
          shape: 'an image with registry and tag',
        }),
      ),
    ),
    settings: Type.Record(
      Type.String(),
      Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
      key({
        description:
          'Further settings of `opensearch.yml`, for example what an S3 store asks of its clients. An unknown one keeps the nodes from starting.',
        takesEffect: 'commit',
        default: {},
        examples: [{ 's3.client.default.disable_chunked_encoding': true }],
      }),
    ),
  },
  { additionalProperties: false },
);

export type Inputs = Static<typeof inputs>;
