// The stages in order. Pure between reading and writing: what comes from outside is an argument.
import { catalog, listCatalogFacts, listInputSchemas, loadValuePaths } from './catalog/catalog.ts';
import { fail, type Outcome, succeed } from './core/problem.ts';
import { type EnvironmentText, parseEnvironments } from './environment/parse-environment.ts';
import { makeEnvironmentSchema } from './environment/schema/environment-schema.ts';
import type { RepositoryPlan } from './plan/plan.ts';
import { planRepository } from './plan/plan-repository.ts';
import { renderRepository } from './render/render-repository.ts';
import { type VerifiedTree, verify } from './verify/verify.ts';

export interface Generated {
  readonly plan: RepositoryPlan;
  readonly tree: VerifiedTree;
}

/** Environment files → a proven repository in memory. All problems of the first stage that has errors come at once. */
export async function generate(texts: readonly EnvironmentText[]): Promise<Outcome<Generated>> {
  const parsed = parseEnvironments(texts, makeEnvironmentSchema(listInputSchemas()), listCatalogFacts());
  if (!parsed.ok) return parsed;
  const planned = planRepository(parsed.value, catalog);
  if (!planned.ok) return fail([...parsed.problems, ...planned.problems]);
  const verified = verify(renderRepository(planned.value), await loadValuePaths(), planned.value);
  const problems = [...parsed.problems, ...planned.problems, ...verified.problems];
  if (!verified.ok) return fail(problems);
  return succeed({ plan: planned.value, tree: verified.value }, problems);
}
