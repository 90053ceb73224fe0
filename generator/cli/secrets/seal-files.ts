// rootstock secrets seal and rotate-key: what the store holds, as SealedSecrets in the repository.
import { join } from 'node:path';
import { compareText, type Outcome, succeed } from '../../core/problem.ts';
import type { SecretPath } from '../../core/secret-path.ts';
import { formatCommand } from '../../core/shell.ts';
import { withRunLock } from '../../io/run-lock.ts';
import { writeWhole } from '../../io/whole-files.ts';
import { planSecrets } from '../../plan/pending.ts';
import { isSealedForOlderKey, listForeign, listNewer, listUnexplained, listUnknown } from '../../secrets/inventory.ts';
import { foreignProblem, newerProblem, type SealedFile, sealRepository } from '../../secrets/seal-repository.ts';
import { makeSealingKey } from '../../secrets/sealing-key.ts';
import { formatSecrets } from '../../secrets/typed-hints.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printData, printStatus } from '../terminal.ts';
import { changeStore, type OpenSession, startOpenSession, unexplainedProblem } from './session.ts';

export interface SealOptions extends OutputOptions {
  readonly environment?: string;
  /** Seal anew, too, what was sealed for a key that the store does not have. */
  readonly replaceSealed?: boolean;
}

export async function runSeal(folder: string, options: SealOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  return finish(await writeSealed(session.value, options), session.value, options);
}

/**
 * A new key pair in front of the others, and everything sealed for it. Codes: SEC-016 to SEC-018. The store is written first: a run that was
 * killed in between is completed by the next one, without a third key.
 */
export async function runRotateKey(folder: string, options: SealOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const { plan, store } = session.value;
  const foreign = options.replaceSealed === true ? [] : listForeign(store, session.value);
  if (foreign.length > 0) return failWith([foreignProblem(plan, foreign, folder, 'rotate-key')], options);
  const newer = options.replaceSealed === true ? [] : listNewer(store, session.value);
  if (newer.length > 0) return failWith([newerProblem(plan, newer, folder, 'rotate-key')], options);
  const unknown = options.replaceSealed === true ? [] : listUnsealable(session.value);
  if (unknown.length > 0) return failWith([unexplainedProblem('rotate-key', unknown, session.value)], options);
  const resumed = isHalfway(session.value);
  if (resumed) printStatus('completing a rotation that was interrupted');
  const key = resumed ? undefined : await makeSealingKey(new Date());
  const changed = await changeStore(session.value, (store) =>
    succeed(key === undefined ? store : { ...store, sealingKeys: [key, ...store.sealingKeys] }),
  );
  if (!changed.ok) return failWith(changed.problems, options);
  const written = await writeSealed(changed.value, options);
  if (written.ok) {
    printStatus(`a living cluster learns the new key from: ${formatSecrets('sealing-key', session.value)}`);
    printStatus(`the next cluster from: ${formatSecrets('export-tfvars', session.value, '--force')}`);
  }
  return finish(written, changed.value, options);
}

/** What would stay sealed for the old key alone. */
function listUnsealable(session: OpenSession): readonly SecretPath[] {
  const { store } = session;
  return [...new Set([...listUnexplained(store, session), ...listUnknown(store, session)])].sort(compareText);
}

/** Something is still sealed for an older key, with the value of today. */
function isHalfway({ plan, store, inventory, found }: OpenSession): boolean {
  return planSecrets(plan).some((secret) => isSealedForOlderKey(plan, secret, found, { store, inventory }));
}

async function writeSealed(
  session: OpenSession,
  { replaceSealed = false }: SealOptions,
): Promise<Outcome<readonly SealedFile[]>> {
  const { folder, plan, store, found } = session;
  return await withRunLock(folder, () => {
    const sealed = sealRepository(plan, { store, found, now: new Date(), folder, replaceForeign: replaceSealed });
    if (sealed.ok) for (const { path, content } of sealed.value) writeWhole(join(folder, path), content);
    return sealed;
  });
}

function finish(written: Outcome<readonly SealedFile[]>, session: OpenSession, options: SealOptions): ExitCode {
  if (!written.ok) return failWith(written.problems, options);
  const files = written.value.map(({ path, secret, action }) => ({ path, secret, action }));
  if (options.json !== true) for (const { path, action } of files) printData(`${action}  ${path}`);
  if (files.length === 0) printStatus(`everything that ${session.name} has is sealed`);
  else
    printStatus(`next: ${formatCommand('rootstock', 'render', '-e', session.plan.source.file, '-o', session.folder)}`);
  return succeedWith({ files }, written.problems, options);
}
