// CoreDNS: the name server of the cluster, in the place of the one that k3s would bring.
import Type from 'typebox';
import { type AppContext, type AppPlan, defineApp, type Manifest } from '../../../generator/core/blueprint.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type PlainMap, type YamlMap } from '../../../generator/core/provenance.ts';

const NAMESPACE = 'kube-system';

/** Of each pod as the chart labels it, with the `k8s-app` by which policies and scrapers know cluster DNS. */
const LABELS: PlainMap = {
  'app.kubernetes.io/instance': 'coredns',
  'app.kubernetes.io/name': 'coredns',
  'k8s-app': 'kube-dns',
};

const REQUESTS = { cpuMillis: 100, memoryMiB: 70 };

const ALONE =
  'With its node lost, no name resolves until it runs elsewhere. The only control node takes the Kubernetes API with it, too.';
const PAIRED = 'The other one answers. A lookup that was on its way is repeated after five seconds.';

export const app = defineApp({
  name: 'coredns',
  title: 'CoreDNS',
  summary: 'Answers names inside the cluster, and passes all others on to the name servers of the nodes.',
  chart: {
    name: 'coredns',
    version: '1.46.2',
    repository: 'https://coredns.github.io/helm',
    appVersion: '1.13.1',
  },
  namespace: { name: NAMESPACE },
  project: 'platform',
  // Before Argo CD, which has to find its Git server by name.
  firstBoot: { order: 15 },
  inputs: Type.Object({}, { additionalProperties: false }),
  plan: planApp,
});

function planApp(context: AppContext): AppPlan {
  const { replicas } = context.availability;
  const hasBudget = replicas > 1;
  return {
    values: planValues(context),
    manifests: planBudget(context),
    workloads: [
      {
        name: 'coredns',
        kind: 'Deployment',
        replicas,
        requests: REQUESTS,
        runsOn: 'control',
        hasBudget,
        onNodeLoss: hasBudget ? PAIRED : ALONE,
      },
    ],
    egress: [{ host: 'registry.k8s.io', port: 443, purpose: 'image of CoreDNS' }],
    // As helm template renders coredns 1.46.2 with these values.
    clusterKinds: [
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
  };
}

/**
 * The Corefile is the chart's own: errors, health, ready, kubernetes (cluster.local), prometheus, forward to
 * /etc/resolv.conf, cache, loop, reload, loadbalance. Kubernetes 1.35 is tested with CoreDNS 1.13.1.
 * @see https://github.com/coredns/helm/tree/coredns-1.46.2/charts/coredns
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.0/cmd/kubeadm/app/constants/constants.go (CoreDNSVersion)
 */
function planValues({ availability, cluster, egress }: AppContext): YamlMap {
  return {
    // Where the images of the cloud controller come from, too; the chart's own registry counts pulls.
    image: {
      repository: 'registry.k8s.io/coredns/coredns',
      tag: 'v1.13.1',
      pullSecrets: pullSecretObjects(egress),
    },
    replicaCount: from('availability', availability.replicas),
    // The chart would stop the only pod before its successor answers.
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    k8sAppLabelOverride: LABELS['k8s-app'] ?? '',
    // Pods carry this address from their start on, so the Service may never get another.
    service: { name: 'kube-dns', clusterIP: from('network.serviceCidr', cluster.clusterDns) },
    serviceAccount: { create: true },
    // Reads the resolv.conf of the node, which boot writes without search domains: with the domain of a zCompute VPC
    // appended, names that exist outside would resolve to whatever that domain answers.
    deployment: { dnsPolicy: 'Default' },
    priorityClassName: 'system-cluster-critical',
    // The first control node is the only node there is when it starts.
    nodeSelector: { 'node-role.kubernetes.io/control-plane': 'true' },
    tolerations: [
      { key: 'CriticalAddonsOnly', operator: 'Exists' },
      { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
      { key: 'node.cloudprovider.kubernetes.io/uninitialized', operator: 'Exists', effect: 'NoSchedule' },
    ],
    topologySpreadConstraints: planSpread(availability),
    // Limits of its own, or the chart's tenth of a vCPU would throttle it. The cache is bounded.
    resources: {
      limits: { cpu: '1', memory: '256Mi' },
      requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` },
    },
    // Half a minute without names is long at the first boot; one late answer is no reason to take the only pod away.
    readinessProbe: { initialDelaySeconds: 5, failureThreshold: 3 },
  };
}

/**
 * At first boot there is one node. Without `minDomains` both pods would count as evenly spread on it, and nothing
 * would ever move one of them.
 */
function planSpread(availability: AppContext['availability']): YamlMap[string] {
  const [hosts, ...others] = availability.spread(LABELS);
  if (hosts === undefined) return undefined;
  return from('availability', [{ ...hosts, minDomains: 2 }, ...others]);
}

function planBudget({ availability }: AppContext): Manifest[] {
  const { replicas } = availability;
  const budget = availability.budget({ name: 'coredns', namespace: NAMESPACE, matchLabels: LABELS, replicas });
  return budget === undefined ? [] : [budget];
}
