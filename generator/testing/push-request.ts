// What a push of a folder made by generated-tree.ts asks for.
import { listBases, readGeneratedFolder } from '../io/generated-folder.ts';
import { readHead } from '../io/git-committed.ts';
import type { PushRequest } from '../io/git-push.ts';
import { readPushedTree } from '../io/pushed-tree.ts';

export function pushRequest(folder: string, url: string): PushRequest {
  const existing = readGeneratedFolder(folder);
  const files = existing.ok ? Object.keys(existing.value?.lock.files ?? {}) : [];
  const paths = [...files, ...listBases(folder), '.rootstock/lock.json'];
  return {
    folder,
    url,
    branch: 'main',
    branchGiven: false,
    flags: [],
    environmentFiles: [],
    message: 'a push',
    paths,
    proven: readProven(folder, paths),
    interactive: false,
    progress: () => undefined,
  };
}

/** As if these files had been proven as they lie there. */
export function readProven(folder: string, paths: readonly string[]): PushRequest['proven'] {
  return { head: readHead(folder), digests: readPushedTree(folder, new Map(), paths).digests };
}
