// An open store ↔ an age file, armored so that Git keeps it as text.
import { armor, Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { formatCommand } from '../core/shell.ts';
import { BAD_UNLOCK, BROKEN_STORE, CANNOT_OPEN, LOCKED, WRONG_ENVIRONMENT } from './secret-problems.ts';
import { parseStore, type SecretStore, writeStore } from './secret-store.ts';
import { formatSecrets } from './typed-hints.ts';

/** What opens a store. Several identities may be tried. */
export interface Unlock {
  /** Private age keys, `AGE-SECRET-KEY-1…`. */
  readonly identities: readonly string[];
  readonly passphrase?: string;
}

/** True for a file that a passphrase opens. The header of an age file is no secret. */
export function needsPassphrase(text: string): boolean {
  return readHeader(text).includes('-> scrypt ');
}

/**
 * Encrypts a store for its recipients, or with the passphrase if it has none.
 * @throws for a store without recipients and no passphrase: our bug
 */
export async function closeStore(store: SecretStore, unlock: Pick<Unlock, 'passphrase'>): Promise<string> {
  const encrypter = new Encrypter();
  if (store.recipients.length > 0) for (const recipient of store.recipients) encrypter.addRecipient(recipient);
  else if (unlock.passphrase !== undefined) encrypter.setPassphrase(unlock.passphrase);
  else throw new Error('a store needs recipients or a passphrase');
  return armor.encode(await encrypter.encrypt(writeStore(store)));
}

export interface Opening {
  /** Name of the environment that the store has to be of. */
  readonly environment: string;
  readonly unlock: Unlock;
  /** Of the repository whose store this is; absent for a copy that lies elsewhere. */
  readonly folder?: string;
}

/** Opens a store. Codes: SEC-001 to SEC-004, SEC-012. No message holds a part of what is inside, or of what opens it. */
export async function openStore(file: string, text: string, opening: Opening): Promise<Outcome<SecretStore>> {
  const bytes = decodeArmor(text);
  if (bytes === undefined) {
    const isInConflict = /^<{7} /m.test(text);
    const what = isInConflict ? 'holds the markers of a merge conflict' : 'is not a complete age file';
    const problem = broken(file, `${file} ${what}.`, opening);
    return fail([isInConflict ? { ...problem, hint: `${problem.hint}${takeSealed(opening)}` } : problem]);
  }
  const usesPassphrase = needsPassphrase(text);
  const { unlock, environment } = opening;
  if (usesPassphrase ? unlock.passphrase === undefined : unlock.identities.length === 0)
    return fail([locked(file, usesPassphrase)]);
  const decrypter = makeDecrypter(unlock, usesPassphrase);
  if (decrypter === undefined) return fail([badIdentity(file)]);
  let opened: string;
  try {
    opened = await decrypter.decrypt(bytes, 'text');
  } catch {
    return fail([await closed(file, usesPassphrase, opening)]);
  }
  const store = parseStore(opened);
  if (store === undefined)
    return fail([broken(file, `${file} opens, but what it holds is not a store that this version can read.`, opening)]);
  return store.environment === environment ? succeed(store) : fail([another(file, store.environment, environment)]);
}

/** Undefined for an identity that is none: the library's message may quote it. */
function makeDecrypter({ identities, passphrase }: Unlock, usesPassphrase: boolean): Decrypter | undefined {
  const decrypter = new Decrypter();
  try {
    if (usesPassphrase) decrypter.addPassphrase(passphrase ?? '');
    else for (const identity of identities) decrypter.addIdentity(identity);
    return decrypter;
  } catch {
    return undefined;
  }
}

function broken(file: string, message: string, { folder, environment }: Opening): Problem {
  const hint =
    folder === undefined
      ? 'name another copy'
      : formatCommand('git', '-C', folder, 'checkout', 'HEAD', '--', `secrets/${environment}.age`);
  return makeProblem(BROKEN_STORE, { place: { file }, message, hint });
}

/** What the store of the other branch held is in the sealed files. */
function takeSealed({ folder, environment }: Opening): string {
  if (folder === undefined) return '';
  return `, then ${formatSecrets('import', { folder, name: environment }, '--sealed', '--force')}`;
}

function locked(file: string, usesPassphrase: boolean): Problem {
  const message = `${file} is locked, and there is no ${usesPassphrase ? 'passphrase' : 'age key'} to open it with.`;
  const hint = usesPassphrase ? 'export ROOTSTOCK_PASSPHRASE_FILE=FILE' : 'export ROOTSTOCK_AGE_KEY_FILE=FILE';
  return makeProblem(LOCKED, { place: { file }, message, hint });
}

function badIdentity(file: string): Problem {
  const message = `${file} was not tried: one of the private age keys is damaged, or not whole.`;
  return makeProblem(BAD_UNLOCK, { place: { file }, message, hint: 'copy the key file again, whole' });
}

async function closed(file: string, usesPassphrase: boolean, opening: Opening): Promise<Problem> {
  const tried = usesPassphrase ? 'the passphrase is not the right one' : 'it was not encrypted for your age key';
  const message = `${file} cannot be opened: ${tried}, or the file is damaged.`;
  const hint = usesPassphrase ? 'type the passphrase again' : await askForAccess(opening);
  return makeProblem(CANNOT_OPEN, { place: { file }, message, hint });
}

/** What somebody who can open the store has to type. */
async function askForAccess({ folder, environment, unlock }: Opening): Promise<string> {
  const [identity] = unlock.identities;
  if (folder === undefined || identity === undefined) return 'use the key that it was written for';
  const recipient = await identityToRecipient(identity);
  return `ask somebody who can open it for: ${formatSecrets('share', { folder, name: environment }, '--add', recipient)}`;
}

function another(file: string, found: string, environment: string): Problem {
  const message = `${file} holds the secrets of ${found}, not of ${environment}.`;
  return makeProblem(WRONG_ENVIRONMENT, { place: { file }, message, hint: `use it with -e ${found}` });
}

/** The stanzas of the header, which say who can open the file. */
function readHeader(text: string): string {
  const bytes = decodeArmor(text);
  if (bytes === undefined) return '';
  const header = new TextDecoder('latin1').decode(bytes.subarray(0, 65536));
  return header.slice(0, header.indexOf('\n---'));
}

/** Undefined for a text that is cut off, has conflict markers, or never was an age file. */
function decodeArmor(text: string): Uint8Array | undefined {
  try {
    return armor.decode(text);
  } catch {
    return undefined;
  }
}
