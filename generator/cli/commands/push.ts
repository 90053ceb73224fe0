// rootstock push: a proven folder → its Git remote.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadValuePaths } from '../../catalog/catalog.ts';
import { LOCK_PATH, type Lock } from '../../core/lock.ts';
import { fail, makeProblem, type Outcome, type Problem, type ProblemKind, succeed } from '../../core/problem.ts';
import { type GeneratedFolder, listBases, readGeneratedFolder } from '../../io/generated-folder.ts';
import { listDeleted } from '../../io/git-deleted.ts';
import { formatPush, type GitTarget } from '../../io/git-problems.ts';
import { pushRepository } from '../../io/git-push.ts';
import { maskUrl } from '../../io/git-secrets.ts';
import { emptyLockProblem, missingLockProblem } from '../../io/lock-problems.ts';
import { readRepositoryTree } from '../../io/read-files.ts';
import { recoverFolder } from '../../io/write-journal.ts';
import { generate } from '../../pipeline.ts';
import type { RepositoryPlan } from '../../plan/plan.ts';
import { DIGEST_ANNOTATION, type SealedSecret } from '../../plan/sealing.ts';
import { refuseDangers } from '../../summary/danger-problems.ts';
import { listSealedSecrets, MANIFEST } from '../../verify/sealed-secrets.ts';
import { verify } from '../../verify/verify.ts';
import { summarisePush } from '../changes.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { storePath } from '../secrets/store-path.ts';
import { type ExitCode, isInteractive, printData, printStatus } from '../terminal.ts';
import { EMPTY_ARGUMENT } from '../usage-problems.ts';
import { collectTexts } from './render.ts';

export interface PushOptions extends OutputOptions {
  readonly remote?: string;
  readonly branch?: string;
  readonly message?: string;
  readonly allowPending?: boolean;
  /** Names of what may be deleted or replaced although something would be lost. */
  readonly allowReplace?: readonly string[];
}

const PENDING: ProblemKind = {
  code: 'PUSH-001',
  title: 'Something is still pending',
  explanation:
    'The repository is right, but somebody has to supply something first: a secret, an address. Pushing it now would start a platform that cannot finish. --allow-pending pushes all the same.',
};

export const pushProblems: readonly ProblemKind[] = [PENDING];

export async function runPush(folder: string, options: PushOptions): Promise<ExitCode> {
  if (options.message?.trim() === '') return failWith([emptyMessage()], options);
  const recovered = await recoverFolder(folder);
  if (!recovered.ok) return failWith(recovered.problems, options);
  const existing = readGeneratedFolder(folder);
  if (!existing.ok) return failWith(existing.problems, options);
  if (existing.value === undefined) return failWith([missingLockProblem(folder)], options);
  const proven = await prove(folder, existing.value, options);
  if (!proven.ok) return failWith(proven.problems, options);
  const { target, sealed } = proven.value;
  const pushed = await pushRepository({
    ...target,
    message: options.message ?? composeMessage(existing.value.lock),
    paths: [
      ...Object.keys(existing.value.lock.files),
      ...listBases(folder),
      LOCK_PATH,
      ...sealed.map(({ path }) => path),
      ...(await listSecretFiles(folder, existing.value)),
    ],
    interactive: isInteractive(),
    progress: printStatus,
  });
  if (!pushed.ok) return failWith(pushed.problems, options);
  const { commit, state, url, branch, untouched } = pushed.value;
  if (options.json !== true) printData(`${state}  ${url}  ${branch}  ${commit}`);
  if (untouched.length > 0)
    printStatus(
      `${untouched.length} other changed files are yours to commit: ${untouched.slice(0, 3).join(', ')}${untouched.length > 3 ? ', …' : ''}`,
    );
  return succeedWith(pushed.value, proven.problems, options);
}

/** Stores, which are encrypted, and SealedSecrets of ours that were deleted. */
async function listSecretFiles(folder: string, { environments }: GeneratedFolder): Promise<readonly string[]> {
  const stores = [...environments.keys()].map(storePath).filter((path) => existsSync(join(folder, path)));
  const deleted = await listDeleted(folder, MANIFEST);
  return [...stores, ...deleted.filter(({ content }) => content.includes(DIGEST_ANNOTATION)).map(({ path }) => path)];
}

/** Git takes no message of spaces, and says so only after everything else was done. */
function emptyMessage(): Problem {
  return makeProblem(EMPTY_ARGUMENT, { message: 'The commit message is empty.', hint: 'rootstock push --help' });
}

interface Proven {
  readonly target: GitTarget;
  readonly sealed: readonly SealedSecret[];
}

/** Nothing unproven is pushed, and nothing that still waits for a person unless they say so. */
async function prove(folder: string, existing: GeneratedFolder, options: PushOptions): Promise<Outcome<Proven>> {
  const read = readRepositoryTree(folder, Object.keys(existing.lock.files));
  if (!read.ok) return read;
  const tree = read.value;
  const verified = verify(tree, await loadValuePaths());
  if (!verified.ok) return verified;
  const texts = collectTexts({ environment: [], output: folder, removeEnvironment: [] });
  if (!texts.ok) return texts;
  if (texts.value.length === 0) return fail([emptyLockProblem(folder)]);
  const sealed = listSealedSecrets(tree);
  const generated = await generate(texts.value, sealed, new Date());
  if (!generated.ok) return generated;
  const problems = [
    ...read.problems,
    ...verified.problems,
    ...generated.problems.filter(({ severity }) => severity === 'pending'),
  ];
  const target = findTarget(folder, existing, generated.value.plan, options);
  const summary = summarisePush(folder, generated.value);
  const dangers = refuseDangers(summary, options.allowReplace ?? []);
  if (dangers.length > 0) return fail([...problems, ...dangers]);
  const pending = problems.filter(({ severity }) => severity === 'pending');
  if (pending.length === 0 || options.allowPending === true) return succeed({ target, sealed }, problems);
  const message = `${pending.length} ${pending.length === 1 ? 'thing is' : 'things are'} still pending: ${[...new Set(pending.map(({ code }) => code))].join(', ')}.`;
  return fail([...problems, makeProblem(PENDING, { message, hint: `${formatPush(target)} --allow-pending` })]);
}

/** All environments of one repository name the same one: a rule holds them to it. */
function findTarget(
  folder: string,
  existing: GeneratedFolder,
  { environments: [first] }: RepositoryPlan,
  options: PushOptions,
): GitTarget {
  const repository = first?.environment.repository;
  // Git would read a relative path from inside the folder; people mean the one they stand in.
  const remote = options.remote !== undefined && existsSync(options.remote) ? resolve(options.remote) : options.remote;
  return {
    folder,
    url: remote ?? repository?.url ?? '',
    branch: options.branch ?? repository?.branch ?? 'main',
    branchGiven: options.branch !== undefined,
    flags: [
      ...(options.remote === undefined ? [] : ['--remote', maskUrl(options.remote)]),
      ...(options.allowPending === true ? ['--allow-pending'] : []),
    ],
    environmentFiles: [...existing.environments.values()].map(({ file }) => file),
  };
}

/** `rootstock: render prod, staging with 0.1.0`, then the chart versions of each. */
function composeMessage(lock: Lock): string {
  const names = Object.keys(lock.environments);
  const body = names.map(
    (name) =>
      `${name}: ${Object.entries(lock.environments[name]?.charts ?? {})
        .map(([app, version]) => `${app} ${version}`)
        .join(', ')}`,
  );
  return `rootstock: render ${names.join(', ')} with ${lock.generator}\n\n${body.join('\n')}\n`;
}
