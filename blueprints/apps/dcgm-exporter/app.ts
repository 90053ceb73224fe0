// dcgm-exporter: tells monitoring how the GPUs of each node are.
import Type from 'typebox';
import { type AppContext, defineApp } from '../../../generator/core/blueprint.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';

const NAME = 'dcgm-exporter';

const REQUESTS = { cpuMillis: 50, memoryMiB: 256 } as const;
/** It keeps samples of every GPU of its node; with eight of them the chart's 512Mi were not enough. */
const MEMORY_LIMIT_MIB = 1024;

const OWN_TAINT = { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' } as const;

export const app = defineApp({
  name: NAME,
  title: 'DCGM exporter',
  summary: 'Tells monitoring how the GPUs of each node are: load, memory, temperature, errors.',
  chart: {
    name: NAME,
    version: '4.8.2',
    repository: 'https://nvidia.github.io/dcgm-exporter/helm-charts',
    appVersion: '4.8.2',
  },
  // The kubelet's socket on the host, and SYS_ADMIN for the counters of the GPU: no milder level lets them in.
  namespace: { name: NAME, podSecurity: 'privileged' },
  project: 'platform',
  // Its DaemonSet is healthy when every GPU node is, and these wait for quota and driver installations.
  lastWave: true,
  inputs: Type.Object({}, { additionalProperties: false }),
  // Nobody else asks for it, and without GPUs monitoring does not either.
  onDemand: true,
  dependencies: () => ({ soft: ['nvidia-device-plugin'] }),
  plan: (context) => ({
    values: planValues(context),
    workloads: [
      {
        name: NAME,
        kind: 'DaemonSet',
        replicas: 1,
        requests: REQUESTS,
        runsOn: 'gpu',
        hasBudget: false,
        onNodeLoss: 'It speaks of its own node only.',
      },
    ],
    egress: [{ host: 'nvcr.io', port: 443, purpose: 'image of the DCGM exporter' }],
    clusterKinds: [],
  }),
});

/** @see https://github.com/NVIDIA/dcgm-exporter/tree/4.5.3-4.8.2/deployment */
function planValues({ egress, gpuPools }: AppContext): YamlMap {
  return {
    imagePullSecrets: pullSecretObjects(egress),
    // Ours: nobody looks for the features of nodes here.
    nodeSelector: { 'nvidia.com/gpu.present': 'true' },
    tolerations: from('cluster.nodeGroups', planTolerations(gpuPools)),
    // The driver's libraries come with it. No GPU is asked for: it looks at all of them and takes none from anybody.
    runtimeClassName: 'nvidia',
    // In the dialect of another operator; monitoring has a scrape of its own.
    serviceMonitor: { enabled: false },
    resources: {
      requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` },
      // null takes the chart's tenth of a vCPU away.
      limits: { cpu: null, memory: `${MEMORY_LIMIT_MIB}Mi` },
    },
  };
}

/** Groups may keep others away with taints of their own: GPUs there are watched, too. */
function planTolerations(gpuPools: AppContext['gpuPools']): YamlMap[] {
  const taints = gpuPools.flatMap((pool) => pool.taints);
  const all = taints.map(({ key, effect }): YamlMap => ({ key, operator: 'Exists', effect }));
  const distinct = new Map(all.map((toleration) => [JSON.stringify(toleration), toleration]));
  return [OWN_TAINT, ...[...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, toleration]) => toleration)];
}
