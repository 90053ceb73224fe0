// What the environment file may say under `apps.onyx-database`.
import Type, { type Static } from 'typebox';
import { key } from '../../../generator/core/schema-key.ts';

const TIMESTAMP = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(Z|[+-]\\d{2}:\\d{2})$';

export const inputs = Type.Object(
  {
    generation: Type.Integer(
      key({
        description:
          'Counts how often the database was made anew. 1 starts empty; every further one recovers from the backups of the one before. A generation is never used twice, and a database that runs is never replaced by one.',
        takesEffect: 'commit',
        default: 1,
        minimum: 1,
        maximum: 9999,
      }),
    ),
    recoverFrom: Type.Optional(
      Type.Integer(
        key({
          description: 'Generation whose backups a new one recovers from. Absent: the one before it.',
          takesEffect: 'commit',
          examples: [1],
          minimum: 1,
          maximum: 9998,
        }),
      ),
    ),
    recoverUntil: Type.Optional(
      Type.String(
        key({
          description:
            'Recover to this point in time instead of the end of the backups. Read only when a generation is made.',
          takesEffect: 'commit',
          examples: ['2026-11-20T08:30:00Z'],
          pattern: TIMESTAMP,
          shape: 'a time with its zone, such as 2026-11-20T08:30:00Z',
        }),
      ),
    ),
    storageGiB: Type.Integer(
      key({
        description: 'Volume for data, in GiB, of each instance. It can grow, and never shrink.',
        takesEffect: 'commit',
        default: 20,
        minimum: 1,
        maximum: 16000,
      }),
    ),
    walGiB: Type.Integer(
      key({
        description:
          'Volume for the write-ahead log, in GiB, of each instance: what can be written while the backup bucket is out of reach. It can grow, and never shrink.',
        takesEffect: 'commit',
        default: 10,
        minimum: 4,
        maximum: 16000,
      }),
    ),
    cpuMillis: Type.Integer(
      key({
        description: 'CPU that an instance reserves, in thousandths. It may take more.',
        takesEffect: 'commit',
        default: 500,
        minimum: 100,
        maximum: 64000,
      }),
    ),
    memoryGiB: Type.Integer(
      key({
        description:
          'Memory that an instance reserves, in GiB; a quarter of it caches data. It may take twice as much, for connections.',
        takesEffect: 'commit',
        default: 2,
        minimum: 1,
        maximum: 256,
      }),
    ),
    maxConnections: Type.Optional(
      Type.Integer(
        key({
          description:
            'Connections at the same time. Absent: 300 in `single` and 600 in `high`, which is what all pools of Onyx may open together.',
          takesEffect: 'commit',
          examples: [400],
          minimum: 50,
          maximum: 5000,
        }),
      ),
    ),
  },
  { additionalProperties: false },
);

export type Inputs = Static<typeof inputs>;
