import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { nearest } from '../core/nearest.ts';
import { FACTS, HIGH, makeEnvironmentText, type Patch } from '../testing/make-environment.ts';
import { parseEnvironments } from './parse-environment.ts';
import { makeEnvironmentSchema } from './schema/environment-schema.ts';

const OLLAMA = Type.Object({ models: Type.Array(Type.String(), { default: [] }) }, { additionalProperties: false });
const schema = makeEnvironmentSchema({ ollama: OLLAMA });

/** Problems as people read them; the text is the small environment with a patch, or with a piece of text replaced. */
function problemsOf(patch: Patch) {
  const { problems } = parseEnvironments([makeEnvironmentText(patch)], schema, FACTS);
  return problems.map(({ code, key, message, hint }) => ({ code, key, message, hint }));
}

const bastion = (value: unknown): Patch => ({ network: { bastion: { sshFrom: value } } });
const control = (value: Patch): Patch => ({ cluster: { nodeGroups: { control: value } } });

interface Case {
  readonly name: string;
  readonly patch: Patch;
  readonly code: string;
  readonly key: string;
  readonly message: string | RegExp;
  readonly hint: string | RegExp;
}

describe('generator/environment/schema-problems', () => {
  it.each<Case>([
    {
      name: 'a misspelt key at the top',
      patch: { avalability: 'high' },
      code: 'ENV-010',
      key: 'avalability',
      message: '"avalability" is not a key of an environment file.',
      hint: 'did you mean availability?',
    },
    ...['1.2.3.4', 'ai.example.7', `${'a'.repeat(64)}.example.com`].map(
      (domain): Case => ({
        name: `no domain: ${domain}`,
        patch: { ingress: { domain } },
        code: 'ENV-013',
        key: 'ingress.domain',
        message: `"${domain.length > 70 ? domain.slice(0, 76) : domain}" is not a domain such as ai.example.com.`,
        hint: 'for example domain: ai.example.com',
      }),
    ),
    {
      name: 'a domain under which names would be too long for DNS',
      patch: { ingress: { domain: `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(34)}.example` } },
      code: 'ENV-013',
      key: 'ingress.domain',
      message: /has 225 characters; it needs at most 220\.$/,
      hint: 'for example domain: ai.example.com',
    },
    ...['ami-xyz', 'ami-0123', 'ami-0123456789ABCDEF0', `ami-${'0'.repeat(33)}`].map(
      (image): Case => ({
        name: `no image: ${image}`,
        patch: { cluster: { image } },
        code: 'ENV-013',
        key: 'cluster.image',
        message: `"${image}" is not an image id such as ami-0123456789abcdef0.`,
        hint: 'for example image: ami-0123456789abcdef0',
      }),
    ),
    {
      name: 'a key in the wrong case',
      patch: { network: { bastion: { sshfrom: [] } } },
      code: 'ENV-010',
      key: 'network.bastion.sshfrom',
      message: '"sshfrom" is not a key of network.bastion.',
      hint: 'did you mean sshFrom?',
    },
    {
      name: 'a key that resembles none',
      patch: { network: { bastion: { wibble: 1 } } },
      code: 'ENV-010',
      key: 'network.bastion.wibble',
      message: '"wibble" is not a key of network.bastion.',
      hint: 'known keys: allowWorld, enabled, instanceType, sshFrom',
    },
    {
      name: 'a key of another platform',
      patch: { platform: { natGateways: 'one' } },
      code: 'ENV-010',
      key: 'platform.natGateways',
      message: '"natGateways" is not a key of platform with kind: zcompute.',
      hint: 'known keys: endpoint, insecure, kind, region',
    },
    {
      name: 'an app that is not there',
      patch: { apps: { olama: {} } },
      code: 'ENV-010',
      key: 'apps.olama',
      message: '"olama" is not a key of apps.',
      hint: 'did you mean ollama?',
    },
    {
      name: 'an input that an app does not have',
      patch: { apps: { ollama: { model: [] } } },
      code: 'ENV-010',
      key: 'apps.ollama.model',
      message: '"model" is not a key of apps.ollama.',
      hint: 'did you mean models?',
    },
    {
      name: 'a missing key',
      patch: { metadata: { name: undefined } },
      code: 'ENV-011',
      key: 'metadata.name',
      message: /^metadata\.name is required\. Name of the environment:/,
      hint: 'add name: prod',
    },
    {
      name: 'a missing map',
      patch: { metadata: undefined },
      code: 'ENV-011',
      key: 'metadata',
      message: 'metadata is required. Who this environment is.',
      hint: 'add metadata: { name: prod }',
    },
    {
      name: 'a missing choice',
      patch: { platform: { kind: undefined } },
      code: 'ENV-011',
      key: 'platform.kind',
      message: 'platform.kind is required: one of zcompute, aws.',
      hint: 'add kind: zcompute, or kind: aws',
    },
    {
      name: 'a choice that does not exist',
      patch: { platform: { kind: 'azure' } },
      code: 'ENV-013',
      key: 'platform.kind',
      message: '"azure" is none of zcompute, aws.',
      hint: 'write kind: zcompute, or kind: aws',
    },
    {
      name: 'a misspelt choice',
      patch: control({ role: 'contol' }),
      code: 'ENV-013',
      key: 'cluster.nodeGroups.control.role',
      message: '"contol" is none of control, worker.',
      hint: 'did you mean control?',
    },
    {
      name: 'a word that is none of a list',
      patch: { availability: 'hihg' },
      code: 'ENV-013',
      key: 'availability',
      message: '"hihg" is none of single, high.',
      hint: 'did you mean high?',
    },
    {
      name: 'another version of the format',
      patch: { apiVersion: 'v1' },
      code: 'ENV-013',
      key: 'apiVersion',
      message: '"v1" is not rootstock.dev/v1alpha1.',
      hint: 'write apiVersion: rootstock.dev/v1alpha1',
    },
    {
      name: 'text for a number',
      patch: control({ size: 'three' }),
      code: 'ENV-012',
      key: 'cluster.nodeGroups.control.size',
      message: 'A whole number is expected here, not "three".',
      hint: 'for example size: 1',
    },
    {
      name: 'a fraction for a whole number',
      patch: control({ size: 2.5 }),
      code: 'ENV-012',
      key: 'cluster.nodeGroups.control.size',
      message: 'A whole number is expected here, not 2.5.',
      hint: 'for example size: 1',
    },
    {
      name: 'a number for text',
      patch: { cluster: { version: 1.35 } },
      code: 'ENV-012',
      key: 'cluster.version',
      message: 'Text is expected here, not 1.35.',
      hint: 'for example version: v1.35.9+k3s1',
    },
    {
      name: 'a bare word that YAML takes for a boolean',
      patch: control({ labels: { team: true } }),
      code: 'ENV-012',
      key: 'cluster.nodeGroups.control.labels.team',
      message: 'Text is expected here, not true.',
      hint: 'write "true" in quotes',
    },
    {
      name: 'a key without a value',
      patch: { network: { cidr: null } },
      code: 'ENV-012',
      key: 'network.cidr',
      message: 'Text is expected here, but nothing stands here.',
      hint: 'for example cidr: 10.0.0.0/16',
    },
    {
      name: 'one value for a list',
      patch: bastion('203.0.113.0/24'),
      code: 'ENV-012',
      key: 'network.bastion.sshFrom',
      message: 'A list is expected here, not "203.0.113.0/24".',
      hint: 'for example sshFrom: [203.0.113.0/24]',
    },
    {
      name: 'one value for a map',
      patch: { state: 's3' },
      code: 'ENV-012',
      key: 'state',
      message: 'A map is expected here, not "s3".',
      hint: 'for example state: { kind: local }',
    },
    {
      name: 'a form that does not fit',
      patch: { metadata: { name: 'Prod' } },
      code: 'ENV-013',
      key: 'metadata.name',
      message: '"Prod" is not a short DNS label such as prod.',
      hint: 'for example name: prod',
    },
    {
      name: 'an address for a network',
      patch: bastion(['203.0.113.7']),
      code: 'ENV-013',
      key: 'network.bastion.sshFrom[0]',
      message: '"203.0.113.7" is not an IPv4 network such as 10.0.0.0/16.',
      hint: 'write 203.0.113.7/32 for one address',
    },
    {
      name: 'a number that is too large',
      patch: control({ size: 9 }),
      code: 'ENV-013',
      key: 'cluster.nodeGroups.control.size',
      message: '9 is out of range: it must be between 1 and 7.',
      hint: 'write size: 7',
    },
    {
      name: 'text that is too long',
      patch: { metadata: { name: 'a'.repeat(21) } },
      code: 'ENV-013',
      key: 'metadata.name',
      message: '"aaaaaaaaaaaaaaaaaaaaa" has 21 characters; it needs at most 20.',
      hint: 'for example name: prod',
    },
    {
      name: 'a list that is too short',
      patch: { ingress: { allowFrom: [] } },
      code: 'ENV-013',
      key: 'ingress.allowFrom',
      message: 'The list needs at least 1 items.',
      hint: 'for example allowFrom: [0.0.0.0/0]',
    },
    {
      name: 'an item that stands twice',
      patch: bastion(['10.0.0.0/8', '203.0.113.0/24', '10.0.0.0/8']),
      code: 'ENV-013',
      key: 'network.bastion.sshFrom',
      message: '"10.0.0.0/8" stands twice in the list, as items 0 and 2.',
      hint: 'keep one of them',
    },
    {
      name: 'a name that is no name',
      patch: { cluster: { nodeGroups: { GPU_1: { role: 'worker', instanceType: 'z4.large' } } } },
      code: 'ENV-013',
      key: 'cluster.nodeGroups.GPU_1',
      message: '"GPU_1" cannot be a name here: lower-case letters, digits and dashes only.',
      hint: 'write gpu-1',
    },
    {
      name: 'a label key that is none',
      patch: control({ labels: { 'a b': 'c' } }),
      code: 'ENV-013',
      key: 'cluster.nodeGroups.control.labels["a b"]',
      message: '"a b" cannot be a name here: not a Kubernetes label key.',
      hint: 'for example example.com/team',
    },
    {
      name: 'a key that every object has',
      patch: { constructor: {} },
      code: 'ENV-010',
      key: 'constructor',
      message: '"constructor" is not a key of an environment file.',
      hint: /^known keys: apiVersion, apps, /,
    },
  ])('describes $name', ({ patch, code, key, message, hint }) => {
    const found = problemsOf(patch);

    expect(found).toEqual([
      {
        code,
        key,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
        hint: typeof hint === 'string' ? hint : expect.stringMatching(hint),
      },
    ]);
  });

  it.each([
    { name: 'the image of AWS', patch: { cluster: { image: 'ami-0123456789abcdef0' } } },
    { name: 'the image of zCompute', patch: { cluster: { image: 'ami-0123456789abcdef0123456789abcdef' } } },
    { name: 'a domain with labels of digits', patch: { ingress: { domain: '1.2.3.example.com' } } },
  ])('takes $name', ({ patch }) => {
    expect(problemsOf(patch)).toEqual([]);
  });

  it('does not repeat a secret that was pasted into the wrong place', () => {
    const pasted = [
      ...problemsOf({ cluster: { sshPublicKey: '-----BEGIN OPENSSH PRIVATE KEY-----\ns3cret' } }),
      ...problemsOf({ repository: { url: 'http://user:s3cret@example.com/a.git' } }),
      ...problemsOf({ repository: { url: 'https://user:s3cret@example.com/a.git' } }),
      ...problemsOf({ state: { kind: 's3', bucket: 'tf-state', endpoint: 's3://key:s3cret@example.com' } }),
    ];

    expect(pasted).toHaveLength(4);
    expect(JSON.stringify(pasted)).not.toContain('s3cret');
  });

  it('reports everything at once, in the order of the file', () => {
    const { problems } = parseEnvironments(
      [makeEnvironmentText(HIGH, { metadata: { name: 'A' }, network: { cidr: '10.0.0.0' }, availability: 'hihg' })],
      schema,
      FACTS,
    );

    expect(problems.map(({ key }) => key)).toEqual(['metadata.name', 'network.cidr', 'availability']);
    expect(problems.map(({ place }) => place)).toEqual([
      { file: 'test.yaml', line: 5, column: 13 },
      { file: 'test.yaml', line: 23, column: 13 },
      { file: 'test.yaml', line: 44, column: 19 },
    ]);
  });

  it('fills in defaults, those of apps included', () => {
    const parsed = parseEnvironments([makeEnvironmentText()], schema, FACTS);

    expect(parsed.ok && parsed.value[0]?.environment).toMatchObject({
      availability: 'single',
      network: { cidr: '10.0.0.0/16', bastion: { enabled: true } },
      ingress: { dns: { kind: 'none' }, tls: { kind: 'self-signed' } },
      cluster: { nodeGroups: { worker: { min: 1, max: 3, rootVolumeGiB: 128 } } },
      apps: { ollama: { models: [] } },
    });
  });

  it.each([
    { word: 'hihg', known: ['single', 'high'], hint: 'did you mean high?' },
    { word: 'sshfrom', known: ['sshFrom'], hint: 'did you mean sshFrom?' },
    { word: 'x', known: [], hint: undefined },
    { word: 'entirely', known: ['different'], hint: undefined },
  ])('finds what "$word" was meant to be', ({ word, known, hint }) => {
    expect(nearest(word, known)).toBe(hint);
  });
});
