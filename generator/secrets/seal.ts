// Values → a SealedSecret that only the cluster's key opens, in strict scope: bound to one namespace and one name.
import { constants, createCipheriv, createHmac, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import type { PlainMap } from '../core/provenance.ts';
import { DIGEST_ANNOTATION } from '../plan/sealing.ts';
import { fingerprintOf } from './sealing-key.ts';

/** A Secret with its values. */
export interface OpenSecret {
  readonly namespace: string;
  readonly name: string;
  readonly type?: string;
  readonly labels?: PlainMap;
  /** By key. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Seals a Secret. The result differs each time: session keys are random.
 * @see https://github.com/bitnami-labs/sealed-secrets/blob/v0.36.6/pkg/crypto/crypto.go
 */
export function sealSecret(secret: OpenSecret, certificate: string, digestKey: string): PlainMap {
  const { namespace, name, type, labels } = secret;
  const label = Buffer.from(`${namespace}/${name}`);
  const encryptedData = Object.fromEntries(
    sortedKeys(secret).map((key) => [key, sealValue(secret.values[key] ?? '', certificate, label)]),
  );
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: {
      name,
      namespace,
      annotations: {
        // In one wave Argo CD applies it after the pods that read it, and they would start with the old value.
        'argocd.argoproj.io/sync-wave': '-1',
        [DIGEST_ANNOTATION]: digestSecret(secret, certificate, digestKey),
      },
    },
    spec: {
      encryptedData,
      template: {
        metadata: { name, namespace, ...(labels === undefined ? {} : { labels }) },
        type: type ?? 'Opaque',
      },
    },
  };
}

/** Changes with every value, with the Secret's name, type and labels, and with the key that it is sealed for. */
export function digestSecret(secret: OpenSecret, certificate: string, digestKey: string): string {
  const { namespace, name, type = 'Opaque', labels = {} } = secret;
  const content = JSON.stringify([
    fingerprintOf(certificate),
    namespace,
    name,
    type,
    Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
    sortedKeys(secret).map((key) => [key, secret.values[key]]),
  ]);
  return createHmac('sha256', Buffer.from(digestKey, 'base64')).update(content).digest('hex').slice(0, 32);
}

/** Length of the encrypted session key (two bytes), that key, and the value under AES-256-GCM. */
function sealValue(value: string, certificate: string, label: Buffer): string {
  const sessionKey = randomBytes(32);
  const encryptedKey = publicEncrypt(
    {
      key: new X509Certificate(certificate).publicKey,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha256',
      oaepLabel: label,
    },
    sessionKey,
  );
  // A nonce of zeros is safe here, and what the controller expects: the key is used once.
  const cipher = createCipheriv('aes-256-gcm', sessionKey, Buffer.alloc(12));
  const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(encryptedKey.length);
  return Buffer.concat([length, encryptedKey, ciphertext]).toString('base64');
}

function sortedKeys({ values }: OpenSecret): string[] {
  return Object.keys(values).sort();
}
