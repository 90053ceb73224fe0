// A commit that Rootstock makes names its change in its message, so that it is known later: rebased it keeps the name,
// and amended it has another one.
import { createHash } from 'node:crypto';
import type { SimpleGit } from 'simple-git';

const TRAILER = 'Rootstock-Change';
/** Anywhere in a message: hooks put lines of their own below. */
const LINES = new RegExp(`^${TRAILER}: ([0-9a-f]{40})$`, 'gm');

/**
 * SHA-256 (40 digits) of what differs between two trees. It stays when a commit is rebased onto one that changes other
 * files, and changes when somebody amends it.
 */
export async function digestChange(git: SimpleGit, from: string, to: string): Promise<string> {
  const changes = await git.raw('diff-tree', '-r', '--raw', '--no-renames', '--no-abbrev', '-z', from, to);
  return createHash('sha256').update(changes).digest('hex').slice(0, 40);
}

/** The message with the name of its change, in place of any other one. */
export function nameChange(message: string, change: string): string {
  return `${message.replace(LINES, '').trimEnd()}\n\n${TRAILER}: ${change}\n`;
}

/** The names in one message or several. */
export function readChanges(messages: string): readonly string[] {
  return [...messages.matchAll(LINES)].map(([, change = '']) => change);
}
