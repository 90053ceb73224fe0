// The EBS CSI driver: makes volumes, attaches them to the nodes of their pods, and grows them.
import { createHash } from 'node:crypto';
import Type from 'typebox';
import { awsDomain } from '../../../generator/core/aws-hosts.ts';
import {
  type AppContext,
  defineApp,
  type EgressHost,
  type Manifest,
  type Workload,
} from '../../../generator/core/blueprint.ts';
import { controlNodePlacement } from '../../../generator/core/control-nodes.ts';
import { planWayOut, pullSecretNames, unlessEmpty } from '../../../generator/core/egress.ts';
import { from, type PlainMap, type YamlMap } from '../../../generator/core/provenance.ts';
import { planStorageClasses } from './storage-classes.ts';

/** Five containers with 10m each: driver, provisioner, attacher and resizer with 40Mi, the liveness probe with 32Mi. */
const CONTROLLER_REQUESTS = { cpuMillis: 50, memoryMiB: 192 };
/** Three containers with 10m each: driver with 40Mi, registrar and liveness probe with 32Mi. */
const NODE_REQUESTS = { cpuMillis: 30, memoryMiB: 104 };

const CONTROLLER = 'ebs-csi-controller';
/** Its controller alone calls out. */
const PODS = { name: 'aws-ebs-csi-driver', namespace: 'kube-system' } as const;
const CONTROLLER_LABELS: PlainMap = { app: CONTROLLER };

export const app = defineApp({
  name: 'aws-ebs-csi-driver',
  title: 'EBS CSI driver',
  summary: 'Makes volumes in the cloud, attaches them to the nodes of their pods, and grows them.',
  chart: {
    name: 'aws-ebs-csi-driver',
    version: '2.64.0',
    repository: 'https://kubernetes-sigs.github.io/aws-ebs-csi-driver',
    appVersion: '1.64.0',
  },
  namespace: { name: 'kube-system' },
  project: 'platform',
  inputs: Type.Object({}, { additionalProperties: false }),
  dependencies: () => ({ soft: ['aws-cloud-controller-manager'] }),
  plan: (context) => ({
    values: planValues(context),
    manifests: [...planManifests(context), ...planWayOut(context, PODS).manifests],
    workloads: listWorkloads(context),
    egress: listEgress(context),
    // As helm template renders aws-ebs-csi-driver 2.64.0 with these values.
    clusterKinds: [
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
      { group: 'storage.k8s.io', kind: 'CSIDriver' },
      { group: 'storage.k8s.io', kind: 'StorageClass' },
    ],
  }),
});

/** @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/tree/helm-chart-aws-ebs-csi-driver-2.64.0/charts/aws-ebs-csi-driver */
function planValues(context: AppContext): YamlMap {
  const { availability, environment, platform } = context;
  const { nodeSelector, tolerations } = controlNodePlacement(context);
  const way = planWayOut(context, PODS);
  return {
    imagePullSecrets: pullSecretNames(context.egress),
    controller: {
      replicaCount: from('availability', availability.replicas),
      podDisruptionBudget: { enabled: from('availability', availability.replicas > 1) },
      topologySpreadConstraints: unlessEmpty(availability.spread(CONTROLLER_LABELS)),
      nodeSelector,
      tolerations,
      // Given, so that the controller asks no metadata service for it.
      region: from('platform', platform.region),
      // Tags volumes with the environment they belong to, for those who clean up after a cluster.
      k8sTagClusterId: from('metadata.name', environment),
      env: unlessEmpty(way.env),
      volumes: unlessEmpty(way.volumes),
      volumeMounts: unlessEmpty(way.mounts),
      // It reads the address of the API at start only.
      podAnnotations:
        platform.endpoint === undefined ? undefined : { 'rootstock.dev/aws-meta': digest(ec2Url(platform.endpoint)) },
    },
    node: {
      // A node that is lost and not yet gone has no pod that is ready, and later waves would wait for it for hours.
      daemonSetAnnotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true' },
      // Everywhere: a node without it cannot mount volumes, whatever keeps other pods away.
      tolerateAllTaints: true,
      // What the cloud controller wrote into the Node object. The metadata service does not answer pods on AWS workers.
      metadataSources: 'kubernetes',
      enableWindows: false,
    },
    storageClasses: planStorageClasses(context),
    helmTester: { enabled: false },
  };
}

/** The chart reads the address of the API from this ConfigMap, whose name is fixed, and from no value. */
function planManifests({ platform }: AppContext): Manifest[] {
  if (platform.endpoint === undefined) return [];
  return [
    {
      file: 'aws-meta',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'aws-meta', namespace: 'kube-system' },
        data: { endpoint: from('platform.endpoint', ec2Url(platform.endpoint)) },
      },
    },
  ];
}

function ec2Url(endpoint: string): string {
  return `${endpoint}/api/v2/aws/ec2`;
}

function listWorkloads({ availability }: AppContext): Workload[] {
  const paired = availability.replicas > 1;
  return [
    {
      name: CONTROLLER,
      kind: 'Deployment',
      replicas: availability.replicas,
      requests: CONTROLLER_REQUESTS,
      runsOn: 'control',
      hasBudget: paired,
      onNodeLoss: paired
        ? 'The other one takes over the lead within a minute.'
        : 'No volume is made, attached or moved until the control node is back; mounted ones go on.',
    },
    {
      name: 'ebs-csi-node',
      kind: 'DaemonSet',
      replicas: 1,
      requests: NODE_REQUESTS,
      runsOn: 'every node',
      hasBudget: false,
      onNodeLoss:
        'Volumes of the node are detached six minutes after its pods have been given up, or at once when its instance is gone.',
    },
  ];
}

function listEgress({ platform }: AppContext): EgressHost[] {
  const site = platform.endpoint === undefined ? undefined : new URL(platform.endpoint);
  return [
    { host: 'public.ecr.aws', port: 443, purpose: 'images of the EBS CSI driver' },
    {
      host: site?.hostname ?? `ec2.${platform.region}.${awsDomain(platform.region)}`,
      port: Number(site?.port) || 443,
      purpose: 'cloud API, for volumes',
    },
  ];
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
