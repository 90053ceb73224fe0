// rootstock secrets backup and restore: copies of a store, proven to open before anything relies on them.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { withRunLock } from '../../io/run-lock.ts';
import { readIfThere, writePrivately } from '../../io/whole-files.ts';
import { closeStore, openStore } from '../../secrets/age-file.ts';
import { ALREADY_THERE, BROKEN_STORE, NO_STORE } from '../../secrets/secret-problems.ts';
import { formatSecrets } from '../../secrets/typed-hints.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printData } from '../terminal.ts';
import { hideStore, hideUnlock } from './hide-store.ts';
import { checkRecipients } from './recipients.ts';
import { type Session, startOpenSession, startSession, startSessions } from './session.ts';
import { findUnlock } from './unlock.ts';

export interface CopyOptions extends OutputOptions {
  readonly environment?: string;
  readonly output?: string;
  readonly recipient?: readonly string[];
  readonly force?: boolean;
}

/** Writes a copy for the same people, or for others: a backup that only the safe can open. */
export async function runBackup(folder: string, options: CopyOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const file = options.output ?? `${session.value.name}.age`;
  const stores = startSessions(folder, undefined);
  if (!stores.ok) return failWith(stores.problems, options);
  const own = stores.value.find(({ storeFile }) => isSameFile(storeFile, file));
  if (own !== undefined) return failWith([isStore(file, own)], options);
  if (existsSync(file) && options.force !== true) return failWith([thereAlready(file)], options);
  if (readIfThere(file)?.includes('AGE-SECRET-KEY-') === true) return failWith([isKey(file)], options);
  const recipients = checkRecipients(options.recipient ?? []);
  if (!recipients.ok) return failWith(recipients.problems, options);
  const { store, unlock } = session.value;
  const copy = recipients.value.length === 0 ? store : { ...store, recipients: recipients.value };
  writePrivately(resolve(file), await closeStore(copy, unlock));
  if (options.json !== true) printData(`written  ${file}`);
  return succeedWith({ file, values: Object.keys(store.values).length }, [], options);
}

/** Puts a copy in the store's place, if it opens; a store that opens too is replaced only with --force. */
export async function runRestore(folder: string, file: string, options: CopyOptions): Promise<ExitCode> {
  const session = startSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const { name, storeFile } = session.value;
  const text = readIfThere(file);
  if (text === undefined) return failWith([noBackup(file)], options);
  const unlock = await findUnlock(text);
  if (!unlock.ok) return failWith(unlock.problems, options);
  hideUnlock(unlock.value);
  const opened = hideStore(await openStore(file, text, { environment: name, unlock: unlock.value }));
  if (!opened.ok) return failWith(opened.problems, options);
  const restored = await withRunLock(folder, async (): Promise<Outcome<string>> => {
    const existing = readIfThere(storeFile);
    if (existing !== undefined && existing !== text && options.force !== true) {
      // Only a file that is broken for everybody is no loss; one that is locked may be whole for others.
      const own = await openStore(storeFile, existing, { environment: name, unlock: unlock.value });
      if (own.ok || own.problems.some(({ code }) => code !== BROKEN_STORE.code)) return fail([wouldReplace(storeFile)]);
    }
    writePrivately(storeFile, text);
    return succeed(storeFile);
  });
  if (!restored.ok) return failWith(restored.problems, options);
  if (options.json !== true) printData(`restored  ${restored.value}`);
  return succeedWith(
    { store: restored.value, values: Object.keys(opened.value.values).length },
    restored.problems,
    options,
  );
}

/** The same path, or another name of the same file. */
function isSameFile(one: string, other: string): boolean {
  if (resolve(one) === resolve(other)) return true;
  if (!existsSync(one) || !existsSync(other)) return false;
  const [a, b] = [statSync(one), statSync(other)];
  return a.dev === b.dev && a.ino === b.ino;
}

/** Written for others, the copy would lock out those whose store it is. */
function isStore(file: string, target: Session): Problem {
  const message = `${file} is the store of ${target.name}, and no place for a copy.`;
  const hint = formatSecrets('backup', target, '-o', 'FILE');
  return makeProblem(ALREADY_THERE, { place: { file }, message, hint });
}

/** Without its key no copy opens, this one included. */
function isKey(file: string): Problem {
  const message = `${file} holds a private age key, and no copy of a store may take its place.`;
  return makeProblem(ALREADY_THERE, { place: { file }, message, hint: 'name another file with -o' });
}

function thereAlready(file: string): Problem {
  const message = `${file} exists already.`;
  return makeProblem(ALREADY_THERE, { place: { file }, message, hint: 'name another file with -o, or add --force' });
}

function wouldReplace(file: string): Problem {
  const message = `${file} is a whole store: a restore would replace what it holds.`;
  return makeProblem(ALREADY_THERE, { place: { file }, message, hint: 'add --force to replace it' });
}

function noBackup(file: string): Problem {
  const message = `${file} does not exist.`;
  return makeProblem(NO_STORE, { place: { file }, message, hint: 'name a file that rootstock secrets backup wrote' });
}
