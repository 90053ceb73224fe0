// FileTree → Terraform projects: the .tf files of one folder, read. For all checks that look at a project as a whole.
import type { FileTree, TreeFile } from '../core/file-tree.ts';
import { findLiteral, findObject, type HclPlace, type ReadBlock, type ReadEntry, readHclFile } from './hcl-reader.ts';

export interface TerraformSource {
  readonly file: TreeFile;
  readonly body: readonly ReadEntry[];
  placeOf(at: number): HclPlace;
}

export interface TerraformProject {
  /** e.g. `terraform/prod/cluster` */
  readonly folder: string;
  /** Files that parse; the others are reported by `hcl-form`. */
  readonly files: readonly TerraformSource[];
  /** True if every file parses: only then may a check say that something is missing. */
  readonly isWhole: boolean;
}

/** A block at the top of a file. */
export interface TerraformBlock {
  readonly source: TerraformSource;
  readonly block: ReadBlock;
}

/** True for Terraform code, generated or not. */
export function isTerraform(file: TreeFile): boolean {
  return file.path.startsWith('terraform/') && file.path.endsWith('.tf');
}

const known = new WeakMap<FileTree, readonly TerraformProject[]>();

/** Lists the projects of a tree, in order of their folders; read once however many checks ask. */
export function listTerraformProjects(tree: FileTree): readonly TerraformProject[] {
  const before = known.get(tree);
  if (before !== undefined) return before;
  const folders = new Map<string, TreeFile[]>();
  for (const file of tree.values()) {
    if (!isTerraform(file)) continue;
    const folder = file.path.slice(0, file.path.lastIndexOf('/'));
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const projects = [...folders].map(([folder, files]) => readProject(folder, files));
  known.set(tree, projects);
  return projects;
}

function readProject(folder: string, files: readonly TreeFile[]): TerraformProject {
  const sources = files.flatMap((file): TerraformSource[] => {
    const reading = readHclFile(file);
    return reading.ok ? [{ file, body: reading.body, placeOf: reading.placeOf }] : [];
  });
  return { folder, files: sources, isWhole: sources.length === files.length };
}

/** Blocks of the given types, in order of files and lines. */
export function listBlocks(project: TerraformProject, ...types: readonly string[]): TerraformBlock[] {
  return project.files.flatMap((source) =>
    source.body.flatMap((entry) =>
      entry.kind === 'block' && types.includes(entry.type) ? [{ source, block: entry }] : [],
    ),
  );
}

/** Version constraints by local provider name, e.g. `aws` to `~> 6.0`. */
export function listProviderPins(project: TerraformProject): ReadonlyMap<string, string> {
  const pins = new Map<string, string>();
  for (const { block } of listBlocks(project, 'terraform')) {
    for (const required of block.body) {
      if (required.kind !== 'block' || required.type !== 'required_providers') continue;
      for (const entry of required.body) {
        if (entry.kind !== 'attribute') continue;
        const version = findObject(entry.value)?.get('version') ?? entry.value;
        pins.set(entry.name, findLiteral(version) ?? '');
      }
    }
  }
  return pins;
}
