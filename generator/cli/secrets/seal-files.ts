// rootstock secrets seal and rotate-key: what the store holds, as SealedSecrets in the repository.
import { join } from 'node:path';
import { type Outcome, succeed } from '../../core/problem.ts';
import { withRunLock } from '../../io/run-lock.ts';
import { writeWhole } from '../../io/whole-files.ts';
import { findState } from '../../secrets/inventory.ts';
import { type SealedFile, sealRepository } from '../../secrets/seal-repository.ts';
import { makeSealingKey } from '../../secrets/sealing-key.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printData, printStatus } from '../terminal.ts';
import { changeStore, type OpenSession, startOpenSession } from './session.ts';

export interface SealOptions extends OutputOptions {
  readonly environment?: string;
}

export async function runSeal(folder: string, options: SealOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  return finish(await writeSealed(session.value), session.value, options);
}

/**
 * A new key pair in front of the others, and everything sealed for it. The store is written first: a run that was
 * killed in between is completed by the next one, without a third key.
 */
export async function runRotateKey(folder: string, options: SealOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const resumed = isHalfway(session.value);
  if (resumed) printStatus('completing a rotation that was interrupted');
  const key = resumed ? undefined : await makeSealingKey(new Date());
  const changed = await changeStore(session.value, (store) =>
    succeed(key === undefined ? store : { ...store, sealingKeys: [key, ...store.sealingKeys] }),
  );
  if (!changed.ok) return failWith(changed.problems, options);
  const written = await writeSealed(changed.value);
  if (written.ok) {
    const { name } = session.value;
    printStatus(`a living cluster learns the new key from: rootstock secrets sealing-key ${folder} -e ${name}`);
    printStatus(`the next cluster from: rootstock secrets export-tfvars ${folder} -e ${name} --force`);
  }
  return finish(written, changed.value, options);
}

/** Several keys, files that are sealed, and none for the newest key. */
function isHalfway({ store, inventory, found }: OpenSession): boolean {
  if (store.sealingKeys.length < 2) return false;
  const states = inventory.map((entry) => findState(entry, found, { store, inventory }));
  return states.includes('stale') && !states.includes('sealed');
}

async function writeSealed(session: OpenSession): Promise<Outcome<readonly SealedFile[]>> {
  const { folder, plan, store, found } = session;
  return await withRunLock(folder, () => {
    const sealed = sealRepository(plan, store, found, new Date());
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
    printStatus(
      `next: rootstock render -e ${join(session.folder, 'environments', `${session.name}.yaml`)} -o ${session.folder}`,
    );
  return succeedWith({ files }, written.problems, options);
}
