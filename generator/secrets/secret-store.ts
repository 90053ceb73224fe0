// What one environment keeps secret: values, the sealing keys, and the key of its digests. Pure; encryption is elsewhere.
import { createHmac, randomBytes } from 'node:crypto';
import type { SecretPath } from '../core/secret-path.ts';

export interface StoredValue {
  readonly value: string;
  readonly source: 'given' | 'generated';
  /** ISO 8601, UTC. */
  readonly changedAt: string;
  /** Keyed digests of the values before this one: tell a sealed file that is older than the store from one that is newer. */
  readonly earlier?: readonly string[];
}

/** A key pair for which secrets are sealed; both in PEM. */
export interface SealingKey {
  readonly certificate: string;
  readonly privateKey: string;
  readonly madeAt: string;
}

/** Everything in an age file, once it is open. */
export interface SecretStore {
  readonly version: 1;
  readonly environment: string;
  /** Public age keys of those who may open it; none: a passphrase opens it. */
  readonly recipients: readonly string[];
  /** 32 bytes, base64: digests in Git are keyed with it, so that nobody can try passwords against them. */
  readonly digestKey: string;
  /** Newest first: it seals; older ones only open what was sealed before. */
  readonly sealingKeys: readonly SealingKey[];
  readonly values: Readonly<Record<SecretPath, StoredValue>>;
}

export function makeStore(environment: string, recipients: readonly string[]): SecretStore {
  return {
    version: 1,
    environment,
    recipients: [...recipients].sort(),
    digestKey: randomBytes(32).toString('base64'),
    sealingKeys: [],
    values: {},
  };
}

/** A copy with one value more or changed. The same value again changes nothing, not even the date. */
export function putValue(
  store: SecretStore,
  path: SecretPath,
  { value, source, now }: { readonly value: string; readonly source: StoredValue['source']; readonly now: Date },
): SecretStore {
  const before = store.values[path];
  if (before?.value === value) return store;
  const earlier =
    before === undefined ? {} : { earlier: [...(before.earlier ?? []), digestValue(store, before.value)] };
  return { ...store, values: { ...store.values, [path]: { value, source, changedAt: now.toISOString(), ...earlier } } };
}

/** True if the store has this value of a secret, or had it before. */
export function hasHad(store: SecretStore, path: SecretPath, value: string): boolean {
  const stored = store.values[path];
  return (
    stored !== undefined && (stored.value === value || stored.earlier?.includes(digestValue(store, value)) === true)
  );
}

function digestValue({ digestKey }: SecretStore, value: string): string {
  return createHmac('sha256', Buffer.from(digestKey, 'base64')).update(value).digest('hex').slice(0, 32);
}

export function removeValue(store: SecretStore, path: SecretPath): SecretStore {
  const { [path]: _, ...values } = store.values;
  return { ...store, values };
}

/** Text of an open store: keys sorted, so that two stores of the same content are the same text. */
export function writeStore(store: SecretStore): string {
  const values = Object.fromEntries(Object.entries(store.values).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ ...store, values }, null, 2)}\n`;
}

/** Reads the text of an open store; undefined for anything else. Never quotes it: it is nothing but secrets. */
export function parseStore(text: string): SecretStore | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(data) || data['version'] !== 1) return undefined;
  const { environment, recipients, digestKey, sealingKeys, values } = data;
  if (typeof environment !== 'string' || typeof digestKey !== 'string') return undefined;
  if (!isListOf(recipients, (item) => typeof item === 'string')) return undefined;
  if (!isListOf(sealingKeys, (item) => hasTexts(item, ['certificate', 'privateKey', 'madeAt']))) return undefined;
  if (!isRecord(values) || !Object.values(values).every((item) => hasTexts(item, ['value', 'source', 'changedAt'])))
    return undefined;
  return data as unknown as SecretStore;
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return isRecord(value) && names.every((name) => typeof value[name] === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
