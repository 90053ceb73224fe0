// NVIDIA device plugin: offers the GPUs of a node to pods, in time slices, and owns the RuntimeClass they need.
import Type from 'typebox';
import { type AppContext, defineApp, type Manifest } from '../../../generator/core/blueprint.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import { planConfigs } from './slicing.ts';

/** Set on every node with a GPU when it joins, and told to the autoscaler. */
const GPU_NODES = { key: 'nvidia.com/gpu.present', operator: 'In', values: ['true'] } as const;

export const app = defineApp({
  name: 'nvidia-device-plugin',
  title: 'NVIDIA device plugin',
  summary: 'Offers the GPUs of a node to pods, in time slices.',
  chart: {
    name: 'nvidia-device-plugin',
    version: '0.20.0',
    repository: 'https://nvidia.github.io/k8s-device-plugin',
    appVersion: '0.20.0',
  },
  // Host paths of the kubelet and of the driver: no milder level lets them in.
  namespace: { name: 'nvidia-device-plugin', podSecurity: 'privileged' },
  project: 'platform',
  // Its DaemonSet is healthy when every GPU node is, and these wait for quota and driver installations.
  lastWave: true,
  inputs: Type.Object({}, { additionalProperties: false }),
  isWanted: ({ gpuPools }) => gpuPools.length > 0,
  plan: (context) => ({
    values: planValues(context),
    manifests: [RUNTIME_CLASS],
    workloads: [
      {
        name: 'nvidia-device-plugin',
        kind: 'DaemonSet',
        replicas: 1,
        requests: { cpuMillis: 10, memoryMiB: 64 },
        runsOn: 'gpu',
        hasBudget: false,
        onNodeLoss: 'It serves its own node only: the GPUs of other nodes stay available.',
      },
    ],
    egress: [{ host: 'nvcr.io', port: 443, purpose: 'image of the NVIDIA device plugin' }],
    // As helm template renders nvidia-device-plugin 0.20.0 with these values, and the manifest beside them.
    clusterKinds: [
      { group: 'node.k8s.io', kind: 'RuntimeClass' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
  }),
});

/**
 * Ours alone: k3s's own copy (its packaged manifest `runtimes`) is disabled. k3s finds the handler `nvidia` by itself
 * where the NVIDIA container runtime is installed before its agent starts.
 */
const RUNTIME_CLASS: Manifest = {
  file: 'runtime-class',
  object: { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'nvidia' }, handler: 'nvidia' },
};

/** @see https://github.com/NVIDIA/k8s-device-plugin/tree/v0.20.0/deployments/helm/nvidia-device-plugin */
function planValues({ egress, gpuPools }: AppContext): YamlMap {
  return {
    imagePullSecrets: pullSecretObjects(egress),
    config: {
      map: from('cluster.nodeGroups', planConfigs(gpuPools)),
      // A node without the label gets whole GPUs; without this entry the plugin would refuse to start there.
      default: 'any',
    },
    // Said here too, although each config says the same: the chart reads only these two to find that the containers
    // need no SYS_ADMIN.
    migStrategy: 'none',
    deviceListStrategy: 'envvar',
    runtimeClassName: 'nvidia',
    // In place of the chart's terms, which look for labels of node feature discovery.
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [GPU_NODES] }],
        },
      },
    },
    // Everything: a GPU that nobody offers is of no use, whatever else its node is kept free of.
    tolerations: [{ operator: 'Exists' }],
    resources: { requests: { cpu: '10m', memory: '64Mi' } },
    // Labels come with the node, so that the autoscaler knows them before the node exists. Discovery would add three
    // CRDs and a pod on every node to find what the environment file says.
    gfd: { enabled: false },
    nfd: { enabled: false },
  };
}
