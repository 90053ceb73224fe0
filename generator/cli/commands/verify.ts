// rootstock verify: proves a repository folder, generated or edited by hand.
import { loadValuePaths } from '../../catalog/catalog.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { fail, makeProblem, type Outcome, type Problem, sortProblems, succeed } from '../../core/problem.ts';
import { formatCommand } from '../../core/shell.ts';
import type { EnvironmentText } from '../../environment/parse-environment.ts';
import { listNotRendered, listOrphans, readGeneratedFolder } from '../../io/generated-folder.ts';
import { INTERRUPTED } from '../../io/io-problems.ts';
import { missingLockProblem } from '../../io/lock-problems.ts';
import { readRepositoryTree } from '../../io/read-files.ts';
import { isInterrupted } from '../../io/write-journal.ts';
import { planEnvironments } from '../../pipeline.ts';
import { listSealedSecrets } from '../../verify/sealed-secrets.ts';
import { verify } from '../../verify/verify.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printStatus } from '../terminal.ts';
import { collectTexts } from './render.ts';

export async function runVerify(folder: string, options: OutputOptions): Promise<ExitCode> {
  const verified = await verifyFolder(folder);
  if (!verified.ok) return failWith(verified.problems, options);
  const told = [
    count(verified.problems, 'pending', 'still pending'),
    count(verified.problems, 'unchecked', 'not checked'),
  ].filter((part) => part !== undefined);
  printStatus([`${verified.value} files: no errors`, ...told].join(', '));
  return succeedWith({ folder, files: verified.value }, verified.problems, options);
}

function count(problems: readonly Problem[], severity: Problem['severity'], what: string): string | undefined {
  const { length } = problems.filter((problem) => problem.severity === severity);
  return length === 0 ? undefined : `${length} thing${length === 1 ? '' : 's'} ${what}`;
}

/** Proves a folder; gives the number of its files. */
async function verifyFolder(folder: string): Promise<Outcome<number>> {
  // A lock that cannot be read is no proof of anything.
  const existing = readGeneratedFolder(folder);
  if (!existing.ok) return existing;
  if (existing.value === undefined) return fail([missingLockProblem(folder)]);
  if (isInterrupted(folder)) return fail([interrupted(folder)]);
  const tree = readRepositoryTree(folder, Object.keys(existing.value.lock.files));
  if (!tree.ok) return tree;
  const verified = verify(tree.value, await loadValuePaths());
  const notRendered = listNotRendered(folder, existing.value);
  const texts = collectTexts({ environment: [], output: folder, removeEnvironment: [] });
  const pending = texts.ok ? findPending(texts.value, tree.value) : [];
  const orphans = listOrphans(folder, existing.value);
  const problems = sortProblems([
    ...[tree, texts, verified].flatMap((outcome) => outcome.problems),
    ...notRendered,
    ...orphans,
    ...pending,
  ]);
  return texts.ok && verified.ok && notRendered.length === 0 ? succeed(tree.value.size, problems) : fail(problems);
}

/** What the environments still wait for; nothing where this version cannot plan them: `push` says why. */
function findPending(texts: readonly EnvironmentText[], tree: FileTree): readonly Problem[] {
  const { problems } = planEnvironments(texts, listSealedSecrets(tree));
  return problems.filter(({ severity }) => severity === 'pending');
}

function interrupted(folder: string): Problem {
  const message = `A run in ${folder} was interrupted; some files are old and some are new.`;
  const hint = formatCommand('rootstock', 'render', '-e', 'FILE', '-o', folder);
  return makeProblem(INTERRUPTED, { place: { file: folder }, message, hint });
}
