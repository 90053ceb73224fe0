// Inputs of the copies: `apps.onyx-files` of an environment file.
import Type, { type Static } from 'typebox';
import { key } from '../../../generator/core/schema-key.ts';

export const inputs = Type.Object(
  {
    schedule: Type.String(
      key({
        description: 'When the files are copied: a cron expression, in UTC.',
        takesEffect: 'commit',
        default: '15 2 * * *',
        pattern: '^\\S+ \\S+ \\S+ \\S+ \\S+$',
        shape: 'a cron expression of five fields',
      }),
    ),
    memoryMiB: Type.Integer(
      key({
        description: 'Memory of the Jobs: about 1 MiB for each thousand files, and 256 MiB for the rest.',
        takesEffect: 'commit',
        default: 512,
        minimum: 128,
        maximum: 65536,
      }),
    ),
  },
  { additionalProperties: false },
);

export type Inputs = Static<typeof inputs>;
