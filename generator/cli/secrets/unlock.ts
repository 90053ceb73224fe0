// What opens a store, from where people keep it: the environment of the process, a file, or a prompt without echo. Never
// an argument, which everybody on the machine can read.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isCancel, password } from '@clack/prompts';
import { fail, makeProblem, type Outcome, succeed } from '../../core/problem.ts';
import { formatCommand } from '../../core/shell.ts';
import { needsPassphrase, type Unlock } from '../../secrets/age-file.ts';
import { BAD_UNLOCK, LOCKED } from '../../secrets/secret-problems.ts';
import { isInteractive } from '../terminal.ts';

/** The file that `secrets init` makes and that every command tries. */
export function defaultKeyFile(): string {
  return join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'rootstock', 'age.txt');
}

/** Finds what opens a store; asks in a terminal for a passphrase. Codes: SEC-001, SEC-012. */
export async function findUnlock(store: string): Promise<Outcome<Unlock>> {
  return needsPassphrase(store) ? await findPassphrase() : findIdentities();
}

/** True if the store opens without asking anybody. */
export function canUnlockUnasked(store: string): boolean {
  if (!needsPassphrase(store)) return keySource() !== undefined;
  return passphraseSource() !== undefined;
}

/** Private age keys of whoever runs this; none if there is no place to take them from. Codes: SEC-001, SEC-012. */
export function findIdentities(): Outcome<Unlock> {
  const source = keySource();
  if (source === undefined) return succeed({ identities: [] });
  const text = source.text ?? readText(source.file ?? '');
  if (text === undefined) return fail([unreadable(source)]);
  const identities = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => /^AGE-SECRET-KEY-(PQ-)?1/i.test(line));
  if (identities.length > 0) return succeed({ identities });
  const message = `${source.name} holds no private age key.`;
  return fail([
    makeProblem(BAD_UNLOCK, { message, hint: 'name a file that age-keygen or rootstock secrets init wrote' }),
  ]);
}

async function findPassphrase(): Promise<Outcome<Unlock>> {
  const given = readPassphrase();
  if (!given.ok) return given;
  if (given.value !== undefined) return succeed({ identities: [], passphrase: given.value });
  const answer = await askPassphrase('Passphrase of the store');
  return succeed(answer === undefined ? { identities: [] } : { identities: [], passphrase: answer });
}

/** The passphrase that a variable or a file holds; undefined if none is named. Code: SEC-001. */
export function readPassphrase(): Outcome<string | undefined> {
  const source = passphraseSource();
  if (source === undefined) return succeed(undefined);
  const text = source.text ?? readText(source.file ?? '');
  return text === undefined ? fail([unreadable(source)]) : succeed(text.replace(/\r?\n$/, ''));
}

/** Asks without echo; undefined without a terminal, and when the answer is to stop. */
export async function askPassphrase(message: string): Promise<string | undefined> {
  if (!isInteractive()) return undefined;
  const answer = await password({ message, output: process.stderr });
  return isCancel(answer) || answer === '' ? undefined : answer;
}

interface Source {
  /** As people know it: a variable or a file. */
  readonly name: string;
  readonly text?: string;
  readonly file?: string;
}

function keySource(): Source | undefined {
  const named = variableSource('ROOTSTOCK_AGE_KEY');
  if (named !== undefined) return named;
  const file = defaultKeyFile();
  return existsSync(file) ? { name: file, file } : undefined;
}

function passphraseSource(): Source | undefined {
  return variableSource('ROOTSTOCK_PASSPHRASE');
}

/** The variable itself, or the one with `_FILE` behind it. */
function variableSource(name: string): Source | undefined {
  const text = process.env[name];
  if (text !== undefined && text !== '') return { name, text };
  const file = process.env[`${name}_FILE`];
  return file === undefined || file === '' ? undefined : { name: `${name}_FILE`, file };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function unreadable({ name, file = '' }: Source) {
  return makeProblem(LOCKED, {
    place: { file },
    message: `${file}, which ${name} names, cannot be read.`,
    hint: formatCommand('ls', '-l', file),
  });
}
