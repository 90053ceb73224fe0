import { describe, expect, it } from 'vitest';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { FileTree } from '../generator/core/file-tree.ts';
import { formatKeyPath, type KeyPath } from '../generator/core/key-path.ts';
import type { EnvironmentText } from '../generator/environment/parse-environment.ts';
import { generate } from '../generator/pipeline.ts';
import { EXAMPLE_CA } from '../generator/testing/certificates.ts';
import { listExamples } from '../generator/testing/examples.ts';

type Leaf = string | number | boolean;

/**
 * Keys that tell people something, and may change documents alone: a wildcard record is made by hand, and the size
 * of control nodes, which no autoscaler starts, is in the capacity table only.
 */
const FOR_PEOPLE = /^network\.privateAccess$|^ingress\.dns\.kind$|nodeGroups\.control\.instanceSize\./;

/** Other values for a leaf, by the end of its key path: valid wherever that is possible without changing another. */
const OTHER_VALUES: readonly (readonly [RegExp, readonly Leaf[]])[] = [
  [/^kind$|^apiVersion$/, ['other']],
  [/^metadata\.name$/, ['other']],
  [/^platform\.kind$/, ['aws', 'zcompute']],
  [/^platform\.endpoint$/, ['https://compute.example.net']],
  [/^platform\.region$/, ['us-west-2', 'eu-west-1']],
  [/^platform\.availabilityZones\[/, ['eu-central-1d', 'eu-central-1e']],
  [/^platform\.natGateways$/, ['one', 'per-zone']],
  [/^repository\.url$/, ['https://github.com/acme/another.git', 'git@git.example.com:acme/another.git']],
  [/^repository\.branch$/, ['release']],
  [/^repository\.access$/, ['token', 'deployKey', 'public']],
  [/^state\.kind$/, ['s3', 'local']],
  [/^state\.endpoint$/, ['https://s3.example.net']],
  [/\.bucket$/, ['another-bucket']],
  [/^state\.region$|etcdBackup\.region$/, ['eu-west-3']],
  [/etcdBackup\.endpoint$/, ['s3.example.net']],
  [/etcdBackup\.folder$/, ['another']],
  [/^network\.cidr$/, ['10.99.0.0/16']],
  [/^network\.podCidr$/, ['10.200.0.0/16']],
  [/^network\.serviceCidr$/, ['10.201.0.0/16']],
  [/^network\.subnets\.public\[/, ['10.40.200.0/24']],
  [/^network\.subnets\.private\[/, ['10.40.208.0/20']],
  [/sshFrom\[|allowFrom\[/, ['192.0.2.0/24']],
  [/^network\.privateAccess$/, ['Another way in']],
  [/bastion\.instanceType$/, ['z4.large', 't3.micro']],
  [/^cluster\.version$/, ['v1.34.12+k3s1']],
  [
    /sshPublicKey$/,
    ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5iF3g0kYq1uQwq8Q2bG3cQ9mXo0d5o1cR9q1n2E3aC ops@example.com'],
  ],
  [/^cluster\.image$/, ['ami-0fedcba9876543210']],
  [/\.role$/, ['control', 'worker']],
  [/nodeGroups\.[^.]+\.instanceType$/, ['z8.3xlarge', 'z4.large', 'm7i.2xlarge', 'g6.2xlarge', 'zgpu.large']],
  [/\.size$/, [5, 3]],
  [/\.gpu\.model$/, ['L40S', 'L4', 'A40']],
  [/\.labels[.[]/, ['another']],
  [/taints\[\d\]\.key$/, ['example.com/another']],
  [/taints\[\d\]\.value$/, ['another']],
  [/taints\[\d\]\.effect$/, ['NoExecute']],
  [/^availability$/, ['single', 'high']],
  [/^ingress\.domain$/, ['other.example.com']],
  [/^ingress\.publicAddress$/, ['198.51.100.99', 'other.elb.eu-central-1.amazonaws.com']],
  [/^ingress\.dns\.kind$/, ['none', 'wildcard', 'external-dns']],
  [/^ingress\.dns\.provider$/, ['route53', 'cloudflare']],
  [/^ingress\.dns\.policy$/, ['sync']],
  [/^ingress\.dns\.zoneId$/, ['Z9876543210ABCDEFGHIJ']],
  [/^ingress\.dns\.server$/, ['ns2.example.com']],
  [/^ingress\.dns\.tsigKeyName$/, ['another']],
  [/^ingress\.tls\.kind$/, ['self-signed', 'acme']],
  [/^ingress\.tls\.email$/, ['other@example.com']],
  [/^ingress\.tls\.server$/, ['production', 'staging']],
  [/^ingress\.expose\[/, ['onyx', 'cert-manager', 'argo-cd']],
  [/^egress\.proxy\.url$/, ['http://proxy.example.net:8080']],
  [/^egress\.proxy\.noProxy\[/, ['.example.net']],
  [/^egress\.caBundle$/, [EXAMPLE_CA.repeat(2)]],
  [/^egress\.registryMirrors\b/, ['https://mirror.example.net']],
  [/^egress\.pullSecrets\[/, ['another-login']],
  [/^auth\.oidc\.issuer$/, ['https://login.example.net']],
  [/^auth\.oidc\.(clientId|clientIds\..*|adminGroup|groupsClaim)$/, ['another']],
  [/^auth\.oidc\.emailDomains\[/, ['example.net']],
  [/^objectStorage\.kind$/, ['in-cluster', 's3']],
  [/^(objectStorage|backup)\.endpoint$/, ['https://s3.example.net']],
  [/^(objectStorage|backup)\.region$/, ['eu-west-3']],
  [/^backup\.folder$/, ['another']],
  [/^versions\./, ['99.0.0']],
  [/\.gpuModel$/, ['L4', 'L40S']],
  [/\.keepAlive$/, ['12h']],
  [
    /\.knownHosts\[/,
    ['git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5iF3g0kYq1uQwq8Q2bG3cQ9mXo0d5o1cR9q1n2E3aB'],
  ],
];

interface Case {
  readonly name: string;
  readonly texts: readonly EnvironmentText[];
  readonly file: number;
  readonly path: KeyPath;
  readonly value: Leaf;
}

const cases = listExamples().flatMap(({ name, texts }): Case[] =>
  texts.flatMap(({ text }, file) =>
    listLeaves(parseDocument(text).contents).map(({ path, value }) => ({
      name: `${texts.length > 1 ? `${name}[${file}]` : name} ${formatKeyPath(path)}`,
      texts,
      file,
      path,
      value,
    })),
  ),
);

function listLeaves(node: unknown, path: KeyPath = []): { readonly path: KeyPath; readonly value: Leaf }[] {
  if (isMap(node)) return node.items.flatMap((pair) => listLeaves(pair.value, [...path, String(pair.key)]));
  if (isSeq(node)) return node.items.flatMap((item, index) => listLeaves(item, [...path, index]));
  return isScalar(node) ? [{ path, value: node.value as Leaf }] : [];
}

function listOtherValues(path: KeyPath, value: Leaf): readonly Leaf[] {
  if (typeof value === 'boolean') return [!value];
  const key = formatKeyPath(path);
  const listed = OTHER_VALUES.find(([pattern]) => pattern.test(key))?.[1].filter((other) => other !== value);
  if (listed !== undefined) return listed;
  if (typeof value === 'number') return [value + 1, value - 1];
  return path[0] === 'apps' ? [`${value}-x`] : [];
}

function withLeaf({ texts, file, path }: Case, value: Leaf): EnvironmentText[] {
  return texts.map((text, index) => {
    if (index !== file) return text;
    const document = parseDocument(text.text);
    document.setIn(path, value);
    return { ...text, text: document.toString({ lineWidth: 0 }) };
  });
}

/** What machines read of a tree: without the input itself, the lock, comments, and hashes of content that is there too. */
function readByMachines(tree: FileTree): ReadonlyMap<string, string> {
  const files = [...tree.values()].filter(
    ({ kind }) => kind !== 'environment' && kind !== 'lock' && kind !== 'document',
  );
  return new Map(
    files.map(({ path, content }) => [path, content.replace(/^\s*(#|rootstock\.dev\/content-hash:).*$/gm, '')]),
  );
}

function readByPeople(tree: FileTree): ReadonlyMap<string, string> {
  const files = [...tree.values()].filter(({ kind }) => kind === 'document');
  return new Map(files.map(({ path, content }) => [path, content]));
}

const originals = new Map<readonly EnvironmentText[], Promise<FileTree | undefined>>();

async function renderTree(texts: readonly EnvironmentText[]): Promise<FileTree | undefined> {
  const generated = await generate(texts);
  return generated.ok ? generated.value.tree.files : undefined;
}

async function renderOriginal(texts: readonly EnvironmentText[]): Promise<FileTree> {
  const known = originals.get(texts) ?? renderTree(texts);
  originals.set(texts, known);
  const tree = await known;
  if (tree === undefined) throw new Error('the example itself is refused');
  return tree;
}

describe('environments/every-leaf-counts', () => {
  it.each(cases.map((leaf) => [leaf.name, leaf] as const))('%s', async (_name, leaf) => {
    const others = listOtherValues(leaf.path, leaf.value);
    const original = await renderOriginal(leaf.texts);

    // The first other value that is accepted decides; if all are refused, the leaf counts too.
    let changed: FileTree | undefined;
    for (const other of others) changed ??= await renderTree(withLeaf(leaf, other));

    expect(others).not.toEqual([]);
    if (changed === undefined) return;
    const read = FOR_PEOPLE.test(formatKeyPath(leaf.path)) ? readByPeople : readByMachines;
    expect(read(changed)).not.toEqual(read(original));
  });
});
