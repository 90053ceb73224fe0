import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listCatalogFacts, listInputSchemas } from '../../catalog/catalog.ts';
import { fail, makeProblem, succeed } from '../../core/problem.ts';
import { parseEnvironments } from '../../environment/parse-environment.ts';
import { formatJsonSchema, makeEnvironmentSchema } from '../../environment/schema/environment-schema.ts';
import { UNREADABLE, UNWRITABLE } from '../../io/io-problems.ts';
import { ED25519_KEY } from '../../testing/make-environment.ts';
import { fillDefaults } from './answers.ts';
import { findAnswerProblem } from './check-answers.ts';
import { type Given, QUESTIONS, type Question } from './questions.ts';
import { type InitOptions, type InitWorld, runInit } from './run-init.ts';

const ZCOMPUTE: Given = {
  name: 'lab',
  platform: 'zcompute',
  endpoint: 'https://compute.example.com',
  repository: 'https://github.com/acme/ai.git',
  'ssh-key': ED25519_KEY,
  'ssh-from': '203.0.113.0/24',
  'control-type': 'z4.large',
  'worker-type': 'z8.3xlarge',
  'gpu-type': 'ZGL4.7large',
};
const AWS: Given = {
  name: 'lab',
  platform: 'aws',
  region: 'eu-central-1',
  repository: 'git@github.com:acme/ai.git',
  'ssh-key': ED25519_KEY,
  'ssh-from': '203.0.113.0/24, 198.51.100.0/24',
};

/** A disk in memory; `ask` answers questions by flag, and takes the proposal where the script is silent. */
function makeWorld(script?: Given | 'cancel') {
  const files = new Map<string, string>([['taken.yaml', 'mine']]);
  const asked: string[] = [];
  const world: InitWorld = {
    readSshKey: (key) =>
      key.endsWith('.pub') ? fail([makeProblem(UNREADABLE, { message: `${key} cannot be read.` })]) : succeed(key),
    exists: (file) => files.has(file),
    write: (file, text) => {
      if (file.startsWith('/full/')) return fail([makeProblem(UNWRITABLE, { message: `${file} cannot be written.` })]);
      files.set(file, text);
      return succeed(file);
    },
    ...(script === undefined
      ? {}
      : {
          asker: {
            ask: async (
              question: Question,
              initial: string | undefined,
              check: (answer: string) => string | undefined,
            ) => {
              asked.push(question.flag);
              if (script === 'cancel') return undefined;
              const answer = script[question.flag] ?? initial ?? question.sample;
              expect([question.flag, answer, check(answer)]).toEqual([question.flag, answer, undefined]);
              return answer;
            },
          },
        }),
  };
  return { world, files, asked };
}

let stdout = '';
let stderr = '';

beforeEach(() => {
  stdout = '';
  stderr = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const errorsOf = (text: string | undefined) =>
  parseEnvironments(
    [{ file: 'x.yaml', text: text ?? '' }],
    makeEnvironmentSchema(listInputSchemas()),
    listCatalogFacts(),
  ).problems.filter(({ severity }) => severity === 'error');

describe('generator/cli/init/run-init', () => {
  it.each([
    { name: 'zCompute', flags: ZCOMPUTE },
    { name: 'zCompute without GPUs', flags: { ...ZCOMPUTE, 'gpu-type': 'none' } },
    {
      name: 'zCompute, high',
      flags: { ...ZCOMPUTE, availability: 'high', 'etcd-bucket': 'etcd', 'etcd-endpoint': 's3.example.com' },
    },
    { name: 'zCompute with a wildcard', flags: { ...ZCOMPUTE, domain: 'ai.example.com' } },
    {
      name: 'zCompute with Cloudflare',
      flags: { ...ZCOMPUTE, domain: 'ai.example.com', dns: 'cloudflare', email: 'a@example.com' },
    },
    {
      name: 'zCompute with a name server of their own',
      flags: {
        ...ZCOMPUTE,
        domain: 'ai.example.com',
        dns: 'rfc2136',
        'dns-server': 'ns1',
        'tsig-key-name': 'k',
        tls: 'self-signed',
      },
    },
    {
      name: 'zCompute with state in a bucket',
      flags: { ...ZCOMPUTE, 'state-bucket': 'tfs', 'state-endpoint': 'https://s3.example.com' },
    },
    { name: 'another way in', flags: { ...ZCOMPUTE, 'ssh-from': undefined, 'private-access': 'VPN' } },
    {
      name: 'a GPU nobody knows',
      flags: { ...ZCOMPUTE, 'gpu-type': 'zgpu.1', 'gpu-model': 'Grace', 'gpu-pci-id': '0e23', 'gpu-memory': '80' },
    },
    {
      name: 'a GPU with two sizes of memory',
      flags: { ...ZCOMPUTE, 'gpu-type': 'zgpu.1', 'gpu-model': 'RTX 6000', 'gpu-memory': '24' },
    },
    { name: 'AWS', flags: AWS },
    {
      name: 'AWS, high, Route 53',
      flags: { ...AWS, availability: 'high', 'etcd-bucket': 'etcd', domain: 'ai.example.com', email: 'a@example.com' },
    },
    { name: 'AWS with state in S3', flags: { ...AWS, 'state-bucket': 'tfs' } },
    {
      name: 'AWS in China',
      flags: { ...AWS, region: 'cn-north-1', availability: 'high', 'etcd-bucket': 'etcd', 'state-bucket': 'tfs' },
    },
    {
      name: 'AWS with snapshots in another region',
      flags: {
        ...AWS,
        availability: 'high',
        'etcd-bucket': 'etcd',
        'etcd-endpoint': 's3.us-west-2.amazonaws.com',
      },
    },
    {
      name: 'AWS with one bucket for all',
      flags: { ...AWS, availability: 'high', 'etcd-bucket': 'one', 'state-bucket': 'one' },
    },
  ] satisfies readonly { name: string; flags: Given }[])('writes $name from flags alone', async ({ flags }) => {
    const { world, files } = makeWorld();

    const code = await runInit({ flags }, world);

    expect([code, stderr]).toEqual([0, expect.stringContaining('next: rootstock render -e lab.yaml -o ')]);
    expect(stdout).toBe('create environment.schema.json\ncreate lab.yaml\n');
    expect(errorsOf(files.get('lab.yaml'))).toEqual([]);
  });

  it.each([
    { region: 'cn-north-1', endpoint: undefined, expected: 's3.cn-north-1.amazonaws.com.cn', of: 'cn-north-1' },
    { region: 'eu-central-1', endpoint: undefined, expected: 's3.eu-central-1.amazonaws.com', of: 'eu-central-1' },
    {
      region: 'eu-central-1',
      endpoint: 's3.us-west-2.amazonaws.com',
      expected: 's3.us-west-2.amazonaws.com',
      of: 'us-west-2',
    },
  ])('writes the region of $expected', async ({ region, endpoint, expected, of }) => {
    const { world, files } = makeWorld();
    const flags = { ...AWS, region, availability: 'high', 'etcd-bucket': 'one', 'state-bucket': 'one' };

    await runInit({ flags: endpoint === undefined ? flags : { ...flags, 'etcd-endpoint': endpoint } }, world);

    expect(files.get('lab.yaml')).toContain(`    endpoint: ${expected}\n    bucket: one\n    region: ${of}\n`);
    expect(files.get('lab.yaml')).toContain('    folder: etcd/lab # apart from the state');
  });

  it('writes a file without a bastion, and asks how else to get in', async () => {
    const { 'ssh-from': _, ...flags } = ZCOMPUTE;
    const options: InitOptions = { flags, noBastion: true };
    const { world, files } = makeWorld();

    const missing = await runInit(options, world);
    const said = stderr;
    const written = await runInit({ ...options, flags: { ...flags, 'private-access': 'VPN' } }, world);

    expect([missing, written]).toEqual([2, 0]);
    expect(said.match(/^ {4}--[a-z-]+/gm)).toEqual(['    --private-access']);
    expect(files.get('lab.yaml')).toMatch(/bastion:\n {4}enabled: false\n {2}privateAccess: VPN\n/);
    expect(errorsOf(files.get('lab.yaml'))).toEqual([]);
  });

  it('asks in a terminal how to get in without a bastion, and nothing about SSH to it', async () => {
    const { world, asked } = makeWorld({ 'ssh-key': ED25519_KEY });

    const code = await runInit({ flags: {}, noBastion: true }, world);

    expect(code).toBe(0);
    expect(asked).toContain('private-access');
    expect(asked).not.toContain('ssh-from');
  });

  it('does not take networks for a bastion that is not wanted', async () => {
    const { world, files } = makeWorld();

    const code = await runInit({ flags: ZCOMPUTE, noBastion: true }, world);

    expect(code).toBe(2);
    expect(stderr).toMatch(
      /USE-003 {2}--no-bastion\n.*--ssh-from.*203\.0\.113\.0\/24.*\n {2}hint: leave out --ssh-from/,
    );
    expect(files.size).toBe(1);
  });

  it('lists all missing flags at once, and says which depend on the platform', async () => {
    const { world, files } = makeWorld();

    const code = await runInit({ flags: {} }, world);

    expect(code).toBe(2);
    expect(stderr).toContain('INIT-001');
    for (const flag of ['name', 'platform', 'repository', 'ssh-key', 'ssh-from'])
      expect(stderr).toMatch(new RegExp(`^ {4}--${flag} (?!.*if --platform)`, 'm'));
    for (const flag of ['endpoint', 'control-type', 'worker-type', 'gpu-type'])
      expect(stderr).toMatch(new RegExp(`^ {4}--${flag} .*\\(if --platform zcompute\\)$`, 'm'));
    expect(stderr).toMatch(/--ssh-from .*or --no-bastion and --private-access/);
    expect(stderr).toMatch(/^ {4}--region .*\(if --platform aws\)$/m);
    expect(stderr).toMatch(/hint: add --platform zcompute --name prod .*, with your values/);
    expect(files.size).toBe(1);
  });

  it('lists only what this platform needs', async () => {
    const { world } = makeWorld();

    const code = await runInit({ flags: { ...ZCOMPUTE, endpoint: undefined, availability: 'high' } }, world);

    expect(code).toBe(2);
    expect(stderr.match(/^ {4}--[a-z-]+/gm)).toEqual(['    --endpoint', '    --etcd-bucket', '    --etcd-endpoint']);
  });

  it.each([
    {
      name: 'a word that a flag does not take',
      flags: { ...ZCOMPUTE, availability: 'hihg' },
      code: 2,
      says: /INIT-002 {2}--availability\n {2}"hihg" is none of single, high.\n {2}hint: did you mean high\?/,
    },
    {
      name: 'a flag without effect',
      flags: { ...ZCOMPUTE, email: 'a@example.com' },
      code: 2,
      says: /INIT-003 {2}--email\n.*\n {2}hint: add --domain ai\.example\.com --tls acme, or leave --email out/,
    },
    {
      name: 'DNS without a domain',
      flags: { ...ZCOMPUTE, dns: 'cloudflare' },
      code: 2,
      says: /INIT-003 {2}--dns\n.*\n {2}hint: add --domain ai\.example\.com, or leave --dns out/,
    },
    {
      name: 'certificates without a domain',
      flags: { ...ZCOMPUTE, tls: 'acme' },
      code: 2,
      says: /INIT-003 {2}--tls\n.*\n {2}hint: add --domain ai\.example\.com, or leave --tls out/,
    },
    {
      name: 'an address for certificates of the own CA',
      flags: { ...ZCOMPUTE, domain: 'ai.example.com', email: 'a@example.com' },
      code: 2,
      says: /INIT-003 {2}--email\n.*\n {2}hint: add --tls acme, or leave --email out/,
    },
    {
      name: 'a bucket of snapshots that nobody takes',
      flags: { ...ZCOMPUTE, 'etcd-bucket': 'abc' },
      code: 2,
      says: /INIT-003 {2}--etcd-bucket\n.*\n {2}hint: add --availability high, or leave --etcd-bucket out/,
    },
    {
      name: 'a flag of the other platform',
      flags: { ...AWS, endpoint: 'https://x.example.com' },
      code: 2,
      says: /INIT-003 {2}--endpoint\n.*\n {2}hint: leave --endpoint out/,
    },
    {
      name: 'a name that is no name',
      flags: { ...ZCOMPUTE, name: 'Lab!' },
      code: 1,
      says: /ENV-013 {2}--name \(metadata\.name\)/,
    },
    {
      name: 'an address for a network',
      flags: { ...ZCOMPUTE, 'ssh-from': '203.0.113.7' },
      code: 1,
      says: /--ssh-from \(network\.bastion\.sshFrom\[0\]\)\n.*\n {2}hint: write 203\.0\.113\.7\/32/,
    },
    {
      name: 'the world on port 22',
      flags: { ...ZCOMPUTE, 'ssh-from': '0.0.0.0/0' },
      code: 1,
      says: /NET-008 {2}--ssh-from/,
    },
    {
      name: 'a GPU count that the type does not have',
      flags: { ...ZCOMPUTE, 'gpu-count': '3' },
      code: 1,
      says: /GPU-005 {2}--gpu-count/,
    },
    {
      name: 'a GPU count that is no number',
      flags: { ...ZCOMPUTE, 'gpu-count': 'two' },
      code: 1,
      says: /ENV-012 {2}--gpu-count .*\n {2}A whole number[^\n]*not "two"/,
    },
    {
      name: 'a key file that cannot be read',
      flags: { ...ZCOMPUTE, 'ssh-key': '/nowhere/id.pub' },
      code: 1,
      says: /IO-001/,
    },
  ] satisfies readonly { name: string; flags: Given; code: number; says: RegExp }[])(
    'refuses $name',
    async ({ flags, code, says }) => {
      const { world, files } = makeWorld();

      const exit = await runInit({ flags }, world);

      expect([exit, stderr]).toEqual([code, expect.stringMatching(says)]);
      expect(files.size).toBe(1);
    },
  );

  it('leaves an existing file alone', async () => {
    const { world, files } = makeWorld();

    const code = await runInit({ flags: ZCOMPUTE, output: 'taken.yaml' }, world);

    expect(code).toBe(1);
    expect(stderr).toMatch(/INIT-004 {2}taken\.yaml\n.*\n {2}hint: choose another file with -o, or add --force/);
    expect(files.get('taken.yaml')).toBe('mine');
  });

  it('overwrites it when told to', async () => {
    const { world, files } = makeWorld();

    const code = await runInit({ flags: ZCOMPUTE, output: 'taken.yaml', force: true }, world);

    expect([code, stdout]).toEqual([0, 'create environment.schema.json\nupdate taken.yaml\n']);
    expect(errorsOf(files.get('taken.yaml'))).toEqual([]);
  });

  it.each([
    ['is missing', undefined, undefined, 'schema'],
    ['is there already, which may be of another version', 'old', undefined, 'old'],
    ['is to be replaced, too', 'old', true, 'schema'],
  ])('lets editors find the schema beside the file where it %s', async (_title, before, force, after) => {
    const { world, files } = makeWorld();
    if (before !== undefined) files.set('envs/environment.schema.json', before);

    const options = { flags: ZCOMPUTE, output: 'envs/lab.yaml', ...(force === undefined ? {} : { force }) };
    const code = await runInit(options, world);

    const line = files.get('envs/lab.yaml')?.split('\n')[0];
    const schema = files.get('envs/environment.schema.json');
    expect([code, line]).toEqual([0, '# yaml-language-server: $schema=./environment.schema.json']);
    expect(schema).toBe(after === 'schema' ? formatJsonSchema(makeEnvironmentSchema(listInputSchemas())) : after);
  });

  it('does not write the schema over the file itself', async () => {
    const { world, files } = makeWorld();

    await runInit({ flags: ZCOMPUTE, output: './environment.schema.json' }, world);

    expect(errorsOf(files.get('./environment.schema.json'))).toEqual([]);
    expect(files.size).toBe(2);
  });

  it('ends with 3 when the disk refuses', async () => {
    const { world } = makeWorld();

    expect(await runInit({ flags: ZCOMPUTE, output: '/full/lab.yaml' }, world)).toBe(3);
  });

  it('prints to stdout on request, and nothing else there', async () => {
    const { world, files } = makeWorld();

    const code = await runInit({ flags: ZCOMPUTE, output: '-' }, world);

    expect([code, files.size]).toEqual([0, 1]);
    expect(errorsOf(stdout)).toEqual([]);
  });

  it.each([
    { name: 'success', options: { flags: ZCOMPUTE, json: true }, says: { ok: true, file: 'lab.yaml', problems: [] } },
    {
      name: 'success on stdout',
      options: { flags: ZCOMPUTE, output: '-', json: true },
      says: { ok: true, file: '-', text: expect.stringContaining('kind: Environment'), problems: [] },
    },
    { name: 'refusal', options: { flags: {}, json: true }, says: { ok: false, problems: [{ code: 'INIT-001' }] } },
  ] satisfies readonly { name: string; options: InitOptions; says: object }[])(
    'reports $name as JSON',
    async ({ options, says }) => {
      await runInit(options, makeWorld().world);

      expect(JSON.parse(stdout)).toMatchObject(says);
    },
  );

  it('reports giving up as JSON', async () => {
    const code = await runInit({ flags: {}, json: true }, makeWorld('cancel').world);

    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      problems: [{ code: 'INIT-005', hint: 'rootstock init --help' }],
    });
  });

  it('asks in a terminal, in order, and only what applies', async () => {
    const { world, files, asked } = makeWorld({
      'ssh-key': ED25519_KEY,
      platform: 'zcompute',
      'gpu-type': 'none',
      domain: '',
    });

    const code = await runInit({ flags: { name: 'lab' } }, world);

    expect(code).toBe(0);
    expect(asked).toEqual([
      'platform',
      'endpoint',
      'repository',
      'branch',
      'access',
      'ssh-key',
      'ssh-from',
      'availability',
      'control-type',
      'worker-type',
      'gpu-type',
      'state-bucket',
      'domain',
    ]);
    expect(errorsOf(files.get('lab.yaml'))).toEqual([]);
  });

  it('asks everything that a large environment needs', async () => {
    const { world, files, asked } = makeWorld({
      'ssh-key': ED25519_KEY,
      platform: 'aws',
      availability: 'high',
      domain: 'ai.example.com',
      dns: 'rfc2136',
      tls: 'acme',
      'gpu-type': 'g6.4xlarge',
    });

    const code = await runInit({ flags: {} }, world);

    expect(code).toBe(0);
    expect(asked).toEqual(
      expect.arrayContaining(['region', 'zones', 'etcd-bucket', 'dns-server', 'tsig-key-name', 'email', 'gpu-count']),
    );
    expect(errorsOf(files.get('prod.yaml'))).toEqual([]);
  });

  it('writes nothing when the person gives up', async () => {
    const { world, files } = makeWorld('cancel');

    const code = await runInit({ flags: {} }, world);

    expect([code, files.size, stderr]).toEqual([2, 1, 'cancelled; nothing was written\n']);
  });
});

describe('generator/cli/init/check-answers', () => {
  it.each([
    { flag: 'name', answer: 'Prod', says: /not a short DNS label.*Hint: for example name: prod/ },
    { flag: 'endpoint', answer: 'compute', says: /https URL without a path/ },
    { flag: 'repository', answer: 'https://u:p@github.com/a/b.git', says: /carries credentials/ },
    { flag: 'ssh-key', answer: 'ssh-ed25519 AAAA', says: /cut or changed/ },
    { flag: 'worker-type', answer: 'm7i.large', says: /not a type of zcompute/ },
    { flag: 'gpu-type', answer: '', says: undefined },
    { flag: 'domain', answer: 'example', says: /not a domain/ },
    { flag: 'name', answer: 'prod', says: undefined },
  ])('says at once what is wrong with --$flag $answer', ({ flag, answer, says }) => {
    const question = QUESTIONS.find((candidate) => candidate.flag === flag) as Question;

    const problem = findAnswerProblem(question, { platform: 'zcompute', [flag]: answer });

    expect(problem).toEqual(says === undefined ? undefined : expect.stringMatching(says));
  });
});

describe('generator/cli/init/questions', () => {
  it.each(QUESTIONS)('--$flag has a sample that it takes', (question) => {
    const platform = ['region', 'zones'].includes(question.flag) ? 'aws' : 'zcompute';

    expect(findAnswerProblem(question, { platform, [question.flag]: question.sample })).toBeUndefined();
  });

  it('has defaults for everything but what only the user knows', () => {
    const { missing } = fillDefaults({ platform: 'aws' });

    expect(missing.map(({ flag }) => flag)).toEqual(['name', 'region', 'repository', 'ssh-key', 'ssh-from']);
  });
});
