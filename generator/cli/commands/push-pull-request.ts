// rootstock push --pr: a proven folder → a branch → a pull request that is opened, updated or closed. And what a plain
// push asks the forge before it begins.
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { type ChangeReport, type ChangeRequest, pushChange, removeBranch } from '../../io/change-branch.ts';
import type { Forge, Proposal, Right } from '../../io/forge/forge.ts';
import { type ForgeKind, findForgeAddress } from '../../io/forge/forge-address.ts';
import { NO_TOKEN, NOT_TOLD, PROTECTED } from '../../io/forge/forge-problems.ts';
import { openForge } from '../../io/forge/open-forge.ts';
import { formatPush } from '../../io/git-problems.ts';
import { maskUrl } from '../../io/git-secrets.ts';
import { type PushRequest, settleToken } from '../../io/git-session.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { composeTitle } from '../pull-request-text.ts';
import { type ExitCode, printData, printStatus } from '../terminal.ts';

export interface ForgeOptions extends OutputOptions {
  readonly pr?: boolean;
  readonly createRepository?: boolean;
  readonly public?: boolean;
  readonly forge?: ForgeKind;
}

export interface PullRequestInput {
  /** As for a push; `branch` is the one that the pull request is for. */
  readonly request: PushRequest;
  /** Names of the environments, sorted: they name the branch. */
  readonly environments: readonly string[];
  /** Branch of the pull request, if somebody named one. */
  readonly head?: string | undefined;
  /** Findings that did not block. */
  readonly problems: readonly Problem[];
  readonly composeBody: (report: ChangeReport) => string | Promise<string>;
}

/** The branch of a set of environments: no name of an environment holds `_`, so that no two sets share a branch. */
export function nameBranch(environments: readonly string[]): string {
  return `rootstock/${environments.join('_')}`;
}

/** Opens, updates or closes the pull request of these environments. Codes: FORGE-001 to FORGE-010, those of a push. */
export async function runPullRequest(input: PullRequestInput, options: ForgeOptions): Promise<ExitCode> {
  const proposed = await propose(input, options);
  if (!proposed.ok) return failWith([...input.problems, ...proposed.problems], options);
  const { report, proposal, request } = proposed.value;
  const data = { ...report, branch: request.branch, base: request.base, pullRequest: proposal };
  if (options.json !== true) printReport(report, proposal, request);
  if (report.untouched.length > 0) printStatus(`${report.untouched.length} other changed files are yours to commit`);
  return succeedWith(data, [...input.problems, ...proposed.problems], options);
}

interface Proposed {
  readonly report: ChangeReport;
  readonly proposal: Proposal;
  readonly request: ChangeRequest;
}

async function propose(input: PullRequestInput, options: ForgeOptions): Promise<Outcome<Proposed>> {
  const base = input.request.branch;
  const ownBranch = nameBranch(input.environments);
  const branch = input.head ?? ownBranch;
  const named = { ...input.request, branch, branchGiven: input.head !== undefined };
  const again = formatPush(named);
  const opened = await openForge({ ...optional(options), url: named.url, again, variables: process.env });
  if (!opened.ok) return opened;
  const { forge, token } = opened.value;
  const request: PushRequest = { ...named, token };
  request.progress(`asking ${forge.name} for ${maskUrl(request.url)}`);
  const prepared = await forge.prepare({ rights: await listRights(request), branch: base, ...creation(options) });
  if (!prepared.ok) return prepared;
  const merged = await forge.listMerged({ head: branch, base });
  if (!merged.ok) return merged;
  const change = { ...request, base, ownBranch, merged: merged.value };
  const pushed = await pushChange(change);
  if (!pushed.ok) return pushed;
  const proposal = await settle(forge, change, pushed.value, input);
  return proposal.ok ? succeed({ report: pushed.value, proposal: proposal.value, request: change }) : proposal;
}

/** Brings the pull request to what was pushed. */
async function settle(
  forge: Forge,
  change: ChangeRequest,
  report: ChangeReport,
  { environments, composeBody }: PullRequestInput,
): Promise<Outcome<Proposal>> {
  const { branch: head, base } = change;
  if (report.state === 'first' || report.state === 'kept') return succeed({ state: 'none' });
  if (report.state !== 'nothing') {
    const title = composeTitle(environments);
    return await forge.propose({ head, base, title, body: await composeBody(report) });
  }
  const comment = `Nothing is left to change: \`${base}\` is as Rootstock renders it.`;
  const withdrawn = await forge.withdraw({ head, base, comment });
  if (!withdrawn.ok || report.obsolete === undefined) return withdrawn;
  const removed = await removeBranch(change, report.obsolete);
  return removed.ok ? withdrawn : removed;
}

/** Git may push workflows with another credential than this token, so that right is asked for where it is the same. */
async function listRights(request: PushRequest): Promise<readonly Right[]> {
  const isUsedByGit = (await settleToken(request)).token !== undefined;
  const hasWorkflows = isUsedByGit && request.paths.some((path) => path.startsWith('.github/workflows/'));
  return ['push', 'pull requests', ...(hasWorkflows ? (['workflows'] as const) : [])];
}

function creation({ createRepository, public: isPublic }: ForgeOptions): { readonly create?: 'private' | 'public' } {
  return createRepository === true ? { create: isPublic === true ? 'public' : 'private' } : {};
}

function optional({ forge }: ForgeOptions): { readonly kind?: ForgeKind } {
  return forge === undefined ? {} : { kind: forge };
}

function printReport(report: ChangeReport, proposal: Proposal, { branch, base }: ChangeRequest): void {
  if (report.state === 'first') {
    printData(`pushed  ${report.url}  ${base}  ${report.commit}`);
    printStatus(`${base} is new there, so it was pushed itself: pull requests begin with the next change`);
    return;
  }
  if (report.state === 'kept') {
    printData(`nothing  ${report.url}  ${base}  ${report.commit}`);
    printStatus(`${branch} holds what somebody wrote and ${base} does not have, so its pull request stays`);
    return;
  }
  const at = report.state === 'nothing' ? base : branch;
  printData(`${report.state}  ${report.url}  ${at}  ${report.commit}`);
  const { state, url } = proposal;
  if (state !== 'none') printData(`${state}  ${url ?? ''}`);
  else if (report.state !== 'nothing')
    printStatus(url === undefined ? `open a pull request from ${branch} to ${base}` : `open a pull request at ${url}`);
}

/**
 * What a push asks before it begins: whether the repository is to be made, and whether the branch takes pushes at all.
 * Asks only where there is an API and a token. Codes: FORGE-001 to FORGE-011.
 */
export async function askBeforePush(request: PushRequest, options: ForgeOptions): Promise<Outcome<string | undefined>> {
  const wanted = options.createRepository === true;
  const address = findForgeAddress(request.url, process.env, options.forge);
  if (address?.kind !== 'github' && !wanted) return succeed(undefined);
  const again = formatPush(request);
  const opened = await openForge({ ...optional(options), url: request.url, again, variables: process.env });
  // Without a token nothing can be asked; Git has credentials of its own.
  if (!opened.ok)
    return wanted || !opened.problems.every(({ code }) => code === NO_TOKEN.code) ? opened : succeed(undefined);
  const { forge, token } = opened.value;
  const made = wanted
    ? await forge.prepare({ rights: ['push'], branch: request.branch, ...creation(options) })
    : succeed(undefined);
  if (!made.ok) return made;
  request.progress(`asking ${forge.name} whether ${request.branch} takes pushes`);
  const protection = await forge.findProtection(request.branch);
  if (!protection.ok) return succeed(token, [couldNotTell(request, protection.problems)]);
  return protection.value.closed ? fail([closedProblem(request, protection.value.reasons)]) : succeed(token);
}

function couldNotTell({ url, branch }: PushRequest, problems: readonly Problem[]): Problem {
  const why = problems.map(({ message }) => message).join(' ');
  const message = `Whether ${branch} of ${maskUrl(url)} takes pushes could not be told. ${why}`;
  return makeProblem(NOT_TOLD, { message, hint: 'nothing, if the push went through' });
}

function closedProblem(request: PushRequest, reasons: readonly string[]): Problem {
  const { url, branch } = request;
  return makeProblem(PROTECTED, {
    message: `${branch} of ${maskUrl(url)} takes no pushes: ${reasons.join('; ')}. Nothing was committed or pushed.`,
    hint: `${formatPush({ ...request, branchGiven: false })} --pr`,
  });
}
