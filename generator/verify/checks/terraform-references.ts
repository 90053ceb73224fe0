// Every reference in a Terraform project leads to something that is declared, and remote state to an output that exists.

import { findNearest } from '../../core/nearest.ts';
import type { Problem, ProblemKind } from '../../core/problem.ts';
import { type Check, problemIn } from '../check.ts';
import { type ReadEntry, walkTokens } from '../hcl-reader.ts';
import type { HclToken } from '../hcl-tokens.ts';
import { listBlocks, listProviderPins, listTerraformProjects, type TerraformProject } from '../terraform-projects.ts';

const DANGLING: ProblemKind = {
  code: 'VER-131',
  title: 'A Terraform expression refers to something that nothing declares',
  explanation:
    'A resource, data source, variable, local value or module that an expression names must be declared in the same project. Terraform stops at plan otherwise.',
};
const NO_OUTPUT: ProblemKind = {
  code: 'VER-132',
  title: 'The cluster project reads an output that the infrastructure project does not have',
  explanation:
    'The two projects share nothing but the outputs of the first one. Terraform finds the gap only when the second one is planned, after the first one was applied.',
};

const REMOTE_STATE = 'data.terraform_remote_state.infrastructure';

/** Codes: VER-131, VER-132. Projects with a file that does not parse are left to `hcl-form`. */
export const terraformReferences: Check = {
  kinds: [DANGLING, NO_OUTPUT],
  run({ tree }) {
    const projects = listTerraformProjects(tree).filter(({ isWhole }) => isWhole);
    return projects.flatMap((project) => [
      ...findDangling(project),
      ...findMissingOutputs(
        project,
        projects.find(({ folder }) => folder === siblingOf(project.folder)),
      ),
    ]);
  },
};

interface Reference {
  /** e.g. `['aws_vpc', 'main', 'id']` */
  readonly path: readonly string[];
  readonly at: number;
}

function findDangling(project: TerraformProject): Problem[] {
  const declared = listDeclared(project);
  const providers = new Set([...listProviderPins(project).keys(), 'terraform']);
  return project.files.flatMap((source) =>
    listReferences(source.body).flatMap(({ path, at }) => {
      const address = findAddress(path, providers);
      if (address === undefined || declared.has(address)) return [];
      const near = findNearest(address, [...declared]);
      return [
        problemIn(DANGLING, source.file, {
          ...source.placeOf(at),
          message: `${address} is not declared in ${project.folder}.`,
          hint: near === undefined ? `declare ${address}` : `did you mean ${near}?`,
        }),
      ];
    }),
  );
}

function findMissingOutputs(project: TerraformProject, infrastructure: TerraformProject | undefined): Problem[] {
  if (infrastructure === undefined || infrastructure === project) return [];
  const outputs = listBlocks(infrastructure, 'output').map(({ block }) => block.labels[0] ?? '');
  return project.files.flatMap((source) =>
    listReferences(source.body).flatMap(({ path, at }) => {
      const [output] = path.slice(4);
      if (output === undefined || path.slice(0, 4).join('.') !== `${REMOTE_STATE}.outputs` || outputs.includes(output))
        return [];
      const near = findNearest(output, outputs);
      return [
        problemIn(NO_OUTPUT, source.file, {
          ...source.placeOf(at),
          message: `${infrastructure.folder} has no output ${output}.`,
          hint: near === undefined ? `declare output ${output} there` : `did you mean ${near}?`,
        }),
      ];
    }),
  );
}

function siblingOf(folder: string): string {
  return `${folder.slice(0, folder.lastIndexOf('/'))}/infrastructure`;
}

/** Addresses as expressions write them: `aws_vpc.main`, `data.aws_ami.x`, `var.x`, `local.x`, `module.x`. */
function listDeclared(project: TerraformProject): Set<string> {
  const declared = new Set<string>();
  for (const { block } of listBlocks(project, 'resource', 'data', 'variable', 'module', 'locals')) {
    const labels = block.labels.join('.');
    if (block.type === 'resource') declared.add(labels);
    else if (block.type === 'variable') declared.add(`var.${labels}`);
    else if (block.type === 'locals') for (const entry of block.body) declared.add(`local.${nameOf(entry)}`);
    else declared.add(`${block.type}.${labels}`);
  }
  return declared;
}

function nameOf(entry: ReadEntry): string {
  return entry.kind === 'attribute' ? entry.name : entry.type;
}

/** The declared thing that a path begins with; undefined for paths that begin with a name of the expression's own. */
function findAddress(
  [root = '', first, second]: readonly string[],
  providers: ReadonlySet<string>,
): string | undefined {
  if (first === undefined) return undefined;
  if (root === 'var' || root === 'local' || root === 'module') return `${root}.${first}`;
  if (root === 'data') return second === undefined ? undefined : `data.${first}.${second}`;
  return root.includes('_') && providers.has(root.slice(0, root.indexOf('_'))) ? `${root}.${first}` : undefined;
}

function listReferences(body: readonly ReadEntry[]): Reference[] {
  return body.flatMap((entry) =>
    entry.kind === 'block'
      ? listReferences(entry.body)
      : [...walkTokens(entry.value)].flatMap((tokens) => readPaths(tokens)),
  );
}

/** Words joined by dots, as long as they follow no dot themselves. */
function readPaths(tokens: readonly HclToken[]): Reference[] {
  const references: Reference[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const start = tokens[index];
    if (start?.kind !== 'word' || tokens[index - 1]?.text === '.') continue;
    const path = [start.text];
    while (tokens[index + 1]?.text === '.' && tokens[index + 2]?.kind === 'word') {
      path.push(tokens[index + 2]?.text ?? '');
      index += 2;
    }
    if (path.length > 1) references.push({ path, at: start.at });
  }
  return references;
}
