// The language models whose memory Rootstock can compute: size of the file and shape of the attention, for each tag.

/** Layers that keep keys and values; both have `headDim` numbers for each head. */
export interface AttentionShape {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** What decides how much GPU memory a model takes. */
export interface LanguageModel {
  /** Size of the file in MiB; an upper bound of what the GPU holds of it. */
  readonly weightsMiB: number;
  /** Layers that keep the whole context; absent for encoders, which keep none. */
  readonly attention?: AttentionShape;
  /** Layers that keep the last `window` tokens only. */
  readonly sliding?: AttentionShape & { readonly window: number };
  /** State of recurrent layers, in MiB for each request that is answered at the same time. */
  readonly recurrentMiB?: number;
  /** Default: an upper bound of what is in use, 262144. */
  readonly vocabulary?: number;
  /** Length of a token's vector (`embedding_length`). Default: 8192, the most of the models below. */
  readonly width?: number;
  /** Vision projector, in MiB. */
  readonly projectorMiB?: number;
  /** Tokens that it was trained for; Ollama never gives it more. */
  readonly contextLength?: number;
  /** Ollama answers one request at a time with it, whatever OLLAMA_NUM_PARALLEL says. */
  readonly oneSlot?: boolean;
  /** Makes vectors, and gets less context than asked for if it was trained for less. */
  readonly embedding?: boolean;
}

/** A model of the catalogue; `tags` are what it is called at ollama.com. */
export interface CatalogueModel extends LanguageModel {
  readonly tags: readonly string[];
  /** In thousand millions, for the sizes of other quantizations. */
  readonly parameters: number;
}

const LLAMA3 = 128256;
const QWEN = 151936;
const QWEN35 = 248320;
const GEMMA = 262144;
const TEKKEN = 131072;
const GPT_OSS = 201088;
/** No source gives sizes of projectors; those known to us stay below. */
const VISION = 1024;
/** ollama.com gives sizes in decimal GB with two digits. */
const MIB_PER_GB = 1_000_000_000 / 1_048_576;

type Rest = Omit<CatalogueModel, 'tags' | 'parameters' | 'weightsMiB' | 'attention'>;

function model(
  tags: string,
  parameters: number,
  gigabytes: number,
  shape: readonly [layers: number, kvHeads: number, headDim: number] | undefined,
  rest: Rest,
): CatalogueModel {
  const [layers, kvHeads, headDim] = shape ?? [];
  const known = layers !== undefined && kvHeads !== undefined && headDim !== undefined;
  return {
    tags: tags.split(' '),
    parameters,
    weightsMiB: Math.ceil(gigabytes * MIB_PER_GB),
    ...(known ? { attention: { layers, kvHeads, headDim } } : {}),
    ...rest,
  };
}

/**
 * In order of their first tags. Left out because a number that decides is not known: gemma4:12b, granite4,
 * nemotron-3-nano, command-r, command-r7b, deepseek-v2 and -v3, llama3.2-vision.
 * @see sizes: https://ollama.com/library as recorded in Jeffser/Alpaca d1577de (2026-06), quantized to about five bits;
 * shapes: config.json of the models as in ai-dynamo/aiconfigurator 095f58a, pytorch/torchtune bd2a0fc,
 * AI-Hypercomputer/maxtext e591f30, THUDM/slime 624b824; forced to one slot: ollama v0.32.15 server/sched.go;
 * state of qwen3.5:4b and 9b, shapes of mistral-nemo and qwen3-embedding: not verified
 */
export const LANGUAGE_MODELS: readonly CatalogueModel[] = [
  model('bge-m3:567m bge-m3:latest', 0.567, 1.2, undefined, { contextLength: 8192, oneSlot: true, embedding: true }),
  model('deepseek-r1:70b', 70.6, 43, [80, 8, 128], { vocabulary: LLAMA3, width: 8192, contextLength: 131072 }),
  model('deepseek-r1:7b', 7.6, 4.7, [28, 4, 128], { vocabulary: QWEN, contextLength: 131072 }),
  model('deepseek-r1:8b', 8.2, 5.2, [36, 8, 128], { vocabulary: QWEN, width: 4096, contextLength: 131072 }),
  model('deepseek-r1:14b', 14.8, 9, [48, 8, 128], { vocabulary: QWEN, contextLength: 131072 }),
  model('deepseek-r1:32b', 32.8, 20, [64, 8, 128], { vocabulary: QWEN, contextLength: 131072 }),
  model('devstral:24b', 24, 14, [40, 8, 128], { vocabulary: TEKKEN, contextLength: 131072 }),
  model('gemma2:9b', 9.2, 5.4, [21, 8, 256], {
    sliding: { layers: 21, kvHeads: 8, headDim: 256, window: 4096 },
    vocabulary: GEMMA,
    contextLength: 8192,
  }),
  model('gemma2:27b', 27.2, 16, [23, 16, 128], {
    sliding: { layers: 23, kvHeads: 16, headDim: 128, window: 4096 },
    vocabulary: GEMMA,
    contextLength: 8192,
  }),
  model('gemma3:4b', 4.3, 3.338801804, [5, 4, 256], {
    sliding: { layers: 29, kvHeads: 4, headDim: 256, window: 1024 },
    vocabulary: GEMMA,
    projectorMiB: VISION,
    contextLength: 131072,
  }),
  model('gemma3:12b', 12.2, 8.1, [8, 8, 256], {
    sliding: { layers: 40, kvHeads: 8, headDim: 256, window: 1024 },
    vocabulary: GEMMA,
    projectorMiB: VISION,
    contextLength: 131072,
  }),
  model('gemma3:27b', 27.4, 17, [10, 16, 128], {
    sliding: { layers: 52, kvHeads: 16, headDim: 128, window: 1024 },
    vocabulary: GEMMA,
    width: 5376,
    projectorMiB: VISION,
    contextLength: 131072,
  }),
  model('gemma4:26b', 26, 18, [5, 2, 512], {
    sliding: { layers: 25, kvHeads: 8, headDim: 256, window: 1024 },
    vocabulary: GEMMA,
    projectorMiB: VISION,
    contextLength: 262144,
  }),
  model('gemma4:31b', 31, 20, [10, 4, 512], {
    sliding: { layers: 50, kvHeads: 16, headDim: 256, window: 1024 },
    vocabulary: GEMMA,
    projectorMiB: VISION,
    contextLength: 262144,
  }),
  model('gemma4:e4b gemma4:latest', 8, 9.6, [4, 2, 512], {
    sliding: { layers: 20, kvHeads: 2, headDim: 256, window: 512 },
    vocabulary: GEMMA,
    projectorMiB: VISION,
    contextLength: 131072,
  }),
  model('gpt-oss:20b', 20.9, 14, [12, 8, 64], {
    sliding: { layers: 12, kvHeads: 8, headDim: 64, window: 128 },
    vocabulary: GPT_OSS,
    width: 2880,
    contextLength: 131072,
  }),
  model('gpt-oss:120b', 117, 65, [18, 8, 64], {
    sliding: { layers: 18, kvHeads: 8, headDim: 64, window: 128 },
    vocabulary: GPT_OSS,
    width: 2880,
    contextLength: 131072,
  }),
  model('granite3.3:8b', 8.2, 4.9, [40, 8, 128], { contextLength: 131072 }),
  model('llama3.1:8b', 8.03, 4.9, [32, 8, 128], { vocabulary: LLAMA3, width: 4096, contextLength: 131072 }),
  model('llama3.2:1b', 1.24, 1.3, [16, 8, 64], { vocabulary: LLAMA3, width: 2048, contextLength: 131072 }),
  model('llama3.2:3b', 3.21, 2, [28, 8, 128], { vocabulary: LLAMA3, width: 3072, contextLength: 131072 }),
  model('llama3.3:70b llama3.1:70b', 70.6, 42.520413916, [80, 8, 128], {
    vocabulary: LLAMA3,
    width: 8192,
    contextLength: 131072,
  }),
  model('llama4:16x17b', 109, 67, [48, 8, 128], { projectorMiB: VISION, contextLength: 10485760 }),
  model('magistral:24b', 24, 14, [40, 8, 128], { vocabulary: TEKKEN, contextLength: 131072 }),
  model('ministral-3:3b', 3.8, 3, [26, 8, 128], { vocabulary: TEKKEN, projectorMiB: VISION, contextLength: 262144 }),
  model('ministral-3:8b', 8.8, 6, [34, 8, 128], { vocabulary: TEKKEN, projectorMiB: VISION, contextLength: 262144 }),
  model('ministral-3:14b', 13.9, 9.1, [40, 8, 128], {
    vocabulary: TEKKEN,
    projectorMiB: VISION,
    contextLength: 262144,
  }),
  model('mistral-nemo:12b', 12.2, 7.1, [40, 8, 128], { vocabulary: TEKKEN, contextLength: 131072 }),
  model('mistral-small3.2:24b', 24, 15, [40, 8, 128], {
    vocabulary: TEKKEN,
    projectorMiB: VISION,
    contextLength: 131072,
  }),
  model('mistral-small:24b', 24, 14, [40, 8, 128], { vocabulary: TEKKEN, contextLength: 32768 }),
  model('mistral:7b', 7.2, 4.4, [32, 8, 128], { contextLength: 32768 }),
  model('mixtral:8x7b', 46.7, 26, [32, 8, 128], { vocabulary: 32000, contextLength: 32768 }),
  model('mixtral:8x22b', 141, 80, [56, 8, 128], { contextLength: 65536 }),
  model('mxbai-embed-large:335m mxbai-embed-large:latest mxbai-embed-large:v1', 0.334, 0.67, undefined, {
    contextLength: 512,
    oneSlot: true,
    embedding: true,
  }),
  model('nomic-embed-text:v1.5 nomic-embed-text:latest', 0.137, 0.27430245, undefined, {
    contextLength: 2048,
    oneSlot: true,
    embedding: true,
  }),
  model('phi4-mini:3.8b', 3.8, 2.5, [32, 8, 128], { contextLength: 131072 }),
  model('phi4:14b', 14.7, 9.1, [40, 10, 128], { vocabulary: 100352, contextLength: 16384 }),
  model('qwen2.5:7b', 7.6, 4.683087332, [28, 4, 128], { vocabulary: QWEN, contextLength: 32768 }),
  model('qwen2.5:14b', 14.8, 9, [48, 8, 128], { vocabulary: QWEN, contextLength: 32768 }),
  model('qwen2.5:32b', 32.8, 20, [64, 8, 128], { vocabulary: QWEN, contextLength: 32768 }),
  model('qwen2.5:72b', 72.7, 47, [80, 8, 128], { vocabulary: QWEN, contextLength: 32768 }),
  model('qwen3-coder:30b', 30.5, 19, [48, 4, 128], { vocabulary: QWEN, contextLength: 262144 }),
  model('qwen3-embedding:0.6b', 0.6, 0.64, [28, 8, 128], {
    vocabulary: QWEN,
    contextLength: 32768,
    oneSlot: true,
    embedding: true,
  }),
  model('qwen3-embedding:4b', 4, 2.5, [36, 8, 128], {
    vocabulary: QWEN,
    contextLength: 40960,
    oneSlot: true,
    embedding: true,
  }),
  model('qwen3-embedding:8b', 8.2, 4.7, [36, 8, 128], {
    vocabulary: QWEN,
    contextLength: 40960,
    oneSlot: true,
    embedding: true,
  }),
  model('qwen3-vl:8b', 8.8, 6.1, [36, 8, 128], {
    vocabulary: QWEN,
    projectorMiB: VISION,
    contextLength: 262144,
    oneSlot: true,
  }),
  model('qwen3-vl:30b', 31, 20, [48, 4, 128], {
    vocabulary: QWEN,
    projectorMiB: VISION,
    contextLength: 262144,
    oneSlot: true,
  }),
  model('qwen3-vl:32b', 33, 21, [64, 8, 128], {
    vocabulary: QWEN,
    projectorMiB: VISION,
    contextLength: 262144,
    oneSlot: true,
  }),
  model('qwen3.5:4b', 4.5, 3.4, [8, 4, 256], {
    recurrentMiB: 64,
    vocabulary: QWEN35,
    projectorMiB: VISION,
    contextLength: 262144,
    oneSlot: true,
  }),
  model('qwen3.5:9b', 9.5, 6.6, [8, 4, 256], {
    recurrentMiB: 64,
    vocabulary: QWEN35,
    projectorMiB: VISION,
    contextLength: 262144,
    oneSlot: true,
  }),
  model('qwen3.5:27b qwen3.6:27b', 27, 17, [16, 4, 256], {
    recurrentMiB: 150,
    vocabulary: QWEN35,
    projectorMiB: VISION,
    contextLength: 262144,
    oneSlot: true,
  }),
  model('qwen3.5:35b qwen3.6:35b', 35, 24, [10, 2, 256], {
    recurrentMiB: 63,
    vocabulary: QWEN35,
    projectorMiB: VISION,
    contextLength: 262144,
    oneSlot: true,
  }),
  model('qwen3.5:122b', 122, 81, [12, 2, 256], {
    recurrentMiB: 149,
    vocabulary: QWEN35,
    projectorMiB: VISION,
    contextLength: 262144,
    oneSlot: true,
  }),
  model('qwen3:4b', 4, 2.5, [36, 8, 128], { vocabulary: QWEN, contextLength: 40960 }),
  model('qwen3:8b', 8.2, 5.2, [36, 8, 128], { vocabulary: QWEN, width: 4096, contextLength: 40960 }),
  model('qwen3:14b', 14.8, 9.3, [40, 8, 128], { vocabulary: QWEN, width: 5120, contextLength: 40960 }),
  model('qwen3:30b', 30.5, 19, [48, 4, 128], { vocabulary: QWEN, contextLength: 40960 }),
  model('qwen3:32b', 32.8, 20, [64, 8, 128], { vocabulary: QWEN, width: 5120, contextLength: 40960 }),
  model('qwen3:235b', 235, 142, [94, 4, 128], { vocabulary: QWEN, contextLength: 40960 }),
  model('qwq:32b', 32.8, 20, [64, 8, 128], { vocabulary: QWEN, contextLength: 131072 }),
];

/**
 * Bytes for each weight of quantizations that are one type throughout, with 3 % for what is kept more precisely.
 * @see PyPI gguf 0.19.0 constants.py: 34 bytes for 32 numbers of Q8_0
 */
const BYTES_PER_WEIGHT: Readonly<Record<string, number>> = {
  q8_0: (34 / 32) * 1.03,
  fp16: 2 * 1.03,
  f16: 2 * 1.03,
  bf16: 2 * 1.03,
};
/** No larger than the catalogue's, which are of the same kind or of Q4_K_M. */
const USUAL = ['q4_0', 'q4_k_m', 'q4_k_s'];
const VARIANT =
  /^(?<base>[^:]+:[^-]+)(?:-(?:instruct|chat|text|it))?(?:-(?<quantization>q[0-9]_[0-9a-z_]+|b?f16|fp16))?$/i;

/**
 * Finds a tag's facts, exactly or as another quantization of a model that is known: `llama3.1:8b-instruct-q8_0`.
 * Undefined where the size would be a guess.
 */
export function findLanguageModel(tag: string): LanguageModel | undefined {
  const exact = findTag(tag);
  if (exact !== undefined) return exact;
  const { base, quantization } = VARIANT.exec(tag)?.groups ?? {};
  const known = base === undefined ? undefined : findTag(base);
  if (known === undefined) return undefined;
  const wanted = quantization?.toLowerCase();
  if (wanted === undefined || USUAL.includes(wanted)) return known;
  const bytes = BYTES_PER_WEIGHT[wanted];
  if (bytes === undefined) return undefined;
  return { ...known, weightsMiB: Math.ceil((known.parameters * 1e9 * bytes) / 1_048_576) };
}

/** The tag of the quantization that ollama.com gives by default: `llama3.1:8b` for `llama3.1:8b-instruct-q8_0`. */
export function findUsualTag(tag: string): string | undefined {
  const base = VARIANT.exec(tag)?.groups?.['base'];
  return base === undefined || base === tag || findTag(base) === undefined ? undefined : base;
}

function findTag(tag: string): CatalogueModel | undefined {
  return LANGUAGE_MODELS.find(({ tags }) => tags.includes(tag));
}
