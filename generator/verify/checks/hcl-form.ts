// Every .tf file parses, and nothing in a project is written twice.
import type { Problem, ProblemKind } from '../../core/problem.ts';
import { type Check, problemIn } from '../check.ts';
import { type ReadEntry, readHclFile } from '../hcl-reader.ts';
import {
  isTerraform,
  listBlocks,
  listTerraformProjects,
  type TerraformBlock,
  type TerraformProject,
  type TerraformSource,
} from '../terraform-projects.ts';

const NOT_HCL: ProblemKind = {
  code: 'VER-101',
  title: 'A Terraform file does not parse',
  explanation:
    'Terraform reads all files of a project at once, so one that does not parse stops plan and apply of the whole project. Mend the file at the place that is named.',
};
const TWICE: ProblemKind = {
  code: 'VER-102',
  title: 'Something in a Terraform project is written twice',
  explanation:
    'An argument may stand once in its block; a resource, data source, variable or output once in its project, whichever file it is in. Terraform refuses the project otherwise.',
};

/** Codes: VER-101, VER-102. */
export const hclForm: Check = {
  kinds: [NOT_HCL, TWICE],
  run: ({ tree }) => [
    ...[...tree.values()].filter(isTerraform).flatMap((file): Problem[] => {
      const reading = readHclFile(file);
      if (reading.ok) return [];
      return [problemIn(NOT_HCL, file, { ...reading.place, message: `${capitalize(reading.message)}.` })];
    }),
    ...listTerraformProjects(tree).flatMap((project) => [
      ...project.files.flatMap((source) => findRepeatedArguments(source, source.body)),
      ...findRepeatedBlocks(project),
    ]),
  ],
};

function findRepeatedArguments(source: TerraformSource, body: readonly ReadEntry[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, number>();
  for (const entry of body) {
    if (entry.kind === 'block') {
      problems.push(...findRepeatedArguments(source, entry.body));
      continue;
    }
    const first = seen.get(entry.name);
    if (first === undefined) seen.set(entry.name, entry.at);
    else
      problems.push(
        problemIn(TWICE, source.file, {
          ...source.placeOf(entry.at),
          message: `${entry.name} is set here and in line ${source.placeOf(first).line}.`,
          hint: `keep one of the two`,
        }),
      );
  }
  return problems;
}

function findRepeatedBlocks(project: TerraformProject): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, TerraformBlock>();
  for (const { source, block } of listBlocks(project, 'resource', 'data', 'variable', 'output', 'module')) {
    const address = [block.type, ...block.labels].join(' ');
    const first = seen.get(address);
    if (first === undefined) seen.set(address, { source, block });
    else
      problems.push(
        problemIn(TWICE, source.file, {
          ...source.placeOf(block.at),
          message: `${address} is declared here and in ${placeText(first)}.`,
          hint: 'rename or remove one of the two',
        }),
      );
  }
  return problems;
}

function placeText({ source, block }: TerraformBlock): string {
  return `${source.file.path}:${source.placeOf(block.at).line}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
