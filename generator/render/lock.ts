// .rootstock/lock.json: what was generated, by which version, so that the next run knows its own files.
import { createHash } from 'node:crypto';
import type { TreeFile } from '../core/file-tree.ts';
import { LOCK_PATH, type Lock, type LockedEnvironment } from '../core/lock.ts';
import { compareText } from '../core/problem.ts';
import { VERSION } from '../core/version.ts';
import type { EnvironmentPlan, RepositoryPlan } from '../plan/plan.ts';

/** Renders the lock over all other files. */
export function renderLock(plan: RepositoryPlan, files: readonly TreeFile[]): TreeFile {
  const sorted = [...files].sort((a, b) => compareText(a.path, b.path));
  const digests = sorted.map(({ path, content }) => [path, digest(content)] as const);
  const ofApps = groupByApp(digests);
  const lock: Lock = {
    generator: VERSION,
    environments: Object.fromEntries(
      plan.environments.map((environment) => [environment.name, lockEnvironment(environment, ofApps)]),
    ),
    files: Object.fromEntries(digests),
  };
  return { path: LOCK_PATH, kind: 'lock', origin: '', content: `${JSON.stringify(lock, null, 2)}\n` };
}

/** Digests of the files that Argo CD reads for an app (its Application, its values, its manifests), by `ENVIRONMENT/APP`. */
type AppDigests = ReadonlyMap<string, readonly FileDigest[]>;
type FileDigest = readonly [path: string, digest: string];

const APP_FILE = /^clusters\/([^/]+)\/(?:(?:apps|values)\/([^/]+)\.yaml$|manifests\/([^/]+)\/)/;

function groupByApp(files: readonly FileDigest[]): AppDigests {
  const groups = new Map<string, FileDigest[]>();
  for (const file of files) {
    const [, environment, app, manifestsOf] = APP_FILE.exec(file[0]) ?? [];
    if (environment === undefined) continue;
    const owner = `${environment}/${app ?? manifestsOf}`;
    const known = groups.get(owner);
    if (known === undefined) groups.set(owner, [file]);
    else known.push(file);
  }
  return groups;
}

function lockEnvironment({ name, apps }: EnvironmentPlan, ofApps: AppDigests): LockedEnvironment {
  const byName = apps.map(({ blueprint }) => blueprint).sort((a, b) => compareText(a.name, b.name));
  return {
    file: `environments/${name}.yaml`,
    generator: VERSION,
    charts: Object.fromEntries(
      byName.flatMap((blueprint) => (blueprint.chart === undefined ? [] : [[blueprint.name, blueprint.chart.version]])),
    ),
    digests: Object.fromEntries(
      byName.map((blueprint) => [blueprint.name, digestApp(ofApps.get(`${name}/${blueprint.name}`) ?? [])]),
    ),
  };
}

/** Charts themselves are not seen here. */
function digestApp(files: readonly FileDigest[]): string {
  return digest(files.map(([path, ofFile]) => `${ofFile}  ${path}\n`).join(''));
}

/** SHA-256 in hex of a file's text. */
export function digest(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
