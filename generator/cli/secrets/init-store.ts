// rootstock secrets init: makes the store of an environment, and an age key for whoever has none.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { fail, makeProblem, type Outcome, succeed } from '../../core/problem.ts';
import { withRunLock } from '../../io/run-lock.ts';
import { makePrivateFolder, readIfThere, writePrivately } from '../../io/whole-files.ts';
import { closeStore } from '../../secrets/age-file.ts';
import { ALREADY_THERE, BAD_UNLOCK, LOCKED } from '../../secrets/secret-problems.ts';
import { makeStore } from '../../secrets/secret-store.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printData } from '../terminal.ts';
import { checkRecipients } from './recipients.ts';
import { startSession } from './session.ts';
import { askPassphrase, defaultKeyFile } from './unlock.ts';

export interface InitStoreOptions extends OutputOptions {
  readonly environment?: string;
  readonly recipient: readonly string[];
  readonly passphrase?: boolean;
}

export async function runInitStore(folder: string, options: InitStoreOptions): Promise<ExitCode> {
  const session = startSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const { storeFile, name } = session.value;
  const made = await withRunLock(folder, async () => {
    if (existsSync(storeFile)) return fail([thereAlready(storeFile)]);
    const access = options.passphrase === true ? await choosePassphrase() : await chooseRecipients(options.recipient);
    if (!access.ok) return access;
    const { recipients, passphrase, keyFile } = access.value;
    const closed = await closeStore(makeStore(name, recipients), passphrase === undefined ? {} : { passphrase });
    writePrivately(storeFile, closed);
    return succeed({ store: storeFile, recipients, ...(keyFile === undefined ? {} : { keyFile }) });
  });
  if (!made.ok) return failWith(made.problems, options);
  if (options.json !== true) {
    printData(`store       ${storeFile}`);
    for (const recipient of made.value.recipients) printData(`recipient   ${recipient}`);
    if (made.value.keyFile !== undefined)
      printData(`private key ${made.value.keyFile}  keep a copy: nothing else opens the store`);
    printData(`next        rootstock secrets generate ${folder} -e ${name}`);
  }
  return succeedWith(made.value, made.problems, options);
}

interface Access {
  readonly recipients: readonly string[];
  readonly passphrase?: string;
  /** A key file that was made just now. */
  readonly keyFile?: string;
}

async function chooseRecipients(given: readonly string[]): Promise<Outcome<Access>> {
  if (given.length > 0) {
    const checked = checkRecipients(given);
    return checked.ok ? succeed({ recipients: checked.value }) : checked;
  }
  const keyFile = defaultKeyFile();
  const existing = readIfThere(keyFile);
  if (existing === undefined) {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    makePrivateFolder(dirname(keyFile));
    writePrivately(keyFile, `# made by rootstock; public key: ${recipient}\n${identity}\n`);
    return succeed({ recipients: [recipient], keyFile });
  }
  const identity = existing.split(/\r?\n/).find((line) => line.startsWith('AGE-SECRET-KEY-1'));
  if (identity !== undefined) return succeed({ recipients: [await identityToRecipient(identity.trim())] });
  const message = `${keyFile} holds no private age key.`;
  return fail([makeProblem(BAD_UNLOCK, { place: { file: keyFile }, message, hint: `mv ${keyFile} ${keyFile}.old` })]);
}

/** From the environment of the process, or typed twice. */
async function choosePassphrase(): Promise<Outcome<Access>> {
  const { ROOTSTOCK_PASSPHRASE: text, ROOTSTOCK_PASSPHRASE_FILE: file } = process.env;
  const given = text ?? (file === undefined ? undefined : readIfThere(file)?.replace(/\r?\n$/, ''));
  if (given !== undefined && given !== '') return succeed({ recipients: [], passphrase: given });
  const first = await askPassphrase('Passphrase for the store');
  const second = first === undefined ? undefined : await askPassphrase('The same again');
  if (first !== undefined && first === second) return succeed({ recipients: [], passphrase: first });
  const message = first === undefined || second === undefined ? 'There is no passphrase.' : 'The two differ.';
  return fail([makeProblem(LOCKED, { message, hint: 'set ROOTSTOCK_PASSPHRASE_FILE, or run it in a terminal' })]);
}

function thereAlready(file: string) {
  const message = `${file} exists already.`;
  return makeProblem(ALREADY_THERE, { place: { file }, message, hint: 'rootstock secrets list shows what it holds' });
}
