// What every command about secrets works on: one environment of a repository, its plan, its sealed files, its store.
import { join } from 'node:path';
import { nearest } from '../../core/nearest.ts';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { formatCommand } from '../../core/shell.ts';
import { readGeneratedFolder } from '../../io/generated-folder.ts';
import { readCommitted } from '../../io/git-committed.ts';
import { missingLockProblem } from '../../io/lock-problems.ts';
import { readRepositoryTree } from '../../io/read-files.ts';
import { withRunLock } from '../../io/run-lock.ts';
import { readIfThere, writePrivately } from '../../io/whole-files.ts';
import { planEnvironments } from '../../pipeline.ts';
import type { EnvironmentPlan } from '../../plan/plan.ts';
import type { SealedSecret } from '../../plan/sealing.ts';
import { closeStore, type Opening, openStore, type Unlock } from '../../secrets/age-file.ts';
import { listInventory, type SecretEntry } from '../../secrets/inventory.ts';
import { NO_STORE, UNEXPLAINED, UNKNOWN_SECRET } from '../../secrets/secret-problems.ts';
import type { SecretStore } from '../../secrets/secret-store.ts';
import { formatSecrets, formatWaysBack } from '../../secrets/typed-hints.ts';
import { listSealedSecrets } from '../../verify/sealed-secrets.ts';
import { collectTexts } from '../commands/render.ts';
import { CONTRADICTION, NO_SUCH_NAME } from '../usage-problems.ts';
import { hideStore, hideUnlock } from './hide-store.ts';
import { storePath } from './store-path.ts';
import { findUnlock } from './unlock.ts';

export interface Session {
  readonly folder: string;
  /** Name of the environment. */
  readonly name: string;
  readonly plan: EnvironmentPlan;
  readonly inventory: readonly SecretEntry[];
  /** SealedSecrets of this environment. */
  readonly found: readonly SealedSecret[];
  /** Where its store lies or would lie. */
  readonly storeFile: string;
}

/** A session with an open store. */
export interface OpenSession extends Session {
  readonly store: SecretStore;
  /** The file that it was read from. */
  readonly text: string;
  readonly unlock: Unlock;
}

/**
 * Starts a session for each environment, or for the one that is named.
 * Codes: IO-007, USE-004, and those of reading and planning.
 */
export function startSessions(folder: string, name: string | undefined): Outcome<readonly Session[]> {
  const existing = readGeneratedFolder(folder);
  if (!existing.ok) return existing;
  if (existing.value === undefined) return fail([missingLockProblem(folder)]);
  const texts = collectTexts({ environment: [], output: folder, removeEnvironment: [] });
  if (!texts.ok) return texts;
  const tree = readRepositoryTree(folder, Object.keys(existing.value.lock.files));
  if (!tree.ok) return tree;
  const sealed = listSealedSecrets(tree.value);
  const planned = planEnvironments(texts.value, sealed);
  if (!planned.ok) return planned;
  const { environments } = planned.value;
  const chosen = environments.filter((plan) => name === undefined || plan.name === name);
  if (name !== undefined && chosen.length === 0) return fail([noEnvironment(folder, name, environments)]);
  return succeed(
    chosen.map((plan) => ({
      folder,
      name: plan.name,
      plan,
      inventory: listInventory(plan),
      found: sealed.filter(({ environment }) => environment === plan.name),
      storeFile: join(folder, storePath(plan.name)),
    })),
  );
}

/** Starts the session of one environment; without a name, of the only one. Codes as above, and USE-003. */
export function startSession(folder: string, name: string | undefined): Outcome<Session> {
  const sessions = startSessions(folder, name);
  if (!sessions.ok) return sessions;
  const [session, another] = sessions.value;
  if (session !== undefined && another === undefined) return succeed(session, sessions.problems);
  const names = sessions.value.map((one) => one.name).join(', ');
  const message = `${folder} has several environments: ${names}.`;
  return fail([makeProblem(CONTRADICTION, { message, hint: `add -e ${session?.name ?? 'NAME'}` })]);
}

/** Opens the store of a session. Codes: SEC-001 to SEC-005, SEC-012. */
export async function openSession(session: Session): Promise<Outcome<OpenSession>> {
  const text = readIfThere(session.storeFile);
  if (text === undefined) {
    const message = `${session.name} has no store of secrets: ${session.storeFile} does not exist.`;
    const hint = findCommittedStore(session) ?? formatSecrets('init', session);
    return fail([makeProblem(NO_STORE, { place: { file: session.storeFile }, message, hint })]);
  }
  const unlock = await findUnlock(text);
  if (!unlock.ok) return unlock;
  hideUnlock(unlock.value);
  const opened = hideStore(await openStore(session.storeFile, text, openingOf(session, unlock.value)));
  return opened.ok ? succeed({ ...session, store: opened.value, text, unlock: unlock.value }) : opened;
}

/** What brings a store back that was deleted, where the last commit still has it. */
export function findCommittedStore({ folder, name }: Session): string | undefined {
  const path = storePath(name);
  if (!readCommitted(folder, [path]).has(path)) return undefined;
  return formatCommand('git', '-C', folder, 'checkout', 'HEAD', '--', path);
}

/** What a cluster may live with is not made up anew, nor left behind by a new key. Code: SEC-016. */
export function unexplainedProblem(
  command: 'generate' | 'rotate-key',
  paths: readonly string[],
  session: OpenSession,
): Problem {
  const message = `${session.name} has sealed files of another store than this one, which does not know ${paths.join(', ')}.`;
  const taken =
    command === 'rotate-key' ? `${formatSecrets('import', session, '--sealed')} takes what its keys open; ` : '';
  const hint = `${taken}${formatWaysBack(command, session)}`;
  return makeProblem(UNEXPLAINED, { place: { file: session.storeFile }, message, hint });
}

function openingOf({ folder, name }: Session, unlock: Unlock): Opening {
  return { environment: name, unlock, folder };
}

/** Starts and opens in one step. */
export async function startOpenSession(folder: string, name: string | undefined): Promise<Outcome<OpenSession>> {
  const session = startSession(folder, name);
  return session.ok ? await openSession(session.value) : session;
}

/**
 * Changes the store: read, changed and written while no other run may write. Code: IO-006, and those of opening.
 * @param change gives the same store if there is nothing to write
 */
export async function changeStore(
  session: OpenSession,
  change: (store: SecretStore) => Outcome<SecretStore> | Promise<Outcome<SecretStore>>,
): Promise<Outcome<OpenSession>> {
  return await withRunLock(session.folder, async (): Promise<Outcome<OpenSession>> => {
    const text = readIfThere(session.storeFile) ?? '';
    // A passphrase takes seconds to try: not twice for the same file.
    const opened =
      text === session.text
        ? succeed(session.store)
        : hideStore(await openStore(session.storeFile, text, openingOf(session, session.unlock)));
    if (!opened.ok) return opened;
    const changed = hideStore(await change(opened.value));
    if (!changed.ok) return changed;
    if (changed.value === opened.value) return succeed({ ...session, store: opened.value, text }, changed.problems);
    const closed = await closeStore(changed.value, session.unlock);
    writePrivately(session.storeFile, closed);
    return succeed({ ...session, store: changed.value, text: closed }, changed.problems);
  });
}

const NO_ARGUMENT = 'leave the value out: it is asked for, or read from stdin, and in no history of a shell';

/** The entry of a path. A value that somebody typed behind it is not repeated. Code: SEC-006. */
export function findEntry(session: Session, typed: string): Outcome<SecretEntry> {
  const { inventory, name } = session;
  const path = typed.replace(/=.*$/s, '');
  const entry = inventory.find((one) => one.path === path);
  if (entry !== undefined && path === typed) return succeed(entry);
  const paths = inventory.map((one) => one.path);
  const hint = path === typed ? (nearest(path, paths) ?? formatSecrets('list', session)) : NO_ARGUMENT;
  const shown = path === typed ? path : `${path}=…`;
  return fail([makeProblem(UNKNOWN_SECRET, { message: `${name} has no secret ${shown}.`, hint })]);
}

function noEnvironment(folder: string, name: string, environments: readonly EnvironmentPlan[]) {
  const known = environments.map((plan) => plan.name);
  return makeProblem(NO_SUCH_NAME, {
    key: '-e',
    message: `${folder} has no environment ${name}; it records ${known.join(', ') || 'none'}.`,
    hint: nearest(name, known) ?? `write -e ${known[0] ?? 'NAME'}`,
  });
}
