// SSH keys for Argo CD: an ed25519 pair in the form that OpenSSH writes, and the public half of one that exists.
import { generateKeyPairSync, randomBytes } from 'node:crypto';

export interface SshKeyPair {
  /** Text of the private key file, with its line breaks. */
  readonly privateKey: string;
  /** One line: kind, key, comment. */
  readonly publicKey: string;
}

const KIND = 'ssh-ed25519';
const MAGIC = 'openssh-key-v1\0';
/** A file without a passphrase is padded to this. @see OpenSSH, PROTOCOL.key */
const BLOCK_BYTES = 8;
const LINE = 70;
const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----';
const END = '-----END OPENSSH PRIVATE KEY-----';

/**
 * Makes an ed25519 pair without a passphrase: Argo CD has nobody to ask for one.
 * @see https://github.com/openssh/openssh-portable/blob/V_9_9/PROTOCOL.key
 * @param comment without blanks, e.g. `argocd-prod`
 */
export function makeSshKey(comment: string): SshKeyPair {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const publicBytes = Buffer.from(x, 'base64url');
  const seed = Buffer.from(d, 'base64url');
  const publicBlob = Buffer.concat([field(KIND), field(publicBytes)]);
  // Twice the same number: whoever opens the file sees that it was opened right.
  const check = randomBytes(4);
  const secret = pad(
    Buffer.concat([check, check, publicBlob, field(Buffer.concat([seed, publicBytes])), field(comment)]),
  );
  const blob = Buffer.concat([
    Buffer.from(MAGIC),
    field('none'),
    field('none'),
    field(''),
    number(1),
    field(publicBlob),
    field(secret),
  ]);
  const lines = blob.toString('base64').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return {
    privateKey: `${[BEGIN, ...lines, END].join('\n')}\n`,
    publicKey: `${KIND} ${publicBlob.toString('base64')} ${comment}`,
  };
}

/**
 * The public half of a private key in OpenSSH's form, without a comment; undefined for any other text, and for a key
 * that a passphrase protects. Other kinds than ed25519 are read as well.
 */
export function readSshPublicKey(privateKey: string): string | undefined {
  const [, body] = new RegExp(`^\\s*${BEGIN}\\s([\\s\\S]+?)${END}\\s*$`).exec(privateKey) ?? [];
  const blob = Buffer.from((body ?? '').replace(/\s/g, ''), 'base64');
  if (blob.subarray(0, MAGIC.length).toString() !== MAGIC) return undefined;
  const [cipher, rest] = takeField(blob.subarray(MAGIC.length));
  const [, afterKdf] = takeField(rest);
  const [, afterOptions] = takeField(afterKdf);
  const [publicBlob] = takeField(afterOptions.subarray(4));
  const [kind] = takeField(publicBlob);
  if (cipher.toString() !== 'none' || !/^[a-z0-9@.-]+$/.test(kind.toString())) return undefined;
  return `${kind.toString()} ${publicBlob.toString('base64')}`;
}

function field(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function pad(bytes: Buffer): Buffer {
  const missing = (BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES;
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}

/** The first field, and what follows it; empty where the bytes end too early. */
function takeField(bytes: Buffer): readonly [Buffer, Buffer] {
  if (bytes.length < 4) return [Buffer.alloc(0), Buffer.alloc(0)];
  const end = 4 + bytes.readUInt32BE(0);
  return [bytes.subarray(4, end), bytes.subarray(end)];
}
