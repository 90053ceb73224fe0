// An open store ↔ an age file, armored so that Git keeps it as text.
import { armor, Decrypter, Encrypter } from 'age-encryption';
import { fail, makeProblem, type Outcome, succeed } from '../core/problem.ts';
import { BROKEN_STORE, CANNOT_OPEN, LOCKED, WRONG_ENVIRONMENT } from './secret-problems.ts';
import { parseStore, type SecretStore, writeStore } from './secret-store.ts';

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

/** Opens a store. Codes: SEC-001 to SEC-004. No message holds a part of what is inside. */
export async function openStore(
  file: string,
  text: string,
  { environment, unlock }: { readonly environment: string; readonly unlock: Unlock },
): Promise<Outcome<SecretStore>> {
  const place = { file };
  let bytes: Uint8Array;
  try {
    bytes = armor.decode(text);
  } catch {
    const message = `${file} is not a complete age file.`;
    return fail([makeProblem(BROKEN_STORE, { place, message, hint: `git checkout -- ${file}, or secrets restore` })]);
  }
  const usesPassphrase = needsPassphrase(text);
  if (usesPassphrase ? unlock.passphrase === undefined : unlock.identities.length === 0) {
    const message = `${file} is locked, and there is no ${usesPassphrase ? 'passphrase' : 'age key'} to open it with.`;
    const hint = usesPassphrase ? 'set ROOTSTOCK_PASSPHRASE_FILE' : 'set ROOTSTOCK_AGE_KEY_FILE';
    return fail([makeProblem(LOCKED, { place, message, hint })]);
  }
  const decrypter = new Decrypter();
  if (usesPassphrase) decrypter.addPassphrase(unlock.passphrase ?? '');
  else for (const identity of unlock.identities) decrypter.addIdentity(identity);
  let opened: string;
  try {
    opened = await decrypter.decrypt(bytes, 'text');
  } catch {
    const tried = usesPassphrase ? 'the passphrase is not the right one' : 'it was not encrypted for your age key';
    const message = `${file} cannot be opened: ${tried}, or the file is damaged.`;
    const hint = usesPassphrase
      ? 'type the passphrase again'
      : 'ask somebody who can open it to add your public key: rootstock secrets share';
    return fail([makeProblem(CANNOT_OPEN, { place, message, hint })]);
  }
  const store = parseStore(opened);
  if (store === undefined) {
    const message = `${file} opens, but what it holds is not a store that this version can read.`;
    return fail([makeProblem(BROKEN_STORE, { place, message, hint: `git checkout -- ${file}, or secrets restore` })]);
  }
  if (store.environment !== environment) {
    const message = `${file} holds the secrets of ${store.environment}, not of ${environment}.`;
    return fail([makeProblem(WRONG_ENVIRONMENT, { place, message, hint: `use it with -e ${store.environment}` })]);
  }
  return succeed(store);
}

/** The stanzas of the header, which say who can open the file. */
function readHeader(text: string): string {
  try {
    const bytes = armor.decode(text);
    const header = new TextDecoder('latin1').decode(bytes.subarray(0, 65536));
    return header.slice(0, header.indexOf('\n---'));
  } catch {
    return '';
  }
}
