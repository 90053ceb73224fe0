// The schema of an environment file: one source for validation, static types, editors and the reference pages.
import Type, { type Static, type TObject, type TSchema } from 'typebox';
import { hasDefault, key } from '../../core/schema-key.ts';
import { auth, egress } from './access.ts';
import { cluster } from './cluster.ts';
import { ingress } from './ingress.ts';
import { network } from './network.ts';
import { platform, repository, state } from './platform.ts';
import { closed, DNS_LABEL, oneOf } from './shapes.ts';
import { backup, objectStorage } from './storage.ts';
import { versions } from './versions.ts';

const withoutApps = {
  apiVersion: Type.Literal(
    'rootstock.dev/v1alpha1',
    key({ description: 'Version of this format.', takesEffect: 'never' }),
  ),
  kind: Type.Literal('Environment', key({ description: 'Always Environment.', takesEffect: 'never' })),
  metadata: closed(
    {
      name: Type.String(
        key({
          description:
            'Name of the environment: prefix of every cloud resource, folder name in the repository. It must be unique in the cloud account.',
          takesEffect: 'never',
          examples: ['prod'],
          pattern: DNS_LABEL,
          maxLength: 20,
          shape: 'a short DNS label such as prod',
        }),
      ),
    },
    { description: 'Who this environment is.', takesEffect: 'never' },
  ),
  platform,
  repository,
  state,
  network,
  cluster,
  availability: oneOf(['single', 'high'], {
    description:
      '`single` heals after a loss; `high` keeps a second pod ready wherever that is possible. Every replica count, budget and spread follows.',
    takesEffect: 'commit',
    default: 'single',
  }),
  ingress,
  auth: Type.Optional(auth),
  egress,
  objectStorage: Type.Optional(objectStorage),
  backup: Type.Optional(backup),
  versions,
};

/** Input schemas of the apps, by app name, as the catalog hands them over. */
export type AppInputSchemas = Readonly<Record<string, TSchema>>;

/** The schema with the inputs of the given apps under `apps`. */
export function makeEnvironmentSchema(apps: AppInputSchemas): TObject {
  return closed(
    {
      ...withoutApps,
      apps: closed(Object.fromEntries(Object.entries(apps).map(([name, schema]) => [name, withDefault(schema)])), {
        description: "Inputs of each app; `rootstock catalog` lists them. Absent: the app's defaults.",
        takesEffect: 'commit',
        default: {},
      }),
    },
    { description: 'One environment: one cluster and everything on it.', takesEffect: 'apply' },
  );
}

function withDefault(schema: TSchema): TSchema {
  return hasDefault(schema) ? schema : { ...schema, default: {} };
}

/** An environment file that passed the schema, defaults filled in. */
export type Environment = Static<TObject<typeof withoutApps>> & { readonly apps: Readonly<Record<string, unknown>> };
export type NodeGroup = Environment['cluster']['nodeGroups'][string];
export type ControlGroup = Extract<NodeGroup, { role: 'control' }>;
export type WorkerGroup = Extract<NodeGroup, { role: 'worker' }>;

/** The schema as editors read it: JSON Schema 2020-12 in which keys that have a default are optional. */
export function emitJsonSchema(schema: TSchema): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://rootstock.dev/schemas/environment/v1alpha1.json',
    title: 'Rootstock environment',
    ...relaxDefaults(JSON.parse(JSON.stringify(schema)) as Record<string, unknown>),
  };
}

/** Name of the schema's file. It lies beside environment files everywhere, so that one first line fits all of them. */
export const SCHEMA_FILE = 'environment.schema.json';

/** Text of the schema's file. */
export function formatJsonSchema(schema: TSchema): string {
  return `${JSON.stringify(emitJsonSchema(schema), null, 2)}\n`;
}

function relaxDefaults(node: Record<string, unknown>): Record<string, unknown> {
  const properties = node['properties'] as Record<string, Record<string, unknown>> | undefined;
  const required = (node['required'] as string[] | undefined)?.filter(
    (name) => properties?.[name] === undefined || !('default' in properties[name]),
  );
  const relaxed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(node)) {
    if (name === 'required') {
      if (required !== undefined && required.length > 0) relaxed[name] = required;
    } else if (name === 'properties' || name === 'patternProperties') {
      relaxed[name] = Object.fromEntries(
        Object.entries(value as object).map(([property, schema]) => [property, relaxDeep(schema)]),
      );
    } else relaxed[name] = name === 'default' || name === 'examples' || name === 'enum' ? value : relaxDeep(value);
  }
  return relaxed;
}

function relaxDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relaxDeep);
  if (value !== null && typeof value === 'object') return relaxDefaults(value as Record<string, unknown>);
  return value;
}
