// Inputs of Ollama: `apps.ollama` of an environment file.
import Type, { type Static } from 'typebox';
import { key } from '../../../generator/core/schema-key.ts';

/** `host/namespace/model:tag`, the first two optional. A tag is asked for: `latest` is another model every few weeks. */
const MODEL =
  '^([A-Za-z0-9][A-Za-z0-9.-]*/[A-Za-z0-9_-]+/|[A-Za-z0-9_-]+/)?[A-Za-z0-9_][A-Za-z0-9._-]*:[A-Za-z0-9_][A-Za-z0-9._-]*$';

/** What decides the GPU memory of a model; Ollama's `/api/show` gives most of it as `model_info`. */
const MODEL_FACTS = Type.Object(
  {
    weightsMiB: Type.Integer(
      key({
        description: 'Size of the model in MiB: 954 for each GB that `ollama list` shows.',
        takesEffect: 'commit',
        examples: [8870],
        minimum: 1,
        maximum: 16777216,
      }),
    ),
    layers: Type.Integer(
      key({
        description:
          'Layers that keep the whole context (`block_count`; fewer where some keep none); 0 for an encoder.',
        takesEffect: 'commit',
        examples: [40],
        minimum: 0,
        maximum: 1024,
      }),
    ),
    kvHeads: Type.Integer(
      key({
        description: 'Heads of keys and values (`attention.head_count_kv`).',
        takesEffect: 'commit',
        examples: [8],
        minimum: 0,
        maximum: 1024,
      }),
    ),
    headDim: Type.Integer(
      key({
        description: 'Numbers for each head (`attention.key_length`).',
        takesEffect: 'commit',
        examples: [128],
        minimum: 0,
        maximum: 4096,
      }),
    ),
    contextLength: Type.Optional(
      Type.Integer(
        key({
          description:
            'Tokens that the model was trained for (`context_length`). Absent: as many as `contextLength` asks for.',
          takesEffect: 'commit',
          examples: [40960],
          minimum: 1,
          maximum: 16777216,
        }),
      ),
    ),
    recurrentMiB: Type.Integer(
      key({
        description: 'State of recurrent layers for each request, in MiB.',
        takesEffect: 'commit',
        default: 0,
        minimum: 0,
        maximum: 1048576,
      }),
    ),
    projectorMiB: Type.Integer(
      key({
        description: 'Size of the vision projector, in MiB.',
        takesEffect: 'commit',
        default: 0,
        minimum: 0,
        maximum: 1048576,
      }),
    ),
    vocabulary: Type.Integer(
      key({
        description: 'Tokens of the vocabulary; the default is more than most have.',
        takesEffect: 'commit',
        default: 262144,
        minimum: 1,
        maximum: 16777216,
      }),
    ),
    width: Type.Integer(
      key({
        description: 'Length of the vector of a token (`embedding_length`).',
        takesEffect: 'commit',
        default: 8192,
        minimum: 1,
        maximum: 1048576,
      }),
    ),
    oneSlot: Type.Boolean(
      key({
        description: 'Ollama answers one request at a time with this model.',
        takesEffect: 'commit',
        default: false,
      }),
    ),
    embedding: Type.Boolean(
      key({
        description: 'The model makes vectors for search; it gets no more context than it was trained for.',
        takesEffect: 'commit',
        default: false,
      }),
    ),
  },
  { additionalProperties: false },
);

export const inputs = Type.Object(
  {
    enabled: Type.Optional(
      Type.Boolean(
        key({
          description:
            'Run Ollama. Absent: where the environment has a GPU. `true` without a GPU runs it on the CPU of worker nodes, many times slower.',
          takesEffect: 'commit',
          examples: [true],
        }),
      ),
    ),
    models: Type.Array(
      Type.String({ pattern: MODEL, 'x-shape': 'a model with its tag, such as llama3.2:3b' }),
      key({
        description:
          'Models to have on every node that serves, in order of importance: the first is fetched first and loaded first. Adding one restarts nothing; it is served on each node as soon as it is there.',
        takesEffect: 'commit',
        default: ['llama3.2:3b'],
        examples: [['llama3.1:8b-instruct-q8_0', 'nomic-embed-text:v1.5']],
        minItems: 1,
        maxItems: 16,
        uniqueItems: true,
      }),
    ),
    modelFacts: Type.Record(Type.String({ pattern: MODEL }), MODEL_FACTS, {
      ...key({
        description:
          'Numbers of listed models that the catalogue does not have (`rootstock catalog --models` lists those it has), or has wrong, by tag; `/api/show` of Ollama has them in `model_info`. Without them nobody can tell whether such a model fits into a GPU.',
        takesEffect: 'commit',
        default: {},
        examples: [
          {
            'hf.co/acme/chat:Q4_K_M': { weightsMiB: 8870, layers: 40, kvHeads: 8, headDim: 128, contextLength: 40960 },
          },
        ],
      }),
      additionalProperties: false,
    }),
    prune: Type.Boolean(
      key({
        description: 'Remove models that are no longer listed from the nodes, once all listed ones are there.',
        takesEffect: 'commit',
        default: false,
      }),
    ),
    storeGiB: Type.Integer(
      key({
        description:
          'Disk that models may take on each node, in GiB. Fetching stops before more is used, or before less than a tenth of the disk is free.',
        takesEffect: 'commit',
        default: 60,
        minimum: 2,
        maximum: 16000,
      }),
    ),
    gpuModel: Type.Optional(
      Type.String(
        key({
          description:
            'GPU model to run on, where the environment has several. Absent: the one with the most memory whose nodes have no taints of their own.',
          takesEffect: 'commit',
          examples: ['L40S'],
          minLength: 1,
          maxLength: 60,
        }),
      ),
    ),
    gpuSlices: Type.Optional(
      Type.Integer(
        key({
          description:
            'Time slices of a GPU for each replica. Absent: all slices of one GPU but those that the model servers of Onyx take. Fewer leave some to other apps; slices share time, and memory only by agreement.',
          takesEffect: 'commit',
          examples: [12],
          minimum: 1,
          maximum: 16384,
        }),
      ),
    ),
    gpuReserveMiB: Type.Optional(
      Type.Integer(
        key({
          description:
            'Memory of each GPU, in MiB, that loading a model leaves free for others. Absent: 5120 where `gpuSlices` leaves part of a GPU to other apps, and what Ollama keeps by itself (about 1024) where it does not.',
          takesEffect: 'commit',
          examples: [8192],
          minimum: 0,
          maximum: 1048576,
        }),
      ),
    ),
    contextLength: Type.Integer(
      key({
        description:
          'Tokens of context for requests that do not ask for their own number. The GPU memory for it is taken when a model is loaded, once for each of `parallel`.',
        takesEffect: 'commit',
        default: 32768,
        minimum: 2048,
        maximum: 1048576,
      }),
    ),
    parallel: Type.Integer(
      key({
        description:
          'Requests that one loaded model answers at the same time; further ones queue. Some model families take one at a time whatever this says.',
        takesEffect: 'commit',
        default: 2,
        minimum: 1,
        maximum: 64,
      }),
    ),
    kvCacheType: Type.Unsafe<'f16' | 'q8_0' | 'q4_0'>({
      type: 'string',
      enum: ['f16', 'q8_0', 'q4_0'],
      ...key({
        description:
          'Precision of the context in GPU memory: q8_0 takes about half of f16, q4_0 about a quarter at a visible cost in quality.',
        takesEffect: 'commit',
        default: 'q8_0',
      }),
    }),
    keepAlive: Type.String(
      key({
        description: 'How long an idle model stays loaded; -1 for ever.',
        takesEffect: 'commit',
        default: '-1',
        examples: ['-1', '30m', '24h'],
        pattern: '^(-1|[1-9][0-9]*(s|m|h))$',
        shape: '-1, or a number with s, m or h',
      }),
    ),
    preload: Type.Boolean(
      key({
        description:
          'Load the first model before a replica counts as ready. Without it the first question waits for the load.',
        takesEffect: 'commit',
        default: true,
      }),
    ),
    promptCacheMiB: Type.Integer(
      key({
        description:
          'Main memory, in MiB, in which each loaded model keeps contexts of earlier requests; 0 for none. The memory limit has to cover it.',
        takesEffect: 'commit',
        default: 4096,
        minimum: 0,
        maximum: 1048576,
      }),
    ),
    cpuMillis: Type.Integer(
      key({
        description: 'Thousandths of a CPU that each replica reserves. There is no CPU limit.',
        takesEffect: 'commit',
        default: 2000,
        minimum: 100,
        maximum: 512000,
      }),
    ),
    memoryGiB: Type.Integer(
      key({
        description: 'Main memory that each replica reserves, in GiB. On the CPU models live here as well.',
        takesEffect: 'commit',
        default: 8,
        minimum: 1,
        maximum: 4096,
      }),
    ),
    memoryLimitGiB: Type.Integer(
      key({
        description:
          'Main memory at which a replica is killed, in GiB. Files of models count only while there is room for them.',
        takesEffect: 'commit',
        default: 24,
        minimum: 1,
        maximum: 4096,
      }),
    ),
    paused: Type.Boolean(
      key({
        description: 'Stop serving, with no replica, and keep the models on the nodes that stay.',
        takesEffect: 'commit',
        default: false,
      }),
    ),
    allowedNamespaces: Type.Array(
      Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$', 'x-shape': 'the name of a namespace' }),
      key({
        description:
          'Namespaces beside that of Onyx whose pods may call Ollama. It has no authentication: whoever reaches it may use it.',
        takesEffect: 'commit',
        default: [],
        examples: [['notebooks']],
        uniqueItems: true,
      }),
    ),
  },
  { additionalProperties: false },
);

export type Inputs = Static<typeof inputs>;
