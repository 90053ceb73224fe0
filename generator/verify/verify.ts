// FileTree → VerifiedTree, or every reason why not. `write` takes nothing else, so nobody can skip the proof.
import type { FileTree, TreeFile } from '../core/file-tree.ts';
import {
  fail,
  hasErrors,
  type Outcome,
  type Problem,
  type ProblemKind,
  sortProblems,
  succeed,
} from '../core/problem.ts';
import type { VerifiedTree } from '../core/verified-tree.ts';
import type { RepositoryPlan } from '../plan/plan.ts';
import type { CheckInput } from './check.ts';
import { checks } from './checks/index.ts';
import { readYamlFile, yamlFormProblems } from './checks/yaml-form.ts';

export const verifyProblems: readonly ProblemKind[] = [...yamlFormProblems, ...checks.flatMap((check) => check.kinds)];

/**
 * Proves a tree. Errors block; pending and unchecked findings travel with the result.
 * @param valuePaths value paths of charts by app name: facts, loaded by the caller
 * @param plan absent when a folder is verified that may have been edited by hand
 */
export function verify(
  tree: FileTree,
  valuePaths: ReadonlyMap<string, string>,
  plan?: RepositoryPlan,
): Outcome<VerifiedTree> {
  const problems: Problem[] = [];
  const yaml: CheckInput['yaml'][number][] = [];
  for (const file of tree.values()) {
    if (!isYaml(file)) continue;
    const reading =
      file.documents === undefined ? readYamlFile(file) : { ok: true as const, documents: file.documents };
    if (reading.ok) yaml.push({ file, documents: reading.documents });
    else problems.push(...reading.problems);
  }
  const input: CheckInput = { tree, yaml, valuePaths, ...(plan === undefined ? {} : { plan }) };
  for (const check of checks) problems.push(...check.run(input));
  const sorted = sortProblems(problems);
  if (hasErrors(sorted)) return fail(sorted);
  return succeed({ files: tree } as VerifiedTree, sorted);
}

function isYaml(file: TreeFile): boolean {
  return /\.ya?ml$/.test(file.path) && file.kind !== 'environment' && file.kind !== 'workflow';
}
