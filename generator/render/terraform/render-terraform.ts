// Plan → the files of both Terraform projects of one environment.
import { TerraformElement, TerraformStack } from 'cdktf';
import { RootConstruct } from 'constructs';
import { cluster } from '../../../blueprints/terraform/cluster/project.ts';
import type { TerraformFile, TerraformProject } from '../../../blueprints/terraform/contract.ts';
import { infrastructure } from '../../../blueprints/terraform/infrastructure/project.ts';
import type { TreeFile } from '../../core/file-tree.ts';
import type { FirstBoot } from '../../core/first-boot.ts';
import type { EnvironmentPlan } from '../../plan/plan.ts';
import { toHclBlocks } from './from-cdktf.ts';
import { writeHcl } from './hcl-writer.ts';

const PROJECTS: readonly TerraformProject[] = [infrastructure, cluster];

/** Renders `terraform/<environment>/infrastructure` and `…/cluster`. */
export function renderTerraform(plan: EnvironmentPlan, firstBoot: FirstBoot): TreeFile[] {
  return withoutCreationStacks(() => PROJECTS.flatMap((project) => renderProject(project, plan, firstBoot)));
}

/**
 * cdktf keeps the whole call stack of every list it makes, to blame the caller for tokens that it cannot resolve; we
 * use none, and collecting them is two thirds of the time. It has no switch, so the function it asks is a blank one
 * while we are inside. Errors have their own stacks all the same.
 */
function withoutCreationStacks<Result>(work: () => Result): Result {
  const original = Error.captureStackTrace;
  Error.captureStackTrace = () => {};
  try {
    return work();
  } finally {
    Error.captureStackTrace = original;
  }
}

function renderProject(project: TerraformProject, plan: EnvironmentPlan, firstBoot: FirstBoot): TreeFile[] {
  const folder = `terraform/${plan.name}/${project.name}`;
  const base = { kind: 'terraform' as const, environment: plan.name };
  // A bare root: cdktf's App would make its output folder at once.
  const stack = new TerraformStack(new RootConstruct(), project.name);
  const code = project.files(plan).flatMap((file): TreeFile[] => {
    const content = renderFile(file, stack, plan);
    return content === undefined
      ? []
      : [
          {
            ...base,
            path: `${folder}/${file.name}.tf`,
            content,
            origin: project.name === 'cluster' ? 'cluster' : 'network',
          },
        ];
  });
  const attached = project.attached(plan, firstBoot).map(
    (file): TreeFile => ({
      ...base,
      path: `${folder}/${file.path}`,
      content: file.content,
      origin: file.origin ?? 'cluster',
      ...(file.executable ? { executable: true as const } : {}),
      ...(file.documents === undefined ? {} : { documents: file.documents }),
    }),
  );
  return [...code, ...attached];
}

/** Constructs that `build` adds to the stack belong to this file; a file without any is not written. */
function renderFile(file: TerraformFile, stack: TerraformStack, plan: EnvironmentPlan): string | undefined {
  const before = stack.node.children.length;
  const own = file.build(stack, plan) ?? [];
  const made = stack.node.children.slice(before).filter((child) => TerraformElement.isTerraformElement(child));
  const blocks = [...own, ...made.flatMap(toHclBlocks)];
  if (blocks.length === 0) return undefined;
  const head = file.purpose
    .split('\n')
    .map((line) => `# ${line}`)
    .join('\n');
  return `${head}\n\n${writeHcl(blocks)}`;
}
