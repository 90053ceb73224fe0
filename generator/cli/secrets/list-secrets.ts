// rootstock secrets list: every secret of the environments, and how far each has come. Opens the store only if nobody
// has to be asked for it.

import { type Outcome, succeed } from '../../core/problem.ts';
import { readIfThere } from '../../io/whole-files.ts';
import { findState, type Knowledge, type SecretState } from '../../secrets/inventory.ts';
import { CANNOT_OPEN } from '../../secrets/secret-problems.ts';
import { formatSecrets } from '../../secrets/typed-hints.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printData, printStatus } from '../terminal.ts';
import { findCommittedStore, openSession, type Session, startSessions } from './session.ts';
import { canUnlockUnasked } from './unlock.ts';

export interface ListOptions extends OutputOptions {
  readonly environment?: string;
}

interface Row {
  readonly environment: string;
  readonly path: string;
  readonly state: SecretState;
  readonly origin: 'given' | 'generated' | 'derived';
  readonly usedBy: string;
  readonly meaning: string;
  readonly optional: boolean;
  readonly changedAt?: string;
}

export async function runList(folder: string, options: ListOptions): Promise<ExitCode> {
  const sessions = startSessions(folder, options.environment);
  if (!sessions.ok) return failWith(sessions.problems, options);
  const rows: Row[] = [];
  for (const session of sessions.value) {
    const listed = await listRows(session);
    if (!listed.ok) return failWith(listed.problems, options);
    rows.push(...listed.value);
  }
  if (options.json !== true) printRows(rows);
  return succeedWith({ secrets: rows }, sessions.problems, options);
}

async function listRows(session: Session): Promise<Outcome<readonly Row[]>> {
  const knowledge = await openUnasked(session);
  if (!knowledge.ok) return knowledge;
  const known = knowledge.value;
  const { plan, inventory, found, name } = session;
  const rows = inventory.map((entry): Row => {
    const { path, usedBy, meaning, make, optional, isSealingKey } = entry;
    const changedAt = known.kind === 'open' ? known.store.values[path]?.changedAt : undefined;
    return {
      environment: name,
      path,
      state: findState(plan, entry, found, known),
      origin: make?.kind === 'text' ? 'derived' : make !== undefined || isSealingKey ? 'generated' : 'given',
      usedBy,
      meaning,
      optional: optional === true,
      ...(changedAt === undefined ? {} : { changedAt }),
    };
  });
  return succeed(rows);
}

/** A store that somebody else's key opens is no reason to show nothing. Code: SEC-003, SEC-004, SEC-012. */
async function openUnasked(session: Session): Promise<Outcome<Knowledge>> {
  const text = readIfThere(session.storeFile);
  if (text === undefined) {
    printStatus(`${session.name} has no store: ${findCommittedStore(session) ?? formatSecrets('init', session)}`);
    return succeed({ kind: 'none' });
  }
  const opened = canUnlockUnasked(text) ? await openSession(session) : undefined;
  if (opened?.ok === true) return succeed({ kind: 'open', store: opened.value.store, inventory: session.inventory });
  if (opened !== undefined && !opened.problems.every(({ code }) => code === CANNOT_OPEN.code)) return opened;
  printStatus(`${session.storeFile} stays locked: only sealed files are shown`);
  return succeed({ kind: 'locked' });
}

function printRows(rows: readonly Row[]): void {
  const lines = rows.map(({ environment, state, origin, path, usedBy, optional }) => [
    environment,
    optional && state === 'missing' ? 'missing (optional)' : state,
    origin,
    path,
    usedBy,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...lines.map((line) => (line[column] ?? '').length)));
  for (const line of lines)
    printData(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
