// Plan → FileTree: every file of the repository, in memory. Pure: no disk, clock, network or chance.
import readme from '../../blueprints/repository/README.md.mustache';
import { type FileTree, makeFileTree, type TreeFile } from '../core/file-tree.ts';
import { VERSION } from '../core/version.ts';
import type { EnvironmentPlan, RepositoryPlan } from '../plan/plan.ts';
import { renderApplications } from './applications.ts';
import { renderFirstBoot } from './first-boot.ts';
import { renderLock } from './lock.ts';
import { renderProjects } from './projects.ts';
import { renderTemplate } from './template.ts';
import { renderTerraform } from './terraform/render-terraform.ts';

/** Renders the repository of all planned environments. */
export function renderRepository(plan: RepositoryPlan): FileTree {
  const files = [...plan.environments.flatMap(renderEnvironment), renderReadme(plan)];
  return makeFileTree([...files, renderLock(plan, files)]);
}

function renderEnvironment(plan: EnvironmentPlan): TreeFile[] {
  const input: TreeFile = {
    path: `environments/${plan.name}.yaml`,
    kind: 'environment',
    environment: plan.name,
    origin: '',
    content: plan.source.text,
  };
  const cluster = [...renderApplications(plan), ...renderProjects(plan)];
  return [input, ...cluster, ...renderTerraform(plan, renderFirstBoot(plan, cluster))];
}

function renderReadme(plan: RepositoryPlan): TreeFile {
  const content = renderTemplate(readme, {
    version: VERSION,
    environments: plan.environments.map(({ name }) => ({ name })),
  });
  return { path: 'README.md', kind: 'document', origin: '', content };
}
