// The answer to --ssh-key → the public key. A private one, or another file by mistake, is refused without being shown.
import { fail, makeProblem, type Outcome } from '../../core/problem.ts';
import { readSshKey } from '../../io/environment-file.ts';
import { NO_PUBLIC_KEY } from './init-problems.ts';

const PUBLIC = /^(?:ssh|ecdsa|sk)-\S+ /;
const PRIVATE = /PRIVATE KEY|^PuTTY-User-Key-File/;

/** Gives a key back as it is, and the first line of a file that holds one. Codes: INIT-006, IO-001. */
export function readPublicKey(keyOrPath: string): Outcome<string> {
  const key = readSshKey(keyOrPath);
  if (!key.ok || PUBLIC.test(key.value)) return key;
  const isFile = key.value !== keyOrPath;
  const isPrivate = PRIVATE.test(key.value);
  if (!isFile && !isPrivate) return key;
  const what = isFile ? `${keyOrPath} holds` : '--ssh-key got';
  const message = `${what} ${isPrivate ? 'a private key, which stays with its owner' : 'something else than a public SSH key'}.`;
  const hasPublic = isFile && isPrivate && !keyOrPath.endsWith('.pub');
  const hint = hasPublic ? `try --ssh-key ${keyOrPath}.pub` : 'for example --ssh-key ~/.ssh/id_ed25519.pub';
  return fail([makeProblem(NO_PUBLIC_KEY, { key: '--ssh-key', message, hint })]);
}
