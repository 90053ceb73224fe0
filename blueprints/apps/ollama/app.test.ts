import { describe, expect, it } from 'vitest';
import { catalog, listCatalogFacts, listInputSchemas } from '../../../generator/catalog/catalog.ts';
import type { AppPlan } from '../../../generator/core/blueprint.ts';
import { type PlainMap, stripProvenance, type YamlMap } from '../../../generator/core/provenance.ts';
import { parseEnvironments } from '../../../generator/environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../../../generator/environment/schema/environment-schema.ts';
import { planRepository } from '../../../generator/plan/plan-repository.ts';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { planOf, requireValue } from '../../../generator/testing/plan-of.ts';

interface Change {
  readonly example?: string;
  readonly inputs?: PlainMap;
  readonly overrides?: PlainMap;
}

const HIGH = 'zcompute-high-wildcard';
/** With Onyx its model servers would take their part of the GPU. */
const WITHOUT: PlainMap = { enabled: false };
const NO_GPU: PlainMap = { cluster: { nodeGroups: { gpu: null } } };

function textOf({ example, inputs = {}, overrides = {} }: Change): string {
  return environmentText({ ...overrides, apps: { ollama: inputs, onyx: WITHOUT } }, example);
}

function findApp(change: Change): AppPlan | undefined {
  return planOf(textOf(change)).apps.find(({ blueprint }) => blueprint.name === 'ollama')?.plan;
}

function planApp(change: Change): AppPlan {
  const plan = findApp(change);
  if (plan === undefined) throw new Error('Ollama is not wanted');
  return plan;
}

function plain(map: YamlMap | undefined): PlainMap {
  return stripProvenance(map ?? {}).plain as PlainMap;
}

function valuesOf(change: Change = {}): PlainMap {
  return plain(planApp(change).values);
}

function objectOf(file: string, change: Change = {}): PlainMap {
  return plain(planApp(change).manifests?.find((manifest) => manifest.file === file)?.object);
}

function variablesOf(change: Change): Record<string, string> {
  const list = valuesOf(change)['extraEnv'] as unknown as { name: string; value: string }[];
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

function findProblems(change: Change) {
  const files = [{ file: 'environment.yaml', text: textOf(change) }];
  const parsed = parseEnvironments(files, makeEnvironmentSchema(listInputSchemas()), listCatalogFacts());
  return planRepository(requireValue(parsed), catalog).problems.filter(({ code }) => code === 'PLAN-004');
}

describe('blueprints/apps/ollama/app.ts', () => {
  it.each([
    { name: 'is there with a GPU', change: {}, wanted: true },
    { name: 'is not there without one', change: { overrides: NO_GPU }, wanted: false },
    {
      name: 'is there without one if asked for',
      change: { overrides: NO_GPU, inputs: { enabled: true } },
      wanted: true,
    },
    { name: 'can be left out', change: { inputs: { enabled: false } }, wanted: false },
  ])('$name', ({ change, wanted }) => {
    const plan = findApp(change);

    expect(plan !== undefined).toBe(wanted);
  });

  it('single: one replica that makes room for its successor', () => {
    const values = valuesOf();

    expect(values).toMatchObject({ replicaCount: 1, updateStrategy: { type: 'Recreate' } });
    expect(values).not.toHaveProperty('affinity');
    expect(objectOf('ollama-budget')).toEqual({});
  });

  it('high: two replicas on two nodes, replaced one after the other without room for a third', () => {
    const values = valuesOf({ example: HIGH });

    expect(values).toMatchObject({
      replicaCount: 2,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }],
        },
      },
      topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname' }],
    });
    expect(objectOf('ollama-budget', { example: HIGH })).toMatchObject({
      kind: 'PodDisruptionBudget',
      spec: { maxUnavailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': 'ollama' } } },
    });
  });

  it('asks for its GPU in limits, with the runtime class and on the nodes that have it', () => {
    const values = valuesOf();

    expect(values).toMatchObject({
      ollama: { gpu: { enabled: true, number: 25 } },
      resources: { limits: { 'nvidia.com/gpu': 25 } },
      runtimeClassName: 'nvidia',
      nodeSelector: { 'nvidia.com/device-plugin.config': 'tesla-27b8' },
      initContainers: [{ name: 'await-models', resources: { limits: { 'nvidia.com/gpu': 25 } } }],
    });
  });

  it('runs on the CPU of workers without any trace of a GPU', () => {
    const change = { overrides: NO_GPU, inputs: { enabled: true } };

    const text = JSON.stringify([valuesOf(change), objectOf('model-sync', change)]);

    expect(text).not.toContain('nvidia.com');
    expect(valuesOf(change)).toMatchObject({
      ollama: { gpu: { enabled: false } },
      nodeSelector: { 'rootstock.dev/role': 'worker' },
      initContainers: [{ env: [{ name: 'EXPECT_GPU', value: 'false' }] }],
    });
  });

  it.each([
    { name: 'nothing said', inputs: {}, config: 'tesla-26b9', slices: 49, tolerations: undefined },
    {
      name: 'a model in any case',
      inputs: { gpuModel: 'l4' },
      config: 'tesla-27b8',
      slices: 25,
      tolerations: undefined,
    },
    {
      name: 'a model whose nodes have a taint of their own',
      inputs: { gpuModel: 'A16' },
      config: 'tesla-25b6',
      slices: 8,
      tolerations: [{ key: 'example.com/batch', operator: 'Equal', value: 'true', effect: 'NoSchedule' }],
    },
  ])('of several GPU models takes the right one: $name', ({ inputs, config, slices, tolerations }) => {
    const values = valuesOf({ example: 'gpu-mix', inputs: { ...inputs, models: ['llama3.2:3b'] } });

    expect(values['nodeSelector']).toEqual({ 'nvidia.com/device-plugin.config': config });
    expect(values['tolerations']).toEqual(tolerations);
    expect(values).toMatchObject({ resources: { limits: { 'nvidia.com/gpu': slices } } });
  });

  it('fetches models where it serves them, and nowhere else', () => {
    const change = { example: 'gpu-mix', inputs: { gpuModel: 'A16', models: ['llama3.2:3b'] } };

    const sync = objectOf('model-sync', change);

    expect(sync).toMatchObject({
      spec: {
        template: {
          spec: {
            nodeSelector: { 'nvidia.com/device-plugin.config': 'tesla-25b6' },
            tolerations: [
              { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
              { key: 'example.com/batch', operator: 'Equal', value: 'true', effect: 'NoSchedule' },
            ],
          },
        },
      },
    });
  });

  it.each([
    { name: 'a whole GPU', inputs: {}, target: undefined },
    { name: 'part of a GPU', inputs: { gpuSlices: 12 }, target: '5120' },
    { name: 'part of a GPU and a number', inputs: { gpuSlices: 12, gpuReserveMiB: 9000 }, target: '9000' },
    { name: 'a whole GPU and a number', inputs: { gpuReserveMiB: 2000 }, target: '2000' },
  ])('leaves memory to others: $name', ({ inputs, target }) => {
    const variables = variablesOf({ inputs });

    expect(variables['LLAMA_ARG_FIT_TARGET']).toBe(target);
  });

  it.each([
    { input: 'contextLength', value: 8192, variable: 'OLLAMA_CONTEXT_LENGTH', expected: '8192' },
    { input: 'parallel', value: 4, variable: 'OLLAMA_NUM_PARALLEL', expected: '4' },
    { input: 'keepAlive', value: '30m', variable: 'OLLAMA_KEEP_ALIVE', expected: '30m' },
    { input: 'kvCacheType', value: 'f16', variable: 'OLLAMA_KV_CACHE_TYPE', expected: 'f16' },
    { input: 'promptCacheMiB', value: 0, variable: 'LLAMA_ARG_CACHE_RAM', expected: '0' },
  ])('$input reaches $variable', ({ input, value, variable, expected }) => {
    const variables = variablesOf({ inputs: { [input]: value } });

    expect(variables[variable]).toBe(expected);
  });

  it('quantizes the context only with flash attention', () => {
    const variables = variablesOf({});

    expect(variables).toMatchObject({ OLLAMA_KV_CACHE_TYPE: 'q8_0', OLLAMA_FLASH_ATTENTION: '1' });
  });

  it('paused: no replica and no budget, and the models stay', () => {
    const change = { example: HIGH, inputs: { paused: true } };

    const plan = planApp(change);

    expect(valuesOf(change)['replicaCount']).toBe(0);
    expect(objectOf('ollama-budget', change)).toEqual({});
    expect(objectOf('model-sync', change)).toEqual(objectOf('model-sync', { example: HIGH }));
    expect(plan.workloads?.[0]).toMatchObject({ replicas: 0, hasBudget: false });
  });

  it('adds a model without touching a pod', () => {
    const inputs = { models: ['llama3.2:3b', 'nomic-embed-text:v1.5'] };

    expect(valuesOf({ inputs })).toEqual(valuesOf());
    expect(objectOf('model-sync', { inputs })).toEqual(objectOf('model-sync'));
    expect(objectOf('model-list', { inputs })).toMatchObject({
      data: { models: 'llama3.2:3b\nnomic-embed-text:v1.5\n' },
    });
  });

  it('serves from a store that it cannot write, and pulls nothing itself', () => {
    const values = valuesOf();

    expect(values['volumeMounts']).toContainEqual({ name: 'models', mountPath: '/models', readOnly: true });
    expect(values['ollama']).not.toHaveProperty('models');
  });

  it('lets in Onyx and whom it is told to, on its port only', () => {
    const policy = objectOf('network-policy-ollama', { inputs: { allowedNamespaces: ['notebooks', 'bots'] } });

    expect(policy).toMatchObject({
      spec: {
        policyTypes: ['Egress', 'Ingress'],
        ingress: [
          {
            from: [{ namespaceSelector: { matchExpressions: [{ values: ['bots', 'notebooks', 'onyx'] }] } }],
            ports: [{ protocol: 'TCP', port: 11434 }],
          },
        ],
      },
    });
  });

  it('names the registries that models come from', () => {
    const hosts = planApp({ inputs: { models: ['hf.co/acme/chat:Q4_K_M'] } }).egress?.map(({ host }) => host);

    expect(hosts).toContain('hf.co');
    expect(hosts).not.toContain('registry.ollama.ai');
  });

  it.each([
    {
      name: 'a GPU that no group has',
      change: { example: 'gpu-mix', inputs: { gpuModel: 'H100' } },
      key: 'apps.ollama.gpuModel',
      message: 'no node group has the GPU H100; there are A16, L4, L40S.',
      hint: 'write gpuModel: A16',
    },
    {
      name: 'more slices than a node has',
      change: { inputs: { gpuSlices: 26 } },
      key: 'apps.ollama.gpuSlices',
      message: '26 slices for one replica are more than the 25 that a node with L4 offers.',
      hint: 'write gpuSlices: 25 for one whole GPU, or leave it out',
    },
    {
      name: 'slices without a GPU',
      change: { overrides: NO_GPU, inputs: { enabled: true, gpuSlices: 4 } },
      key: 'apps.ollama.gpuSlices',
      message: 'gpuSlices is 4, but no node group has a GPU.',
      hint: 'leave gpuSlices out, or give a node group a gpu',
    },
    {
      name: 'a model of ollama.com',
      change: { inputs: { models: ['llama3.2:3b', 'gpt-oss:120b-cloud'] } },
      key: 'apps.ollama.models[1]',
      message: 'gpt-oss:120b-cloud runs on ollama.com and would send every question there.',
      hint: 'choose a tag without cloud',
    },
    {
      name: 'a limit below the reservation',
      change: { inputs: { memoryGiB: 30 } },
      key: 'apps.ollama.memoryLimitGiB',
      message: 'a limit of 24 GiB is less than the 30 GiB that a replica reserves.',
      hint: 'write memoryLimitGiB: 30',
    },
    {
      name: 'a limit that the prompt caches outgrow',
      change: { inputs: { promptCacheMiB: 32768 } },
      key: 'apps.ollama.memoryLimitGiB',
      message: '1 models with a prompt cache of 32768 MiB each may take 34 GiB, and the limit is 24 GiB.',
      hint: 'write memoryLimitGiB: 34, or a smaller promptCacheMiB',
    },
    {
      name: 'more context than a model was trained for',
      change: { inputs: { models: ['qwen3:8b', 'phi4:14b'] } },
      key: 'apps.ollama.contextLength',
      message: 'phi4:14b was trained for 16384 tokens of context, and contextLength is 32768.',
      hint: 'write contextLength: 16384',
    },
    {
      name: 'numbers of a model that is not listed',
      change: { inputs: { modelFacts: { 'acme:1b': { weightsMiB: 1, layers: 1, kvHeads: 1, headDim: 64 } } } },
      key: 'apps.ollama.modelFacts["acme:1b"]',
      message: 'modelFacts has numbers for acme:1b, which is not in models.',
      hint: 'add acme:1b to models, or remove its numbers',
    },
  ])('refuses $name', ({ change, key, message, hint }) => {
    const problems = findProblems(change);

    expect(problems).toMatchObject([{ code: 'PLAN-004', severity: 'error', key, message, hint }]);
  });

  it.each(['llama3.2', 'a b:1', 'http://x/y/z:1', 'registry:5000/a/b:1', '-x:1'])(
    'refuses the model name %s',
    (model) => {
      expect(() => planOf(textOf({ inputs: { models: [model] } }))).toThrow('apps.ollama.models[0]');
    },
  );
});
