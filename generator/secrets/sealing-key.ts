// The key pair that exists before the cluster: RSA 4096 and a certificate of ten years, as the controller makes its own.
import { createPublicKey, generateKeyPair, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { SealingKey } from './secret-store.ts';

const BITS = 4096;
const YEARS = 10;
const DAY = 24 * 60 * 60 * 1000;

/**
 * Makes a key pair; takes a second or two.
 * @see https://github.com/bitnami-labs/sealed-secrets/blob/helm-v2.18.5/docs/bring-your-own-certificates.md
 */
export async function makeSealingKey(now: Date): Promise<SealingKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  // Loaded here: everything else about keys needs Node alone, and rendering is to start at once.
  const { X509CertificateGenerator } = await import('./x509.ts');
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const { subtle } = webcrypto;
  const keys = {
    privateKey: await subtle.importKey('pkcs8', derOf(privateKey), algorithm, false, ['sign']),
    publicKey: await subtle.importKey('spki', derOf(publicKey), algorithm, true, ['verify']),
  };
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: makeSerialNumber(),
    name: 'CN=sealed-secret',
    // A clock that is a little behind must not refuse it.
    notBefore: new Date(now.getTime() - DAY),
    notAfter: new Date(now.getTime() + YEARS * 365 * DAY),
    signingAlgorithm: algorithm,
    keys,
  });
  return { certificate: `${certificate.toString('pem').trim()}\n`, privateKey, madeAt: now.toISOString() };
}

/** Positive and 20 octets at most. @see RFC 5280, 4.1.2.2 */
function makeSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

/** SHA-256 of the certificate, in hex: names a key without showing it. */
export function fingerprintOf(certificate: string): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
}

/** Why nothing can be sealed for a certificate; undefined if it can. */
export function findCertificateFault(certificate: string, now: Date): string | undefined {
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch {
    return 'it is no X.509 certificate in PEM';
  }
  if (parsed.publicKey.asymmetricKeyType !== 'rsa') return 'its key is not RSA';
  if (new Date(parsed.validTo).getTime() <= now.getTime()) return `it expired on ${parsed.validTo}`;
  return undefined;
}

/** When a certificate starts to be valid, in milliseconds; 0 for what is no certificate. */
export function validFrom(certificate: string): number {
  try {
    return new Date(new X509Certificate(certificate).validFrom).getTime();
  } catch {
    return 0;
  }
}

/** True if a private key belongs to a certificate. */
export function isPair({ certificate, privateKey }: Pick<SealingKey, 'certificate' | 'privateKey'>): boolean {
  try {
    const own = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    const certified = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
    return own.equals(certified);
  } catch {
    return false;
  }
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}
