// What a Terraform blueprint looks like: a project is a list of files, a file is a module that makes its constructs.
import type { TerraformElement, TerraformStack } from 'cdktf';
import type { FirstBoot } from '../../generator/core/first-boot.ts';
import type { HclBlock } from '../../generator/core/hcl.ts';
import type { PlainMap } from '../../generator/core/provenance.ts';
import type { EnvironmentPlan } from '../../generator/plan/plan.ts';

/** One `.tf` file: constructs made in `build` are printed into it, in the order in which they were made. */
export interface TerraformFile {
  /** Without `.tf`. */
  readonly name: string;
  /** First lines of the file, as a comment. */
  readonly purpose: string;
  /** Makes constructs on the stack; returns blocks that no construct can express (`terraform`, `moved`, `check`). */
  build(stack: TerraformStack, plan: EnvironmentPlan): readonly HclBlock[] | undefined;
}

/** A file that is not Terraform code: a script, a cloud-init template. */
export interface AttachedFile {
  /** Relative to the project. */
  readonly path: string;
  readonly content: string;
  readonly executable?: true;
  /** The same file as data, if it is YAML: spares the checks reading it again. */
  readonly documents?: readonly PlainMap[];
  /** Environment key it came from; default `cluster`. */
  readonly origin?: string;
}

export interface TerraformProject {
  readonly name: 'infrastructure' | 'cluster';
  readonly files: (plan: EnvironmentPlan) => readonly TerraformFile[];
  readonly attached: (plan: EnvironmentPlan, firstBoot: FirstBoot) => readonly AttachedFile[];
}

const NOTE = 'rootstock:comment';

/** A comment for the block that a construct prints. */
export function note<Element extends TerraformElement>(element: Element, text: string): Element {
  element.node.addMetadata(NOTE, text);
  return element;
}

export function findNote(element: TerraformElement): string | undefined {
  const entry = element.node.metadata.find(({ type }) => type === NOTE);
  return typeof entry?.data === 'string' ? entry.data : undefined;
}
