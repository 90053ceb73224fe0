// Plan → FileTree: every file of the repository, in memory. Pure: no disk, clock, network or chance.
import { type FileTree, makeFileTree, type TreeFile } from '../core/file-tree.ts';
import { renderBases } from '../core/generated-base.ts';
import type { EnvironmentPlan, RepositoryPlan } from '../plan/plan.ts';
import { renderApplications } from './applications.ts';
import { renderDocuments } from './documents.ts';
import { renderFirstBoot } from './first-boot.ts';
import { renderLock } from './lock.ts';
import { renderProjects } from './projects.ts';
import { renderTerraform } from './terraform/render-terraform.ts';

/**
 * Renders the repository of all planned environments.
 * @param supplied files that come from elsewhere and belong to it all the same: the schema of the environment files
 */
export function renderRepository(plan: RepositoryPlan, supplied: readonly TreeFile[] = []): FileTree {
  const files = [...plan.environments.flatMap(renderEnvironment), ...renderDocuments(plan), ...supplied];
  // Bases are not in the lock: their digests would make two branches that were both rendered conflict every time.
  return makeFileTree([...files, ...renderBases(files), renderLock(plan, files)]);
}

function renderEnvironment(plan: EnvironmentPlan): TreeFile[] {
  const input: TreeFile = {
    path: `environments/${plan.name}.yaml`,
    kind: 'environment',
    environment: plan.name,
    origin: '',
    content: plan.source.text,
  };
  const projects = renderProjects(plan);
  const cluster = [...renderApplications(plan, projects), ...projects];
  return [input, ...cluster, ...renderTerraform(plan, renderFirstBoot(plan, cluster))];
}
