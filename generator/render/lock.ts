// .rootstock/lock.json: what was generated, by which version, so that the next run knows its own files.
import { createHash } from 'node:crypto';
import type { TreeFile } from '../core/file-tree.ts';
import { LOCK_PATH, type Lock, type LockedEnvironment } from '../core/lock.ts';
import { compareText } from '../core/problem.ts';
import { VERSION } from '../core/version.ts';
import type { EnvironmentPlan, PlannedApp, RepositoryPlan } from '../plan/plan.ts';

/** Renders the lock over all other files. */
export function renderLock(plan: RepositoryPlan, files: readonly TreeFile[]): TreeFile {
  const sorted = [...files].sort((a, b) => compareText(a.path, b.path));
  const lock: Lock = {
    generator: VERSION,
    environments: Object.fromEntries(
      plan.environments.map((environment) => [environment.name, lockEnvironment(environment, sorted)]),
    ),
    files: Object.fromEntries(sorted.map((file) => [file.path, digest(file.content)])),
  };
  return { path: LOCK_PATH, kind: 'lock', origin: '', content: `${JSON.stringify(lock, null, 2)}\n` };
}

function lockEnvironment({ name, apps }: EnvironmentPlan, files: readonly TreeFile[]): LockedEnvironment {
  const byName = [...apps].sort((a, b) => compareText(a.blueprint.name, b.blueprint.name));
  return {
    file: `environments/${name}.yaml`,
    generator: VERSION,
    charts: Object.fromEntries(
      byName.flatMap(({ blueprint }) =>
        blueprint.chart === undefined ? [] : [[blueprint.name, blueprint.chart.version]],
      ),
    ),
    digests: Object.fromEntries(byName.map((app) => [app.blueprint.name, digestApp(name, app, files)])),
  };
}

/** Over what Argo CD reads for an app: the Application, its values, its manifests. Charts themselves are not seen here. */
function digestApp(environment: string, { blueprint }: PlannedApp, files: readonly TreeFile[]): string {
  const folder = `clusters/${environment}`;
  const own = files.filter(
    ({ path }) =>
      path === `${folder}/apps/${blueprint.name}.yaml` ||
      path === `${folder}/values/${blueprint.name}.yaml` ||
      path.startsWith(`${folder}/manifests/${blueprint.name}/`),
  );
  return digest(own.map(({ path, content }) => `${digest(content)}  ${path}\n`).join(''));
}

/** SHA-256 in hex of a file's text. */
export function digest(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
