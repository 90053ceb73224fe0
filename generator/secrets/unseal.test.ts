import { beforeAll, describe, expect, it } from 'vitest';
import type { SealedSecret } from '../plan/sealing.ts';
import { sealSecret } from './seal.ts';
import { makeSealingKey } from './sealing-key.ts';
import type { SealingKey } from './secret-store.ts';
import { holdsSecret, holdsValue, opensAny, openValue } from './unseal.ts';

const secret = { namespace: 'onyx', name: 'onyx-redis', values: { password: 'pa:ss wörd', user: 'me' } };
let key: SealingKey;
let other: SealingKey;
let sealed: SealedSecret;

beforeAll(async () => {
  [key, other] = await Promise.all([makeSealingKey(new Date('2026-11-22')), makeSealingKey(new Date('2026-11-22'))]);
  const { spec } = sealSecret(secret, key.certificate, 'AAAA') as unknown as {
    spec: { encryptedData: Record<string, string> };
  };
  const { namespace, name } = secret;
  sealed = {
    environment: 'lab',
    app: 'valkey',
    namespace,
    name,
    keys: ['password', 'user'],
    path: 'clusters/lab/manifests/valkey/sealed-onyx-redis.yaml',
    digest: 'd',
    encrypted: spec.encryptedData,
  };
}, 120_000);

/** The same file with one character of a ciphertext changed. */
function damage(at: number, field = 'password'): SealedSecret {
  const text = sealed.encrypted?.[field] ?? '';
  const index = at < 0 ? text.length + at : at;
  const changed = `${text.slice(0, index)}${text[index] === 'A' ? 'B' : 'A'}${text.slice(index + 1)}`;
  return { ...sealed, encrypted: { ...sealed.encrypted, [field]: changed } };
}

describe('generator/secrets/unseal', () => {
  it('opens what was sealed', () => {
    expect(openValue(sealed.encrypted?.['password'] ?? '', key, sealed)).toBe('pa:ss wörd');
  });

  it.each<[string, () => string | undefined]>([
    ['another key', () => openValue(sealed.encrypted?.['password'] ?? '', other, sealed)],
    ['another name', () => openValue(sealed.encrypted?.['password'] ?? '', key, { ...sealed, name: 'other' })],
    ['nothing', () => openValue('', key, sealed)],
    ['one byte', () => openValue('Ag==', key, sealed)],
    ['what is cut off', () => openValue(sealed.encrypted?.['password']?.slice(0, 400) ?? '', key, sealed)],
    ['a damaged session key', () => openValue(damage(200).encrypted?.['password'] ?? '', key, sealed)],
    ['a damaged value', () => openValue(damage(690).encrypted?.['password'] ?? '', key, sealed)],
  ])('does not open %s', (_, open) => {
    expect(open()).toBeUndefined();
  });

  it('tells the value that is there from another', () => {
    expect(holdsValue(sealed, 'user', 'me', key)).toBe(true);
    expect(holdsValue(sealed, 'user', 'you', key)).toBe(false);
  });

  it.each<[string, boolean, () => boolean]>([
    ['all values', true, () => holdsSecret(sealed, secret, key)],
    ['all values for another key', false, () => holdsSecret(sealed, secret, other)],
    ['a damaged value', false, () => holdsSecret(damage(200), secret, key)],
    ['a value more', false, () => holdsSecret(sealed, { ...secret, values: { user: 'me' } }, key)],
    ['a value less', false, () => holdsSecret(sealed, { ...secret, values: { ...secret.values, more: '' } }, key)],
    ['a file whose values nobody read', true, () => holdsSecret(withoutValues(), secret, key)],
  ])('looks at a whole Secret: %s', (_, expected, look) => {
    expect(look()).toBe(expected);
  });

  it('finds a key that opens anything', () => {
    expect(opensAny(damage(200), [other, key])).toBe(true);
    expect(opensAny(sealed, [other])).toBe(false);
    expect(opensAny(sealed, [])).toBe(false);
  });

  function withoutValues(): SealedSecret {
    const { encrypted: _, ...rest } = sealed;
    return rest;
  }
});
