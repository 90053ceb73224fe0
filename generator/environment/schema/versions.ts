// `versions`: chart versions of this environment, where they differ from those of the catalog.
import Type from 'typebox';
import { key } from '../../core/schema-key.ts';
import { DNS_LABEL } from './shapes.ts';

/** A version as a chart repository lists it: exact, since Argo CD would resolve a range anew at each refresh. */
const EXACT_VERSION =
  '^v?(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?(\\+[0-9A-Za-z.-]+)?$';

export const versions = Type.Record(
  Type.String({ pattern: DNS_LABEL }),
  Type.String({ pattern: EXACT_VERSION, 'x-shape': 'an exact chart version such as 41.3.0' }),
  {
    ...key({
      description:
        "Chart versions by app, for this environment alone: staging moves before prod. The newer of the pin and the catalog's version is used; `rootstock catalog` lists those. Values of a newer version are not checked. Renovate edits these pins.",
      takesEffect: 'commit',
      default: {},
      examples: [{ traefik: '41.4.0' }],
    }),
    additionalProperties: false,
  },
);
