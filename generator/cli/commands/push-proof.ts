// A folder → what a push of it may publish, or why it may not: everything that can be told without asking the remote.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadValuePaths } from '../../catalog/catalog.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { LOCK_PATH } from '../../core/lock.ts';
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
import { VERSION } from '../../core/version.ts';
import { type GeneratedFolder, listBases, listNotRendered, listOrphans } from '../../io/generated-folder.ts';
import { readHead } from '../../io/git-committed.ts';
import { listDeleted } from '../../io/git-deleted.ts';
import { formatPush, type GitTarget } from '../../io/git-problems.ts';
import { maskUrl } from '../../io/git-secrets.ts';
import type { PushRequest } from '../../io/git-session.ts';
import { NOT_RENDERED } from '../../io/io-problems.ts';
import { emptyLockProblem } from '../../io/lock-problems.ts';
import { readPushedTree } from '../../io/pushed-tree.ts';
import { readRepositoryTree } from '../../io/read-files.ts';
import { digest } from '../../io/write-journal.ts';
import { type Generated, generate } from '../../pipeline.ts';
import type { RepositoryPlan } from '../../plan/plan.ts';
import { DIGEST_ANNOTATION, type SealedSecret } from '../../plan/sealing.ts';
import { refuseDangers } from '../../summary/danger-problems.ts';
import { listSealedSecrets, MANIFEST } from '../../verify/sealed-secrets.ts';
import { verify } from '../../verify/verify.ts';
import { summarisePush } from '../changes.ts';
import { storePath } from '../secrets/store-path.ts';
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

export interface Proven {
  readonly target: GitTarget;
  readonly generated: Generated;
  /** The tree that is pushed. */
  readonly pushed: FileTree;
  /** What is committed of it. */
  readonly paths: readonly string[];
  /** Where it was read. */
  readonly proven: PushRequest['proven'];
}

/**
 * Nothing unproven is pushed, and nothing that still waits for a person unless they say so. Codes: PUSH-001, PUSH-002,
 * DANGER-001, and those of reading, planning and verifying.
 */
export async function prove(folder: string, existing: GeneratedFolder, options: PushOptions): Promise<Outcome<Proven>> {
  const head = readHead(folder);
  const read = readRepositoryTree(folder, Object.keys(existing.lock.files));
  if (!read.ok) return read;
  const valuePaths = await loadValuePaths();
  const verified = verify(read.value, valuePaths);
  const notRendered = listNotRendered(folder, existing);
  if (!verified.ok || notRendered.length > 0) return fail(sortProblems([...verified.problems, ...notRendered]));
  const texts = collectTexts({ environment: [], output: folder, removeEnvironment: [] });
  if (!texts.ok) return texts;
  if (texts.value.length === 0) return fail([emptyLockProblem(folder)]);
  const sealed = listSealedSecrets(read.value);
  const generated = await generate(texts.value, sealed, new Date());
  if (!generated.ok) return generated;
  const stale = findStale(folder, existing, generated.value);
  if (stale !== undefined) return fail([stale]);
  const target = findTarget(folder, existing, generated.value.plan, options);
  const paths = listPaths(folder, existing, sealed);
  const pushed = readPushedTree(folder, read.value, paths);
  const alone = pushed.left.length === 0 ? verified : verify(pushed.files, valuePaths);
  if (!alone.ok) return fail([...alone.problems, notCommitted(target, pushed.left)]);
  const waiting = generated.problems.filter(({ severity }) => severity === 'pending');
  const problems = [...read.problems, ...listOrphans(folder, existing), ...verified.problems, ...waiting];
  const dangers = refuseDangers(summarisePush(folder, generated.value, pushed.files), options.allowReplace ?? []);
  const blocking = dangers.length > 0 ? dangers : refusePending(problems, target, options);
  if (blocking.length > 0) return fail([...problems, ...blocking]);
  const proven = { head, digests: pushed.digests };
  return succeed({ target, paths, pushed: pushed.files, generated: generated.value, proven }, problems);
}

/**
 * A repository that this version renders otherwise than it was rendered: secrets were sealed since, or branches came
 * together. Another version renders otherwise in any case. Code: IO-016.
 */
function findStale(folder: string, { lock, environments }: GeneratedFolder, { tree }: Generated): Problem | undefined {
  if (lock.generator !== VERSION) return undefined;
  const files = [...tree.files.values()].filter(({ kind }) => kind !== 'lock');
  const [first, ...others] = files.filter(({ path, content }) => lock.files[path] !== digest(content));
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : `, and ${others.length} other files`;
  const message = `${first.path} would be rendered otherwise now${more}: secrets were sealed or branches merged since.`;
  const inputs = [...environments.values()].flatMap(({ file }) => ['-e', file]);
  const hint = formatCommand('rootstock', 'render', ...inputs, '-o', folder);
  return makeProblem(NOT_RENDERED, { place: { file: folder }, message, hint });
}

function refusePending(problems: readonly Problem[], target: GitTarget, { allowPending }: PushOptions): Problem[] {
  const pending = problems.filter(({ severity }) => severity === 'pending');
  if (pending.length === 0 || allowPending === true) return [];
  const codes = [...new Set(pending.map(({ code }) => code))].join(', ');
  const message = `${pending.length} ${pending.length === 1 ? 'thing is' : 'things are'} still pending: ${codes}.`;
  return [makeProblem(PENDING, { message, hint: `${formatPush(target)} --allow-pending` })];
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
      ...(options.createRepository === true ? ['--create-repository'] : []),
      ...(options.public === true ? ['--public'] : []),
      ...(options.allowPending === true ? ['--allow-pending'] : []),
      ...(options.allowReplace ?? []).flatMap((name) => ['--allow-replace', name]),
    ],
    environmentFiles: [...existing.environments.values()].map(({ file }) => file),
  };
}

/** What a push commits: generated files, records, and what belongs to secrets. */
function listPaths(folder: string, existing: GeneratedFolder, sealed: readonly SealedSecret[]): readonly string[] {
  return [
    ...Object.keys(existing.lock.files),
    ...listBases(folder),
    LOCK_PATH,
    ...sealed.map(({ path }) => path),
    ...listSecretFiles(folder, existing),
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
function listSecretFiles(folder: string, { environments }: GeneratedFolder): readonly string[] {
  const stores = [...environments.keys()].map(storePath).filter((path) => existsSync(join(folder, path)));
  const deleted = listDeleted(folder, MANIFEST);
  return [...stores, ...deleted.filter(({ content }) => content.includes(DIGEST_ANNOTATION)).map(({ path }) => path)];
}
