// What a pull request says: what changes, what it takes, what was checked, and what people do after merging.
import { hideSecrets } from '../core/hide-secrets.ts';
import type { Problem } from '../core/problem.ts';
import { VERSION } from '../core/version.ts';
import type { ChangedFile } from '../io/change-branch.ts';
import { planCapacity, type Quantity } from '../plan/capacity.ts';
import type { EnvironmentPlan } from '../plan/plan.ts';
import { code, listInWords, markdownTable } from '../render/markdown.ts';

export interface PullRequestFacts {
  readonly environments: readonly EnvironmentPlan[];
  readonly files: readonly ChangedFile[];
  /** Findings that did not block. */
  readonly problems: readonly Problem[];
  /** Markdown: what the change means. Absent: the files are listed by what they belong to. */
  readonly summary?: string;
}

/** e.g. `Rootstock: prod, staging` */
export function composeTitle(environments: readonly string[]): string {
  return `Rootstock: ${environments.join(', ')}`;
}

/** The body in Markdown. Holds no secrets, and nothing that changes without the change itself. */
export function composeBody({ environments, files, problems, summary }: PullRequestFacts): string {
  const parts = [
    summary?.trim() ?? `## What changes\n\n${listFiles(files)}`,
    `## After merging\n\n${listSteps(environments, files)}`,
    `## Capacity\n\n${listCapacity(environments)}`,
    `## Verified\n\n${listFindings(problems)}`,
    `---\nRendered by Rootstock ${VERSION}. The next \`rootstock push --pr\` updates this pull request; commits of others on its branch are kept.`,
  ];
  return hideSecrets(`${parts.join('\n\n')}\n`);
}

/** Files counted by what they belong to: an app, a Terraform project, documents. */
function listFiles(files: readonly ChangedFile[]): string {
  const groups = new Map<string, string[]>();
  for (const { path, action } of files) {
    const group = findGroup(path);
    groups.set(group, [...(groups.get(group) ?? []), `${action} ${code(path)}`]);
  }
  const entries = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([group, lines]) => `- **${group}**: ${lines.join(', ')}`).join('\n');
}

function findGroup(path: string): string {
  const [, environment, app] =
    /^clusters\/([^/]+)\/(?:apps|values|manifests)\/([^/]+?)(?:\.yaml|\/.*)$/.exec(path) ?? [];
  if (environment !== undefined && app !== undefined) return `${environment}: ${app}`;
  const [, kind, name, project] = /^(terraform|clusters|docs)\/([^/]+)(?:\/([^/]+)\/)?/.exec(path) ?? [];
  if (kind === 'terraform') return `${name}: Terraform, ${project ?? ''}`;
  if (kind === 'clusters') return `${name}: Argo CD`;
  return kind === 'docs' ? `${name}: documents` : 'repository';
}

/** What takes effect when: Git is read by Argo CD, Terraform is applied by people. */
function listSteps(environments: readonly EnvironmentPlan[], files: readonly ChangedFile[]): string {
  const steps = environments.flatMap(({ name }) => listStepsOf(name, files));
  return steps.length === 0 ? 'Nothing is to be done: no cluster reads these files.' : steps.join('\n');
}

function listStepsOf(name: string, files: readonly ChangedFile[]): string[] {
  const touches = (prefix: string) => files.some(({ path }) => path.startsWith(prefix));
  const apply = (['infrastructure', 'cluster'] as const).filter((project) => touches(`terraform/${name}/${project}/`));
  return [
    ...(touches(`clusters/${name}/`)
      ? [`- **${name}**: Argo CD applies \`clusters/${name}/\` by itself, within minutes.`]
      : []),
    ...apply.map(
      (project) =>
        `- **${name}**: apply the ${project} project, and read its plan first: \`terraform -chdir=terraform/${name}/${project} plan\`, then \`apply\`. ${AFTER[project]}`,
    ),
  ];
}

const AFTER = {
  infrastructure: 'It comes before the cluster project.',
  cluster: 'Nodes that exist keep what they were started with until they are replaced.',
};

function listCapacity(environments: readonly EnvironmentPlan[]): string {
  const rows = environments.flatMap((plan) => {
    const { total } = planCapacity(plan);
    return (['min', 'max'] as const).map((level) => {
      const { instances, vcpu, memoryGiB, gpus, rootDiskGiB } = total[level];
      return [plan.name, level, String(instances), amount(vcpu), amount(memoryGiB), String(gpus), String(rootDiskGiB)];
    });
  });
  const columns = ['Environment', 'At', 'Instances', 'vCPU', 'RAM GiB', 'GPUs', 'Root disk GiB'];
  return markdownTable(columns, rows, [2, 3, 4, 5, 6]);
}

function amount({ known, complete }: Quantity): string {
  return complete ? String(known) : known === 0 ? 'unknown' : `at least ${known}`;
}

function listFindings(problems: readonly Problem[]): string {
  const proven = 'The repository was proven before it was pushed: no errors.';
  if (problems.length === 0) return proven;
  const lines = problems.map(({ severity, code: id, message, key }) => {
    const where = key === undefined ? '' : ` ${code(key)}`;
    return `- ${severity} ${code(id)}${where}: ${message.replace(/\s*\n\s*/g, ' ')}`;
  });
  const kinds = listInWords([...new Set(problems.map(({ severity }) => severity))].sort());
  return `${proven} Still ${kinds}:\n\n${[...new Set(lines)].join('\n')}`;
}
