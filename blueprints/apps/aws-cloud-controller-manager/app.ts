// The AWS cloud controller: tells Kubernetes which instance a node is, and removes nodes whose instance is gone.
import { createHash } from 'node:crypto';
import Type from 'typebox';
import { awsDomain } from '../../../generator/core/aws-hosts.ts';
import { type AppContext, defineApp, type EgressHost, type Manifest } from '../../../generator/core/blueprint.ts';
import { planWayOutOfNode, pullSecretObjects, unlessEmpty } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import { writeCloudConfig } from './cloud-config.ts';
import { requireImageTag } from './image-tags.ts';

const REQUESTS = { cpuMillis: 50, memoryMiB: 128 };
const CONFIG_MAP = 'cloud-config';
const CONFIG_KEY = 'cloud.conf';
const CONFIG_FOLDER = '/etc/cloud-config';

export const app = defineApp({
  name: 'aws-cloud-controller-manager',
  title: 'AWS cloud controller manager',
  summary: 'Tells Kubernetes which instance a node is, and removes nodes whose instance is gone.',
  chart: {
    name: 'aws-cloud-controller-manager',
    version: '0.0.11',
    repository: 'https://kubernetes.github.io/cloud-provider-aws',
    appVersion: 'v1.35.0',
  },
  namespace: { name: 'kube-system' },
  project: 'platform',
  firstBoot: { order: 20 },
  inputs: Type.Object({}, { additionalProperties: false }),
  plan: (context) => ({
    values: planValues(context),
    manifests: [cloudConfigMap(context)],
    workloads: [
      {
        name: 'aws-cloud-controller-manager',
        kind: 'DaemonSet',
        replicas: 1,
        requests: REQUESTS,
        runsOn: 'control',
        hasBudget: false,
        onNodeLoss:
          'On the other control nodes the next one leads within seconds. With a single control node, new nodes wait for it.',
      },
    ],
    egress: listEgress(context),
    // As helm template renders aws-cloud-controller-manager 0.0.11.
    clusterKinds: [
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
  }),
});

function planValues(context: AppContext): YamlMap {
  const way = planWayOutOfNode(context);
  return {
    image: { tag: from('cluster.version', requireImageTag(context.cluster.minor)) },
    args: [
      '--v=2',
      '--cloud-provider=aws',
      `--cloud-config=${CONFIG_FOLDER}/${CONFIG_KEY}`,
      from('metadata.name', `--cluster-name=${context.environment}`),
      // k3s gives out pod networks and flannel routes them.
      '--allocate-node-cidrs=false',
      '--configure-cloud-routes=false',
    ],
    // Reads the instance metadata service, which answers one network hop only, and starts before pods have a network.
    hostNetworking: true,
    // k3s writes "true"; the chart's own selector asks for an empty value and finds no node.
    nodeSelector: { 'node-role.kubernetes.io/control-plane': 'true' },
    // No taint may keep it away: until it has run, every node keeps the taint that keeps others away.
    tolerations: [{ operator: 'Exists' }],
    resources: { requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    // It reads its configuration at start only.
    podAnnotations: { 'rootstock.dev/cloud-config': digest(writeCloudConfig(context)) },
    imagePullSecrets: pullSecretObjects(context.egress),
    env: unlessEmpty(way.env),
    extraVolumes: [{ name: CONFIG_MAP, configMap: { name: CONFIG_MAP } }, ...way.volumes],
    extraVolumeMounts: [{ name: CONFIG_MAP, mountPath: CONFIG_FOLDER, readOnly: true }, ...way.mounts],
  };
}

function cloudConfigMap(context: AppContext): Manifest {
  return {
    file: CONFIG_MAP,
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: CONFIG_MAP, namespace: 'kube-system' },
      data: { [CONFIG_KEY]: from('platform', writeCloudConfig(context)) },
    },
  };
}

function listEgress({ platform }: AppContext): EgressHost[] {
  const api =
    platform.endpoint === undefined
      ? ['ec2', 'elasticloadbalancing'].map((service) => ({
          host: `${service}.${platform.region}.${awsDomain(platform.region)}`,
          port: 443,
        }))
      : [{ host: new URL(platform.endpoint).hostname, port: Number(new URL(platform.endpoint).port) || 443 }];
  return [
    { host: 'registry.k8s.io', port: 443, purpose: 'image of the cloud controller' },
    ...api.map((host) => ({ ...host, purpose: 'cloud API, for the cloud controller' })),
  ];
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
