import { describe, expect, it } from 'vitest';
import { catalog, listCatalogFacts, listInputSchemas } from '../../../generator/catalog/catalog.ts';
import type { PlainMap } from '../../../generator/core/provenance.ts';
import { parseEnvironments } from '../../../generator/environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../../../generator/environment/schema/environment-schema.ts';
import { planGpuMemory } from '../../../generator/plan/gpu-memory.ts';
import { planRepository } from '../../../generator/plan/plan-repository.ts';
import { environmentText } from '../../../generator/testing/environment-text.ts';
import { planOf, requireValue } from '../../../generator/testing/plan-of.ts';

/** On one replica with one L4 and no Onyx beside it, of which 22888 x 0.98 - 1024 = 21406 MiB can be used. */
function textOf(inputs: PlainMap, example?: string): string {
  return environmentText({ apps: { ollama: inputs, onyx: { enabled: false } } }, example);
}

function tableOf(inputs: PlainMap, example?: string) {
  return planGpuMemory(planOf(textOf(inputs, example)))[0];
}

function findProblems(inputs: PlainMap, example?: string) {
  const files = [{ file: 'environment.yaml', text: textOf(inputs, example) }];
  const parsed = parseEnvironments(files, makeEnvironmentSchema(listInputSchemas()), listCatalogFacts());
  return planRepository(requireValue(parsed), catalog).problems.filter(({ code }) => /^PLAN-01[34]$/.test(code));
}

const F16 = { kvCacheType: 'f16', parallel: 1 };
const ACME = { weightsMiB: 8870, layers: 40, kvHeads: 8, headDim: 128, vocabulary: 151936, width: 5120 };

describe('blueprints/apps/ollama/gpu-memory.ts', () => {
  it.each([
    {
      // 8870 + 5120 + 806 + 300
      name: 'one model',
      inputs: { models: ['qwen3:14b'], ...F16 },
      expected: { sumMiB: 15096, usableMiB: 21406, verdict: 'fits' },
    },
    {
      // 14000 + 5120 + 806 + 300, and 90 % of 21406 is 19265
      name: 'nearly all of it',
      inputs: {
        models: ['qwen2.5:14b'],
        ...F16,
        contextLength: 32768,
        modelFacts: { 'qwen2.5:14b': { ...ACME, weightsMiB: 14000 } },
      },
      expected: { sumMiB: 20226, verdict: 'fits, but tight' },
    },
    {
      // nomic: 262 + 1024 + 300
      name: 'two kept for ever',
      inputs: { models: ['qwen3:14b', 'nomic-embed-text:v1.5'], ...F16 },
      expected: { sumMiB: 15096 + 1586, verdict: 'fits' },
    },
    {
      // 8584 + 6144 + 818 + 300, the larger one
      name: 'two that make room for each other',
      inputs: { models: ['qwen3:14b', 'qwen2.5:14b'], ...F16, keepAlive: '30m' },
      expected: { sumMiB: 15846, verdict: 'fits' },
    },
    {
      // 22430 - 5120
      name: 'part of a GPU leaves room for others',
      inputs: { models: ['qwen3:14b'], ...F16, gpuSlices: 12 },
      expected: { sumMiB: 15096, usableMiB: 17310, verdict: 'fits' },
    },
    {
      name: 'numbers of one that is not known',
      inputs: { models: ['acme:14b'], ...F16, modelFacts: { 'acme:14b': ACME } },
      expected: { sumMiB: 15096, verdict: 'fits' },
    },
    {
      name: 'one that is not known',
      inputs: { models: ['acme:14b'] },
      expected: { sumMiB: 0, verdict: 'unchecked' },
    },
    {
      // (40551 + 10240) / 2 and 5 % make 26666; 533 + 192 and 300 on each.
      name: 'one over two GPUs',
      example: 'gpu-mix',
      inputs: { models: ['llama3.3:70b'], ...F16, contextLength: 32768, gpuSlices: 98 },
      expected: { gpus: 2, placed: [{ gpu: 'all' }], sumMiB: 27691, usableMiB: 43836, verdict: 'fits' },
    },
  ])('sums up $name', ({ inputs, expected, example }) => {
    const table = tableOf(inputs, example);

    expect(table).toMatchObject(expected);
  });

  it.each([
    { name: 'paused', inputs: { paused: true } },
    { name: 'switched off', inputs: { enabled: false } },
  ])('takes none: $name', ({ inputs }) => {
    expect(tableOf(inputs)).toBeUndefined();
  });

  it.each([
    {
      name: 'f16 where q8_0 fits',
      inputs: { models: ['qwen3:14b'], kvCacheType: 'f16', contextLength: 40960, parallel: 2 },
      hint: /^write kvCacheType: q8_0, or use GPUs of 32 GiB or more, such as V100-/,
    },
    {
      name: 'too many at the same time',
      inputs: { models: ['llama3.1:8b'], parallel: 8 },
      hint: /^write parallel: 4, or/,
    },
    {
      name: 'too much context for one request',
      inputs: { models: ['qwen2.5:14b'], contextLength: 131072, parallel: 1, modelFacts: { 'qwen2.5:14b': ACME } },
      hint: /^write contextLength: 65536, or/,
    },
    {
      name: 'two that do not fit together',
      inputs: { models: ['qwen3:14b', 'gpt-oss:20b'], contextLength: 4096, parallel: 1 },
      hint: /^write keepAlive: 30m, or/,
    },
    {
      name: 'a larger quantization',
      inputs: { models: ['qwen3:14b-fp16'], contextLength: 4096, parallel: 1 },
      hint: /^write models: \[qwen3:14b\], or/,
    },
    {
      name: 'a GPU that another group has',
      inputs: { models: ['qwen3:32b'], gpuModel: 'L4', contextLength: 32768, parallel: 1 },
      example: 'gpu-mix',
      hint: /^write contextLength: 8192, or use the L40S of node group l40s$/,
    },
  ])('refuses $name and says what fits', ({ inputs, hint, example }) => {
    const problems = findProblems(inputs, example);

    expect(problems).toMatchObject([{ code: 'PLAN-013', severity: 'error', key: 'apps.ollama.models' }]);
    expect(problems[0]?.hint).toMatch(hint);
  });

  it('names model, need and room', () => {
    const [problem] = findProblems({ models: ['qwen3:32b'], ...F16 });

    expect(problem?.message).toBe('ollama with qwen3:32b needs 28372 MiB on L4, and can use 21406 MiB.');
  });

  it.each([
    {
      name: 'a model that is not in the catalogue',
      inputs: { models: ['acme:14b'] },
      message: 'Whether acme:14b fits into the L4 could not be told: it is not in the catalogue of models.',
    },
    {
      name: 'more context than the formula holds for',
      inputs: { models: ['llama3.2:1b'], contextLength: 131072, parallel: 2 },
      message:
        'Whether llama3.2:1b fits into the L4 could not be told: 262144 tokens of context are more than the 131072 for which its buffers are known.',
    },
  ])('passes over nothing in silence: $name', ({ inputs, message }) => {
    const problems = findProblems(inputs);

    expect(problems).toMatchObject([
      {
        code: 'PLAN-014',
        severity: 'unchecked',
        key: 'apps.ollama.models',
        message,
        hint: expect.stringContaining('apps.ollama.modelFacts'),
      },
    ]);
  });
});
