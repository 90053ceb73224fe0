// All reference pages with what they are made from: the schema, the catalog, the problem kinds, and the examples.
import { catalog, listCatalogFacts, listInputSchemas } from '../generator/catalog/catalog.ts';
import { listProblemKinds } from '../generator/cli/problem-kinds.ts';
import { parseEnvironments } from '../generator/environment/parse-environment.ts';
import { emitJsonSchema, makeEnvironmentSchema } from '../generator/environment/schema/environment-schema.ts';
import type { PlannedApp } from '../generator/plan/plan.ts';
import { planRepository } from '../generator/plan/plan-repository.ts';
import { listExamples } from '../generator/testing/examples.ts';
import { catalogPage, environmentPage, problemsPage, type SchemaNode } from './reference-pages.ts';

/** The pages by path. */
export function makeReferencePages(): ReadonlyMap<string, string> {
  const schema = emitJsonSchema(makeEnvironmentSchema(listInputSchemas())) as SchemaNode;
  return new Map([
    ['docs/reference/catalog.md', catalogPage(catalog, schema, planExamples())],
    ['docs/reference/environment.md', environmentPage(schema)],
    ['docs/reference/problems.md', problemsPage(listProblemKinds())],
  ]);
}

/** Apps as the examples plan them: dependencies depend on the environment. */
function planExamples(): PlannedApp[] {
  return listExamples().flatMap(({ name, texts }) => {
    const parsed = parseEnvironments(texts, makeEnvironmentSchema(listInputSchemas()), listCatalogFacts());
    const planned = parsed.ok ? planRepository(parsed.value, catalog) : parsed;
    if (!planned.ok) throw new Error(`${name} is not valid: ${JSON.stringify(planned.problems)}`);
    return planned.value.environments.flatMap(({ apps }) => apps);
  });
}
