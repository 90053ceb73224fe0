// rootstock push: a proven folder → its Git remote.
import type { Lock } from '../../core/lock.ts';
import { makeProblem, type Problem } from '../../core/problem.ts';
import type { ChangeReport } from '../../io/change-branch.ts';
import { readGeneratedFolder } from '../../io/generated-folder.ts';
import { type PushRequest, pushRepository } from '../../io/git-push.ts';
import { missingLockProblem } from '../../io/lock-problems.ts';
import { recoverFolder } from '../../io/write-journal.ts';
import { refuseDangers } from '../../summary/danger-problems.ts';
import { formatSummary } from '../../summary/format-summary.ts';
import type { Summary } from '../../summary/summary.ts';
import { summarisePush } from '../changes.ts';
import { failWith, succeedWith } from '../finish.ts';
import { type ExitCode, isInteractive, printData, printStatus } from '../terminal.ts';
import { CONTRADICTION, EMPTY_ARGUMENT } from '../usage-problems.ts';
import { type PushOptions, prove } from './push-proof.ts';

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
  const { target, paths, pushed: files, generated } = proven.value;
  const { plan } = generated;
  const summarise = (commit: string) => summarisePush(folder, generated, files, commit);
  const request: PushRequest = {
    ...target,
    message: options.message ?? composeMessage(existing.value.lock),
    paths,
    proven: proven.value.proven,
    inspect: (remoteHead) => refuseDangers(summarise(remoteHead), options.allowReplace ?? []),
    interactive: isInteractive(),
    progress: printStatus,
  };
  const { problems } = proven;
  const forge = await import('./push-pull-request.ts');
  if (options.pr === true) {
    const { composeBody } = await import('../pull-request-text.ts');
    const environments = plan.environments.map(({ name }) => name).sort();
    const body = ({ files: changed, baseCommit }: ChangeReport) => {
      const summary = describeChanges(summarise(baseCommit));
      return composeBody({ environments: plan.environments, files: changed, problems, ...summary });
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
