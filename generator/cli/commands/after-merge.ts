// What a merge left behind: conflicts to resolve, and edits that break what Rootstock would have proven.
import { join } from 'node:path';
import { loadValuePaths } from '../../catalog/catalog.ts';
import { makeProblem, type Problem } from '../../core/problem.ts';
import { CONFLICT } from '../../io/io-problems.ts';
import type { FileAction } from '../../io/merge-repository.ts';
import { findMarkers } from '../../io/merge-text.ts';
import { readRepositoryTree } from '../../io/read-files.ts';
import type { WriteReport } from '../../io/repository-folder.ts';
import { orphanProblem } from '../../io/user-files.ts';
import { readIfThere } from '../../io/whole-files.ts';
import { verify } from '../../verify/verify.ts';

/** What people did to files, as opposed to what Rootstock does. */
const EDITS: ReadonlySet<FileAction> = new Set<FileAction>(['keep', 'orphan', 'absent', 'merge', 'conflict']);

/** Looks at a folder that holds edits, after it was written. Nothing to say about one that holds none. */
export async function inspectMerged({ folder, files }: WriteReport): Promise<readonly Problem[]> {
  const edited = files.filter(({ action }) => EDITS.has(action));
  if (edited.length === 0) return [];
  const conflicts = edited.filter(({ action }) => action === 'conflict').map(({ path }) => conflict(folder, path));
  // Markers are no YAML and no HCL: nothing else can be said before they are gone.
  const orphans = listOrphaned(folder, edited);
  if (conflicts.length > 0) return [...conflicts, ...orphans];
  const tree = readRepositoryTree(
    folder,
    files.map(({ path }) => path),
  );
  return [...orphans, ...(tree.ok ? verify(tree.value, await loadValuePaths()).problems : tree.problems)];
}

/** Edited files that a merge leaves although they are no longer generated. Code: IO-019. */
export function listOrphaned(folder: string, files: WriteReport['files']): readonly Problem[] {
  return files.filter(({ action }) => action === 'orphan').map(({ path }) => orphanProblem(folder, path));
}

function conflict(folder: string, path: string): Problem {
  const file = join(folder, path);
  const [line] = findMarkers(readIfThere(file) ?? '', path);
  return makeProblem(CONFLICT, {
    place: { file, ...(line === undefined ? {} : { line, column: 1 }) },
    message: `${path} was edited in lines that are generated differently now.`,
    hint: `edit ${path}: keep what should stay, and remove the lines of the markers`,
  });
}
