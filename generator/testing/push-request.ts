// What a push of a folder made by generated-tree.ts asks for.
import { listBases, readGeneratedFolder } from '../io/generated-folder.ts';
import type { PushRequest } from '../io/git-push.ts';

export function pushRequest(folder: string, url: string): PushRequest {
  const existing = readGeneratedFolder(folder);
  const files = existing.ok ? Object.keys(existing.value?.lock.files ?? {}) : [];
  return {
    folder,
    url,
    branch: 'main',
    branchGiven: false,
    flags: [],
    environmentFiles: [],
    message: 'a push',
    paths: [...files, ...listBases(folder), '.rootstock/lock.json'],
    interactive: false,
    progress: () => undefined,
  };
}
