// What a check looks like: one file each, pure, listed in checks/index.ts.
import type { FileTree, TreeFile } from '../core/file-tree.ts';
import { makeProblem, type Problem, type ProblemDetails, type ProblemKind } from '../core/problem.ts';
import type { PlainMap } from '../core/provenance.ts';
import type { RepositoryPlan } from '../plan/plan.ts';

/** What checks may read. The plan is absent when a folder is verified that may have been edited by hand. */
export interface CheckInput {
  readonly tree: FileTree;
  readonly plan?: RepositoryPlan;
  /** YAML files with their documents; files that do not parse are left out (and reported by `yaml-form`). */
  readonly yaml: readonly { readonly file: TreeFile; readonly documents: readonly PlainMap[] }[];
  /** Chart facts by app name, loaded beforehand; absent where we have none. */
  readonly valuePaths: ReadonlyMap<string, string>;
}

export interface Check {
  readonly kinds: readonly ProblemKind[];
  run(input: CheckInput): readonly Problem[];
}

/** A problem in a generated file, with the environment key it came from. */
export function problemIn(
  kind: ProblemKind,
  file: TreeFile,
  details: Omit<ProblemDetails, 'place'> & { readonly line?: number; readonly column?: number },
): Problem {
  const { line, column, key, ...rest } = details;
  const place = {
    file: file.path,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
  return makeProblem(kind, { ...rest, place, key: key ?? (file.origin === '' ? undefined : file.origin) });
}
