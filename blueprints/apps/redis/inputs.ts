// Inputs of Redis: `apps.redis` of an environment file.
import Type, { type Static } from 'typebox';
import { key } from '../../../generator/core/schema-key.ts';

export const inputs = Type.Object(
  {
    memoryMiB: Type.Integer(
      key({
        description:
          'Memory that each node may take; two fifths of it for data, because all data may exist twice while they are written down.',
        takesEffect: 'commit',
        default: 1024,
        minimum: 128,
        maximum: 262144,
      }),
    ),
    storageGiB: Type.Integer(
      key({
        description: 'Volume of each node. The operator lets it grow, never shrink.',
        takesEffect: 'commit',
        default: 8,
        minimum: 1,
        maximum: 16000,
      }),
    ),
    imageTag: Type.String(
      key({
        description: 'Tag of the images opstree/redis and opstree/redis-sentinel on quay.io.',
        takesEffect: 'commit',
        default: 'v7.2.7',
        pattern: '^v[0-9]+\\.[0-9]+\\.[0-9]+$',
        shape: 'a tag such as v7.2.7',
      }),
    ),
  },
  { additionalProperties: false },
);

export type Inputs = Static<typeof inputs>;
