// Models and settings → the GPU memory they take, and smaller choices for where it does not fit.
import type {
  AppContext,
  GpuMemoryClaim,
  GpuMemoryItem,
  GpuMemoryLoad,
  InputFinding,
  ServedModel,
} from '../../../generator/core/blueprint.ts';
import { LONGEST_CHECKED_TOKENS, sizeModel } from '../../../generator/core/gpu-memory.ts';
import { findLanguageModel, findUsualTag, type LanguageModel } from '../../../generator/core/language-models.ts';
import type { Inputs } from './inputs.ts';
import { URL_IN_CLUSTER } from './names.ts';
import { findReserve, type Placement } from './placement.ts';

/** Halves of the context are tried down to here. */
const LEAST_CONTEXT = 4096;

/** None on the CPU or while paused. */
export function planGpuMemory({ inputs }: AppContext<Inputs>, { gpu }: Placement): GpuMemoryClaim[] {
  if (gpu === undefined || inputs.paused) return [];
  const reserveMiB = findReserve(inputs, gpu);
  return [
    {
      workload: 'ollama',
      configName: gpu.configName,
      slices: gpu.slices,
      ...(reserveMiB === undefined ? {} : { reserveMiB }),
      key: 'apps.ollama.models',
      ...loadOf(inputs),
      choices: listChoices(inputs),
      uncheckedHint:
        'write apps.ollama.modelFacts with numbers of `/api/show`, or look at `ollama ps` once it is loaded',
    },
  ];
}

/** What others may ask Ollama for. A model that nobody knows is taken for one that answers questions. */
export function listServedModels({ models, modelFacts, contextLength }: Inputs): ServedModel[] {
  return models.map((name) => {
    const model = findModel(modelFacts, name);
    return {
      name,
      url: URL_IN_CLUSTER,
      contextTokens: Math.min(contextLength, model?.contextLength ?? contextLength),
      isEmbedding: model?.embedding === true,
      seesImages: (model?.projectorMiB ?? 0) > 0,
    };
  });
}

/** Numbers for models that are not listed, and a context beyond what a listed model was trained for. */
export function findModelFactProblems({ models, modelFacts, contextLength }: Inputs): InputFinding[] {
  const unused = Object.keys(modelFacts)
    .filter((tag) => !models.includes(tag))
    .sort();
  const short = models.flatMap((tag) => {
    const model = findModel(modelFacts, tag);
    const most = model?.embedding === true ? undefined : model?.contextLength;
    return most !== undefined && most < contextLength ? [{ tag, most }] : [];
  });
  return [
    ...unused.map((tag) => ({
      key: `apps.ollama.modelFacts["${tag}"]`,
      message: `modelFacts has numbers for ${tag}, which is not in models.`,
      hint: `add ${tag} to models, or remove its numbers`,
    })),
    ...short.map(({ tag, most }) => ({
      key: 'apps.ollama.contextLength',
      message: `${tag} was trained for ${most} tokens of context, and contextLength is ${contextLength}.`,
      hint: `write contextLength: ${most}`,
    })),
  ];
}

/** Kept for ever: all at once. Otherwise Ollama unloads one when the next does not fit. */
function loadOf(inputs: Inputs): GpuMemoryLoad {
  return { items: inputs.models.map((tag) => sizeItem(tag, inputs)), together: inputs.keepAlive === '-1' };
}

function sizeItem(tag: string, { modelFacts, contextLength, parallel, kvCacheType }: Inputs): GpuMemoryItem {
  const model = findModel(modelFacts, tag);
  if (model === undefined)
    return { name: tag, weightsMiB: 0, contextMiB: 0, otherMiB: 0, unchecked: 'it is not in the catalogue of models' };
  const { tokens, ...memory } = sizeModel(model, { contextLength, parallel, kvCacheType });
  if (tokens <= LONGEST_CHECKED_TOKENS || model.attention === undefined) return { name: tag, ...memory };
  const unchecked = `${tokens} tokens of context are more than the ${LONGEST_CHECKED_TOKENS} for which its buffers are known`;
  return { name: tag, ...memory, unchecked };
}

function findModel(modelFacts: Inputs['modelFacts'], tag: string): LanguageModel | undefined {
  const facts = modelFacts[tag];
  if (facts === undefined) return findLanguageModel(tag);
  const { layers, kvHeads, headDim, ...rest } = facts;
  return { ...rest, ...(layers === 0 ? {} : { attention: { layers, kvHeads, headDim } }) };
}

/** The least painful first: fewer at once, a smaller context, a coarser one, other weights, fewer models. */
function listChoices(inputs: Inputs): GpuMemoryClaim['choices'] {
  const { models, keepAlive } = inputs;
  const changes: Partial<Inputs>[] = [
    ...listServingChanges(inputs),
    ...(keepAlive === '-1' && models.length > 1 ? [{ keepAlive: '30m' }] : []),
    ...listModelChanges(models),
  ];
  const least = {
    parallel: 1,
    contextLength: Math.min(inputs.contextLength, LEAST_CONTEXT),
    kvCacheType: 'q8_0' as const,
  };
  const combined = listModelChanges(models).map((change) => ({ ...least, ...change }));
  return [...changes, least, ...combined].map((change) => ({
    hint: `write ${formatChange(inputs, change)}`,
    ...loadOf({ ...inputs, ...change }),
  }));
}

function listServingChanges({ parallel, contextLength, kvCacheType }: Inputs): Partial<Inputs>[] {
  const fewer = Array.from({ length: parallel - 1 }, (_, index) => ({ parallel: parallel - 1 - index }));
  const shorter: Partial<Inputs>[] = [];
  for (let tokens = contextLength / 2; tokens >= LEAST_CONTEXT; tokens = Math.floor(tokens / 2))
    shorter.push({ contextLength: Math.floor(tokens) });
  return [
    ...(kvCacheType === 'f16' ? [{ kvCacheType: 'q8_0' as const }] : []),
    ...fewer,
    ...shorter,
    ...shorter.map((change) => ({ ...change, parallel: 1 })),
    ...(kvCacheType === 'q4_0' ? [] : [{ kvCacheType: 'q4_0' as const }]),
  ];
}

/** The usual quantization in place of larger ones; then the most important models only. */
function listModelChanges(models: readonly string[]): { models: string[] }[] {
  const usual = models.map((tag) => findUsualTag(tag) ?? tag);
  const fewer = Array.from({ length: models.length - 1 }, (_, index) => models.slice(0, models.length - 1 - index));
  return [...(usual.join() === models.join() ? [] : [usual]), ...fewer].map((list) => ({ models: [...new Set(list)] }));
}

/** `parallel: 1 and contextLength: 8192`: what differs only. */
function formatChange(inputs: Inputs, change: Partial<Inputs>): string {
  const names = ['models', 'contextLength', 'parallel', 'kvCacheType', 'keepAlive'] as const;
  return names
    .filter((name) => change[name] !== undefined && change[name] !== inputs[name])
    .map((name) => {
      const value = change[name];
      return `${name}: ${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}`;
    })
    .join(' and ');
}
