// Inputs of Onyx: `apps.onyx` of an environment file.
import Type, { type Static } from 'typebox';
import { key } from '../../../generator/core/schema-key.ts';
import { COMPONENT_NAMES } from './components.ts';

const RESOURCES = Type.Object(
  {
    cpuMillis: Type.Optional(
      Type.Integer(
        key({
          description: 'Thousandths of a CPU that each replica reserves.',
          takesEffect: 'commit',
          examples: [2000],
          minimum: 10,
          maximum: 128000,
        }),
      ),
    ),
    memoryMiB: Type.Optional(
      Type.Integer(
        key({
          description: 'Main memory that each replica reserves, in MiB.',
          takesEffect: 'commit',
          examples: [4096],
          minimum: 64,
          maximum: 1048576,
        }),
      ),
    ),
    memoryLimitMiB: Type.Optional(
      Type.Integer(
        key({
          description: 'Main memory at which a replica is killed, in MiB.',
          takesEffect: 'commit',
          examples: [8192],
          minimum: 64,
          maximum: 1048576,
        }),
      ),
    ),
    replicas: Type.Optional(
      Type.Integer(
        key({
          description: 'Replicas, where one is not enough for the work; in `high` never fewer than two.',
          takesEffect: 'commit',
          examples: [3],
          minimum: 1,
          maximum: 50,
        }),
      ),
    ),
  },
  { additionalProperties: false },
);

export const inputs = Type.Object(
  {
    enabled: Type.Optional(
      Type.Boolean(
        key({
          description: 'Run Onyx. Absent: where `objectStorage` is given, since it keeps its files there.',
          takesEffect: 'commit',
          examples: [false],
        }),
      ),
    ),
    adminEmail: Type.Optional(
      Type.String(
        key({
          description:
            'Address of the first administrator; its password is in the Secret `onyx-admin`. Absent: `admin` at the first of `auth.oidc.emailDomains`, else at `ingress.domain`, else at example.com. Onyx sends nothing there. Fixed once Onyx has started.',
          takesEffect: 'never',
          examples: ['onyx-admin@example.com'],
          pattern: '^[A-Za-z0-9._-]+@[a-z0-9-]+(\\.[a-z0-9-]+)*\\.[a-z]{2,}$',
          shape: 'an email address',
        }),
      ),
    ),
    passwordSignUp: Type.Boolean(
      key({
        description:
          'Whether everybody who reaches the site may make an account with a password; it sees what all accounts see. Where there is no `auth.oidc`, this is how colleagues get in: open it where `ingress.allowFrom` names your own networks. Accounts that exist go on.',
        takesEffect: 'commit',
        default: false,
      }),
    ),
    modelServers: Type.Optional(
      Type.Unsafe<'gpu' | 'cpu'>({
        type: 'string',
        enum: ['gpu', 'cpu'],
        ...key({
          description:
            'Where the two servers of embedding models run, which turn documents and questions into vectors. Absent: on GPUs that can be shared, where there are any. Ollama leaves them room there unless `apps.ollama.gpuSlices` says otherwise.',
          takesEffect: 'commit',
          examples: ['cpu'],
        }),
      }),
    ),
    gpuModel: Type.Optional(
      Type.String(
        key({
          description:
            'GPU model for the model servers, where the environment has several. Absent: the one with the most memory whose nodes have no taints of their own, which is the one that Ollama takes.',
          takesEffect: 'commit',
          examples: ['L4'],
          minLength: 1,
          maxLength: 60,
        }),
      ),
    ),
    slackbot: Type.Boolean(
      key({
        description: 'Run the process that answers in Slack. Its tokens are entered in the admin panel.',
        takesEffect: 'commit',
        default: false,
      }),
    ),
    maxUploadMB: Type.Integer(
      key({
        description: 'Largest file that users may upload, in MB.',
        takesEffect: 'commit',
        default: 250,
        minimum: 1,
        maximum: 5000,
      }),
    ),
    logLevel: Type.Unsafe<'debug' | 'info' | 'warning' | 'error'>({
      type: 'string',
      enum: ['debug', 'info', 'warning', 'error'],
      ...key({ description: 'How much all processes log.', takesEffect: 'commit', default: 'info' }),
    }),
    allowedNamespaces: Type.Array(
      Type.String({ pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', 'x-shape': 'a namespace' }),
      key({
        description:
          'Namespaces of this cluster that Onyx may call, for connectors and tools that live there. The world outside and Ollama it may always call.',
        takesEffect: 'commit',
        default: [],
        examples: [['wiki']],
        uniqueItems: true,
      }),
    ),
    resources: Type.Record(Type.String({ pattern: `^(${COMPONENT_NAMES.join('|')})$` }), RESOURCES, {
      ...key({
        description: `What the parts of Onyx reserve and how many there are, by part: ${COMPONENT_NAMES.join(', ')}. Absent parts keep their defaults.`,
        takesEffect: 'commit',
        default: {},
        examples: [{ docprocessing: { replicas: 3, memoryLimitMiB: 18432 } }],
      }),
      additionalProperties: false,
    }),
  },
  { additionalProperties: false },
);

export type Inputs = Static<typeof inputs>;
