// Apps of one environment → what its README and runbook say of them.
import type { AppBlueprint, PortForward } from '../../core/blueprint.ts';
import { compareText } from '../../core/problem.ts';
import { planDnsRecords } from '../../plan/dns-records.ts';
import { listK3sWorkloads } from '../../plan/k3s-workloads.ts';
import { planSecrets } from '../../plan/pending.ts';
import type { EnvironmentPlan, PlannedApp } from '../../plan/plan.ts';
import { code, listInWords, markdownTable } from '../markdown.ts';
import { countWord } from './environment-view.ts';

export function appsView(plan: EnvironmentPlan): Record<string, unknown> {
  const ollama = plan.apps.find(({ blueprint }) => blueprint.name === 'ollama');
  return {
    appTable: appTable(plan),
    workloadTable: lossTable(plan),
    exceptions: listExceptions(plan),
    recoveries: listRecoveries(plan),
    rotateTable: rotateTable(plan),
    portForwards: listPortForwards(plan),
    forwardedText: listInWords(listPortForwards(plan).map(({ title }) => title)),
    hasOllama: ollama !== undefined,
    hosts: plan.hosts.map(({ app, host }) => ({
      title: titleOf(plan, app),
      address: host === undefined ? 'every name and address of the load balancer' : `<https://${host}>`,
    })),
    firstUsers: listFirstUsers(plan),
    argoText: describeArgo(plan),
    pendingText: describePending(plan),
    leftoversText: describeLeftovers(plan),
    ...signOnView(plan),
    ...dnsView(plan),
    ...tlsView(plan),
  };
}

/** What to register at the issuer; nothing where nobody signs in there. */
function signOnView(plan: EnvironmentPlan): Record<string, unknown> {
  const { auth } = plan.environment;
  const rows = [...plan.apps]
    .sort((a, b) => compareText(a.blueprint.name, b.blueprint.name))
    .flatMap(({ blueprint, plan: { signOn } }) =>
      (signOn?.redirectUris ?? []).map((uri) => [blueprint.title, code(signOn?.clientId ?? ''), code(uri)]),
    );
  if (rows.length === 0) return { issuer: '', signOnTable: false };
  return {
    issuer: code(auth?.oidc?.issuer ?? ''),
    signOnTable: markdownTable(['App', 'Client', 'Redirect URI'], rows),
  };
}

/** Argo CD makes its own, and is described by itself. */
function listFirstUsers({ name, apps }: EnvironmentPlan): object[] {
  return apps.flatMap(({ blueprint, plan: { firstUser } }) => {
    if (firstUser === undefined) return [];
    const { user, namespace, secret, key } = firstUser;
    const file = `${name}-${blueprint.name}-password`;
    const who = 'text' in user ? code(user.text) : `in the key ${code(user.key)} of the Secret`;
    return [{ title: blueprint.title, who, namespace, secret, key, file }];
  });
}

function listRecoveries(plan: EnvironmentPlan): object[] {
  return plan.apps.flatMap(({ blueprint: { title }, plan: { recovery } }) =>
    recovery === undefined ? [] : [{ title, recovery: recovery.join('\n') }],
  );
}

function appTable(plan: EnvironmentPlan): string {
  return markdownTable(
    ['Wave', 'App', 'What it does', 'Chart', 'Namespace', 'Project'],
    plan.apps.map(({ blueprint, wave }) => [
      String(wave),
      blueprint.title,
      blueprint.summary,
      blueprint.chart === undefined ? 'manifests only' : `${blueprint.chart.name} ${blueprint.chart.version}`,
      code(blueprint.namespace.name),
      code(blueprint.project),
    ]),
    [0],
  );
}

function lossTable(plan: EnvironmentPlan): string {
  const apps = plan.apps.map(({ blueprint, plan: { workloads = [] } }) => ({ title: blueprint.title, workloads }));
  const rows = [...apps, { title: 'k3s', workloads: listK3sWorkloads(plan) }].flatMap(({ title, workloads }) =>
    workloads.map(({ name, kind, replicas, runsOn, hasBudget, onNodeLoss }) => [
      title,
      name,
      kind === 'DaemonSet' ? 'one per node' : String(replicas),
      runsOn,
      hasBudget ? 'yes' : 'no',
      onNodeLoss,
    ]),
  );
  return markdownTable(['App', 'Workload', 'Pods', 'Runs on', 'Budget', 'When its node is lost'], rows);
}

/** What has one replica only, those of k3s included. */
function listExceptions(plan: EnvironmentPlan) {
  const ofK3s = listK3sWorkloads(plan).map(({ name, onNodeLoss }) => ({
    what: `k3s runs one ${name}, whatever \`availability\` says.`,
    onNodeLoss,
  }));
  return [...plan.apps.flatMap(({ plan: { exceptions = [] } }) => exceptions), ...ofK3s];
}

/**
 * Apps that people open count their local ports up from 8080, so that several forwards run side by side; what programs
 * call keeps its own port.
 */
function listPortForwards(plan: EnvironmentPlan) {
  const byName = [...plan.apps].sort((a, b) => compareText(a.blueprint.name, b.blueprint.name));
  const opened = byName
    .flatMap(({ blueprint, route }) => (route === undefined ? [] : [{ blueprint, ...route }]))
    .map(({ blueprint, service, port }, index) => portForward(blueprint, { service, port }, 8080 + index));
  const called = byName.flatMap(({ blueprint, route }) =>
    blueprint.forward === undefined || route !== undefined
      ? []
      : [portForward(blueprint, blueprint.forward, blueprint.forward.port)],
  );
  return [...opened, ...called];
}

function portForward(blueprint: AppBlueprint, { service, port, note }: PortForward, localPort: number) {
  return {
    title: blueprint.title,
    namespace: blueprint.namespace.name,
    service,
    port: String(port),
    localPort: String(localPort),
    note: note ?? false,
  };
}

function rotateTable(plan: EnvironmentPlan): string {
  const { repository, cluster } = plan.environment;
  const credential = {
    public: [],
    deployKey: [
      'deploy key of Argo CD',
      'make and register a new key, change it in the cluster as below, then remove the old one from the Git server',
    ],
    token: ['token of Argo CD', 'make a new token, change it in the cluster as below, then revoke the old one'],
    githubApp: [
      'private key of the GitHub App',
      'make a new key, change it in the cluster as below, then delete the old one',
    ],
  }[repository.access];
  const backup = [
    'keys of the etcd bucket',
    '`secrets set` and `secrets export-tfvars --force`, apply the cluster project, replace the control nodes one at a time, then delete the old keys',
  ];
  const rows = [
    ['access key of step 1', 'make a new one, use it from now on, then delete the old one'],
    ...(credential.length === 0 ? [] : [credential]),
    ...(cluster.etcdBackup === undefined ? [] : [backup]),
    [
      'agent token',
      '`secrets rotate` and `secrets export-tfvars --force`, apply the cluster project, and replace the control nodes, then the workers, one at a time',
    ],
    ['cluster token', 'never: it encrypts what is in etcd and in every snapshot'],
    ['certificates of Kubernetes', 'restart k3s twice a year, as below'],
    ['certificates of hosts', 'cert-manager renews them'],
    [
      'secrets of apps',
      '`secrets rotate` or `secrets set`, then `secrets seal` and push; [secrets.md](secrets.md) says what some take beyond that',
    ],
  ];
  return markdownTable(['What', 'How'], rows);
}

function describeArgo(plan: EnvironmentPlan): string {
  const host = plan.hosts.find(({ app }) => app === 'argo-cd')?.host;
  if (host !== undefined) return `open <https://${host}>.`;
  const forward = listPortForwards(plan).find(({ service }) => service === 'argocd-server');
  if (forward === undefined) return 'it is not exposed.';
  return `it is not exposed; run \`kubectl --namespace ${forward.namespace} port-forward service/${forward.service} ${forward.localPort}:${forward.port}\` and open <http://localhost:${forward.localPort}>.`;
}

/** What `push` would stop at; false if nothing is missing. */
function describePending(plan: EnvironmentPlan): string | false {
  const open = planSecrets(plan).filter(({ sealed }) => !sealed).length;
  const { platform, ingress } = plan.environment;
  const parts = [
    ...(open === 0 ? [] : [`${countWord(open, 'secret')} of step 10`]),
    ...(ingress.publicAddress === undefined && ingress.dns.kind !== 'none'
      ? [platform.kind === 'aws' ? 'the name of step 7' : 'the address of step 7']
      : []),
  ];
  return parts.length === 0 ? false : listInWords(parts);
}

function describeLeftovers(plan: EnvironmentPlan): string {
  const { repository, ingress } = plan.environment;
  const credential = {
    public: [],
    deployKey: ['the deploy key'],
    token: ['the token'],
    githubApp: ['the GitHub App'],
  }[repository.access];
  const records = ingress.domain === undefined ? [] : [`the DNS records under \`${ingress.domain}\``];
  return listInWords([...credential, ...records, 'the access key of step 1, if nothing else uses it']);
}

function dnsView(plan: EnvironmentPlan): Record<string, unknown> {
  const { ingress, platform } = plan.environment;
  const { domain, dns } = ingress;
  const records = planDnsRecords(plan);
  const later = platform.kind === 'aws' ? 'the name that step 7 prints' : 'the address of step 7';
  const catchAll = plan.hosts.find(({ host }) => host === undefined);
  return {
    domain: domain ?? '',
    externalDns: domain !== undefined && dns.kind === 'external-dns',
    dnsProvider: dns.kind === 'external-dns' ? dns.provider : '',
    dnsPolicy:
      dns.kind === 'external-dns' && dns.policy === 'sync'
        ? 'and deletes its own when they are no longer wanted'
        : 'and never deletes one',
    dnsCount: records.length === 1 ? 'one record' : 'these records',
    dnsTable:
      records.length === 0
        ? false
        : markdownTable(
            ['Name', 'Type', 'Target'],
            records.map(({ name, type, target }) => [code(name), type, target ?? later]),
          ),
    noDomain: domain === undefined,
    catchAllText:
      catchAll === undefined
        ? 'No app is reached from outside.'
        : `${titleOf(plan, catchAll.app)} answers every name and address of the load balancer.`,
    nothingToCreate: domain !== undefined && dns.kind === 'none' && records.length === 0,
  };
}

function tlsView(plan: EnvironmentPlan): Record<string, unknown> {
  const { tls } = plan.environment.ingress;
  return {
    selfSigned: tls.kind === 'self-signed',
    acmeStaging: tls.kind === 'acme' && tls.server === 'staging',
  };
}

function titleOf(plan: EnvironmentPlan, app: string): string {
  const found: PlannedApp | undefined = plan.apps.find(({ blueprint }) => blueprint.name === app);
  return found?.blueprint.title ?? app;
}
