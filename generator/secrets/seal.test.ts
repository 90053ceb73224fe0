import { beforeAll, describe, expect, it } from 'vitest';
import { openSealed } from '../testing/open-sealed.ts';
import { digestSecret, sealSecret } from './seal.ts';
import { fingerprintOf, makeSealingKey } from './sealing-key.ts';
import type { SealingKey } from './secret-store.ts';

const DIGEST_KEY = Buffer.alloc(32, 7).toString('base64');
const secret = {
  namespace: 'onyx',
  name: 'onyx-redis',
  values: { redis_password: 'pa:ss wörd\n', empty: '', long: 'x'.repeat(20_000) },
};
let key: SealingKey;
let other: SealingKey;

beforeAll(async () => {
  [key, other] = await Promise.all([makeSealingKey(new Date('2026-11-22')), makeSealingKey(new Date('2026-11-22'))]);
}, 120_000);

describe('generator/secrets/seal', () => {
  it('seals values that the private key opens', () => {
    const sealed = sealSecret(secret, key.certificate, DIGEST_KEY);

    expect(openSealed(sealed, key.privateKey)).toEqual(secret.values);
  });

  it('says what the Secret will be', () => {
    const sealed = sealSecret(
      { ...secret, type: 'kubernetes.io/basic-auth', labels: { 'argocd.argoproj.io/secret-type': 'repository' } },
      key.certificate,
      DIGEST_KEY,
    );

    expect(sealed).toMatchObject({
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name: 'onyx-redis', namespace: 'onyx' },
      spec: {
        template: {
          type: 'kubernetes.io/basic-auth',
          metadata: {
            name: 'onyx-redis',
            namespace: 'onyx',
            labels: { 'argocd.argoproj.io/secret-type': 'repository' },
          },
        },
      },
    });
  });

  it('starts with the length of a session key under RSA 4096', () => {
    const { spec } = sealSecret(secret, key.certificate, DIGEST_KEY) as {
      spec: { encryptedData: Record<string, string> };
    };

    const bytes = Buffer.from(spec.encryptedData['empty']!, 'base64');

    expect([bytes.readUInt16BE(0), bytes.length]).toEqual([512, 2 + 512 + 0 + 16]);
  });

  it.each([
    ['another namespace', { namespace: 'ollama', name: 'onyx-redis' }],
    ['another name', { namespace: 'onyx', name: 'onyx-other' }],
  ])('does not open under %s', (_, metadata) => {
    const sealed = sealSecret(secret, key.certificate, DIGEST_KEY);

    expect(() => openSealed({ ...sealed, metadata }, key.privateKey)).toThrow();
  });

  it('does not open with another key', () => {
    const sealed = sealSecret(secret, key.certificate, DIGEST_KEY);

    expect(() => openSealed(sealed, other.privateKey)).toThrow();
  });

  it('holds no value in the open', () => {
    const text = JSON.stringify(sealSecret(secret, key.certificate, DIGEST_KEY));

    expect(text).not.toContain('pa:ss');
    expect(text).not.toContain(Buffer.from('pa:ss wörd\n').toString('base64').slice(0, 12));
  });

  describe('digest', () => {
    const digest = (change: object, certificate = key.certificate, digestKey = DIGEST_KEY) =>
      digestSecret({ ...secret, ...change }, certificate, digestKey);

    it('is the same for the same values in any order', () => {
      const { redis_password, empty, long } = secret.values;

      expect(digest({ values: { long, empty, redis_password } })).toBe(digest({}));
    });

    it.each([
      ['a value', { values: { ...secret.values, empty: 'no more' } }],
      ['a key more', { values: { ...secret.values, more: '' } }],
      ['its type', { type: 'kubernetes.io/tls' }],
      ['a label', { labels: { a: 'b' } }],
      ['its name', { name: 'other' }],
    ])('changes with %s', (_, change) => {
      expect(digest(change)).not.toBe(digest({}));
    });

    it('changes with the certificate and with the key of the digests', () => {
      const all = [
        digest({}),
        digest({}, other.certificate),
        digest({}, key.certificate, Buffer.alloc(32).toString('base64')),
      ];

      expect(new Set(all).size).toBe(3);
    });
  });

  it('names certificates by their fingerprint', () => {
    expect(fingerprintOf(key.certificate)).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprintOf(key.certificate)).not.toBe(fingerprintOf(other.certificate));
  });
});
