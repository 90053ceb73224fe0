// Shape of a model, context, parallel requests → GPU memory it takes under Ollama 0.32 (llama-server).
import type { AttentionShape, LanguageModel } from './language-models.ts';

export type KvCacheType = 'f16' | 'q8_0' | 'q4_0';

/** How a model is served. */
export interface ModelLoad {
  /** Tokens for each request. */
  readonly contextLength: number;
  /** Requests answered at the same time; each has its own context. */
  readonly parallel: number;
  readonly kvCacheType: KvCacheType;
}

/** Parts of a model's memory, each in MiB and rounded up. */
export interface ModelMemory {
  readonly weightsMiB: number;
  /** Keys and values of all layers, and recurrent state. */
  readonly contextMiB: number;
  /** Buffers for computing, the driver's part and a vision projector with its reserve: on each GPU that takes part. */
  readonly otherMiB: number;
  /** Tokens of all requests together. */
  readonly tokens: number;
}

/** The process and its CUDA context beyond the buffers; with the margin that is left free it covers what was measured. */
const PROCESS_MIB = 300;
/** Ollama keeps this beside a projector. @see ollama v0.32.15 llm/llama_server.go:670-731 */
const PROJECTOR_RESERVE_MIB = 1024;
/** Encoders make no logits; the most that is said of one at 2048 tokens a batch, not verified. */
const ENCODER_COMPUTE_MIB = 1024;
const MAX_VOCABULARY = 262144;
const MAX_WIDTH = 8192;
const MIB = 1_048_576;

/** Bytes for each number. @see PyPI gguf 0.19.0 constants.py: blocks of 32 numbers take 34 and 18 bytes */
const BYTES: Readonly<Record<KvCacheType, number>> = { f16: 2, q8_0: 34 / 32, q4_0: 18 / 32 };

/** The buffers' formula was seen to hold up to here; a log with 262144 tokens shows three times as much. */
export const LONGEST_CHECKED_TOKENS = 131072;

/** Sums up a loaded model. The context is cut to what the model was trained for, and the requests where Ollama does so. */
export function sizeModel(model: LanguageModel, load: ModelLoad): ModelMemory {
  const contextLength = Math.min(load.contextLength, model.contextLength ?? load.contextLength);
  const parallel = model.oneSlot === true ? 1 : load.parallel;
  const batch = chooseBatch(model, contextLength, parallel);
  return {
    weightsMiB: model.weightsMiB,
    contextMiB: Math.ceil(
      toMiB(model.attention, contextLength * parallel, load.kvCacheType) +
        toMiB(model.sliding, countCells(model, contextLength, batch) * parallel, load.kvCacheType) +
        (model.recurrentMiB ?? 0) * parallel,
    ),
    otherMiB: Math.ceil(computeBuffers(model, contextLength * parallel, batch)) + PROCESS_MIB + visionMiB(model),
    tokens: contextLength * parallel,
  };
}

/** Keys and values of some layers in MiB. */
function toMiB(shape: AttentionShape | undefined, cells: number, type: KvCacheType): number {
  if (shape === undefined) return 0;
  return (cells * shape.layers * shape.kvHeads * 2 * shape.headDim * BYTES[type]) / MIB;
}

/** A sliding layer keeps its window and one batch, in steps of 256. @see llama.cpp b10488 llama-kv-cache-iswa.cpp */
function countCells({ sliding }: LanguageModel, contextLength: number, batch: number): number {
  if (sliding === undefined) return 0;
  return Math.ceil(Math.min(contextLength, sliding.window + batch) / 256) * 256;
}

/** Tokens computed at once: Ollama's own choice. @see ollama v0.32.15 server/sched.go:797-915 */
function chooseBatch({ embedding }: LanguageModel, contextLength: number, parallel: number): number {
  if (embedding === true) return Math.min(2048, contextLength);
  const tokens = contextLength * parallel;
  if (tokens <= 4096) return 512;
  return tokens <= 32768 ? 1024 : 2048;
}

/** Logits and hidden states in f32, and the attention mask. An upper bound: Ollama takes smaller batches when short. */
function computeBuffers(model: LanguageModel, tokens: number, batch: number): number {
  if (model.attention === undefined) return ENCODER_COMPUTE_MIB;
  const perToken = 4 * ((model.vocabulary ?? MAX_VOCABULARY) + (model.width ?? MAX_WIDTH));
  return (batch * (perToken + 6 * tokens)) / MIB;
}

function visionMiB({ projectorMiB }: LanguageModel): number {
  return projectorMiB === undefined || projectorMiB === 0 ? 0 : projectorMiB + PROJECTOR_RESERVE_MIB;
}
