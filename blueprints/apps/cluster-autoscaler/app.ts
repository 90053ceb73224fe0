// The cluster autoscaler: adds nodes when pods find no place, and removes those that nothing needs.
import { createHash } from 'node:crypto';
import Type from 'typebox';
import { awsDomain } from '../../../generator/core/aws-hosts.ts';
import { type AppContext, type AppPlan, defineApp, type EgressHost } from '../../../generator/core/blueprint.ts';
import { controlNodePlacement } from '../../../generator/core/control-nodes.ts';
import { planWayOut, pullSecretNames, unlessEmpty, type WayOut } from '../../../generator/core/egress.ts';
import { from, type PlainMap, type YamlMap } from '../../../generator/core/provenance.ts';
import { key } from '../../../generator/core/schema-key.ts';
import { requireImageTag } from './image-tags.ts';

const NAME = 'cluster-autoscaler';
const PODS = { name: NAME, namespace: 'kube-system' } as const;
const REQUESTS = { cpuMillis: 50, memoryMiB: 256 };
const LABELS: PlainMap = { 'app.kubernetes.io/instance': NAME, 'app.kubernetes.io/name': `aws-${NAME}` };

/** Written by the cloud controller's app, in the same namespace. */
const CONFIG_MAP = 'cloud-config';
const CONFIG_FOLDER = '/etc/cloud-config';

const inputs = Type.Object(
  {
    enabled: Type.Boolean(
      key({
        description:
          'Scale worker groups by what pods request, where a group has a `max` above its `min`. `false` leaves all groups at `desired`.',
        takesEffect: 'commit',
        default: true,
      }),
    ),
  },
  { additionalProperties: false },
);

export const app = defineApp({
  name: NAME,
  title: 'Cluster autoscaler',
  summary: 'Adds nodes when pods find no place, and removes those that nothing needs.',
  chart: {
    name: NAME,
    version: '9.59.0',
    repository: 'https://kubernetes.github.io/autoscaler',
    appVersion: '1.35.0',
  },
  namespace: { name: 'kube-system' },
  project: 'platform',
  inputs,
  isWanted: ({ inputs: { enabled }, nodePools }) =>
    enabled && nodePools.some(({ role, minNodes, maxNodes }) => role === 'worker' && maxNodes > minNodes),
  dependencies: () => ({ soft: ['aws-cloud-controller-manager'] }),
  plan: planApp,
});

function planApp(context: AppContext): AppPlan {
  const { replicas } = context.availability;
  const paired = replicas > 1;
  return {
    values: planValues(context),
    manifests: planWayOut(context, PODS).manifests,
    workloads: [
      {
        name: NAME,
        kind: 'Deployment',
        replicas,
        requests: REQUESTS,
        runsOn: 'control',
        hasBudget: paired,
        onNodeLoss: paired
          ? 'The other one takes over the lead within a minute.'
          : 'No group grows or shrinks until the control node is back; nodes that run go on.',
      },
    ],
    egress: listEgress(context),
    // As helm template renders cluster-autoscaler 9.59.0 with these values.
    clusterKinds: [
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
  };
}

/** @see https://github.com/kubernetes/autoscaler/tree/cluster-autoscaler-chart-9.59.0/cluster-autoscaler/charts/cluster-autoscaler */
function planValues(context: AppContext): YamlMap {
  const { availability, cluster, environment, platform } = context;
  const { nodeSelector, tolerations } = controlNodePlacement(context);
  const way = planWayOut(context, PODS);
  return {
    // Else the release's name would be in it twice.
    fullnameOverride: NAME,
    image: {
      tag: from('cluster.version', requireImageTag(cluster.minor)),
      pullSecrets: pullSecretNames(context.egress),
    },
    // Groups that carry both tags of this environment: all worker groups, and no control group.
    autoDiscovery: { clusterName: from('metadata.name', environment) },
    awsRegion: from('platform', platform.region),
    ...planFiles(context, way),
    extraEnv: planVariables(way),
    replicaCount: from('availability', availability.replicas),
    topologySpreadConstraints: unlessEmpty(availability.spread(LABELS)),
    nodeSelector,
    tolerations,
    // It has a port of its node, so that the old pod has to go before the new one finds a place.
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    // The node's own network and resolver: it needs the metadata service, and has to work when cluster DNS waits for a node.
    hostNetwork: true,
    dnsPolicy: 'Default',
    extraArgs: planFlags(platform.kind),
    resources: { requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` } },
    securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: 'RuntimeDefault' } },
    containerSecurityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
  };
}

/** @see https://github.com/kubernetes/autoscaler/blob/cluster-autoscaler-1.35.2/cluster-autoscaler/FAQ.md (parameters) */
function planFlags(kind: 'zcompute' | 'aws'): YamlMap {
  return {
    // One group per zone on AWS: keeps them equally large. zCompute has one zone.
    'balance-similar-node-groups': kind === 'aws' ? 'true' : undefined,
    expander: 'least-waste',
    // A GPU node installs its driver before it joins; after the default of 15 minutes it would be taken for lost.
    'max-node-provision-time': '30m',
    // A GPU node goes when nothing uses its GPU, not when little does: what moves loads its models anew.
    'scale-down-gpu-utilization-threshold': '0.01',
    // Local files would hold every node: emptyDir and hostPath count as such, and Argo CD, Traefik and Ollama have them.
    'skip-nodes-with-local-storage': 'false',
  };
}

/** Where the API of zCompute is, read at start only, hence the annotation; and whom to trust. */
function planFiles({ platform: { endpoint } }: AppContext, way: WayOut): YamlMap {
  if (endpoint === undefined)
    return { extraVolumes: unlessEmpty(way.volumes), extraVolumeMounts: unlessEmpty(way.mounts) };
  return {
    cloudConfigPath: `${CONFIG_FOLDER}/cloud.conf`,
    extraVolumes: [{ name: CONFIG_MAP, configMap: { name: CONFIG_MAP } }, ...way.volumes],
    extraVolumeMounts: [{ name: CONFIG_MAP, mountPath: CONFIG_FOLDER, readOnly: true }, ...way.mounts],
    podAnnotations: { 'rootstock.dev/endpoint': from('platform.endpoint', digest(endpoint)) },
  };
}

/** The chart wants a map where others want a list. */
function planVariables({ env }: WayOut): YamlMap | undefined {
  return env.length === 0 ? undefined : Object.fromEntries(env.map(({ name, value }) => [String(name), value]));
}

function listEgress({ platform }: AppContext): EgressHost[] {
  const site = platform.endpoint === undefined ? undefined : new URL(platform.endpoint);
  const hosts =
    site === undefined
      ? ['autoscaling', 'ec2'].map((service) => ({
          host: `${service}.${platform.region}.${awsDomain(platform.region)}`,
          port: 443,
        }))
      : [{ host: site.hostname, port: Number(site.port) || 443 }];
  return [
    { host: 'registry.k8s.io', port: 443, purpose: 'image of the cluster autoscaler' },
    ...hosts.map((host) => ({ ...host, purpose: 'cloud API, for the cluster autoscaler' })),
  ];
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
