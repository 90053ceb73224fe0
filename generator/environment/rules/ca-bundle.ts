// The CA bundle holds certificates that are valid, nothing that has to stay secret, and not more than user data carries.
import { X509Certificate } from 'node:crypto';
import { readPem } from '../../core/pem.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import { findCertificateRoom } from '../user-data-room.ts';
import type { CatalogFacts, Finding, Rule } from './rule.ts';

const NOT_PEM: ProblemKind = {
  code: 'EGRESS-004',
  title: 'The CA bundle is not made of certificates',
  explanation:
    'A bundle is one or more blocks from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, and comments that start with #. `openssl x509 -in FILE -inform DER` turns a binary certificate into such a block, and without further flags it leaves out the text that openssl prints for people.',
};
const PRIVATE_KEY: ProblemKind = {
  code: 'EGRESS-005',
  title: 'The CA bundle contains a private key',
  explanation:
    'The environment file is copied into the repository, and the bundle to every node. Trusting a CA takes its certificate alone. Take the key out, and if the file was ever committed or sent, replace the CA: whoever has the key can pretend to be any server.',
};
const EXPIRED: ProblemKind = {
  code: 'EGRESS-006',
  title: 'A certificate of the CA bundle has expired',
  explanation:
    'Nothing that an expired CA has signed is trusted, so nodes that need it could not download anything. Put its successor into the bundle; both may be there during a change.',
};
const TOO_LARGE: ProblemKind = {
  code: 'EGRESS-007',
  title: 'The CA bundle does not fit into user data',
  explanation:
    'Nodes have to trust the CAs before they download anything, so the bundle travels in their user data, which clouds limit to 16,384 bytes after compression, and certificates do not compress. How much room is left follows from the environment: the key of a GitHub App takes 1,400 bytes, a list of hosts that are reached without the proxy what it is long. Give only the root that signs the proxy or your servers, not the public ones, which nodes know. A root with an elliptic-curve key takes about 450 bytes, RSA 2048 takes 900, RSA 4096 takes 1,400.',
};

export const caBundle: Rule = {
  kinds: [NOT_PEM, PRIVATE_KEY, EXPIRED, TOO_LARGE],
  check: (environment, facts) =>
    environment.egress.caBundle === undefined ? [] : checkBundle(environment, environment.egress.caBundle, facts),
};

const AT = ['egress', 'caBundle'];

function checkBundle(environment: Environment, text: string, facts: CatalogFacts): Finding[] {
  if (/PRIVATE KEY/.test(text)) {
    const message = 'egress.caBundle contains a private key, which would be published with the repository.';
    return [{ kind: PRIVATE_KEY, at: AT, message, hint: 'leave only the blocks between BEGIN and END CERTIFICATE' }];
  }
  const { certificates, others } = readPem(text);
  if (certificates.length === 0 || others) {
    const message =
      certificates.length === 0
        ? 'egress.caBundle holds no certificate in PEM.'
        : `egress.caBundle holds something beside its ${certificates.length === 1 ? 'certificate' : `${certificates.length} certificates`}.`;
    return [{ kind: NOT_PEM, at: AT, message, hint: 'write caBundle: |, and the output of openssl x509 -in FILE' }];
  }
  const read = certificates.map(readCertificate);
  const broken = read.flatMap((certificate, index) => (certificate === undefined ? [checkBroken(index + 1)] : []));
  if (broken.length > 0) return broken;
  const whole = read.flatMap((certificate) => certificate ?? []);
  return [...whole.flatMap((certificate) => checkExpiry(certificate, facts)), ...checkSize(environment, whole)];
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function checkBroken(position: number): Finding {
  const message = `Certificate ${position} of egress.caBundle cannot be read: a part of it is missing or changed.`;
  return { kind: NOT_PEM, at: AT, message, hint: 'copy it again; openssl x509 -in FILE -noout -subject must read it' };
}

function checkExpiry(certificate: X509Certificate, { now }: CatalogFacts): Finding[] {
  if (now === undefined || Date.parse(certificate.validTo) >= now.getTime()) return [];
  const message = `${nameOf(certificate)} expired on ${formatDate(certificate.validTo)}.`;
  return [{ kind: EXPIRED, at: AT, message, hint: 'replace it with its successor, or remove it' }];
}

function checkSize(environment: Environment, certificates: readonly X509Certificate[]): Finding[] {
  const size = certificates.reduce((sum, { raw }) => sum + raw.length, 0);
  const room = findCertificateRoom(environment);
  if (size <= room) return [];
  const [first, ...others] = [...certificates].sort((a, b) => b.raw.length - a.raw.length).map(nameOf);
  const who = others.length === 0 ? `${first} takes` : `The ${certificates.length} certificates take`;
  const app = environment.repository.access === 'githubApp';
  const message = `${who} ${size} bytes, and user data has room for ${room}${app ? ' beside the key of the GitHub App' : ''}.`;
  const hint =
    others.length === 0
      ? 'use a root with a smaller key'
      : `leave out what nodes can do without: ${[first, ...others].join(', ')}`;
  return [{ kind: TOO_LARGE, at: AT, message, hint: app ? `${hint}, or write repository.access: token` : hint }];
}

/** The common name, or whatever the certificate has. */
function nameOf({ subject }: X509Certificate): string {
  const fields = new Map((subject ?? '').split('\n').map((line) => line.split('=', 2) as [string, string]));
  return fields.get('CN') ?? fields.get('OU') ?? fields.get('O') ?? 'A certificate without a name';
}

function formatDate(text: string): string {
  return new Date(Date.parse(text)).toISOString().slice(0, 10);
}
