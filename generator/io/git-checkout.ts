// Is a commit in this folder held by the branch that is meant? Asked before anything is committed.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { makeProblem, type Problem, type ProblemKind } from '../core/problem.ts';
import { formatGit, formatPush, type GitTarget } from './git-problems.ts';
import { maskUrl } from './git-secrets.ts';

const NO_BRANCH: ProblemKind = {
  code: 'GIT-009',
  title: 'The folder is not on the branch that is pushed',
  explanation:
    'On a detached HEAD a commit belongs to no branch, and would be lost to the next one who switches. On another branch than the one of the environment file, a push would publish all that this branch holds. Switch first, or name the branch with --branch.',
};
const UNFINISHED: ProblemKind = {
  code: 'GIT-010',
  title: 'A rebase, merge or the like is not finished',
  explanation:
    'Git is in the middle of an operation in this folder, and a commit would become part of it. Continue it or give it up, then push.',
};

export const checkoutProblems: readonly ProblemKind[] = [NO_BRANCH, UNFINISHED];

/** What Git keeps in its folder while an operation goes on; the first that is there is the one to end. */
const OPERATIONS = [
  { mark: 'rebase-apply/applying', name: 'am', end: ['am', '--abort'] },
  { mark: 'rebase-merge', name: 'rebase', end: ['rebase', '--abort'] },
  { mark: 'rebase-apply', name: 'rebase', end: ['rebase', '--abort'] },
  { mark: 'MERGE_HEAD', name: 'merge', end: ['merge', '--abort'] },
  { mark: 'CHERRY_PICK_HEAD', name: 'cherry-pick', end: ['cherry-pick', '--abort'] },
  { mark: 'REVERT_HEAD', name: 'revert', end: ['revert', '--abort'] },
  { mark: 'BISECT_LOG', name: 'bisect', end: ['bisect', 'reset'] },
] as const;

/**
 * Why a commit must not be made here; undefined if it may. A branch without commits may be any: the first commit
 * makes it. Codes: GIT-009, GIT-010.
 */
export async function findCheckoutProblem(git: SimpleGit, target: GitTarget): Promise<Problem | undefined> {
  const operation = await findOperation(git, target.folder);
  if (operation !== undefined) return unfinished(operation, target);
  const branch = (await git.raw('branch', '--show-current')).trim();
  if (branch === target.branch) return undefined;
  const local = await findBranch(git, target.branch);
  if (branch === '') return await detached(git, target, local);
  return local === undefined || target.branchGiven ? undefined : elsewhere(branch, target, local);
}

/**
 * The same for a branch of a pull request, which is made where HEAD is: from the branch that it is for, from itself, from
 * another one of ours, or from a commit without a branch. Codes: GIT-009, GIT-010.
 * @param base branch that the pull request is for
 * @param own branch that Rootstock would take by itself
 */
export async function findChangeProblem(
  git: SimpleGit,
  target: GitTarget,
  { base, own }: { readonly base: string; readonly own: string },
): Promise<Problem | undefined> {
  const operation = await findOperation(git, target.folder);
  if (operation !== undefined) return unfinished(operation, target);
  const branch = (await git.raw('branch', '--show-current')).trim();
  if (['', base, own, target.branch].includes(branch)) return undefined;
  const message = `${target.folder} is on ${branch}, so a pull request would hold all that this branch holds. Nothing was committed or pushed.`;
  const isHere = (await findBranch(git, base)) !== undefined;
  const fetch = formatGit(target, 'fetch', maskUrl(target.url), `${base}:${base}`);
  const turn = `${isHere ? '' : `${fetch} && `}${formatGit(target, 'switch', base)}`;
  const named = formatPush({ ...target, branchGiven: true }, { branch });
  // Without the base, this may be what it was called before.
  return makeProblem(NO_BRANCH, { message, hint: isHere ? `${named}, or first ${turn}` : `${turn}, or ${named}` });
}

/** A branch of another worktree stays what it is: moved under it, its next commit would take back what moved. Code: GIT-009. */
export async function findInUseProblem(git: SimpleGit, target: GitTarget): Promise<Problem | undefined> {
  const worktree = (await findBranch(git, target.branch))?.worktree;
  if (worktree === undefined) return undefined;
  const message = `${target.branch} is checked out in ${worktree}, another worktree of ${target.folder}. Nothing was committed or pushed.`;
  const free = existsSync(worktree)
    ? formatGit({ folder: worktree }, 'switch', '--detach')
    : formatGit(target, 'worktree', 'prune');
  const hint = `${free}, then ${formatPush(target)}`;
  return makeProblem(NO_BRANCH, { message, hint });
}

async function findOperation(git: SimpleGit, folder: string): Promise<(typeof OPERATIONS)[number] | undefined> {
  // In a worktree these lie elsewhere: Git says where.
  const listed = await git.raw('rev-parse', ...OPERATIONS.flatMap(({ mark }) => ['--git-path', mark]));
  const paths = listed.split('\n');
  return OPERATIONS.find((_operation, index) => existsSync(resolve(folder, paths[index] ?? '')));
}

function unfinished({ name, end }: (typeof OPERATIONS)[number], target: GitTarget): Problem {
  const message = `A ${name} is not finished in ${target.folder}. Nothing was committed or pushed.`;
  const giveUp = formatGit(target, ...end);
  const goOn = name === 'bisect' ? '' : `, or ${formatGit(target, name, '--continue')}`;
  return makeProblem(UNFINISHED, { message, hint: `${giveUp}${goOn}` });
}

interface LocalBranch {
  readonly commit: string;
  /** Where it is checked out, here or elsewhere. */
  readonly worktree: string | undefined;
}

async function findBranch(git: SimpleGit, name: string): Promise<LocalBranch | undefined> {
  const listed = await git.raw('for-each-ref', '--format=%(objectname) %(worktreepath)', `refs/heads/${name}`);
  const [, commit, worktree] = /^([0-9a-f]+) (.*)$/m.exec(listed) ?? [];
  return commit === undefined ? undefined : { commit, worktree: worktree === '' ? undefined : worktree };
}

async function detached(git: SimpleGit, target: GitTarget, local: LocalBranch | undefined): Promise<Problem> {
  const head = (await git.raw('rev-parse', 'HEAD')).trim();
  const message = `HEAD of ${target.folder} is detached at ${head.slice(0, 7)}: a commit there would belong to no branch. Nothing was committed or pushed.`;
  return makeProblem(NO_BRANCH, { message, hint: attach(head, target, local) });
}

/** To the branch itself where it is free and at the same commit, so that no changed file is in the way of a switch. */
function attach(head: string, target: GitTarget, local: LocalBranch | undefined): string {
  if (local === undefined) return formatGit(target, 'switch', '-c', target.branch);
  if (local.commit === head && local.worktree === undefined) return formatGit(target, 'switch', target.branch);
  const branch = `rootstock-${head.slice(0, 7)}`;
  return `${formatGit(target, 'switch', '-c', branch)}, then ${formatPush(target, { branch })}`;
}

function elsewhere(branch: string, target: GitTarget, local: LocalBranch): Problem {
  const message = `${target.folder} is on ${branch}, but ${target.branch} is the branch to push to, and the folder has that branch as well. Nothing was committed or pushed.`;
  const turn = local.worktree !== undefined ? '' : `, or first ${formatGit(target, 'switch', target.branch)}`;
  return makeProblem(NO_BRANCH, { message, hint: `${formatPush(target, { branch })}${turn}` });
}
