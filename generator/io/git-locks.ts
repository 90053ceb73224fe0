// Locks that Git took for a run of ours that was killed: nobody else would ever remove them.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** The Git command of a killed run may go on without it, and ends by itself. */
const PATIENCE_MS = 2000;

/** Removes locks that were taken since then, and that are still there after a while. Older ones are not ours. */
export async function removeGitLocks(folder: string, sinceMs: number): Promise<void> {
  const first = listLocks(folder, sinceMs);
  if (first.length === 0) return;
  await setTimeout(PATIENCE_MS);
  const still = new Set(listLocks(folder, sinceMs));
  for (const path of first) if (still.has(path)) rmSync(path, { force: true });
}

function listLocks(folder: string, sinceMs: number): readonly string[] {
  const git = join(folder, '.git');
  if (!existsSync(git) || !statSync(git).isDirectory()) return [];
  const refs = join(git, 'refs');
  const below = existsSync(refs) ? readdirSync(refs, { recursive: true, encoding: 'utf8' }) : [];
  return [...readdirSync(git).map((name) => join(git, name)), ...below.map((name) => join(refs, name))]
    .filter((path) => path.endsWith('.lock'))
    .filter((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= sinceMs)
    .sort();
}
