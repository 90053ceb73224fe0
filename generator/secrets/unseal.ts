// A sealed value → what it holds, as the controller opens it: tells a damaged file, and one of another key, from ours.
import { constants, createDecipheriv, createPrivateKey, type KeyObject, privateDecrypt } from 'node:crypto';
import type { SealedSecret } from '../plan/sealing.ts';
import type { OpenSecret } from './seal.ts';
import type { SealingKey } from './secret-store.ts';

/** Of AES-256-GCM, in bytes. */
const TAG = 16;

/**
 * Opens one value; undefined where the controller would refuse it.
 * @see https://github.com/bitnami-labs/sealed-secrets/blob/v0.36.6/pkg/crypto/crypto.go
 */
export function openValue(
  sealed: string,
  { privateKey }: Pick<SealingKey, 'privateKey'>,
  { namespace, name }: Pick<SealedSecret, 'namespace' | 'name'>,
): string | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < 2) return undefined;
  const end = 2 + bytes.readUInt16BE(0);
  if (bytes.length < end + TAG) return undefined;
  const oaepLabel = Buffer.from(`${namespace}/${name}`);
  try {
    const sessionKey = privateDecrypt(
      { key: parseKey(privateKey), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256', oaepLabel },
      bytes.subarray(2, end),
    );
    const decipher = createDecipheriv('aes-256-gcm', sessionKey, Buffer.alloc(12));
    decipher.setAuthTag(bytes.subarray(-TAG));
    return Buffer.concat([decipher.update(bytes.subarray(end, -TAG)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Parsed once: reading a key takes as long as opening a value with it. */
function parseKey(pem: string): KeyObject {
  const key = parsed.get(pem) ?? createPrivateKey(pem);
  parsed.set(pem, key);
  return key;
}

const parsed = new Map<string, KeyObject>();

/** True if a file holds this value of a Secret, in a form that the key opens. Takes some milliseconds: RSA 4096. */
export function holdsValue(sealed: SealedSecret, key: string, value: string, sealingKey: SealingKey): boolean {
  // Who gives no ciphertexts has looked at the digest alone.
  if (sealed.encrypted === undefined) return true;
  return openValue(sealed.encrypted[key] ?? '', sealingKey, sealed) === value;
}

/** The same of all values of a Secret; a value that the Secret should not have is one too many. */
export function holdsSecret(sealed: SealedSecret, { values }: OpenSecret, sealingKey: SealingKey): boolean {
  if (sealed.encrypted === undefined) return true;
  const keys = Object.keys(values);
  if (Object.keys(sealed.encrypted).length !== keys.length) return false;
  return keys.every((key) => holdsValue(sealed, key, values[key] ?? '', sealingKey));
}

/** The values of a file that one of the keys opens, by key of the Secret. */
export function openAll(sealed: SealedSecret, keys: readonly SealingKey[]): ReadonlyMap<string, string> {
  const opened = new Map<string, string>();
  for (const [name, text] of Object.entries(sealed.encrypted ?? {}))
    for (const key of keys) {
      const value = openValue(text, key, sealed);
      if (value !== undefined) opened.set(name, value);
    }
  return opened;
}

/** True if one of the keys opens at least one value of a file. */
export function opensAny(sealed: SealedSecret, keys: readonly SealingKey[]): boolean {
  const values = Object.values(sealed.encrypted ?? {});
  return keys.some((key) => values.some((value) => openValue(value, key, sealed) !== undefined));
}
