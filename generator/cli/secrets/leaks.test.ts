// Values that tell where they came from, through every command: found nowhere but where they belong.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Seal from '../../secrets/seal.ts';
import { type Ran, runHere } from '../../testing/run-here.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';

const bug = vi.hoisted(() => ({ active: false }));
// A bug of the worst kind: it throws what it works on.
vi.mock('../../secrets/seal.ts', async (original) => {
  const real = await original<typeof Seal>();
  const digestSecret: typeof real.digestSecret = (secret, ...rest) => {
    if (bug.active)
      throw new Error(`cannot digest ${JSON.stringify(secret)} nor ${Object.values(secret.values).join()}`);
    return real.digestSecret(secret, ...rest);
  };
  return { ...real, digestSecret };
});

const project = fileURLToPath(new URL('../../..', import.meta.url));
const base = makeTemporaryFolder();
const template = join(base, 'template');
const TFVARS = 'repo/terraform/west/cluster/secrets.auto.tfvars.json';
const DNS = 'cert-manager/dns-credentials/api-token';
/** Words, so that nothing recognises them by their form. */
const CANARIES: Readonly<Record<string, string>> = {
  [DNS]: 'canary of the cloud flare',
  'terraform/argocd_github_app_id': 'canary of the app id',
  'terraform/argocd_github_app_installation_id': 'canary of the installation',
  'terraform/argocd_github_app_private_key': 'canary begins\ncanary in the middle\ncanary ends\n',
  'terraform/etcd_s3_access_key': 'canary of the access key',
  'terraform/etcd_s3_secret_key': 'canary of "the" \\secret ${key}',
  'terraform/agent_token': 'canary of the agents',
};
const PASSPHRASE = 'canary of the passphrase';
let home = '';
let count = 0;

const run = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runHere(words, home, { HOME: home, ROOTSTOCK_DEBUG: '1', ...env });
const secrets = (command: string, ...words: readonly string[]) => run(['secrets', command, 'repo', ...words]);

/** As it is, and as JSON, base64, hex and URLs write it; each line of it by itself. */
function formsOf(value: string): string[] {
  const parts = [value, ...value.split('\n')].filter((part) => part.length > 8);
  return parts.flatMap((part) => [
    part,
    JSON.stringify(part).slice(1, -1),
    Buffer.from(part).toString('base64').replace(/=+$/, '').slice(0, -1),
    Buffer.from(part).toString('hex'),
    encodeURIComponent(part),
  ]);
}

function leaksIn(text: string, values: readonly string[] = [...Object.values(CANARIES), PASSPHRASE]): string[] {
  return values.filter((value) => formsOf(value).some((form) => text.includes(form)));
}

/** Files below a folder that hold a value. */
function leakyFiles(folder = home, values?: readonly string[]): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return leakyFiles(path, values);
    return entry.isFile() && leaksIn(readFileSync(path, 'latin1'), values).length > 0 ? [relative(home, path)] : [];
  });
}

beforeAll(async () => {
  home = template;
  mkdirSync(template);
  writeFileSync(join(template, '.gitconfig'), '[user]\n  name = a\n  email = a@b.c\n');
  cpSync(join(project, 'environments/zcompute-high-cloudflare.yaml'), join(template, 'west.yaml'));
  expect((await run(['render', '-e', 'west.yaml', '-o', 'repo', '-q'])).code).toBe(0);
  execFileSync('git', ['-C', join(home, 'repo'), 'init', '--quiet', '--initial-branch=main']);
  writeFileSync(join(base, 'canaries.json'), JSON.stringify(CANARIES));
  expect((await secrets('init')).code).toBe(0);
  expect((await secrets('generate')).code).toBe(0);
  expect((await secrets('import', '--from', join(base, 'canaries.json'), '--force')).code).toBe(0);
}, 120_000);

beforeEach(() => {
  bug.active = false;
  home = join(base, `case-${count++}`);
  cpSync(template, home, { recursive: true });
});

const render = ['render', '-e', 'repo/environments/west.yaml', '-o', 'repo'];
const COMMANDS: readonly (readonly string[])[] = [
  ['secrets', 'list', 'repo'],
  ['secrets', 'generate', 'repo'],
  ['secrets', 'set', 'repo', 'external-dns/dns-credentials/api-token', '--from-env', 'CANARY'],
  ['secrets', 'unset', 'repo', 'external-dns/dns-credentials/api-token'],
  ['secrets', 'share', 'repo'],
  ['secrets', 'seal', 'repo'],
  ['secrets', 'rotate', 'repo', DNS, '--from-env', 'CANARY'],
  ['secrets', 'set', 'repo', DNS, '--from-env', 'CANARY'],
  ['secrets', 'rotate-key', 'repo'],
  ['secrets', 'backup', 'repo', '-o', 'copy.age', '--force'],
  ['secrets', 'restore', 'repo', 'copy.age', '--force'],
  ['secrets', 'export-tfvars', 'repo', '--force'],
  ['secrets', 'import', 'repo', '--tfvars', TFVARS],
  render,
  ['verify', 'repo'],
  ['push', 'repo', '--remote', 'remote.git', '--allow-pending'],
];

/** What somebody can get wrong with a value at hand. */
const FAILURES: readonly (readonly [string, readonly string[]])[] = [
  ['a value as an argument', ['secrets', 'set', 'repo', DNS, 'VALUE']],
  ['a value in place of a path', ['secrets', 'get', 'repo', 'VALUE']],
  ['a value in place of a folder', ['secrets', 'list', 'VALUE']],
  ['a value that must not change', ['secrets', 'set', 'repo', 'terraform/cluster_token', '--from-env', 'CANARY']],
  ['a refused rotation', ['secrets', 'rotate', 'repo', 'terraform/cluster_token', '--from-env', 'CANARY']],
  ['a file that does not parse', ['secrets', 'import', 'repo', '--from', 'broken.yaml']],
  ['a file of another form', ['secrets', 'import', 'repo', '--from', 'list.yaml']],
  ['values that differ', ['secrets', 'import', 'repo', '--from', 'others.yaml']],
  ['a key that is none', ['secrets', 'import', 'repo', '--from', 'half.yaml']],
  ['a folder that is none', ['secrets', 'backup', 'repo', '-o', 'broken.yaml/x']],
];

describe('generator/cli/secrets leaks', () => {
  it('shows no value in any command that works, and leaves none on the disk', async () => {
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(home, 'remote.git')]);
    const printed: string[] = [];
    for (const json of [[], ['--json']])
      for (const words of COMMANDS) {
        const ran = await run([...words, ...json], { CANARY: CANARIES[DNS] ?? '' });
        expect(ran.code, `${words.join(' ')}\n${ran.err}`).toBe(0);
        printed.push(...leaksIn(ran.out + ran.err).map((leak) => `${words.join(' ')}: ${leak}`));
      }

    expect(printed).toEqual([]);
    // Where they belong, and nowhere else: Git has none of them, not even in an object.
    expect(leakyFiles()).toEqual([TFVARS]);
    const history = execFileSync('git', ['-C', join(home, 'remote.git'), 'log', '-p', '--all'], {
      encoding: 'utf8',
      maxBuffer: 100_000_000,
    });
    expect(history).toContain('secrets/west.age');
    expect(leaksIn(history)).toEqual([]);
  }, 300_000);

  it('finds a value that is there: the hunt itself works', async () => {
    writeFileSync(join(home, 'repo/notes.md'), `x${Buffer.from(CANARIES[DNS] ?? '').toString('base64')}x`);

    expect(leakyFiles(join(home, 'repo'))).toEqual(['repo/notes.md']);
    expect(leaksIn((await secrets('get', DNS)).out)).toEqual([CANARIES[DNS]]);
  });

  it.each(FAILURES)('shows no value when it fails: %s', async (_, words) => {
    const value = CANARIES[DNS] ?? '';
    const other = 'canary of another kind';
    writeFileSync(join(home, 'broken.yaml'), `a: "${value}\n b: !x ${other}\n`);
    writeFileSync(join(home, 'list.yaml'), `- ${value}\n- !x ${other}\n`);
    writeFileSync(join(home, 'others.yaml'), `${DNS}: ${other}\n`);
    writeFileSync(join(home, 'half.yaml'), `terraform/sealing_private_key: ${other}\n`);
    const typed = words.map((word) => (word === 'VALUE' ? 'canary' : word));

    for (const json of [[], ['--json']]) {
      const ran = await run([...typed, ...json], { CANARY: other });

      expect(ran.code).toBeGreaterThan(0);
      expect(leaksIn(ran.out + ran.err, [value, other])).toEqual([]);
    }
  });

  it.each([
    ['seal', ['secrets', 'seal', 'repo']],
    ['list', ['secrets', 'list', 'repo']],
    ['render', render],
  ])('shows no value when it crashes, with its stack: %s', async (_, words) => {
    await secrets('seal');
    bug.active = true;

    for (const json of [[], ['--json']]) {
      const ran = await run([...words, ...json]);

      expect(ran.code).toBe(4);
      expect(ran.err).toContain('cannot digest');
      expect(leaksIn(ran.out + ran.err)).toEqual([]);
    }
  });

  it('shows no passphrase, right or wrong', async () => {
    rmSync(join(home, 'repo/secrets'), { recursive: true });
    const made = await run(['secrets', 'init', 'repo', '--passphrase'], { ROOTSTOCK_PASSPHRASE: PASSPHRASE });
    const wrong = await run(['secrets', 'generate', 'repo'], { ROOTSTOCK_PASSPHRASE: `not the ${PASSPHRASE}` });

    expect([made.code, wrong.code]).toEqual([0, 1]);
    expect(leaksIn(made.out + made.err + wrong.out + wrong.err)).toEqual([]);
    expect(leakyFiles()).toEqual([]);
  }, 120_000);

  it('shows no age key, whole or damaged', async () => {
    const [, key = ''] =
      /^(AGE-SECRET-KEY-1\w+)$/m.exec(readFileSync(join(home, '.config/rootstock/age.txt'), 'utf8')) ?? [];
    const ran: Ran[] = [];
    for (const text of [key, key.slice(0, -4), `${key.slice(0, -4)}QQQQ`, key.toLowerCase()])
      for (const words of [['list'], ['generate'], ['share']])
        ran.push(await run(['secrets', ...words, 'repo'], { ROOTSTOCK_AGE_KEY: text }));

    const text = ran
      .map(({ out, err }) => out + err)
      .join('')
      .toLowerCase();
    expect(key).toHaveLength(74);
    expect(text).not.toContain(key.slice(20, 40).toLowerCase());
    expect(leakyFiles(home, [key])).toEqual(['.config/rootstock/age.txt']);
  });

  it('has Git ignore what must never be committed, whatever its name', () => {
    const names = [
      'terraform/west/cluster/secrets.auto.tfvars.json',
      'terraform/west/cluster/secrets.auto.tfvars.json.new',
      'terraform/west/cluster/terraform.tfstate',
      'terraform/west/cluster/terraform.tfstate.backup',
      'terraform/west/cluster/next.tfplan',
      'west.kubeconfig',
      'deploy.pem',
      'deploy.key',
      'age.txt',
      'ops.agekey',
      '.env',
    ];
    const { stdout } = spawnSync('git', ['-C', join(home, 'repo'), 'check-ignore', ...names], { encoding: 'utf8' });

    expect(stdout.trim().split('\n')).toEqual(names);
    expect(statSync(join(home, 'repo/secrets/west.age')).isFile()).toBe(true);
    expect(spawnSync('git', ['-C', join(home, 'repo'), 'check-ignore', 'secrets/west.age']).status).toBe(1);
  });
});
