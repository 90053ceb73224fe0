// Inputs of SeaweedFS: `apps.seaweedfs` of an environment file. How much it holds is `objectStorage.sizeGiB`.
import Type, { type Static } from 'typebox';
import { key } from '../../../generator/core/schema-key.ts';

export const inputs = Type.Object(
  {
    filerGiB: Type.Integer(
      key({
        description:
          'Volume for the list of files: about 1 GiB for a million of them. How to enlarge it is in the README of the app.',
        takesEffect: 'never',
        default: 10,
        minimum: 1,
        maximum: 1000,
      }),
    ),
  },
  { additionalProperties: false },
);

export type Inputs = Static<typeof inputs>;
