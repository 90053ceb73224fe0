// rootstock secrets export-tfvars and sealing-key: the ways out of the store, to Terraform and to a living cluster.
import { join } from 'node:path';
import { compareText, fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { formatCommand } from '../../core/shell.ts';
import { isIgnoredByGit } from '../../io/git-ignored.ts';
import { withRunLock } from '../../io/run-lock.ts';
import { isOpenToOthers, readIfThere, writePrivately } from '../../io/whole-files.ts';
import type { SealedSecret } from '../../plan/sealing.ts';
import { listClosedToNext } from '../../secrets/inventory.ts';
import { fingerprintOf } from '../../secrets/sealing-key.ts';
import { ALREADY_THERE, CLOSED_TO_NEXT, NOT_IGNORED, NOT_SET } from '../../secrets/secret-problems.ts';
import { terraformValuesPath, writeTerraformValues } from '../../secrets/terraform-values.ts';
import { formatSecrets } from '../../secrets/typed-hints.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printData, printStatus } from '../terminal.ts';
import { type OpenSession, startOpenSession } from './session.ts';

export interface HandOverOptions extends OutputOptions {
  readonly environment?: string;
  readonly force?: boolean;
}

/** Writes the variables file of the cluster project, mode 0600, where Git never sees it. */
export async function runExportTfvars(folder: string, options: HandOverOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const { plan, store, name } = session.value;
  const closed = listClosedToNext(store, session.value);
  if (closed.length > 0) return failWith([closedProblem(closed, session.value)], options);
  const text = writeTerraformValues(plan, store, folder);
  if (!text.ok) return failWith(text.problems, options);
  const relative = terraformValuesPath(name);
  const path = join(folder, relative);
  const written = await withRunLock(folder, async (): Promise<Outcome<'written' | 'same'>> => {
    if ((await isIgnoredByGit(folder, relative)) === false) return fail([notIgnored(folder, relative)]);
    // What an interrupted editor leaves is no value of anybody's.
    const existing = readIfThere(path)?.trim() || undefined;
    const isSame = existing !== undefined && hasSameValues(existing, text.value);
    if (isSame && !isOpenToOthers(path)) return succeed('same');
    if (existing !== undefined && !isSame && options.force !== true) return fail([differs(path, folder, name)]);
    writePrivately(path, text.value);
    return succeed('written');
  });
  if (!written.ok) return failWith(written.problems, options);
  if (options.json !== true) printData(`${written.value}  ${path}`);
  printStatus(
    `it holds open secrets: terraform apply copies them into the state and into the user data of control nodes`,
  );
  return succeedWith({ path, state: written.value }, written.problems, options);
}

/** The last look before a cluster is made: what it cannot open, no app of it gets. */
function closedProblem(closed: readonly SealedSecret[], session: OpenSession): Problem {
  const { name, plan } = session;
  const message = `The newest sealing key of ${name} does not open ${closed.map(({ path }) => path).join(', ')}.`;
  const hint = `${formatSecrets('import', session, '--sealed')}, then ${formatSecrets('seal', session)}, and commit`;
  return makeProblem(CLOSED_TO_NEXT, { place: { file: plan.source.file }, message, hint });
}

/** The same data however somebody laid it out: values that they filled in by hand are not in the store. */
function hasSameValues(existing: string, text: string): boolean {
  try {
    const ordered = (data: Record<string, unknown>) =>
      JSON.stringify(Object.entries(data).sort(([a], [b]) => compareText(a, b)));
    return ordered(JSON.parse(existing)) === ordered(JSON.parse(text));
  } catch {
    return false;
  }
}

/** Prints a Secret for each sealing key, for `kubectl apply`: the newest is what the controller seals for. */
export async function runSealingKey(folder: string, options: HandOverOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const { store, name } = session.value;
  if (store.sealingKeys.length === 0) {
    const message = `${name} has no sealing key yet.`;
    return failWith([makeProblem(NOT_SET, { message, hint: formatSecrets('generate', session.value) })], options);
  }
  const items = store.sealingKeys.map(({ certificate, privateKey }) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: {
      name: `sealing-key-${fingerprintOf(certificate).slice(0, 12)}`,
      namespace: 'kube-system',
      labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' },
    },
    data: { 'tls.crt': base64(certificate), 'tls.key': base64(privateKey) },
  }));
  const list = { apiVersion: 'v1', kind: 'List', items };
  if (options.json !== true) printData(JSON.stringify(list, null, 2));
  printStatus('pipe it into: kubectl apply --server-side --force-conflicts --filename -');
  printStatus('then: kubectl --namespace kube-system rollout restart deployment sealed-secrets-controller');
  return succeedWith({ list }, [], options);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Either no pattern names it, or it is committed already: Git ignores nothing that it knows. */
function notIgnored(folder: string, path: string): Problem {
  const message = `Git does not ignore ${path}, so that a commit would publish it.`;
  const untrack = formatCommand('git', '-C', folder, 'rm', '--cached', '--ignore-unmatch', path);
  const hint = `${untrack}, and have *.auto.tfvars.* in ${join(folder, '.gitignore')}`;
  return makeProblem(NOT_IGNORED, { place: { file: path }, message, hint });
}

function differs(path: string, folder: string, name: string): Problem {
  const message = `${path} holds other values than the store; it may be the only place that has them.`;
  const hint = `${formatSecrets('import', { folder, name }, '--tfvars', path)}, or add --force`;
  return makeProblem(ALREADY_THERE, { place: { file: path }, message, hint });
}
