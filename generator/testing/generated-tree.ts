// A small generated repository, with lock and bases as render makes them.
import { makeFileTree, type TreeFile } from '../core/file-tree.ts';
import { BASE_FOLDER, parseBase, renderBases, writeBase } from '../core/generated-base.ts';
import type { VerifiedTree } from '../core/verified-tree.ts';
import { digest } from '../render/lock.ts';

/** Files by path, as if they had been rendered and proven. */
export function generatedTree(contents: Readonly<Record<string, string>>): VerifiedTree {
  const files = Object.entries(contents).map(([path, content]): TreeFile => {
    const environment = /^environments\/(.+)\.yaml$/.exec(path)?.[1];
    const kind = environment === undefined ? 'document' : 'environment';
    return { path, content, kind, origin: '', ...(environment === undefined ? {} : { environment }) };
  });
  const lock = {
    generator: 'test',
    environments: {},
    files: Object.fromEntries(files.map(({ path, content }) => [path, digest(content)])),
  };
  const all: TreeFile[] = [
    ...files,
    ...renderBases(files),
    { path: '.rootstock/lock.json', content: `${JSON.stringify(lock, null, 2)}\n`, kind: 'lock', origin: '' },
  ];
  return { files: makeFileTree(all) } as VerifiedTree;
}

/** The text of a file; of a base, without what it knows of times before: it depends on how a folder came to be. */
export function withoutHistory(path: string, text: string): string {
  if (!path.startsWith(BASE_FOLDER)) return text;
  const entries = parseBase(text).flatMap(({ after: _, gone, ...entry }) => (gone ? [] : [entry]));
  return writeBase(entries);
}
