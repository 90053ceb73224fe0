// Every example: it renders, its repository equals the goldens, and neither time nor order of keys changes a byte.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileTree } from '../core/file-tree.ts';
import { BASE_FOLDER } from '../core/generated-base.ts';
import { LOCK_PATH } from '../core/lock.ts';
import { generate } from '../pipeline.ts';
import { EXAMPLES_FOLDER, type Example, listExamples } from './examples.ts';
import { expectGoldens } from './goldens.ts';
import { requireValue } from './plan-of.ts';
import { shuffleKeys } from './shuffle-keys.ts';

const GOLDENS = join(EXAMPLES_FOLDER, 'goldens');
const examples = listExamples();
const trees = new Map<string, FileTree>();

/** Renders and proves an example once for all tests. */
async function treeOf(example: Example): Promise<FileTree> {
  const tree = trees.get(example.name) ?? (await render(example.texts));
  trees.set(example.name, tree);
  return tree;
}

async function render(texts: Example['texts']): Promise<FileTree> {
  return requireValue(await generate(texts)).tree.files;
}

describe('environments', () => {
  it.each(examples)('$name: the repository equals its goldens', async (example) => {
    const tree = await treeOf(example);

    expectGoldens(
      join(GOLDENS, example.name),
      // Bases say all of it a second time.
      contentOf(tree, (path) => !path.startsWith(BASE_FOLDER)),
    );
  });

  it.each(examples)('$name: the same input gives the same bytes', async (example) => {
    const tree = await render(example.texts);

    expect(contentOf(tree, () => true)).toEqual(contentOf(await treeOf(example), () => true));
  });

  it.each(examples)('$name: the order of keys changes nothing but the copy of the input', async (example) => {
    const tree = await render(example.texts.map(({ file, text }) => ({ file, text: shuffleKeys(text, 1) })));

    const isRecord = (path: string) => path === LOCK_PATH || path.startsWith(BASE_FOLDER);
    const isOutput = (path: string) => !isRecord(path) && tree.get(path)?.kind !== 'environment';
    expect(contentOf(tree, isOutput)).toEqual(contentOf(await treeOf(example), isOutput));
    expect(contentOf(tree, (path) => !isOutput(path))).not.toEqual(
      contentOf(await treeOf(example), (path) => !isOutput(path)),
    );
  });

  it('has goldens of examples only', () => {
    const folders = readdirSync(GOLDENS).sort();

    expect(folders).toEqual(examples.map(({ name }) => name));
  });
});

function contentOf(tree: FileTree, isWanted: (path: string) => boolean): Map<string, string> {
  return new Map([...tree.values()].filter(({ path }) => isWanted(path)).map(({ path, content }) => [path, content]));
}
