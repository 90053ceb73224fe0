// Receivers of the environment file → the configuration of Alertmanager, its Secret, and what does not fit.
import type { EgressHost, InputFinding, SecretKey } from '../../../generator/core/blueprint.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs, Receiver, ReceiverKind } from './inputs.ts';
import { RECEIVERS_FOLDER } from './names.ts';

type Field = 'channel' | 'from' | 'host' | 'severity' | 'smarthost' | 'to' | 'username';

interface KindFacts {
  readonly needed: readonly Field[];
  readonly allowed: readonly Field[];
  /** Host where the kind has one service only. */
  readonly host?: string;
  /** What the secret part is; undefined where there is none. */
  readonly secret: (receiver: Receiver) => string | undefined;
}

const KINDS: Readonly<Record<ReceiverKind, KindFacts>> = {
  email: {
    needed: ['from', 'smarthost', 'to'],
    allowed: ['severity', 'username'],
    secret: ({ smarthost, username }) =>
      username === undefined ? undefined : `Password of ${username} at ${smarthost ?? 'the mail server'}`,
  },
  heartbeat: { needed: ['host'], allowed: [], secret: () => 'URL that is called as long as all is well' },
  msteams: { needed: ['host'], allowed: ['severity'], secret: () => 'URL of the workflow that posts into the channel' },
  pagerduty: {
    needed: [],
    allowed: ['host', 'severity'],
    host: 'events.pagerduty.com',
    secret: () => 'Integration key (Events API v2)',
  },
  slack: {
    needed: [],
    allowed: ['channel', 'host', 'severity'],
    host: 'hooks.slack.com',
    secret: () => 'URL of the incoming webhook',
  },
  webhook: { needed: ['host'], allowed: ['severity'], secret: () => 'URL that alerts are posted to, as JSON' },
};

const HINTS: Readonly<Record<Field, string>> = {
  channel: 'channel: "#alerts"',
  from: 'from: alerts@example.com',
  host: 'host: hooks.example.com, which is the host of its URL',
  severity: 'severity: critical',
  smarthost: 'smarthost: smtp.example.com:587',
  to: 'to: ops@example.com',
  username: 'username: alerts@example.com',
};

/** Receivers that lack what their kind needs, say what it does not know, or share a name. */
export function findReceiverProblems({ receivers }: Inputs): InputFinding[] {
  return receivers.flatMap((receiver, index) => {
    const key = `apps.monitoring.receivers[${index}]`;
    return [...findTwins(receivers, index, key), ...findMissing(receiver, key), ...findUnfit(receiver, key)];
  });
}

function findTwins(receivers: readonly Receiver[], index: number, key: string): InputFinding[] {
  const { name } = receivers[index] ?? {};
  if (receivers.findIndex((other) => other.name === name) === index) return [];
  return [{ key: `${key}.name`, message: `two receivers are called ${name}.`, hint: `write name: ${name}-2` }];
}

function findMissing(receiver: Receiver, key: string): InputFinding[] {
  return KINDS[receiver.kind].needed
    .filter((field) => receiver[field] === undefined)
    .map((field) => ({
      key,
      message: `the receiver ${receiver.name} has no ${field}, which one of kind ${receiver.kind} needs.`,
      hint: `add ${HINTS[field]}`,
    }));
}

function findUnfit(receiver: Receiver, key: string): InputFinding[] {
  const { needed, allowed } = KINDS[receiver.kind];
  return (Object.keys(HINTS) as Field[])
    .filter((field) => receiver[field] !== undefined && !needed.includes(field) && !allowed.includes(field))
    .map((field) => ({
      key: `${key}.${field}`,
      message: `a receiver of kind ${receiver.kind} has no use for ${field}: ${receiver[field]}.`,
      hint: `remove ${field}`,
    }));
}

/** Keys of the Secret with what must not stand in the environment file, sorted. */
export function listReceiverSecrets({ receivers }: Inputs): SecretKey[] {
  return byName(receivers).flatMap((receiver) => {
    const meaning = KINDS[receiver.kind].secret(receiver);
    return meaning === undefined
      ? []
      : [{ key: receiver.name, meaning: `${meaning}; for the receiver ${receiver.name}` }];
  });
}

/** Hosts that Alertmanager calls. */
export function listReceiverHosts({ receivers }: Inputs): EgressHost[] {
  return byName(receivers).flatMap((receiver) => {
    const address = receiver.smarthost ?? receiver.host ?? KINDS[receiver.kind].host;
    if (address === undefined) return [];
    const [host = '', port] = address.split(':');
    return [{ host: host.toLowerCase(), port: Number(port ?? 443), purpose: `alerts to ${receiver.name}` }];
  });
}

/** Name of a receiver that does nothing: where nobody is named, alerts are shown only. */
const NOBODY = 'nobody';
/** The alert that always fires. */
export const WATCHDOG = 'Watchdog';

/**
 * Configuration of Alertmanager.
 * @param throughProxy takes the proxy from the environment of the process
 * @see https://prometheus.io/docs/alerting/0.32/configuration/
 */
export function planAlertmanagerConfig({ receivers }: Inputs, throughProxy: boolean): YamlMap {
  const sorted = byName(receivers);
  return {
    global: throughProxy ? { http_config: { proxy_from_environment: from('egress.proxy', true) } } : undefined,
    route: {
      receiver: NOBODY,
      group_by: ['alertname', 'namespace'],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '12h',
      routes: planRoutes(sorted),
    },
    // What is critical is not said a second time as a warning.
    inhibit_rules: [
      {
        source_matchers: ['severity = critical'],
        target_matchers: ['severity = warning'],
        equal: ['alertname', 'namespace', 'node', 'persistentvolumeclaim', 'name'],
      },
    ],
    receivers: [{ name: NOBODY }, ...sorted.map((receiver) => ({ name: receiver.name, ...planReceiver(receiver) }))],
  };
}

/** The first routes take the heartbeat out of the way of everybody else. */
function planRoutes(receivers: readonly Receiver[]): YamlMap[] {
  const hearts = receivers.filter(({ kind }) => kind === 'heartbeat');
  const others = receivers.filter(({ kind }) => kind !== 'heartbeat');
  const watchdog = [`alertname = ${WATCHDOG}`];
  return [
    ...hearts.map(({ name }) => ({
      receiver: name,
      matchers: watchdog,
      group_wait: '0s',
      group_interval: '1m',
      repeat_interval: '5m',
      continue: true,
    })),
    { receiver: NOBODY, matchers: watchdog },
    ...others.map(({ name, severity }) => ({
      receiver: name,
      matchers: [severity === 'critical' ? 'severity = critical' : 'severity =~ "warning|critical"'],
      continue: true,
    })),
  ];
}

function planReceiver(receiver: Receiver): YamlMap {
  const secret = `${RECEIVERS_FOLDER}/${receiver.name}`;
  switch (receiver.kind) {
    case 'email':
      return {
        email_configs: [
          {
            to: receiver.to,
            from: receiver.from,
            smarthost: receiver.smarthost,
            require_tls: true,
            send_resolved: true,
            ...(receiver.username === undefined
              ? {}
              : { auth_username: receiver.username, auth_password_file: secret }),
          },
        ],
      };
    case 'heartbeat':
      return { webhook_configs: [{ url_file: secret, send_resolved: false }] };
    case 'msteams':
      return { msteamsv2_configs: [{ webhook_url_file: secret, send_resolved: true }] };
    case 'pagerduty':
      return { pagerduty_configs: [{ routing_key_file: secret, send_resolved: true, ...pagerdutyUrl(receiver) }] };
    case 'slack':
      return {
        slack_configs: [{ api_url_file: secret, channel: receiver.channel, send_resolved: true, ...SLACK_TEXT }],
      };
    case 'webhook':
      return { webhook_configs: [{ url_file: secret, send_resolved: true }] };
  }
}

/** The EU has a service of its own. */
function pagerdutyUrl({ host }: Receiver): YamlMap {
  return host === undefined ? {} : { url: `https://${host}/v2/enqueue` };
}

/** Slack shows a title only, unless it is told what to write. */
const SLACK_TEXT: YamlMap = {
  title: '{{ .Status | toUpper }} {{ .CommonLabels.severity }}: {{ .CommonLabels.alertname }} ({{ .Alerts | len }})',
  text: '{{ range .Alerts }}{{ .Annotations.summary }}\n{{ end }}',
};

function byName(receivers: readonly Receiver[]): Receiver[] {
  return [...receivers].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
