// The stages in order. Pure between reading and writing: what comes from outside is an argument.

import type { TSchema } from 'typebox';
import { catalog, listCatalogFacts, listInputSchemas, loadValuePaths } from './catalog/catalog.ts';
import type { TreeFile } from './core/file-tree.ts';
import { fail, type Outcome, succeed } from './core/problem.ts';
import type { VerifiedTree } from './core/verified-tree.ts';
import { type EnvironmentText, parseEnvironments } from './environment/parse-environment.ts';
import { formatJsonSchema, makeEnvironmentSchema, SCHEMA_FILE } from './environment/schema/environment-schema.ts';
import type { RepositoryPlan } from './plan/plan.ts';
import { planRepository } from './plan/plan-repository.ts';
import type { SealedSecret } from './plan/sealing.ts';
import { renderRepository } from './render/render-repository.ts';
import { verify } from './verify/verify.ts';

export interface Generated {
  readonly plan: RepositoryPlan;
  readonly tree: VerifiedTree;
}

/**
 * Environment files → a proven repository in memory. All problems of the first stage that has errors come at once.
 * @param sealed SealedSecrets that the repository holds already: they are not pending
 * @param now for what expires; absent: not looked at
 */
export async function generate(
  texts: readonly EnvironmentText[],
  sealed: readonly SealedSecret[] = [],
  now?: Date,
): Promise<Outcome<Generated>> {
  const schema = makeEnvironmentSchema(listInputSchemas());
  const parsed = parseEnvironments(texts, schema, { ...listCatalogFacts(), ...(now === undefined ? {} : { now }) });
  if (!parsed.ok) return parsed;
  const planned = planRepository(parsed.value, catalog, sealed);
  if (!planned.ok) return fail([...parsed.problems, ...planned.problems]);
  const tree = renderRepository(planned.value, [renderSchema(schema)]);
  const verified = verify(tree, await loadValuePaths(), planned.value);
  const problems = [...parsed.problems, ...planned.problems, ...verified.problems];
  if (!verified.ok) return fail(problems);
  return succeed({ plan: planned.value, tree: verified.value }, problems);
}

/** Environment files → plans alone, for commands that write no repository. */
export function planEnvironments(
  texts: readonly EnvironmentText[],
  sealed: readonly SealedSecret[] = [],
): Outcome<RepositoryPlan> {
  const parsed = parseEnvironments(texts, makeEnvironmentSchema(listInputSchemas()), listCatalogFacts());
  return parsed.ok ? planRepository(parsed.value, catalog, sealed) : parsed;
}

/** The schema travels with the environment files: their first line names it, so that editors explain every key. */
function renderSchema(schema: TSchema): TreeFile {
  const content = formatJsonSchema(schema);
  return { path: `environments/${SCHEMA_FILE}`, kind: 'document', origin: '', content };
}
