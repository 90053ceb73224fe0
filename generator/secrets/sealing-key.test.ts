import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { findCertificateFault, isPair, makeSealingKey } from './sealing-key.ts';
import type { SealingKey } from './secret-store.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
let key: SealingKey;

beforeAll(async () => {
  key = await makeSealingKey(NOW);
}, 120_000);

describe('generator/secrets/sealing-key', () => {
  it('makes RSA 4096 without a passphrase and a certificate of ten years', () => {
    const certificate = new X509Certificate(key.certificate);

    expect(createPrivateKey(key.privateKey).asymmetricKeyDetails).toMatchObject({ modulusLength: 4096 });
    expect(certificate.subject).toBe('CN=sealed-secret');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(new Date(certificate.validTo).getTime() - NOW.getTime()).toBe(3650 * 24 * 60 * 60 * 1000);
    expect(new Date(certificate.validFrom).getTime()).toBeLessThan(NOW.getTime());
  });

  it('writes texts that the Terraform variables accept', () => {
    expect(key.certificate).toMatch(/^-----BEGIN CERTIFICATE-----\n[\s\S]+-----END CERTIFICATE-----\n$/);
    expect(key.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n[\s\S]+-----END PRIVATE KEY-----\n$/);
  });

  it('belongs together', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });

    expect(isPair(key)).toBe(true);
    expect(isPair({ certificate: key.certificate, privateKey })).toBe(false);
    expect(isPair({ certificate: 'nothing', privateKey })).toBe(false);
  });

  it.each([
    ['now', NOW, undefined],
    ['after nine years', new Date('2035-11-22'), undefined],
    ['after eleven years', new Date('2037-11-22'), /^it expired on /],
  ])('%s: seals, or says why not', (_, now, fault) => {
    const found = findCertificateFault(key.certificate, now);

    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(fault);
  });

  it('says what is no certificate', () => {
    expect(findCertificateFault('-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n', NOW)).toBe(
      'it is no X.509 certificate in PEM',
    );
  });
});
