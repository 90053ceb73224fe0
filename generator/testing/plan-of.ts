// Text of environment files → plan or repository in one call, for tests that need one to look at.
import { catalog, listCatalogFacts, listInputSchemas } from '../catalog/catalog.ts';
import type { FileTree } from '../core/file-tree.ts';
import type { Outcome } from '../core/problem.ts';
import { type EnvironmentText, parseEnvironments } from '../environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../environment/schema/environment-schema.ts';
import type { EnvironmentPlan, RepositoryPlan } from '../plan/plan.ts';
import { planRepository } from '../plan/plan-repository.ts';
import { renderRepository } from '../render/render-repository.ts';

/** Plans one environment; throws with all problems if the text has errors. */
export function planOf(text: string, apps = catalog): EnvironmentPlan {
  const [environment] = planRepositoryOf([{ file: 'environment.yaml', text }], apps).environments;
  if (environment === undefined) throw new Error('the text holds no environment');
  return environment;
}

/** Plans a repository; throws with all problems if a text has errors. */
export function planRepositoryOf(texts: readonly EnvironmentText[], apps = catalog): RepositoryPlan {
  const parsed = parseEnvironments(texts, makeEnvironmentSchema(listInputSchemas()), listCatalogFacts());
  return requireValue(planRepository(requireValue(parsed), apps));
}

/** Plans and renders a repository, unverified; throws with all problems if a text has errors. */
export function renderOf(texts: readonly EnvironmentText[]): FileTree {
  return renderRepository(planRepositoryOf(texts));
}

/** The product of a stage; throws with one line for each problem if there is none. */
export function requireValue<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  const lines = outcome.problems.map(({ code, key, message }) => [code, key, message].filter(Boolean).join('  '));
  throw new Error(lines.join('\n'));
}
