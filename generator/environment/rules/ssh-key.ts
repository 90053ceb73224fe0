// The SSH key is whole, and of a kind that the cloud takes.
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import type { Finding, Rule } from './rule.ts';

const BROKEN: ProblemKind = {
  code: 'SSH-001',
  title: 'The SSH public key is damaged',
  explanation:
    'The middle part of the key encodes its own kind and length, and they do not agree with the rest: the key was cut or changed when it was copied. Copy the whole line of the .pub file.',
};
const UNSUPPORTED: ProblemKind = {
  code: 'SSH-002',
  title: 'AWS does not take this kind of SSH key',
  explanation: 'EC2 imports ED25519 and RSA keys only; the first apply would fail at the key pair.',
};

const AT = ['cluster', 'sshPublicKey'];

export const sshKey: Rule = {
  kinds: [BROKEN, UNSUPPORTED],
  check: (environment) => [...checkWhole(environment), ...checkKind(environment)],
};

function checkWhole({ cluster }: Environment): Finding[] {
  const [kind = '', encoded = ''] = cluster.sshPublicKey.split(' ');
  const fields = readFields(Buffer.from(encoded, 'base64'));
  if (fields?.[0]?.toString('latin1') === kind && fields.length >= 2) return [];
  const message = `The key after "${kind}" is cut or changed: ${encoded.length} characters that do not decode to such a key.`;
  return [{ kind: BROKEN, at: AT, message, hint: 'copy the whole line of the file that ends in .pub' }];
}

/** Fields of an SSH key, each with its length in front; undefined if they do not end where the data ends. @see RFC 4251, 5 */
function readFields(data: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  let offset = 0;
  while (offset + 4 <= data.length) {
    const end = offset + 4 + data.readUInt32BE(offset);
    if (end > data.length) return undefined;
    fields.push(data.subarray(offset + 4, end));
    offset = end;
  }
  return offset === data.length ? fields : undefined;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html */
function checkKind({ platform, cluster }: Environment): Finding[] {
  const [kind = ''] = cluster.sshPublicKey.split(' ');
  if (platform.kind !== 'aws' || kind === 'ssh-ed25519' || kind === 'ssh-rsa') return [];
  const message = `AWS imports ssh-ed25519 and ssh-rsa keys, not ${kind}.`;
  return [{ kind: UNSUPPORTED, at: AT, message, hint: 'make one with ssh-keygen -t ed25519' }];
}
