// Certificates of a given size, for limits. Nobody has their keys.
// They are made with decorators underneath.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Extension, X509CertificateGenerator } from '@peculiar/x509';

const P256 = { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' };
/** For private use. @see RFC 5612 */
const FILLING = '1.3.6.1.4.1.32473.1';

/** A certificate in PEM of exactly so many bytes in DER, 500 at least, most of them random. */
export async function makeSizedCertificate(bytes: number): Promise<string> {
  const keys = await crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  // The length of a signature differs by a byte or two, so that a second try may hit where the first did not.
  for (let filling = bytes - 350; ; ) {
    const extensions = [new Extension(FILLING, false, randomBytes(filling))];
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=Example CA, O=Example',
      keys,
      signingAlgorithm: P256,
      extensions,
    });
    const missing = bytes - certificate.rawData.byteLength;
    if (missing === 0) return `${certificate.toString('pem')}\n`;
    filling += missing;
  }
}
