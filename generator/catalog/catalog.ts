// The only door to blueprints/apps: finds the apps, their input schemas and their chart facts.
import { apps, valuePaths } from '../../blueprints/apps/index.generated.ts';
import type { AppBlueprint } from '../core/blueprint.ts';
import type { CatalogFacts } from '../environment/rules/rule.ts';
import type { AppInputSchemas } from '../environment/schema/environment-schema.ts';

/** All apps, in order of their names. */
export const catalog: readonly AppBlueprint[] = apps;

/** Input schemas by app name, for the environment schema. */
export function listInputSchemas(): AppInputSchemas {
  return Object.fromEntries(catalog.map(({ name, inputs }) => [name, inputs]));
}

/** What the cross-field rules need to know of the catalog. */
export function listCatalogFacts(): CatalogFacts {
  return {
    apps: catalog.map(({ name }) => name),
    charts: catalog.flatMap(({ name, chart }) => (chart === undefined ? [] : [name])),
    routes: Object.fromEntries(
      catalog.flatMap(({ name, route }) =>
        route === undefined ? [] : [[route.exposedAs ?? name, { byDefault: route.byDefault }]],
      ),
    ),
  };
}

/** Loads the value paths of all charts, by app name. */
export async function loadValuePaths(): Promise<ReadonlyMap<string, string>> {
  const loaded = await Promise.all(
    Object.entries(valuePaths).map(async ([name, load]) => [name, (await load()).default] as const),
  );
  return new Map(loaded);
}
