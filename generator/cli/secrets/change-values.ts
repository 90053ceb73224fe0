// rootstock secrets set, unset, get, generate and rotate: single values of a store.
import { readFileSync } from 'node:fs';
import { isCancel, password } from '@clack/prompts';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { readStdin } from '../../io/read-stdin.ts';
import { findValue, listUnexplained, type SecretEntry } from '../../secrets/inventory.ts';
import { makeValue } from '../../secrets/make-value.ts';
import {
  type Change,
  isConstant,
  partOfPair,
  refuseRotation,
  refuseSetting,
  refuseUnsetting,
} from '../../secrets/rotation.ts';
import { makeSealingKey } from '../../secrets/sealing-key.ts';
import { NOT_SET, UNFIT_VALUE } from '../../secrets/secret-problems.ts';
import { putValue, removeValue, type SecretStore } from '../../secrets/secret-store.ts';
import { formatSecrets, type HintTarget } from '../../secrets/typed-hints.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, isInteractive, keepHidden, printData, printStatus } from '../terminal.ts';
import { CONTRADICTION } from '../usage-problems.ts';
import { changeStore, findEntry, type OpenSession, startOpenSession, unexplainedProblem } from './session.ts';

/** A Secret of Kubernetes holds 1 MiB at most. */
const MAX_BYTES = 512 * 1024;

export interface ValueOptions extends OutputOptions {
  readonly environment?: string;
  readonly fromFile?: string;
  readonly fromEnv?: string;
  readonly stdin?: boolean;
}

interface Named {
  readonly environment?: string;
}

export interface GenerateOptions extends OutputOptions, Named {
  /** Make new values, too, for what a sealed file holds and the store does not know. */
  readonly replaceSealed?: boolean;
}

/** Takes a value from where it was said to be, or asks for it without echo. */
export async function runSet(folder: string, path: string, options: ValueOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const entry = findEntry(session.value, path);
  if (!entry.ok) return failWith(entry.problems, options);
  if (entry.value.isSealingKey) return failWith([partOfPair(entry.value, session.value, 'import')], options);
  const value = isConstant(entry.value) ? succeed('') : await takeValue(entry.value, options);
  if (!value.ok) return failWith(value.problems, options);
  const refusal = refuseSetting(entry.value, value.value, changeOf(session.value));
  if (refusal !== undefined) return failWith([refusal], options);
  const { store, inventory } = session.value;
  const had = findValue(store, inventory, path);
  const changed = await changeStore(session.value, (store) =>
    // What would be worked out anyway is no value of its own.
    succeed(
      had === value.value ? store : putValue(store, path, { value: value.value, source: 'given', now: new Date() }),
    ),
  );
  if (!changed.ok) return failWith(changed.problems, options);
  const state = had === undefined ? 'set' : had === value.value ? 'same' : 'changed';
  if (options.json !== true) printData(`${state}  ${path}`);
  if (state === 'changed') tellRotation(entry.value);
  return succeedWith({ path, state }, changed.problems, options);
}

/** Forgets somebody's own value of what is worked out from others, which then follows them again. Code: SEC-009. */
export async function runUnset(folder: string, path: string, options: OutputOptions & Named): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const entry = findEntry(session.value, path);
  if (!entry.ok) return failWith(entry.problems, options);
  const refusal = refuseUnsetting(entry.value, session.value);
  if (refusal !== undefined) return failWith([refusal], options);
  const state = session.value.store.values[path] === undefined ? 'same' : 'unset';
  const changed = await changeStore(session.value, (store) =>
    succeed(state === 'same' ? store : removeValue(store, path)),
  );
  if (!changed.ok) return failWith(changed.problems, options);
  if (options.json !== true) printData(`${state}  ${path}`);
  if (state === 'unset') tellRotation(entry.value);
  return succeedWith({ path, state }, changed.problems, options);
}

export async function runGet(folder: string, path: string, options: ValueOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const entry = findEntry(session.value, path);
  if (!entry.ok) return failWith(entry.problems, options);
  const value = findValue(session.value.store, session.value.inventory, path);
  if (value === undefined) return failWith([notSet(entry.value, session.value)], options);
  if (options.json !== true) printData(value);
  return succeedWith({ path, value }, [], options);
}

/** Makes everything that can be made and has no value. Code: SEC-016. */
export async function runGenerate(folder: string, options: GenerateOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const { inventory } = session.value;
  const now = new Date();
  const made: string[] = [];
  const changed = await changeStore(session.value, async (store) => {
    const inUse = options.replaceSealed === true ? [] : listUnexplained(store, session.value);
    if (inUse.length > 0) return fail([unexplainedProblem('generate', inUse, session.value)]);
    let next: SecretStore = store;
    if (store.sealingKeys.length === 0 && inventory.some(({ isSealingKey }) => isSealingKey)) {
      next = { ...next, sealingKeys: [await makeSealingKey(now)] };
      made.push(...inventory.filter(({ isSealingKey }) => isSealingKey).map(({ path }) => path));
    }
    for (const { path, make } of inventory) {
      const value = make === undefined || next.values[path] !== undefined ? undefined : makeValue(make);
      if (value === undefined) continue;
      next = putValue(next, path, { value, source: 'generated', now });
      made.push(path);
    }
    return succeed(next);
  });
  if (!changed.ok) return failWith(changed.problems, options);
  const { store } = changed.value;
  const missing = inventory.filter(
    ({ path, make, optional }) =>
      optional !== true && make?.kind !== 'text' && findValue(store, inventory, path) === undefined,
  );
  if (options.json !== true) for (const path of made) printData(`made     ${path}`);
  if (options.json !== true) for (const { path } of missing) printData(`missing  ${path}`);
  printStatus(nextStep(session.value, missing, options.replaceSealed === true ? ['--replace-sealed'] : []));
  return succeedWith({ made, missing: missing.map(({ path }) => path) }, changed.problems, options);
}

/** A new value for one secret: made where Rootstock makes it, taken where somebody gives it. */
export async function runRotate(folder: string, path: string, options: ValueOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const entry = findEntry(session.value, path);
  if (!entry.ok) return failWith(entry.problems, options);
  const refusal = refuseRotation(entry.value, changeOf(session.value));
  if (refusal !== undefined) return failWith([refusal], options);
  const { make } = entry.value;
  const made = make === undefined || listSourcesOf(options).length > 0 ? undefined : makeValue(make);
  const value = made === undefined ? await takeValue(entry.value, options) : succeed(made);
  if (!value.ok) return failWith(value.problems, options);
  const source = made === undefined ? 'given' : 'generated';
  const changed = await changeStore(session.value, (store) =>
    succeed(putValue(store, path, { value: value.value, source, now: new Date() })),
  );
  if (!changed.ok) return failWith(changed.problems, options);
  const state =
    changed.value.store.values[path]?.value === session.value.store.values[path]?.value ? 'same' : 'changed';
  if (options.json !== true) printData(`${state}  ${path}`);
  if (state === 'changed') tellRotation(entry.value);
  printStatus(
    entry.value.secret === undefined
      ? `next: ${formatSecrets('export-tfvars', session.value, '--force')}`
      : nextStep(session.value, []),
  );
  return succeedWith({ path, state, rotation: entry.value.rotation ?? null }, changed.problems, options);
}

function changeOf(session: OpenSession): Change {
  const { store, inventory, plan } = session;
  return { store, inventory, target: session, file: plan.source.file };
}

/** What a new value takes beyond sealing it. */
export function tellRotation({ path, rotation }: SecretEntry): void {
  if (rotation !== undefined) printStatus(`${path} takes more than a new value. ${rotation.text}`);
}

/** From a file, a variable, standard input or a prompt; exactly one. Codes: SEC-007, SEC-008, USE-003. */
async function takeValue(entry: SecretEntry, options: ValueOptions): Promise<Outcome<string>> {
  if (listSourcesOf(options).length > 1) {
    const message = '--from-file, --from-env and --stdin exclude each other.';
    return fail([makeProblem(CONTRADICTION, { message, hint: 'leave out all but one' })]);
  }
  const text = await readSource(entry, options);
  if (!text.ok) return text;
  keepHidden([text.value]);
  return checkValue(entry, text.value);
}

function listSourcesOf({ fromFile, fromEnv, stdin }: ValueOptions) {
  return [fromFile, fromEnv, stdin].filter((source) => source !== undefined);
}

async function readSource({ path, meaning }: SecretEntry, options: ValueOptions): Promise<Outcome<string>> {
  const { fromFile, fromEnv, stdin } = options;
  try {
    // Editors and `echo` end a file with a line break that is no part of a password. Texts of several lines keep theirs.
    if (fromFile !== undefined) return succeed(trimEnd(readFileSync(fromFile, 'utf8')));
    if (stdin === true) return succeed(trimEnd(await readStdin()));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    const message = `${fromFile ?? 'standard input'} cannot be read: ${code}.`;
    return fail([makeProblem(UNFIT_VALUE, { key: path, message, hint: 'name a file that exists' })]);
  }
  if (fromEnv !== undefined) {
    const value = process.env[fromEnv];
    if (value !== undefined) return succeed(trimEnd(value));
    const message = `The variable ${fromEnv} is not set.`;
    return fail([makeProblem(UNFIT_VALUE, { key: path, message, hint: `export ${fromEnv}` })]);
  }
  if (isInteractive()) {
    const answer = await password({ message: `${path}: ${meaning}`, output: process.stderr });
    if (!isCancel(answer) && answer !== undefined) return succeed(answer);
  }
  const message = `There is no value for ${path}.`;
  return fail([
    makeProblem(NOT_SET, { key: path, message, hint: 'add --stdin, --from-file FILE or --from-env VARIABLE' }),
  ]);
}

/** Takes one line break from the end of a single line; a PEM file keeps its own. The mark of an editor is no text. */
export function trimEnd(given: string): string {
  const text = given.replace(/^\uFEFF/, '');
  const trimmed = text.replace(/\r?\n$/, '');
  return trimmed.includes('\n') ? text : trimmed;
}

/** What no reader of a secret could use. */
export function checkValue({ path }: SecretEntry, value: string): Outcome<string> {
  const fault =
    value.trim() === ''
      ? 'it is empty'
      : Buffer.byteLength(value) > MAX_BYTES
        ? `it is larger than ${MAX_BYTES / 1024} KiB`
        : value.includes('\0') || value.includes('\uFFFD')
          ? 'it is not text'
          : undefined;
  if (fault === undefined) return succeed(value);
  const message = `The value for ${path} does not fit: ${fault}.`;
  return fail([makeProblem(UNFIT_VALUE, { key: path, message, hint: 'give the value as text, not empty' })]);
}

function notSet({ path, make, isSealingKey }: SecretEntry, target: HintTarget): Problem {
  const isGiven = make === undefined && isSealingKey !== true;
  const hint = isGiven ? formatSecrets('set', target, path) : formatSecrets('generate', target);
  return makeProblem(NOT_SET, { key: path, message: `${path} has no value.`, hint });
}

function nextStep(target: HintTarget, missing: readonly SecretEntry[], flags: readonly string[] = []): string {
  const [first] = missing;
  return `next: ${first === undefined ? formatSecrets('seal', target, ...flags) : formatSecrets('set', target, first.path)}`;
}
