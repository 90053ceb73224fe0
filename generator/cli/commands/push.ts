// rootstock push: a proven folder → its Git remote.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadValuePaths } from '../../catalog/catalog.ts';
import { LOCK_PATH, type Lock } from '../../core/lock.ts';
import {
  fail,
  makeProblem,
  type Outcome,
  type Problem,
  type ProblemKind,
  sortProblems,
  succeed,
} from '../../core/problem.ts';
import { formatCommand } from '../../core/shell.ts';
import type { ChangeReport } from '../../io/change-branch.ts';
import {
  type GeneratedFolder,
  listBases,
  listNotRendered,
  listOrphans,
  readGeneratedFolder,
} from '../../io/generated-folder.ts';
import { listDeleted } from '../../io/git-deleted.ts';
import { formatPush, type GitTarget } from '../../io/git-problems.ts';
import { type PushRequest, pushRepository } from '../../io/git-push.ts';
import { maskUrl } from '../../io/git-secrets.ts';
import { emptyLockProblem, missingLockProblem } from '../../io/lock-problems.ts';
import { readPushedTree } from '../../io/pushed-tree.ts';
import { readRepositoryTree } from '../../io/read-files.ts';
import { recoverFolder } from '../../io/write-journal.ts';
import { type Generated, generate } from '../../pipeline.ts';
import type { RepositoryPlan } from '../../plan/plan.ts';
import { DIGEST_ANNOTATION, type SealedSecret } from '../../plan/sealing.ts';
import { refuseDangers } from '../../summary/danger-problems.ts';
import { formatSummary } from '../../summary/format-summary.ts';
import type { Summary } from '../../summary/summary.ts';
import { listSealedSecrets, MANIFEST } from '../../verify/sealed-secrets.ts';
import { verify } from '../../verify/verify.ts';
import { summarisePush } from '../changes.ts';
import { failWith, succeedWith } from '../finish.ts';
import { storePath } from '../secrets/store-path.ts';
import { type ExitCode, isInteractive, printData, printStatus } from '../terminal.ts';
import { CONTRADICTION, EMPTY_ARGUMENT } from '../usage-problems.ts';
import type { ForgeOptions } from './push-pull-request.ts';
import { collectTexts } from './render.ts';

export interface PushOptions extends ForgeOptions {
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

const NOT_COMMITTED: ProblemKind = {
  code: 'PUSH-002',
  title: 'What is pushed is not what was proven',
  explanation:
    'A push commits what Rootstock generated and leaves files of yours to you. The folder is right with them as they lie there; the commit, which has them as you committed them or not at all, is not. Commit them, then push.',
};

export const pushProblems: readonly ProblemKind[] = [PENDING, NOT_COMMITTED];

export async function runPush(folder: string, options: PushOptions): Promise<ExitCode> {
  const misused = findMisuse(options);
  if (misused !== undefined) return failWith([misused], options);
  const recovered = await recoverFolder(folder, 'refuse');
  if (!recovered.ok) return failWith(recovered.problems, options);
  const existing = readGeneratedFolder(folder);
  if (!existing.ok) return failWith(existing.problems, options);
  if (existing.value === undefined) return failWith([missingLockProblem(folder)], options);
  const proven = await prove(folder, existing.value, options);
  if (!proven.ok) return failWith(proven.problems, options);
  const { target, paths, generated } = proven.value;
  const { plan } = generated;
  const request: PushRequest = {
    ...target,
    message: options.message ?? composeMessage(existing.value.lock),
    paths,
    inspect: (remoteHead) => refuseDangers(summarisePush(folder, generated, remoteHead), options.allowReplace ?? []),
    interactive: isInteractive(),
    progress: printStatus,
  };
  const { problems } = proven;
  const forge = await import('./push-pull-request.ts');
  if (options.pr === true) {
    const { composeBody } = await import('../pull-request-text.ts');
    const environments = plan.environments.map(({ name }) => name).sort();
    const body = ({ files, baseCommit }: ChangeReport) => {
      const summary = summarisePush(folder, generated, baseCommit);
      return composeBody({ environments: plan.environments, files, problems, ...describeChanges(summary) });
    };
    const input = { request, environments, head: options.branch, problems, composeBody: body };
    return await forge.runPullRequest(input, options);
  }
  const asked = await forge.askBeforePush(request, options);
  if (!asked.ok) return failWith([...problems, ...asked.problems], options);
  const pushed = await pushRepository({ ...request, token: asked.value });
  if (!pushed.ok) return failWith(pushed.problems, options);
  const { commit, state, url, branch, untouched } = pushed.value;
  if (options.json !== true) printData(`${state}  ${url}  ${branch}  ${commit}`);
  if (untouched.length > 0)
    printStatus(
      `${untouched.length} other changed files are yours to commit: ${untouched.slice(0, 3).join(', ')}${untouched.length > 3 ? ', …' : ''}`,
    );
  return succeedWith(pushed.value, [...problems, ...asked.problems], options);
}

/** Nothing where nothing was generated before: then the files say what there is. */
function describeChanges(summary: Summary): { readonly summary?: string } {
  const isTelling = summary.hasPrevious && summary.environments.length > 0;
  return isTelling ? { summary: formatSummary(summary, { markdown: true }) } : {};
}

/** What a push commits: generated files, records, and what belongs to secrets. */
async function listPaths(
  folder: string,
  existing: GeneratedFolder,
  sealed: readonly SealedSecret[],
): Promise<readonly string[]> {
  return [
    ...Object.keys(existing.lock.files),
    ...listBases(folder),
    LOCK_PATH,
    ...sealed.map(({ path }) => path),
    ...(await listSecretFiles(folder, existing)),
  ];
}

/** Files that others need: Argo CD and Terraform read these folders whole. */
const APPLIED = /^(?:clusters|terraform)\//;
const FILES_SHOWN = 10;

function notCommitted({ folder, branch }: GitTarget, left: readonly string[]): Problem {
  const files = left.filter((path) => APPLIED.test(path));
  const named = files.length === 0 ? left : files;
  const message = `Without ${named.slice(0, FILES_SHOWN).join(', ')}${named.length > FILES_SHOWN ? ', …' : ''}, which no commit holds as ${named.length === 1 ? 'it lies' : 'they lie'} there, the repository is not right. Nothing was committed or pushed.`;
  const add = formatCommand('git', '-C', folder, 'add', '--all', '--', ...named);
  const init = existsSync(join(folder, '.git')) ? '' : `${formatCommand('git', 'init', '-b', branch, folder)} && `;
  const hint = `${init}${add} && ${formatCommand('git', '-C', folder, 'commit', '-m', 'Keep our own files')}`;
  return makeProblem(NOT_COMMITTED, { place: { file: folder }, message, hint });
}

/** Stores, which are encrypted, and SealedSecrets of ours that were deleted. */
async function listSecretFiles(folder: string, { environments }: GeneratedFolder): Promise<readonly string[]> {
  const stores = [...environments.keys()].map(storePath).filter((path) => existsSync(join(folder, path)));
  const deleted = await listDeleted(folder, MANIFEST);
  return [...stores, ...deleted.filter(({ content }) => content.includes(DIGEST_ANNOTATION)).map(({ path }) => path)];
}

function findMisuse(options: PushOptions): Problem | undefined {
  if (options.message?.trim() === '') return emptyMessage();
  if (options.public !== true || options.createRepository === true) return undefined;
  const message = '--public says how a repository is made, and --create-repository is not given.';
  return makeProblem(CONTRADICTION, { message, hint: 'add --create-repository, or leave out --public' });
}

/** Git takes no message of spaces, and says so only after everything else was done. */
function emptyMessage(): Problem {
  return makeProblem(EMPTY_ARGUMENT, { message: 'The commit message is empty.', hint: 'rootstock push --help' });
}

interface Proven {
  readonly target: GitTarget;
  readonly generated: Generated;
  /** What is committed. */
  readonly paths: readonly string[];
}

/** Nothing unproven is pushed, and nothing that still waits for a person unless they say so. */
async function prove(folder: string, existing: GeneratedFolder, options: PushOptions): Promise<Outcome<Proven>> {
  const read = readRepositoryTree(folder, Object.keys(existing.lock.files));
  if (!read.ok) return read;
  const tree = read.value;
  const valuePaths = await loadValuePaths();
  const verified = verify(tree, valuePaths);
  const notRendered = listNotRendered(folder, existing);
  if (!verified.ok || notRendered.length > 0) return fail(sortProblems([...verified.problems, ...notRendered]));
  const texts = collectTexts({ environment: [], output: folder, removeEnvironment: [] });
  if (!texts.ok) return texts;
  if (texts.value.length === 0) return fail([emptyLockProblem(folder)]);
  const sealed = listSealedSecrets(tree);
  const paths = await listPaths(folder, existing, sealed);
  const pushed = readPushedTree(folder, tree, paths);
  const generated = await generate(texts.value, sealed, new Date());
  if (!generated.ok) return generated;
  const problems = [
    ...read.problems,
    ...listOrphans(folder, existing),
    ...verified.problems,
    ...generated.problems.filter(({ severity }) => severity === 'pending'),
  ];
  const { plan } = generated.value;
  const target = findTarget(folder, existing, plan, options);
  const provenAlone = pushed.left.length === 0 ? verified : verify(pushed.files, valuePaths);
  if (!provenAlone.ok) return fail([...provenAlone.problems, notCommitted(target, pushed.left)]);
  const summary = summarisePush(folder, generated.value);
  const dangers = refuseDangers(summary, options.allowReplace ?? []);
  if (dangers.length > 0) return fail([...problems, ...dangers]);
  const pending = problems.filter(({ severity }) => severity === 'pending');
  if (pending.length === 0 || options.allowPending === true)
    return succeed({ target, paths, generated: generated.value }, problems);
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
    // Of a pull request it names the branch that is merged, not the one that it is merged into.
    branch: (options.pr === true ? undefined : options.branch) ?? repository?.branch ?? 'main',
    branchGiven: options.pr !== true && options.branch !== undefined,
    flags: [
      ...(options.pr === true ? ['--pr'] : []),
      ...(options.forge === undefined ? [] : ['--forge', options.forge]),
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
