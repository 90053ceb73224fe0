// rootstock push: a proven folder → its Git remote.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadValuePaths } from '../../catalog/catalog.ts';
import { LOCK_PATH, type Lock } from '../../core/lock.ts';
import { fail, makeProblem, type Outcome, type ProblemKind, succeed } from '../../core/problem.ts';
import { parseSource } from '../../environment/source.ts';
import { maskUrl } from '../../io/git-problems.ts';
import { pushRepository } from '../../io/git-push.ts';
import { NOT_GENERATED } from '../../io/io-problems.ts';
import { readRepositoryTree } from '../../io/read-files.ts';
import { type GeneratedFolder, readGeneratedFolder, recoverFolder } from '../../io/repository-folder.ts';
import { generate } from '../../pipeline.ts';
import type { SealedSecret } from '../../plan/sealing.ts';
import { listSealedSecrets } from '../../verify/sealed-secrets.ts';
import { verify } from '../../verify/verify.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, isInteractive, printData, printStatus } from '../terminal.ts';

export interface PushOptions extends OutputOptions {
  readonly remote?: string;
  readonly branch?: string;
  readonly message?: string;
  readonly allowPending?: boolean;
}

const PENDING: ProblemKind = {
  code: 'PUSH-001',
  title: 'Something is still pending',
  explanation:
    'The repository is right, but somebody has to supply something first: a secret, an address. Pushing it now would start a platform that cannot finish. --allow-pending pushes all the same.',
};

export const pushProblems: readonly ProblemKind[] = [PENDING];

export async function runPush(folder: string, options: PushOptions): Promise<ExitCode> {
  const recovered = await recoverFolder(folder);
  if (!recovered.ok) return failWith(recovered.problems, options);
  const existing = readGeneratedFolder(folder);
  if (!existing.ok) return failWith(existing.problems, options);
  if (existing.value === undefined) {
    const message = `${folder} holds no ${LOCK_PATH}: there is nothing to push.`;
    return failWith(
      [makeProblem(NOT_GENERATED, { place: { file: folder }, message, hint: `rootstock render -e FILE -o ${folder}` })],
      options,
    );
  }
  const proven = await prove(folder, existing.value, options);
  if (!proven.ok) return failWith(proven.problems, options);
  const { url, branch } = findTarget(existing.value, options);
  const pushed = await pushRepository({
    folder,
    url,
    branch,
    message: options.message ?? composeMessage(existing.value.lock),
    paths: [...Object.keys(existing.value.lock.files), LOCK_PATH, ...proven.value.map(({ path }) => path)],
    interactive: isInteractive(),
    progress: printStatus,
  });
  if (!pushed.ok) return failWith(pushed.problems, options);
  const { commit, state, untouched } = pushed.value;
  if (options.json !== true) printData(`${state}  ${maskUrl(url)}  ${branch}  ${commit}`);
  if (untouched.length > 0)
    printStatus(
      `${untouched.length} other changed files are yours to commit: ${untouched.slice(0, 3).join(', ')}${untouched.length > 3 ? ', …' : ''}`,
    );
  return succeedWith({ ...pushed.value, url: maskUrl(url) }, proven.problems, options);
}

/** Nothing unproven is pushed, and nothing that still waits for a person unless they say so. */
async function prove(
  folder: string,
  existing: GeneratedFolder,
  options: PushOptions,
): Promise<Outcome<readonly SealedSecret[]>> {
  const tree = readRepositoryTree(folder);
  const verified = verify(tree, await loadValuePaths());
  if (!verified.ok) return verified;
  const texts = [...existing.environments.values()].flatMap(({ file, text }) =>
    text === undefined ? [] : [{ file, text }],
  );
  const sealed = listSealedSecrets(tree);
  const generated = await generate(texts, sealed);
  if (!generated.ok) return generated;
  const problems = [...verified.problems, ...generated.problems.filter(({ severity }) => severity === 'pending')];
  const pending = problems.filter(({ severity }) => severity === 'pending');
  if (pending.length === 0 || options.allowPending === true) return succeed(sealed, problems);
  const message = `${pending.length} ${pending.length === 1 ? 'thing is' : 'things are'} still pending: ${[...new Set(pending.map(({ code }) => code))].join(', ')}.`;
  return fail([...problems, makeProblem(PENDING, { message, hint: `rootstock push ${folder} --allow-pending` })]);
}

/** All environments of one repository name the same one: a rule holds them to it. */
function findTarget(
  existing: GeneratedFolder,
  options: PushOptions,
): { readonly url: string; readonly branch: string } {
  const [first] = existing.environments.values();
  const source = first?.text === undefined ? undefined : parseSource(first.file, first.text);
  const repository =
    source?.ok === true
      ? (source.value.data as { readonly repository?: { readonly url?: string; readonly branch?: string } }).repository
      : undefined;
  // Git would read a relative path from inside the folder; people mean the one they stand in.
  const remote = options.remote !== undefined && existsSync(options.remote) ? resolve(options.remote) : options.remote;
  return { url: remote ?? repository?.url ?? '', branch: options.branch ?? repository?.branch ?? 'main' };
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
