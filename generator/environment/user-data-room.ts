// How much room the user data of the first control node leaves for CA certificates: clouds limit it, and all of it is
// needed before anything can be downloaded.
import type { KeyPath } from '../core/key-path.ts';
import type { ControlGroup, Environment } from './schema/environment-schema.ts';

/** Bytes after gzip. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html (zCompute's is not documented) */
export const USER_DATA_LIMIT = 16384;

/**
 * Bytes after gzip, as terraform 1.11.4 gave them in November 2026, and rounded up by 10 to 40 each. The secrets were as
 * long as they get: tokens of 128 hexadecimal digits, S3 keys of 64 and 128 characters, an ed25519 deploy key, a password
 * of 100 characters, an RSA 2048 key of a GitHub App (GitHub makes no others), an RSA 4096 sealing key. Tokens and S3
 * keys are half as long and less mostly, which leaves some 150 bytes more. A test holds the sum against the real terraform.
 */
const MEASURED = {
  /** Scripts, first-boot manifests and sealing key of a single zCompute environment; 12,362 measured, on AWS 12,210, and 60 for what was added since. */
  base: 12_440,
  /** Replicas, budgets and spread of what is installed at first; 279 measured. */
  high: 290,
  /** Keys and settings of the bucket; 225 measured. */
  etcdBackup: 235,
  /** Beside its own text; 218 measured. */
  proxy: 235,
  /** Beside its own text; 166 measured. */
  signOn: 190,
  /** Measured: 140 with a deploy key, 161 with a token, 1,466 with a GitHub App on a host of one's own. */
  access: { public: 0, deployKey: 155, token: 175, githubApp: 1_500 },
} as const;

/**
 * What a byte of a certificate takes: PEM makes four letters of three bytes, which gzip takes back but for the line ends,
 * and Argo CD gets a copy. 1.256 measured, over certificates of random bytes.
 */
const BYTES_PER_BYTE = 1.27;

/** Bytes of CA certificates in DER for which the user data of this environment has room; 0 where there is none. */
export function findCertificateRoom(environment: Environment): number {
  return Math.max(0, Math.floor(findUserDataRoom(environment) / BYTES_PER_BYTE));
}

/** Bytes that are left in the user data of the first control node without CA certificates; negative: too many are taken. */
export function findUserDataRoom(environment: Environment): number {
  const { availability, cluster, egress, auth, repository } = environment;
  const taken =
    MEASURED.base +
    (availability === 'high' ? MEASURED.high : 0) +
    (cluster.etcdBackup === undefined ? 0 : MEASURED.etcdBackup) +
    (egress.proxy === undefined ? 0 : MEASURED.proxy) +
    (auth?.oidc === undefined ? 0 : MEASURED.signOn) +
    MEASURED.access[repository.access] +
    estimateText(JSON.stringify(listTexts(environment).map(({ text }) => text)));
  return USER_DATA_LIMIT - taken;
}

/** The key whose text takes most of the user data, and how many bytes. */
export function findLongestText(environment: Environment): { readonly at: KeyPath; readonly bytes: number } {
  const [longest] = listTexts(environment)
    .map(({ at, text }) => ({ at, bytes: estimateText(JSON.stringify(text) ?? '') }))
    .sort((a, b) => b.bytes - a.bytes);
  return longest ?? { at: [], bytes: 0 };
}

/** What of the environment file reaches the first control node, and may be of any length. */
function listTexts(environment: Environment): readonly { readonly at: KeyPath; readonly text: unknown }[] {
  const { metadata, platform, repository, network, cluster, ingress, auth, egress, apps } = environment;
  const { caBundle: _, ...way } = egress;
  const [name, control] =
    Object.entries(cluster.nodeGroups).find((entry): entry is [string, ControlGroup] => entry[1].role === 'control') ??
    [];
  return [
    { at: ['metadata', 'name'], text: metadata.name },
    { at: ['platform'], text: platform },
    { at: ['repository', 'url'], text: repository.url },
    { at: ['network'], text: [network.cidr, network.podCidr, network.serviceCidr] },
    { at: ['cluster', 'etcdBackup'], text: cluster.etcdBackup },
    { at: ['cluster', 'nodeGroups', name ?? ''], text: [control?.labels, control?.taints] },
    { at: ['ingress', 'domain'], text: ingress.domain },
    { at: ['auth'], text: auth },
    ...Object.entries(way).map(([key, text]) => ({ at: ['egress', key], text })),
    { at: ['apps', 'argo-cd'], text: apps['argo-cd'] },
  ];
}

/**
 * Bytes that a text takes after gzip, rather too many than too few. Counted by hand, since gzip itself gives another
 * length with another version of zlib: a new word takes its letters, one that stood before a reference to it.
 */
function estimateText(text: string): number {
  const known = new Set<string>();
  let bytes = 0;
  for (const word of text.match(/[A-Za-z0-9+]+/g) ?? []) {
    bytes += known.has(word) || word.length < 3 ? 1.8 : word.length * 0.8 + 1;
    known.add(word);
  }
  return Math.ceil(bytes);
}
