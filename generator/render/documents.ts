// Plan → the repository's own files: README, runbook, capacity, egress, secrets, and what keeps the repository healthy.
import capacity from '../../blueprints/repository/capacity.md.mustache';
import check from '../../blueprints/repository/check.yaml.mustache';
import egress from '../../blueprints/repository/egress.md.mustache';
import gitattributes from '../../blueprints/repository/gitattributes.mustache';
import gitignore from '../../blueprints/repository/gitignore.mustache';
import readme from '../../blueprints/repository/README.md.mustache';
import renovate from '../../blueprints/repository/renovate.json.mustache';
import runbook from '../../blueprints/repository/runbook.md.mustache';
import secrets from '../../blueprints/repository/secrets.md.mustache';
import type { TreeFile } from '../core/file-tree.ts';
import { VERSION } from '../core/version.ts';
import type { EnvironmentPlan, RepositoryPlan } from '../plan/plan.ts';
import { appsView } from './documents/apps-view.ts';
import { capacityView } from './documents/capacity-view.ts';
import { egressView } from './documents/egress-view.ts';
import { environmentView, summarise } from './documents/environment-view.ts';
import { renovateView } from './documents/renovate-view.ts';
import { secretsView } from './documents/secrets-view.ts';
import { listInWords, markdownTable } from './markdown.ts';
import { renderTemplate } from './template.ts';

/** Renders all documents; none for a plan without environments beyond the shared ones. */
export function renderDocuments(plan: RepositoryPlan): TreeFile[] {
  return [...plan.environments.flatMap(renderEnvironmentDocuments), ...renderShared(plan)];
}

function renderEnvironmentDocuments(plan: EnvironmentPlan): TreeFile[] {
  const shared = environmentView(plan);
  const document = (name: string, origin: string, template: string, view: object): TreeFile => ({
    path: `docs/${plan.name}/${name}.md`,
    kind: 'document',
    environment: plan.name,
    origin,
    content: tidy(renderTemplate(template, { ...shared, ...view })),
  });
  return [
    document('capacity', 'cluster.nodeGroups', capacity, capacityView(plan)),
    document('egress', 'platform', egress, egressView(plan)),
    document('runbook', 'metadata.name', runbook, appsView(plan)),
    document('secrets', 'apps', secrets, secretsView(plan)),
  ];
}

function renderShared(plan: RepositoryPlan): TreeFile[] {
  const shared = (path: string, content: string, kind: 'document' | 'workflow' = 'document'): TreeFile => ({
    path,
    kind,
    origin: 'repository',
    content,
  });
  return [
    shared('.gitattributes', gitattributes),
    shared('.github/workflows/check.yaml', renderTemplate(check, workflowView(plan)), 'workflow'),
    shared('.gitignore', gitignore),
    shared('README.md', tidy(renderTemplate(readme, readmeView(plan)))),
    shared('renovate.json', renderTemplate(renovate, renovateView(plan)), 'workflow'),
  ];
}

/** All environments of a repository name the same URL and branch: a rule holds them to it. */
function readmeView(plan: RepositoryPlan): object {
  const names = plan.environments.map(({ name }) => name);
  const [first] = plan.environments;
  return {
    ...(first === undefined ? {} : environmentView(first)),
    version: VERSION,
    names: listInWords(names),
    subject: names.length === 1 ? 'the environment consists' : 'the environments consist',
    environmentTable: markdownTable(
      ['Environment', 'What it is'],
      plan.environments.map((environment) => [
        `[${environment.name}](environments/${environment.name}.yaml)`,
        summarise(environment),
      ]),
    ),
    renderFlags: names.map((name) => `-e environments/${name}.yaml`).join(' '),
    egressLinks: listInWords(names.map((name) => `[docs/${name}/egress.md](docs/${name}/egress.md)`)),
    environments: plan.environments.map((environment) => ({
      ...environmentView(environment),
      ...appsView(environment),
      ...secretsView(environment),
    })),
  };
}

/** Sections that say nothing leave blank lines behind. */
function tidy(markdown: string): string {
  return `${markdown.replace(/\n{3,}/g, '\n\n').trim()}\n`;
}

/** GitHub's own braces would be mustache's, so they arrive as a value. */
function workflowView(plan: RepositoryPlan): object {
  return {
    version: VERSION,
    branch: plan.environments[0]?.environment.repository.branch ?? 'main',
    githubRef: `$\u007b\u007b github.ref }}`,
  };
}
