// rootstock secrets list: every secret of the environments, and how far each has come. Opens the store only if nobody
// has to be asked for it.
import { readIfThere } from '../../io/whole-files.ts';
import { findState, type SecretState } from '../../secrets/inventory.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printData, printStatus } from '../terminal.ts';
import { openSession, type Session, startSessions } from './session.ts';
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
    rows.push(...listed.rows);
  }
  if (options.json !== true) printRows(rows);
  return succeedWith({ secrets: rows }, sessions.problems, options);
}

async function listRows(session: Session) {
  const text = readIfThere(session.storeFile);
  const unasked = text !== undefined && canUnlockUnasked(text);
  if (text === undefined)
    printStatus(`${session.name} has no store: rootstock secrets init ${session.folder} -e ${session.name}`);
  else if (!unasked) printStatus(`${session.storeFile} stays locked: only sealed files are shown`);
  const opened = unasked ? await openSession(session) : undefined;
  if (opened !== undefined && !opened.ok) return opened;
  const { inventory, found, name } = session;
  const store = opened?.value.store;
  const rows = inventory.map((entry): Row => {
    const { path, usedBy, meaning, make, optional, isSealingKey } = entry;
    const changedAt = store?.values[path]?.changedAt;
    return {
      environment: name,
      path,
      state: findState(entry, found, store && { store, inventory }),
      origin: make?.kind === 'text' ? 'derived' : make !== undefined || isSealingKey ? 'generated' : 'given',
      usedBy,
      meaning,
      optional: optional === true,
      ...(changedAt === undefined ? {} : { changedAt }),
    };
  });
  return { ok: true as const, rows };
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
