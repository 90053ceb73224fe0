// Opens what the product sealed, step by step as the controller does: for tests that need the values back.
import { constants, createDecipheriv, privateDecrypt } from 'node:crypto';
import type { PlainMap } from '../core/provenance.ts';

/** Values by key. @throws where the controller would refuse: wrong key, namespace, name or a changed byte */
export function openSealed(sealed: PlainMap, privateKey: string): Record<string, string> {
  const { namespace, name } = sealed['metadata'] as { namespace: string; name: string };
  const { encryptedData } = sealed['spec'] as { encryptedData: Record<string, string> };
  const label = Buffer.from(`${namespace}/${name}`);
  return Object.fromEntries(
    Object.entries(encryptedData).map(([key, text]) => [
      key,
      openValue(Buffer.from(text, 'base64'), privateKey, label),
    ]),
  );
}

function openValue(bytes: Buffer, privateKey: string, label: Buffer): string {
  const length = bytes.readUInt16BE(0);
  const sessionKey = privateDecrypt(
    { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256', oaepLabel: label },
    bytes.subarray(2, 2 + length),
  );
  const decipher = createDecipheriv('aes-256-gcm', sessionKey, Buffer.alloc(12));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(2 + length, -16)), decipher.final()]).toString('utf8');
}
