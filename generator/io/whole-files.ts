// Files written whole or not at all, and those that only their owner may read.
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Text of a file; undefined if there is none. */
export function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Writes beside, flushes, renames: killed at any point, the old file or the new one is there. */
export function writeWhole(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.new`;
  // What a killed run left there may be a link, or open to others: it is never written into.
  rmSync(beside, { force: true });
  const file = openSync(beside, 'wx', mode);
  try {
    // The mode above is cut by the umask.
    chmodSync(beside, mode);
    writeFileSync(file, text);
    fsyncSync(file);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** The same for a file that only its owner may read. */
export function writePrivately(path: string, text: string): void {
  writeWhole(path, text, 0o600);
}

/** True if others than its owner may read or write a file. */
export function isOpenToOthers(path: string): boolean {
  return (statSync(path).mode & 0o077) !== 0;
}

/** Makes a folder that only its owner may enter. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}
