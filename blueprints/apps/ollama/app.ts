// Ollama: answers questions with language models on the GPUs of this cluster.
import {
  type AppContext,
  defineApp,
  type EgressHost,
  type InputFinding,
  type Workload,
} from '../../../generator/core/blueprint.ts';
import { findModelFactProblems, listServedModels, planGpuMemory } from './gpu-memory.ts';
import { type Inputs, inputs } from './inputs.ts';
import { planModelStore, SYNC_REQUESTS } from './model-store.ts';
import { APP_VERSION, HOST_STORE, NAMESPACE, SERVING_LABELS } from './names.ts';
import { planNetworkPolicies } from './network-policies.ts';
import { findPlacementProblems, type Placement, planPlacement } from './placement.ts';
import { planValues } from './values.ts';

/** Main memory of Ollama itself and of what CUDA keeps there, beside the prompt caches. */
const BASE_MEMORY_MIB = 2048;

export const app = defineApp({
  name: 'ollama',
  title: 'Ollama',
  summary: 'Serves language models from the GPUs of the cluster.',
  chart: { name: 'ollama', version: '1.77.0', repository: 'https://helm.otwld.com', appVersion: APP_VERSION },
  // The models lie on the node's disk, and a host path needs this level; the containers themselves may do nothing more.
  namespace: { name: NAMESPACE, podSecurity: 'privileged' },
  project: 'workloads',
  // It waits for GPU nodes and for downloads of many GiB.
  lastWave: true,
  inputs,
  isWanted: ({ inputs: { enabled }, gpuPools }) => enabled ?? gpuPools.length > 0,
  // Soft: without the RuntimeClass its pods are refused and made again a little later.
  dependencies: () => ({ soft: ['nvidia-device-plugin'] }),
  forward: {
    service: 'ollama',
    port: 11434,
    note: 'The forward ends inside the pod, where network policies do not apply. Pods of another namespace than that of Onyx reach Ollama once `apps.ollama.allowedNamespaces` names it.',
  },
  servedModels: ({ inputs }) => listServedModels(inputs),
  check: (context) => [
    ...findPlacementProblems(context),
    ...findModelProblems(context.inputs),
    ...findModelFactProblems(context.inputs),
    ...findMemoryProblems(context.inputs),
  ],
  plan: (context) => {
    const placement = planPlacement(context);
    const budget = context.availability.budget({
      name: 'ollama',
      namespace: NAMESPACE,
      matchLabels: SERVING_LABELS,
      replicas: countReplicas(context),
    });
    return {
      values: planValues(context, placement),
      manifests: [
        ...planModelStore(context, placement),
        ...planNetworkPolicies(context),
        ...(budget === undefined ? [] : [budget]),
      ],
      workloads: listWorkloads(context, placement),
      gpuMemory: planGpuMemory(context, placement),
      stores: [
        {
          name: 'models',
          where: `${HOST_STORE} on every node that serves, with no copy elsewhere`,
          sizeGiB: context.inputs.storeGiB,
          losing: 'The node fetches its models again; until then it serves none.',
        },
      ],
      egress: listEgress(context.inputs.models),
      // None: helm template renders a Deployment, a Service and a ServiceAccount of ollama 1.77.0 with these values.
      clusterKinds: [],
    };
  },
});

function countReplicas({ inputs: { paused }, availability }: AppContext<Inputs>): number {
  return paused ? 0 : availability.replicas;
}

function listWorkloads(context: AppContext<Inputs>, placement: Placement): Workload[] {
  const { cpuMillis, memoryGiB } = context.inputs;
  const replicas = countReplicas(context);
  const runsOn = placement.gpu === undefined ? 'worker' : 'gpu';
  const gpuUnits = placement.gpu === undefined ? {} : { gpuUnits: placement.gpu.slices };
  return [
    {
      name: 'ollama',
      kind: 'Deployment',
      replicas,
      requests: { cpuMillis, memoryMiB: memoryGiB * 1024, ...gpuUnits },
      runsOn,
      hasBudget: replicas > 1,
      onNodeLoss: describeLoss(replicas),
    },
    {
      name: 'ollama-model-sync',
      kind: 'DaemonSet',
      replicas: 1,
      requests: SYNC_REQUESTS,
      runsOn,
      hasBudget: false,
      onNodeLoss: 'The models of that node are gone; the node that replaces it fetches them.',
    },
  ];
}

function describeLoss(replicas: number): string {
  if (replicas === 0) return 'Nothing: Ollama is paused.';
  if (replicas === 1)
    return 'No model answers until another node takes over: at once after five minutes if a spare one has the models, otherwise after a new node has started and fetched them.';
  return 'Answers under way on that node break off, and for about a minute some new requests fail; then the other replica answers alone, until another node has fetched the models.';
}

/** Tags that end in `cloud` name models on ollama.com. */
function findModelProblems({ models }: Inputs): InputFinding[] {
  return models.flatMap((model, index) =>
    /[:-]cloud$/.test(model)
      ? [
          {
            key: `apps.ollama.models[${index}]`,
            message: `${model} runs on ollama.com and would send every question there.`,
            hint: 'choose a tag without cloud',
          },
        ]
      : [],
  );
}

function findMemoryProblems({ models, promptCacheMiB, memoryGiB, memoryLimitGiB }: Inputs): InputFinding[] {
  const key = 'apps.ollama.memoryLimitGiB';
  const needed = Math.ceil((models.length * promptCacheMiB + BASE_MEMORY_MIB) / 1024);
  if (memoryLimitGiB < memoryGiB)
    return [
      {
        key,
        message: `a limit of ${memoryLimitGiB} GiB is less than the ${memoryGiB} GiB that a replica reserves.`,
        hint: `write memoryLimitGiB: ${Math.max(memoryGiB, needed)}`,
      },
    ];
  if (memoryLimitGiB >= needed) return [];
  return [
    {
      key,
      message: `${models.length} models with a prompt cache of ${promptCacheMiB} MiB each may take ${needed} GiB, and the limit is ${memoryLimitGiB} GiB.`,
      hint: `write memoryLimitGiB: ${needed}, or a smaller promptCacheMiB`,
    },
  ];
}

const OLLAMA_REGISTRY = 'registry.ollama.ai';
/** Where that registry sends downloads. @see https://github.com/ollama/ollama/issues/4307 (2024-08); Ollama promises no fixed name */
const OLLAMA_STORAGE = 'dd20bb891979d25aebc8bec07b2b3bbc.r2.cloudflarestorage.com';

function listEgress(models: readonly string[]): EgressHost[] {
  const registries = [...new Set(models.map(findRegistry))].sort();
  return [
    ...['auth.docker.io', 'production.cloudflare.docker.com', 'registry-1.docker.io'].map((host) => ({
      host,
      port: 443,
      purpose: 'image of Ollama',
    })),
    ...registries.map((host) => ({ host, port: 443, purpose: 'language models' })),
    ...(registries.includes(OLLAMA_REGISTRY)
      ? [
          {
            host: OLLAMA_STORAGE,
            port: 443,
            purpose: `files of language models; ${OLLAMA_REGISTRY} redirects there and may choose another host`,
          },
        ]
      : []),
  ];
}

function findRegistry(model: string): string {
  const parts = model.split('/');
  return parts.length === 3 ? (parts[0] ?? OLLAMA_REGISTRY) : OLLAMA_REGISTRY;
}
