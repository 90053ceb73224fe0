// Whether a value may be set, rotated, replaced by an import or forgotten; if not, why, and what to do instead.
import { makeProblem, type Problem } from '../core/problem.ts';
import { findValue, listSources, type SecretEntry } from './inventory.ts';
import { WILL_NOT_ROTATE } from './secret-problems.ts';
import type { SecretStore } from './secret-store.ts';
import { formatSecrets, type HintTarget } from './typed-hints.ts';

/** Where somebody wants to change a value. */
export interface Change {
  readonly store: SecretStore;
  readonly inventory: readonly SecretEntry[];
  readonly target: HintTarget;
  /** The environment file, as messages name it. */
  readonly file: string;
}

/** Refuses to take somebody's own value. Code: SEC-009. */
export function refuseSetting(entry: SecretEntry, value: string, change: Change): Problem | undefined {
  const { store, inventory, target } = change;
  if (isConstant(entry)) return constant(entry, change);
  const had = findValue(store, inventory, entry.path);
  return had === undefined || had === value ? undefined : refuseReplacing(entry, target);
}

/** Refuses a new value in place of one that is bound to data or machines. Code: SEC-009. */
export function refuseReplacing({ path, rotation }: SecretEntry, target: HintTarget): Problem | undefined {
  if (rotation?.kind !== 'refused') return undefined;
  return makeProblem(WILL_NOT_ROTATE, {
    key: path,
    message: `${path} must not change. ${rotation.text}`,
    hint: `read docs/${target.name}/secrets.md`,
  });
}

/** Refuses to rotate what has no value of its own, or may have no other. Code: SEC-009. */
export function refuseRotation(entry: SecretEntry, change: Change): Problem | undefined {
  const { target, store } = change;
  const { path, isSealingKey, make } = entry;
  if (isSealingKey) return partOfPair(entry, target, 'rotate-key');
  if (isConstant(entry)) return constant(entry, change);
  if (make?.kind !== 'text') return refuseReplacing(entry, target);
  // Somebody's own value is rotated by giving another.
  const ways =
    store.values[path] === undefined
      ? listSources(entry).map((source) => formatSecrets('rotate', target, source))
      : [formatSecrets('set', target, path), formatSecrets('unset', target, path)];
  return makeProblem(WILL_NOT_ROTATE, {
    key: path,
    message: `${path} is worked out from other values.`,
    hint: ways.join('; '),
  });
}

/** Refuses to forget what could not be worked out again. Code: SEC-009. */
export function refuseUnsetting(entry: SecretEntry, target: HintTarget): Problem | undefined {
  if (entry.make?.kind === 'text') return undefined;
  const { path, isSealingKey } = entry;
  const message = `${path} is worked out from nothing else: without it there would be no value.`;
  const hint = isSealingKey ? formatSecrets('rotate-key', target) : formatSecrets('rotate', target, path);
  return makeProblem(WILL_NOT_ROTATE, { key: path, message, hint });
}

/** Half a pair is of no use: both halves come and go together. Code: SEC-009. */
export function partOfPair({ path }: SecretEntry, target: HintTarget, command: 'import' | 'rotate-key'): Problem {
  const message = `${path} belongs to a key pair, and everything sealed belongs to it.`;
  const words = command === 'import' ? ['--tfvars', 'FILE'] : [];
  return makeProblem(WILL_NOT_ROTATE, { key: path, message, hint: formatSecrets(command, target, ...words) });
}

/** True for a text without references: the environment file or the app decides it, and no value in the store does. */
export function isConstant(entry: SecretEntry): boolean {
  return entry.make?.kind === 'text' && listSources(entry).length === 0;
}

function constant({ path, follows }: SecretEntry, { store, target, file }: Change): Problem {
  const reason = follows === undefined ? 'always has the value that its app expects' : `follows ${follows} of ${file}`;
  const way = follows === undefined ? formatSecrets('get', target, path) : `write ${follows} in ${file}, then render`;
  const undo = store.values[path] === undefined ? '' : `${formatSecrets('unset', target, path)}; `;
  return makeProblem(WILL_NOT_ROTATE, { key: path, message: `${path} ${reason}.`, hint: `${undo}${way}` });
}
