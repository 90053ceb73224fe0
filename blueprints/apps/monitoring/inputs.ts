// Inputs of monitoring: `apps.monitoring` of an environment file.
import Type, { type Static } from 'typebox';
import { key } from '../../../generator/core/schema-key.ts';

const LABEL = '^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$';
const HOST_AND_PORT = '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$';
const MAIL = '^[^\\s,<>"\']+@[A-Za-z0-9.-]+$';
const URL_PATTERN = '^https?://[^\\s"\'`;#]+$';

export const RECEIVER_KINDS = ['email', 'heartbeat', 'msteams', 'pagerduty', 'slack', 'webhook'] as const;
export type ReceiverKind = (typeof RECEIVER_KINDS)[number];

function oneOf<Word extends string>(words: readonly Word[], notes: Record<string, unknown>) {
  return Type.Unsafe<Word>({ type: 'string', enum: [...words], ...notes });
}

const receiver = Type.Object(
  {
    name: Type.String(
      key({
        description: 'Name of the receiver, and the key of its secret part in the Secret `alert-receivers`.',
        takesEffect: 'commit',
        examples: ['on-call'],
        pattern: LABEL,
        shape: 'a DNS label such as on-call',
      }),
    ),
    kind: oneOf(
      RECEIVER_KINDS,
      key({
        description:
          'What takes the alerts. `heartbeat` is called every few minutes as long as all is well: an outside service that notices its silence knows that this cluster, or its monitoring, is gone.',
        takesEffect: 'commit',
        examples: ['slack'],
      }),
    ),
    severity: Type.Optional(
      oneOf(
        ['warning', 'critical'],
        key({
          description:
            'The least severity that this receiver gets. Absent: `warning`, which is all. Not for `heartbeat`.',
          takesEffect: 'commit',
          examples: ['critical'],
        }),
      ),
    ),
    host: Type.Optional(
      Type.String(
        key({
          description:
            'Host of the URL, for the list of hosts that the cluster has to reach: the URL itself is a secret. Needed for `webhook`, `heartbeat` and `msteams`.',
          takesEffect: 'commit',
          examples: ['hooks.example.com'],
          pattern: HOST_AND_PORT,
          shape: 'a host, with a port where it is not 443',
        }),
      ),
    ),
    to: Type.Optional(
      Type.String(
        key({
          description: 'Mail address that alerts go to. `email` only.',
          takesEffect: 'commit',
          examples: ['ops@example.com'],
          pattern: MAIL,
          shape: 'a mail address',
        }),
      ),
    ),
    from: Type.Optional(
      Type.String(
        key({
          description: 'Mail address that alerts come from. `email` only.',
          takesEffect: 'commit',
          examples: ['alerts@example.com'],
          pattern: MAIL,
          shape: 'a mail address',
        }),
      ),
    ),
    smarthost: Type.Optional(
      Type.String(
        key({
          description: 'Mail server with its port; it has to speak STARTTLS. `email` only.',
          takesEffect: 'commit',
          examples: ['smtp.example.com:587'],
          pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:[0-9]{1,5}$',
          shape: 'a host and a port such as smtp.example.com:587',
        }),
      ),
    ),
    username: Type.Optional(
      Type.String(
        key({
          description:
            'Account at the mail server; its password is the secret part. Absent: the server takes mail without one. `email` only.',
          takesEffect: 'commit',
          examples: ['alerts@example.com'],
          minLength: 1,
        }),
      ),
    ),
    channel: Type.Optional(
      Type.String(
        key({
          description: 'Channel, where the webhook may write into several. `slack` only.',
          takesEffect: 'commit',
          examples: ['#platform-alerts'],
          minLength: 1,
        }),
      ),
    ),
  },
  { additionalProperties: false },
);

const endpoint = (what: string, example: string) =>
  Type.Optional(
    Type.String(
      key({
        description: `\`${what}\` of the issuer's discovery document.`,
        takesEffect: 'commit',
        examples: [example],
        pattern: URL_PATTERN,
        shape: 'a URL',
      }),
    ),
  );

const oidcEndpoints = Type.Object(
  {
    authorization: endpoint('authorization_endpoint', 'https://login.example.com/authorize'),
    token: endpoint('token_endpoint', 'https://login.example.com/token'),
    userinfo: endpoint('userinfo_endpoint', 'https://login.example.com/userinfo'),
  },
  {
    ...key({
      description:
        'Where Grafana signs people in: it reads no discovery document by itself. Absent: known for Auth0, Entra ID, GitLab, Google, Keycloak and Okta from `auth.oidc.issuer`; needed for any other.',
      takesEffect: 'commit',
    }),
    additionalProperties: false,
  },
);

export const inputs = Type.Object(
  {
    enabled: Type.Boolean(
      key({
        description: 'Metrics, alerts and Grafana. Without them nobody learns of a full disk or a failed backup.',
        takesEffect: 'commit',
        default: true,
      }),
    ),
    retentionDays: Type.Integer(
      key({
        description: 'Days for which metrics are kept.',
        takesEffect: 'commit',
        default: 30,
        minimum: 1,
        maximum: 3650,
      }),
    ),
    metricsGiB: Type.Integer(
      key({
        description:
          'Volume for metrics in GiB; in `high` each of three. Thirty days of ten nodes take about 8 GiB. It can be raised later, not lowered.',
        takesEffect: 'commit',
        default: 20,
        minimum: 1,
        maximum: 16000,
      }),
    ),
    grafanaGiB: Type.Integer(
      key({
        description: "Volume for Grafana's users and own dashboards, in GiB. It can be raised later, not lowered.",
        takesEffect: 'commit',
        default: 5,
        minimum: 1,
        maximum: 16000,
      }),
    ),
    receivers: Type.Array(
      receiver,
      key({
        description:
          'Who is told of alerts. Their URLs, keys and passwords are secrets, never part of this file. Empty: alerts are shown in Grafana only.',
        takesEffect: 'commit',
        default: [],
        examples: [[{ name: 'on-call', kind: 'pagerduty', severity: 'critical' }]],
      }),
    ),
    oidcEndpoints: Type.Optional(oidcEndpoints),
    oidcScopes: Type.Array(
      Type.String({ pattern: '^[A-Za-z0-9._:/-]+$', 'x-shape': 'the name of a scope' }),
      key({
        description:
          'Scopes that Grafana asks for at `auth.oidc.issuer`. Some issuers, such as Dex and Okta, list groups only where `groups` is among them.',
        takesEffect: 'commit',
        default: ['openid', 'profile', 'email'],
        examples: [['openid', 'profile', 'email', 'groups']],
        uniqueItems: true,
        minItems: 1,
      }),
    ),
  },
  { additionalProperties: false },
);

export type Inputs = Static<typeof inputs>;
export type Receiver = Inputs['receivers'][number];
