import { describe, expect, it } from 'vitest';
import { type KvCacheType, sizeModel } from './gpu-memory.ts';
import { findLanguageModel } from './language-models.ts';

interface Row {
  readonly tag: string;
  readonly contextLength: number;
  readonly parallel?: number;
  readonly kvCacheType?: KvCacheType;
}

function size({ tag, contextLength, parallel = 1, kvCacheType = 'f16' }: Row) {
  const model = findLanguageModel(tag);
  if (model === undefined) throw new Error(`${tag} is not in the catalogue`);
  return sizeModel(model, { contextLength, parallel, kvCacheType });
}

describe('generator/core/gpu-memory.ts', () => {
  it.each([
    { name: 'as llama-server logs it at 4096', tag: 'llama3.2:3b', contextLength: 4096, contextMiB: 448 },
    { name: 'as llama-server logs it at 32768', tag: 'llama3.2:3b', contextLength: 32768, contextMiB: 3584 },
    { name: 'once for each request', tag: 'llama3.2:3b', contextLength: 4096, parallel: 4, contextMiB: 1792 },
    {
      name: 'q8_0: 34 bytes for 64',
      tag: 'llama3.2:3b',
      contextLength: 32768,
      kvCacheType: 'q8_0' as const,
      contextMiB: 1904,
    },
    {
      name: 'q4_0: 18 bytes for 64',
      tag: 'llama3.2:3b',
      contextLength: 32768,
      kvCacheType: 'q4_0' as const,
      contextMiB: 1008,
    },
    // 2560 of ten full layers and 416 KiB for each of 2048 cells (window 1024, batch 1024).
    { name: 'with sliding windows', tag: 'gemma3:27b', contextLength: 32768, contextMiB: 2560 + 832 },
    // 150 of state, and one request although four are asked for.
    { name: 'with recurrent state', tag: 'qwen3.5:27b', contextLength: 262144, parallel: 4, contextMiB: 16384 + 150 },
    { name: 'an encoder keeps none', tag: 'nomic-embed-text:v1.5', contextLength: 32768, contextMiB: 0 },
    // 8192 tokens of the full layers, 4096 + 1024 cells of the sliding ones.
    { name: 'no more than trained for', tag: 'gemma2:9b', contextLength: 32768, contextMiB: 1344 + 840 },
  ])('context: $name', ({ contextMiB, ...row }) => {
    const memory = size(row);

    expect(memory.contextMiB).toBe(contextMiB);
  });

  it.each([
    // 4 x 512 x (128256 + 3072) = 256.5, mask 12, process 300.
    { tag: 'llama3.2:3b', contextLength: 4096, otherMiB: 269 + 300 },
    // 613.5 and 192.
    { tag: 'qwen3:14b', contextLength: 32768, otherMiB: 806 + 300 },
    // 1593.5 and 768.
    { tag: 'gpt-oss:20b', contextLength: 65536, otherMiB: 2362 + 300 },
    // 1045 and 192, a projector of 1024 and as much beside it.
    { tag: 'gemma3:27b', contextLength: 32768, otherMiB: 1237 + 300 + 2048 },
    { tag: 'nomic-embed-text:v1.5', contextLength: 2048, otherMiB: 1024 + 300 },
  ])('buffers of $tag at $contextLength', ({ otherMiB, ...row }) => {
    const memory = size(row);

    expect(memory.otherMiB).toBe(otherMiB);
  });

  it.each([
    { tag: 'qwen3:14b', contextLength: 32768, sum: 15096 },
    { tag: 'qwen3:32b', contextLength: 32768, sum: 28372 },
    { tag: 'gpt-oss:20b', contextLength: 65536, sum: 17604 },
  ])('sum of $tag at $contextLength', ({ sum, ...row }) => {
    const { weightsMiB, contextMiB, otherMiB } = size(row);

    expect(weightsMiB + contextMiB + otherMiB).toBe(sum);
  });
});
