// Placement and inputs → Helm values of the Deployment that serves.
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type YamlMap, type YamlValue } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import { IMAGE, SCRIPTS, SERVING_LABELS, STORE, STORE_VOLUMES, UNPRIVILEGED } from './names.ts';
import { findReserve, type Placement } from './placement.ts';

const GPU = 'nvidia.com/gpu';
/**
 * As many as can be listed, not as are listed: adding a model must not restart pods, which would then wait for its
 * download. Whether all listed models fit together is checked before anything is written.
 */
const MAX_LOADED_MODELS = 16;

/** @see https://github.com/otwld/ollama-helm/tree/ollama-1.77.0 */
export function planValues(context: AppContext<Inputs>, placement: Placement): YamlMap {
  const { inputs, availability } = context;
  const high = availability.mode === 'high';
  const spread = availability.spread(SERVING_LABELS);
  return {
    replicaCount: planReplicas(context),
    image: IMAGE,
    imagePullSecrets: pullSecretObjects(context.egress),
    // Models come from the node's store. Nothing is pulled, run or created by the pod that serves.
    ollama: { gpu: { enabled: placement.gpu !== undefined, type: 'nvidia', number: placement.gpu?.slices } },
    serviceAccount: { automount: false },
    securityContext: UNPRIVILEGED,
    runtimeClassName: placement.gpu === undefined ? undefined : 'nvidia',
    resources: planResources(inputs, placement),
    extraEnv: planEnvironment(inputs, placement),
    volumes: STORE_VOLUMES,
    volumeMounts: MOUNTS,
    initContainers: [planInitContainer(placement)],
    lifecycle: planLifecycle(inputs),
    livenessProbe: { path: '/', initialDelaySeconds: 120, periodSeconds: 15, timeoutSeconds: 10, failureThreshold: 6 },
    // Lists the models of the store; `/` would answer without one.
    readinessProbe: {
      path: '/api/tags',
      initialDelaySeconds: 5,
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    terminationGracePeriodSeconds: 120,
    // GPUs are full: a new replica fits only where an old one was.
    updateStrategy: from(
      'availability',
      high ? { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } : { type: 'Recreate' },
    ),
    nodeSelector: placement.nodeSelector,
    tolerations: placement.tolerations.length === 0 ? undefined : placement.tolerations,
    affinity: high ? from('availability', ONE_PER_HOST) : undefined,
    topologySpreadConstraints: spread.length === 0 ? undefined : from('availability', spread),
    // A pod with an image without a tag, which Argo CD never runs.
    tests: { enabled: false },
  };
}

/** Replicas now: none while paused. */
export function planReplicas({ inputs, availability }: AppContext<Inputs>): YamlValue {
  return inputs.paused ? from('apps.ollama.paused', 0) : from('availability', availability.replicas);
}

/** A spread alone allows both replicas on one node as long as there is only one. */
const ONE_PER_HOST: YamlMap = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: SERVING_LABELS }, topologyKey: 'kubernetes.io/hostname' },
    ],
  },
};

/**
 * Read-only: whoever can call Ollama can also ask it to delete or replace models, as it has no authentication. It
 * answers with an error then.
 */
const MOUNTS: readonly YamlMap[] = [
  { name: 'models', mountPath: STORE, readOnly: true },
  { name: 'rootstock', mountPath: SCRIPTS, readOnly: true },
];

/** GPU slices must be in the limits: the chart fills in its own number otherwise, and requests follow limits. */
function planResources(inputs: Inputs, { gpu }: Placement): YamlMap {
  return {
    requests: {
      cpu: from('apps.ollama.cpuMillis', `${inputs.cpuMillis}m`),
      memory: from('apps.ollama.memoryGiB', `${inputs.memoryGiB}Gi`),
    },
    limits: { memory: from('apps.ollama.memoryLimitGiB', `${inputs.memoryLimitGiB}Gi`), ...gpuLimit(gpu) },
  };
}

function gpuLimit(gpu: Placement['gpu']): YamlMap {
  return gpu === undefined ? {} : { [GPU]: from('apps.ollama.gpuSlices', gpu.slices) };
}

/** @see ollama v0.32.15, envconfig/config.go; variables named LLAMA_ARG_* are read by llama-server, which it starts */
function planEnvironment(inputs: Inputs, { gpu }: Placement): YamlMap[] {
  const reserve = findReserve(inputs, gpu);
  return [
    { name: 'LLAMA_ARG_CACHE_RAM', value: text('promptCacheMiB', inputs.promptCacheMiB) },
    // Unset on a whole GPU: Ollama then leaves more for models that see.
    ...(reserve === undefined ? [] : [{ name: 'LLAMA_ARG_FIT_TARGET', value: text('gpuReserveMiB', reserve) }]),
    // Its default depends on the memory of all GPUs it sees: 4096 on one L4.
    { name: 'OLLAMA_CONTEXT_LENGTH', value: text('contextLength', inputs.contextLength) },
    // Without it llama-server dies when the context is quantized.
    { name: 'OLLAMA_FLASH_ATTENTION', value: '1' },
    { name: 'OLLAMA_KEEP_ALIVE', value: text('keepAlive', inputs.keepAlive) },
    { name: 'OLLAMA_KV_CACHE_TYPE', value: text('kvCacheType', inputs.kvCacheType) },
    // A first load from a network disk takes longer than the five minutes it would get.
    { name: 'OLLAMA_LOAD_TIMEOUT', value: '15m' },
    { name: 'OLLAMA_MAX_LOADED_MODELS', value: String(MAX_LOADED_MODELS) },
    { name: 'OLLAMA_MODELS', value: STORE },
    // Models that run on ollama.com would take company documents there.
    { name: 'OLLAMA_NO_CLOUD', value: '1' },
    // The store belongs to the model sync.
    { name: 'OLLAMA_NOPRUNE', value: '1' },
    { name: 'OLLAMA_NUM_PARALLEL', value: text('parallel', inputs.parallel) },
  ];
}

function text(input: keyof Inputs, value: string | number): YamlValue {
  return from(`apps.ollama.${input}`, String(value));
}

/** Holds the pod back until it can serve. Its GPU slices are the ones that the server gets next, so they can be tried. */
function planInitContainer({ gpu }: Placement): YamlMap {
  return {
    name: 'await-models',
    image: `${IMAGE.repository}:${IMAGE.tag}`,
    command: ['/bin/bash', `${SCRIPTS}/await-models.sh`],
    env: [{ name: 'EXPECT_GPU', value: String(gpu !== undefined) }],
    resources: {
      requests: { cpu: '10m', memory: '32Mi' },
      limits: { memory: '128Mi', ...gpuLimit(gpu) },
    },
    securityContext: UNPRIVILEGED,
    volumeMounts: MOUNTS,
  };
}

/** In place of the chart's own hook. Stopping waits until no new request comes: Ollama cuts off what still runs. */
function planLifecycle(inputs: Inputs): YamlMap {
  const postStart = { exec: { command: ['/bin/bash', `${SCRIPTS}/preload-model.sh`] } };
  return {
    postStart: inputs.preload ? from('apps.ollama.preload', postStart) : undefined,
    preStop: { exec: { command: ['sleep', '20'] } },
  };
}
