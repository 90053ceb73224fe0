// A tree of a few Terraform files, and a check run over it.
import { makeFileTree, type TreeFile } from '../core/file-tree.ts';
import type { Problem } from '../core/problem.ts';
import type { Check } from '../verify/check.ts';

/** Runs one check over files by path, as if they had been generated from `cluster`. */
export function checkTerraform(check: Check, files: Readonly<Record<string, string>>): readonly Problem[] {
  const tree = makeFileTree(
    Object.entries(files).map(([path, content]): TreeFile => ({ path, content, kind: 'terraform', origin: 'cluster' })),
  );
  return check.run({ tree, yaml: [], valuePaths: new Map() });
}

/** A `terraform` block that pins the AWS provider: `3.33` as on zCompute, or any other constraint. */
export function pinAws(constraint: string): string {
  return `terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "${constraint}"\n    }\n  }\n}\n`;
}
