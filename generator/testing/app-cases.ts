// The cases of an app (blueprints/apps/<app>/cases.ts) → what the generator makes of them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse, stringify } from 'yaml';
import { catalog } from '../catalog/catalog.ts';
import type { AppBlueprint, AppCase } from '../core/blueprint.ts';
import type { TreeFile } from '../core/file-tree.ts';
import type { PlainMap } from '../core/provenance.ts';
import type { EnvironmentPlan, PlannedApp } from '../plan/plan.ts';
import { renderApplications } from '../render/applications.ts';
import { environmentText, mergeDeep } from './environment-text.ts';
import { planOf } from './plan-of.ts';

/** Folder of all apps. */
export const APPS_FOLDER = fileURLToPath(new URL('../../blueprints/apps', import.meta.url));

/** An app in one of its cases. */
export interface RenderedCase {
  readonly environment: EnvironmentPlan;
  readonly app: PlannedApp;
  /** Its Application, values and manifests, sorted by path. */
  readonly files: readonly TreeFile[];
}

/** Loads the cases of an app; undefined if it has no `cases.ts`. */
export async function loadCases(app: string): Promise<readonly AppCase[] | undefined> {
  const file = join(APPS_FOLDER, app, 'cases.ts');
  if (!existsSync(file)) return undefined;
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { readonly cases?: readonly AppCase[] };
  return module.cases;
}

/** The environment file of a case: an example without what it says to its apps, so that a case shows all of its own inputs. */
export function textOfCase(app: string, { environment, inputs, overrides }: AppCase): string {
  const example = parse(environmentText({ apps: null }, environment)) as PlainMap;
  const changes = overrides ?? {};
  const changed = inputs === undefined ? changes : mergeDeep(changes, { apps: { [app]: inputs } });
  return stringify(mergeDeep(example, changed), { lineWidth: 0 });
}

/** Plans and renders an app in one of its cases; throws if the environment has errors or does not want the app. */
export function renderCase(name: string, appCase: AppCase): RenderedCase {
  const environment = planOf(textOfCase(name, appCase), demand(name));
  const app = environment.apps.find(({ blueprint }) => blueprint.name === name);
  if (app === undefined) throw new Error(`the environment of case ${appCase.name} does not want ${name}`);
  const base = `clusters/${environment.name}`;
  const names = [name, ...(app.plan.followUp === undefined ? [] : [app.plan.followUp.name])];
  const own = names.flatMap((one) => [`${base}/apps/${one}.yaml`, `${base}/values/${one}.yaml`]);
  const files = renderApplications(environment).filter(
    ({ path }) => own.includes(path) || names.some((one) => path.startsWith(`${base}/manifests/${one}/`)),
  );
  return { environment, app, files };
}

/** The catalog as if somebody depended on the app: what a case shows is not up to those who do. */
function demand(name: string): AppBlueprint[] {
  return catalog.map(({ onDemand, ...blueprint }) =>
    onDemand === undefined || blueprint.name === name ? blueprint : { ...blueprint, onDemand },
  );
}

/**
 * Files as they lie in the goldens of an app: `application.yaml`, `values.yaml`, `manifests/*.yaml`; those of its second
 * Application in a folder of its name.
 */
export function listGoldenFiles({ environment, app, files }: RenderedCase): Map<string, string> {
  const { name } = app.blueprint;
  const base = `clusters/${environment.name}`;
  return new Map(
    files.map(({ path, content }) => {
      if (path === `${base}/apps/${name}.yaml`) return ['application.yaml', content];
      if (path === `${base}/values/${name}.yaml`) return ['values.yaml', content];
      if (path.startsWith(`${base}/manifests/${name}/`))
        return [path.replace(`${base}/manifests/${name}/`, 'manifests/'), content];
      const [, kind = '', rest = ''] = /\/(apps|manifests)\/(.*)$/.exec(path) ?? [];
      return [
        kind === 'apps' ? rest.replace(/\.yaml$/, '/application.yaml') : rest.replace('/', '/manifests/'),
        content,
      ];
    }),
  );
}
