// Pods of monitoring, for the capacity table and for what the documents say about a lost node. Most are made by the
// operator from custom resources, so no chart shows them.
import type { AppContext, Manifest, ResourceAmounts, Store, Workload } from '../../../generator/core/blueprint.ts';
import type { PlainMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import { AMOUNTS, type Amounts, NAMESPACE, operatorLabels, STACK } from './names.ts';

const GRAFANA_LOSS =
  'Nobody can look at dashboards until it runs on another node, six to ten minutes later, when its volume has been moved. Metrics are taken and alerts are sent meanwhile.';
const STATE_LOSS = 'Nothing is known of nodes, pods and volumes for five to seven minutes, and alerts about them wait.';
const OTHER_ANSWERS = 'The other one answers.';

/** One kind of pods: how many there are, what they ask for, and what losing a node under one does. */
interface Part {
  readonly name: string;
  readonly kind: Workload['kind'];
  readonly replicas: number;
  readonly containers: readonly Amounts[];
  /** Selects its pods, where a budget of ours keeps them. */
  readonly labels?: PlainMap;
  readonly onNodeLoss: string;
}

export function listWorkloads(context: AppContext<Inputs>): Workload[] {
  return listParts(context).map(({ name, kind, replicas, containers, labels, onNodeLoss }) => ({
    name,
    kind,
    replicas,
    requests: addUp(containers),
    runsOn: kind === 'DaemonSet' ? 'every node' : 'worker',
    hasBudget: labels !== undefined && replicas > 1,
    onNodeLoss,
  }));
}

export function planBudgets(context: AppContext<Inputs>): Manifest[] {
  return listParts(context).flatMap(({ name, labels, replicas }) => {
    if (labels === undefined) return [];
    const budget = context.availability.budget({ name, namespace: NAMESPACE, matchLabels: labels, replicas });
    return budget === undefined ? [] : [budget];
  });
}

/** What one replica only can do, in `high`. */
export function listExceptions({ availability }: AppContext): { readonly what: string; readonly onNodeLoss: string }[] {
  if (availability.mode === 'single') return [];
  return [
    {
      what: 'Grafana has one replica: its users and dashboards are in a file on one volume, and more replicas would need a database of their own.',
      onNodeLoss: GRAFANA_LOSS,
    },
    { what: 'kube-state-metrics has one replica: two would count every object twice.', onNodeLoss: STATE_LOSS },
  ];
}

export function listStores({ inputs, availability }: AppContext<Inputs>): Store[] {
  const high = availability.mode === 'high';
  const metrics = {
    sizeGiB: inputs.metricsGiB,
    losing: high
      ? 'Nothing, as long as two of three are left: each sample is on two of them.'
      : 'All metrics are gone, and start anew.',
  };
  const where = (count: number) => (count === 1 ? 'one volume' : `${count} volumes, one for each replica`);
  return [
    { name: 'metrics', where: where(availability.quorum), ...metrics },
    {
      name: 'Grafana',
      where: 'one volume, which stays in the cloud when its claim is deleted',
      sizeGiB: inputs.grafanaGiB,
      losing: 'Users of its own, their settings and the dashboards they made. Those of Rootstock are in Git.',
    },
    {
      name: 'silences',
      where: where(availability.replicas),
      sizeGiB: 1,
      losing: high ? 'Nothing: the other replica has them, too.' : 'Alerts that were silenced are sent again.',
    },
  ];
}

function listParts(context: AppContext<Inputs>): Part[] {
  const { replicas } = context.availability;
  const high = replicas > 1;
  return [
    {
      name: 'grafana',
      kind: 'Deployment',
      replicas: 1,
      containers: [AMOUNTS.grafana, AMOUNTS.grafanaSidecar, AMOUNTS.grafanaSidecar],
      onNodeLoss: GRAFANA_LOSS,
    },
    {
      name: 'kube-state-metrics',
      kind: 'Deployment',
      replicas: 1,
      containers: [AMOUNTS.kubeStateMetrics],
      onNodeLoss: STATE_LOSS,
    },
    {
      name: 'node-exporter',
      kind: 'DaemonSet',
      replicas: 1,
      containers: [AMOUNTS.nodeExporter],
      onNodeLoss: 'It speaks of its own node only.',
    },
    {
      name: 'victoria-metrics-operator',
      kind: 'Deployment',
      replicas,
      containers: [AMOUNTS.operator],
      labels: {
        'app.kubernetes.io/instance': 'monitoring',
        'app.kubernetes.io/name': 'victoria-metrics-operator',
      },
      onNodeLoss: high
        ? 'The other one takes over the lead within a minute.'
        : 'New rules and scrapes wait until it runs on another node; what runs goes on.',
    },
    ...(high ? listClusterParts(context) : [SINGLE]),
    {
      ...operated('vmagent', 'Deployment', replicas, [AMOUNTS.vmagent, AMOUNTS.configReloader]),
      onNodeLoss: high
        ? 'The other one scrapes everything, too.'
        : 'Metrics have a gap of five to seven minutes, until it runs on another node.',
    },
    {
      ...operated('vmalert', 'Deployment', replicas, [AMOUNTS.vmalert, AMOUNTS.configReloader]),
      onNodeLoss: high
        ? 'The other one evaluates all rules, too.'
        : 'No alert fires for five to seven minutes, until it runs on another node.',
    },
    {
      ...operated('vmalertmanager', 'StatefulSet', replicas, [AMOUNTS.alertmanager, AMOUNTS.configReloader]),
      onNodeLoss: high
        ? 'The other one sends all alerts.'
        : 'No alert is sent until it runs on another node, six to ten minutes later, when its volume has been moved.',
    },
  ];
}

const SINGLE: Part = {
  ...operated('vmsingle', 'Deployment', 1, [AMOUNTS.vmsingle]),
  onNodeLoss:
    'Nothing can be looked at, and no alert fires, until it runs on another node, six to ten minutes later, when its volume has been moved. vmagent keeps what it scrapes and hands it in then.',
};

function listClusterParts({ availability: { replicas, quorum } }: AppContext): Part[] {
  return [
    { ...operated('vminsert', 'Deployment', replicas, [AMOUNTS.vminsert]), onNodeLoss: OTHER_ANSWERS },
    { ...operated('vmselect', 'StatefulSet', replicas, [AMOUNTS.vmselect]), onNodeLoss: OTHER_ANSWERS },
    {
      ...operated('vmstorage', 'StatefulSet', quorum, [AMOUNTS.vmstorage]),
      onNodeLoss: 'The other two have every sample, and go on writing each of them twice.',
    },
  ];
}

function operated(
  component: string,
  kind: Workload['kind'],
  replicas: number,
  containers: readonly Amounts[],
): Omit<Part, 'onNodeLoss'> {
  return { name: `${component}-${STACK}`, kind, replicas, containers, labels: operatorLabels(component) };
}

function addUp(containers: readonly Amounts[]): ResourceAmounts {
  let total = { cpuMillis: 0, memoryMiB: 0 };
  for (const { cpuMillis, memoryMiB } of containers) {
    total = { cpuMillis: total.cpuMillis + cpuMillis, memoryMiB: total.memoryMiB + memoryMiB };
  }
  return total;
}
