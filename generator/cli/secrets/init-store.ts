// rootstock secrets init: makes the store of an environment, and an age key for whoever has none.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { withRunLock } from '../../io/run-lock.ts';
import { makePrivateFolder, writePrivately } from '../../io/whole-files.ts';
import { closeStore } from '../../secrets/age-file.ts';
import { ALREADY_THERE, BAD_UNLOCK, LOCKED } from '../../secrets/secret-problems.ts';
import { makeStore } from '../../secrets/secret-store.ts';
import { formatSecrets, type HintTarget } from '../../secrets/typed-hints.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printData, printStatus } from '../terminal.ts';
import { CONTRADICTION } from '../usage-problems.ts';
import { checkRecipients } from './recipients.ts';
import { findCommittedStore, startSession } from './session.ts';
import { askPassphrase, defaultKeyFile, findIdentities, readPassphrase } from './unlock.ts';

export interface InitStoreOptions extends OutputOptions {
  readonly environment?: string;
  readonly recipient: readonly string[];
  readonly passphrase?: boolean;
}

/** Codes: SEC-001, SEC-010 to SEC-012, USE-003. */
export async function runInitStore(folder: string, options: InitStoreOptions): Promise<ExitCode> {
  const session = startSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  if (options.passphrase === true && options.recipient.length > 0) return failWith([twoWays()], options);
  const { storeFile, name } = session.value;
  const made = await withRunLock(folder, async () => {
    if (existsSync(storeFile)) return fail([thereAlready(storeFile, session.value)]);
    const comeBack = findCommittedStore(session.value);
    if (comeBack !== undefined) return fail([deleted(storeFile, comeBack)]);
    const access = options.passphrase === true ? await choosePassphrase() : await chooseRecipients(options.recipient);
    if (!access.ok) return access;
    const { recipients, passphrase, keyFile } = access.value;
    const closed = await closeStore(makeStore(name, recipients), passphrase === undefined ? {} : { passphrase });
    writePrivately(storeFile, closed);
    return succeed({ store: storeFile, recipients, ...(keyFile === undefined ? {} : { keyFile }) });
  });
  if (!made.ok) return failWith(made.problems, options);
  const isInUse = session.value.found.some(({ digest }) => digest !== undefined);
  if (isInUse) printStatus('there are sealed files already, and the new store does not know what they hold');
  const next = isInUse
    ? formatSecrets('import', session.value, '--kubernetes', 'FILE')
    : formatSecrets('generate', session.value);
  printStatus(`next: ${next}`);
  if (options.json !== true) {
    printData(`store       ${storeFile}`);
    for (const recipient of made.value.recipients) printData(`recipient   ${recipient}`);
    if (made.value.keyFile !== undefined)
      printData(`private key ${made.value.keyFile}  keep a copy: nothing else opens the store`);
  }
  return succeedWith(made.value, made.problems, options);
}

/** A new store would have none of the values, and be pushed in place of the one that has them. */
function deleted(file: string, hint: string): Problem {
  const message = `${file} was deleted, and the last commit still has it.`;
  return makeProblem(ALREADY_THERE, { place: { file }, message, hint: `${hint}, or commit that it is gone` });
}

interface Access {
  readonly recipients: readonly string[];
  readonly passphrase?: string;
  /** A key file that was made just now. */
  readonly keyFile?: string;
}

/** Those given, whoever's key this machine has, or a key that is made for it. Codes: SEC-001, SEC-011, SEC-012. */
async function chooseRecipients(given: readonly string[]): Promise<Outcome<Access>> {
  if (given.length > 0) {
    const checked = checkRecipients(given);
    return checked.ok ? succeed({ recipients: checked.value }) : checked;
  }
  const found = findIdentities();
  if (!found.ok) return found;
  const [identity] = found.value.identities;
  if (identity === undefined) return await makeKeyFile();
  try {
    return succeed({ recipients: [await identityToRecipient(identity)] });
  } catch {
    // The library's message may quote the key.
    const message = 'The private age key is damaged, or not whole.';
    return fail([makeProblem(BAD_UNLOCK, { message, hint: 'copy the key file again, whole' })]);
  }
}

async function makeKeyFile(): Promise<Outcome<Access>> {
  const keyFile = defaultKeyFile();
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  makePrivateFolder(dirname(keyFile));
  writePrivately(keyFile, `# made by rootstock; public key: ${recipient}\n${identity}\n`);
  return succeed({ recipients: [recipient], keyFile });
}

/** From the environment of the process, or typed twice. Code: SEC-001. */
async function choosePassphrase(): Promise<Outcome<Access>> {
  const given = readPassphrase();
  if (!given.ok) return given;
  if (given.value !== undefined && given.value !== '') return succeed({ recipients: [], passphrase: given.value });
  const first = await askPassphrase('Passphrase for the store');
  const second = first === undefined ? undefined : await askPassphrase('The same again');
  if (first !== undefined && first === second) return succeed({ recipients: [], passphrase: first });
  const message = first === undefined || second === undefined ? 'There is no passphrase.' : 'The two differ.';
  const hint = 'export ROOTSTOCK_PASSPHRASE_FILE=FILE, or run it in a terminal';
  return fail([makeProblem(LOCKED, { message, hint })]);
}

function thereAlready(file: string, target: HintTarget): Problem {
  const message = `${file} exists already.`;
  return makeProblem(ALREADY_THERE, { place: { file }, message, hint: formatSecrets('list', target) });
}

function twoWays(): Problem {
  const message = 'A store opens with keys or with a passphrase, not with both.';
  return makeProblem(CONTRADICTION, { key: '--passphrase', message, hint: 'leave out --passphrase, or --recipient' });
}
