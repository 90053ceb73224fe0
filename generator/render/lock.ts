// .rootstock/lock.json: what was generated, by which version, so that the next run knows its own files.
import { createHash } from 'node:crypto';
import type { TreeFile } from '../core/file-tree.ts';
import { LOCK_PATH, type Lock } from '../core/lock.ts';
import { compareText } from '../core/problem.ts';
import { VERSION } from '../core/version.ts';
import type { RepositoryPlan } from '../plan/plan.ts';

/** Renders the lock over all other files. */
export function renderLock(plan: RepositoryPlan, files: readonly TreeFile[]): TreeFile {
  const lock: Lock = {
    generator: VERSION,
    environments: Object.fromEntries(
      plan.environments.map(({ name, apps }) => [
        name,
        {
          file: `environments/${name}.yaml`,
          charts: Object.fromEntries(
            apps.flatMap(({ blueprint }) =>
              blueprint.chart === undefined ? [] : [[blueprint.name, blueprint.chart.version]],
            ),
          ),
        },
      ]),
    ),
    files: Object.fromEntries(
      [...files].sort((a, b) => compareText(a.path, b.path)).map((file) => [file.path, digest(file.content)]),
    ),
  };
  return { path: LOCK_PATH, kind: 'lock', origin: '', content: `${JSON.stringify(lock, null, 2)}\n` };
}

/** SHA-256 in hex of a file's text. */
export function digest(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
