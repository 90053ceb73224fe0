// Each command about secrets, in a repository of its own. Run in this process: started anew, a thousand calls would take
// half an hour. acceptance.test.ts walks through them on the packed CLI.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { PlainMap } from '../../core/provenance.ts';
import { openSealed } from '../../testing/open-sealed.ts';
import { type Ran, runHere } from '../../testing/run-here.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const base = makeTemporaryFolder();
const template = join(base, 'template');
/** With a store that has all that can be made. */
const ready = join(base, 'ready');
const DNS = 'cert-manager/dns-credentials/api-token';
const DERIVED = 'external-dns/dns-credentials/api-token';
const SEALED = 'clusters/west/manifests/cluster-issuers/sealed-dns-credentials.yaml';
const TFVARS = 'terraform/west/cluster/secrets.auto.tfvars.json';
let home = '';
let count = 0;

/** Runs in the folder of the case, as somebody whose home it is. */
async function rootstock(words: readonly string[], { input, env = {} }: Call = {}): Promise<Ran> {
  const own = { HOME: home, ...env };
  if (input === undefined || input === '') return await runHere(words, home, own);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(project, 'dist/rootstock.mjs'), ...words], {
    cwd: home,
    encoding: 'utf8',
    input,
    env: { PATH: process.env['PATH'] ?? '', ...own },
  });
  return { code: status, out: stdout, err: stderr };
}

interface Call {
  /** What it reads from standard input: only a process of its own has one. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const secrets = (command: string, words: readonly string[] = [], call?: Call) =>
  rootstock(['secrets', command, 'repo', ...words], call);
const json = ({ out }: Ran) => JSON.parse(out);
const read = (path: string) => readFileSync(join(home, path), 'utf8');
const store = 'repo/secrets/west.age';
const keyFile = '.config/rootstock/age.txt';
const stateOf = async (path: string, call?: Call) =>
  (json(await secrets('list', ['--json'], call)).secrets as readonly { path: string; state: string }[]).find(
    (one) => one.path === path,
  )?.state;
const modeOf = (path: string) => statSync(join(home, path)).mode & 0o777;
const give = (path: string, value: string, command = 'set', call?: Call) => {
  writeFileSync(join(home, 'value'), value);
  return secrets(command, [path, '--from-file', 'value'], call);
};
const setDns = (value = 'token-1') => give(DNS, value);
const privateKey = async () => (await secrets('get', ['terraform/sealing_private_key'])).out;
const openFile = async (path = SEALED) => openSealed(parse(read(`repo/${path}`)) as PlainMap, await privateKey());

/** Everything that Terraform asks for and nobody can make. */
const GIVEN = {
  'terraform/argocd_github_app_id': '12',
  'terraform/argocd_github_app_installation_id': '34',
  'terraform/argocd_github_app_private_key': '-----BEGIN RSA\nkey\n-----END RSA\n',
  'terraform/etcd_s3_access_key': 'access',
  'terraform/etcd_s3_secret_key': 'secret',
};

async function giveAll(): Promise<void> {
  writeFileSync(join(home, 'given.json'), JSON.stringify(GIVEN));
  expect((await secrets('import', ['--from', 'given.json'])).code).toBe(0);
}

function git(...words: readonly string[]): string {
  return execFileSync('git', ['-C', join(home, 'repo'), ...words], { encoding: 'utf8' });
}

beforeAll(async () => {
  home = template;
  mkdirSync(template);
  cpSync(join(project, 'environments/zcompute-high-cloudflare.yaml'), join(template, 'west.yaml'));
  expect((await rootstock(['render', '-e', 'west.yaml', '-o', 'repo', '-q'])).code).toBe(0);
  git('init', '--quiet', '--initial-branch=main');
  home = ready;
  cpSync(template, ready, { recursive: true });
  await secrets('init');
  expect((await secrets('generate')).code).toBe(0);
}, 120_000);

beforeEach(() => startFrom(template));

function startFrom(folder: string): void {
  home = join(base, `case-${count++}`);
  cpSync(folder, home, { recursive: true });
}

describe('generator/cli/secrets', () => {
  describe('init', () => {
    it('makes a key for whoever has none, and a store that it opens', async () => {
      const made = await secrets('init', ['--json']);

      expect(made.code).toBe(0);
      expect(json(made)).toMatchObject({ ok: true, store, recipients: [expect.stringMatching(/^age1/)] });
      expect([modeOf(keyFile), modeOf('.config/rootstock'), modeOf(store)]).toEqual([0o600, 0o700, 0o600]);
      expect((await secrets('generate')).code).toBe(0);
    });

    it('never makes a second key, nor a second store', async () => {
      await secrets('init');
      const key = read(keyFile);
      const first = read(store);

      const again = await secrets('init');
      rmSync(join(home, store));
      const other = await secrets('init', ['--json']);

      expect(again).toMatchObject({ code: 1, err: expect.stringContaining('SEC-010') });
      expect(read(keyFile)).toBe(key);
      expect(key).toContain(json(other).recipients[0]);
      expect(read(store)).not.toBe(first);
    });

    it('a store that was deleted and is committed comes back, rather than an empty one in its place', async () => {
      startFrom(ready);
      git('add', '.');
      git('commit', '-q', '-m', 'all');
      const before = read(store);
      rmSync(join(home, store));
      const command = 'git -C repo checkout HEAD -- secrets/west.age';

      const again = await secrets('init');
      const listed = await secrets('list');
      const given = await setDns();

      expect(again).toMatchObject({ code: 1, err: expect.stringContaining('SEC-010') });
      expect(given).toMatchObject({ code: 1, err: expect.stringContaining('SEC-005') });
      expect([again.err, listed.err, given.err]).toEqual(Array(3).fill(expect.stringContaining(command)));
      execFileSync('sh', ['-c', command], { cwd: home });
      expect(read(store)).toBe(before);
    });

    it('uses the key that a variable names', async () => {
      await secrets('init');
      const env = { ROOTSTOCK_AGE_KEY_FILE: join(home, 'moved.txt') };
      cpSync(join(home, keyFile), join(home, 'moved.txt'));
      rmSync(join(home, '.config'), { recursive: true });
      rmSync(join(home, store));

      expect((await secrets('init', [], { env })).code).toBe(0);
      expect((await secrets('generate', [], { env })).code).toBe(0);
      expect(existsSync(join(home, keyFile))).toBe(false);
    });

    it.each([
      ['a recipient that is none', ['--recipient', 'age1nobody'], 'SEC-011', 1],
      ['keys and a passphrase', ['--recipient', 'age1x', '--passphrase'], 'USE-003', 2],
      ['a passphrase that nobody is there to type', ['--passphrase'], 'SEC-001', 1],
    ])('refuses %s and writes nothing', async (_, words, code, exit) => {
      const refused = await secrets('init', words);

      expect(refused).toMatchObject({ code: exit, err: expect.stringContaining(code) });
      expect(existsSync(join(home, store))).toBe(false);
    });

    it('refuses a private key as a recipient without showing it', async () => {
      const key = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;

      const refused = await secrets('init', ['--recipient', key]);

      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('SEC-011') });
      expect(refused.err).not.toContain('QQQQ');
    });

    it('opens with a passphrase instead, and only with the right one', async () => {
      const env = { ROOTSTOCK_PASSPHRASE: 'correct horse' };

      expect((await secrets('init', ['--passphrase'], { env })).code).toBe(0);
      expect((await give(DNS, 'v', 'set', { env })).code).toBe(0);
      expect((await secrets('get', [DNS], { env })).out).toBe('v\n');
      expect(await secrets('get', [DNS], { env: { ROOTSTOCK_PASSPHRASE: 'battery staple' } })).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining('SEC-002'),
      });
      expect(await secrets('get', [DNS])).toMatchObject({ code: 1, err: expect.stringContaining('SEC-001') });
    }, 300_000);
  });

  describe('without a store', () => {
    it.each([
      ['get', [DNS]],
      ['set', [DNS, '--stdin']],
      ['generate', []],
      ['unset', [DERIVED]],
      ['rotate', [DNS]],
      ['import', ['--from', 'x']],
      ['rotate-key', []],
      ['share', []],
      ['seal', []],
      ['backup', []],
      ['export-tfvars', []],
      ['sealing-key', []],
    ])('%s says how to make one', async (command, words) => {
      const refused = await secrets(command, words);

      expect(refused).toMatchObject({ code: 1, out: '' });
      expect(refused.err).toContain('SEC-005');
      expect(refused.err).toContain('hint: rootstock secrets init repo -e west');
    });

    it('list shows what is missing', async () => {
      const listed = await secrets('list');

      expect(listed.code).toBe(0);
      expect(listed.out).toMatch(new RegExp(`^west {2}missing +given +${DNS} `, 'm'));
      expect(listed.err).toContain('rootstock secrets init repo -e west');
    });
  });

  describe('set and get', () => {
    beforeEach(async () => await secrets('init'));

    it.each([
      ['standard input, less one line break', ['--stdin'], 'va lue\n', 'va lue\n'],
      ['standard input without one', ['--stdin'], 'value', 'value\n'],
      ['a file of several lines, as it is', ['--from-file', 'pem'], '', 'a\nb\n'],
      ['a file of one line', ['--from-file', 'line'], '', 'one\n'],
      ['a variable', ['--from-env', 'TOKEN'], '', 'from env\n'],
      ['a file without the mark of an editor', ['--from-file', 'marked'], '', 'marked\n'],
    ])('takes %s', async (_, words, input, value) => {
      writeFileSync(join(home, 'pem'), 'a\nb\n');
      writeFileSync(join(home, 'line'), 'one\r\n');
      writeFileSync(join(home, 'marked'), '\uFEFFmarked\n');

      const set = await secrets('set', [DNS, ...words], { input, env: { TOKEN: 'from env' } });

      expect(set).toMatchObject({ code: 0, out: `set  ${DNS}\n` });
      expect((await secrets('get', [DNS])).out).toBe(value);
      expect(json(await secrets('get', [DNS, '--json'])).value.trimEnd()).toBe(value.trimEnd());
    });

    it.each([
      ['of one line, less its line break', 'one\n', 'one'],
      ['of several lines, as it is', 'a\nb\n', 'a\nb\n'],
    ])('takes a variable %s', async (_, LINE, value) => {
      await secrets('set', [DNS, '--from-env', 'LINE'], { env: { LINE } });

      expect(json(await secrets('get', [DNS, '--json'])).value).toBe(value);
    });

    it('says whether a value was new, the same, or another', async () => {
      const words: (string | undefined)[] = [];
      for (const value of ['a', 'a', 'b']) words.push((await setDns(value)).out.split(' ')[0]);

      expect(words).toEqual(['set', 'same', 'changed']);
    });

    it.each([
      ['no value at all', [DNS], '', 'SEC-007', 1],
      ['an empty value', [DNS, '--stdin'], ' \n', 'SEC-008', 1],
      ['too large a value', [DNS, '--stdin'], 'x'.repeat(600_000), 'SEC-008', 1],
      ['what is no text', [DNS, '--stdin'], 'a\0b', 'SEC-008', 1],
      ['a file that is not there', [DNS, '--from-file', 'nowhere'], '', 'SEC-008', 1],
      ['a variable that is not set', [DNS, '--from-env', 'NOTHING'], '', 'SEC-008', 1],
      ['two sources', [DNS, '--stdin', '--from-file', 'x'], '', 'USE-003', 2],
      ['a secret that is none', ['cert-manager/dns-credentials/api-tokn', '--stdin'], 'x', 'SEC-006', 1],
      ['half a key pair', ['terraform/sealing_private_key', '--stdin'], 'x', 'SEC-009', 1],
    ])('set refuses %s', async (_, words, input, code, exit) => {
      const before = read(store);

      const refused = await secrets('set', words, { input });

      expect(refused).toMatchObject({ code: exit, out: '', err: expect.stringContaining(code) });
      expect(refused.err).toContain('hint: ');
      expect(read(store)).toBe(before);
    });

    it('SEC-006: repeats no value that was typed behind a name', async () => {
      const refused = await secrets('set', [`${DNS}=hunter2=canary`, '--stdin'], { input: 'x' });

      expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`no secret ${DNS}=…`) });
      expect(refused.err).not.toContain('hunter2');
      expect(refused.err).not.toContain('canary');
    });

    it('set refuses what must not change, and takes it once', async () => {
      const token = (value: string) => give('terraform/cluster_token', value);

      expect([(await token('one')).code, (await token('one')).code]).toEqual([0, 0]);
      expect(await token('two')).toMatchObject({ code: 1, err: expect.stringContaining('SEC-009') });
      expect((await secrets('get', ['terraform/cluster_token'])).out).toBe('one\n');
    });

    it('SEC-009: set takes no value of what the environment file says, and names its key', async () => {
      const before = read(store);

      const refused = await give('onyx/onyx-admin/email', 'me@example.com');

      expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('SEC-009') });
      expect(refused.err).toContain('hint: write apps.onyx.adminEmail in repo/environments/west.yaml, then render');
      expect(read(store)).toBe(before);
    });

    it('unset has a value follow others again, and set may come again before', async () => {
      await setDns('one');
      const words: string[] = [];
      for (const value of ['one', 'two', 'three']) words.push((await give(DERIVED, value)).out.split(' ')[0] ?? '');
      const own = (await secrets('get', [DERIVED])).out;
      const rotated = await secrets('rotate', [DERIVED]);

      const unset = await secrets('unset', [DERIVED]);
      const again = await secrets('unset', [DERIVED, '--json']);

      expect(words).toEqual(['same', 'changed', 'changed']);
      expect(own).toBe('three\n');
      expect(rotated.err).toContain(`rootstock secrets unset repo ${DERIVED} -e west`);
      expect(unset).toMatchObject({ code: 0, out: `unset  ${DERIVED}\n` });
      expect(json(again)).toMatchObject({ ok: true, state: 'same' });
      expect((await secrets('get', [DERIVED])).out).toBe('one\n');
    });

    it('SEC-009: unset forgets nothing that would be lost', async () => {
      await setDns('one');

      const refused = await secrets('unset', [DNS]);

      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('SEC-009') });
      expect(refused.err).toContain(`hint: rootstock secrets rotate repo ${DNS} -e west`);
      expect((await secrets('get', [DNS])).out).toBe('one\n');
    });

    it('suggests the name that was meant', async () => {
      const refused = await secrets('get', ['cert-manager/dns-credentials/api-tokn']);

      expect(refused.err).toContain(`did you mean ${DNS}?`);
    });

    it.each([
      ['a value that somebody gives', DNS, `rootstock secrets set repo ${DNS} -e west`],
      ['a value that is made', 'terraform/agent_token', 'rootstock secrets generate repo -e west'],
      ['a key pair', 'terraform/sealing_certificate', 'rootstock secrets generate repo -e west'],
    ])('get says how there comes to be %s', async (_, path, hint) => {
      expect(await secrets('get', [path])).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining(`hint: ${hint}\n`),
      });
    });
  });

  describe('generate', () => {
    it('makes everything once, shows no value, and says what is left', async () => {
      await secrets('init');

      const first = await secrets('generate', ['--json']);
      const before = read(store);
      const token = (await secrets('get', ['terraform/agent_token'])).out.trim();
      const second = await secrets('generate', ['--json']);

      expect(json(first).made).toContain('terraform/agent_token');
      expect(json(first).missing).toContain(DNS);
      expect(token).toMatch(/^[0-9a-f]{64}$/);
      expect(first.out + first.err).not.toContain(token);
      expect(json(second).made).toEqual([]);
      expect(read(store)).toBe(before);
    });

    it('keeps what somebody gave', async () => {
      await secrets('init');
      await give('terraform/agent_token', 'mine');

      await secrets('generate');

      expect((await secrets('get', ['terraform/agent_token'])).out).toBe('mine\n');
    });
  });

  describe('seal', () => {
    beforeEach(async () => {
      startFrom(ready);
      await setDns();
    });

    it('writes what is new or changed, and nothing twice', async () => {
      const first = await secrets('seal', ['--json']);
      const text = read(`repo/${SEALED}`);
      const second = await secrets('seal');
      await setDns('token-2');
      const stale = await stateOf(DNS);
      const third = await secrets('seal');

      expect(json(first).files).toContainEqual({
        path: SEALED,
        secret: 'cert-manager/dns-credentials',
        action: 'create',
      });
      expect(second).toMatchObject({ code: 0, out: '', err: expect.stringContaining('is sealed') });
      expect(stale).toBe('stale');
      expect(third.out).toContain(`update  ${SEALED}`);
      expect(read(`repo/${SEALED}`)).not.toBe(text);
      expect(await openFile()).toEqual({ 'api-token': 'token-2' });
    });

    it('passes the proof of the repository', async () => {
      await secrets('seal');

      expect(await rootstock(['verify', 'repo'])).toMatchObject({ code: 0 });
    });

    it('is seen in the list, with the store and without', async () => {
      await secrets('seal');
      const with_ = await stateOf(DNS);
      rmSync(join(home, keyFile));

      expect([with_, await stateOf(DNS), await stateOf('terraform/agent_token')]).toEqual([
        'sealed',
        'sealed',
        'locked',
      ]);
    });

    it('SEC-014: needs a key', async () => {
      rmSync(join(home, store));
      await secrets('init');
      await setDns();

      expect(await secrets('seal')).toMatchObject({
        code: 1,
        err: expect.stringContaining('hint: rootstock secrets generate repo -e west'),
      });
    });
  });

  describe('rotate', () => {
    beforeEach(async () => {
      startFrom(ready);
    });

    it('makes a new value, and says what else it takes', async () => {
      const before = (await secrets('get', ['terraform/agent_token'])).out;

      const rotated = await secrets('rotate', ['terraform/agent_token']);

      expect(rotated).toMatchObject({ code: 0, out: 'changed  terraform/agent_token\n' });
      expect(rotated.err).toContain('replace the control nodes one at a time');
      // No sealed file holds it.
      expect(rotated.err).toContain('next: rootstock secrets export-tfvars repo --force -e west\n');
      expect((await secrets('get', ['terraform/agent_token'])).out).not.toBe(before);
    });

    it('takes a value where somebody gives it, even of one that could be made', async () => {
      await setDns('old');

      expect((await give(DNS, 'new', 'rotate')).out).toBe(`changed  ${DNS}\n`);
      expect((await give('terraform/agent_token', 'own', 'rotate')).code).toBe(0);
      expect((await secrets('get', ['terraform/agent_token'])).out).toBe('own\n');
      expect((await give('terraform/agent_token', 'own', 'rotate')).out).toMatch(/^same /);
    });

    it.each([
      ['what a cluster is bound to', 'terraform/cluster_token', 'read docs/west/secrets.md'],
      ['half a key pair', 'terraform/sealing_private_key', 'rootstock secrets rotate-key repo -e west'],
    ])('SEC-009: refuses %s', async (_, path, hint) => {
      const before = read(store);

      expect(await secrets('rotate', [path])).toMatchObject({ code: 1, err: expect.stringContaining(`hint: ${hint}`) });
      expect(read(store)).toBe(before);
    });
  });

  describe('rotate-key', () => {
    it('seals everything for a new key and keeps the old one for what was sealed before', async () => {
      startFrom(ready);
      await setDns();
      await secrets('seal');
      const oldKey = await privateKey();
      const oldFile = parse(read(`repo/${SEALED}`)) as PlainMap;

      const rotated = await secrets('rotate-key', ['--json']);
      const keys = json(await secrets('sealing-key', ['--json'])).list.items as readonly {
        data: Record<string, string>;
      }[];

      expect(json(rotated).files).toContainEqual(expect.objectContaining({ path: SEALED, action: 'update' }));
      expect(await openFile()).toEqual({ 'api-token': 'token-1' });
      expect(() => openSealed(parse(read(`repo/${SEALED}`)) as PlainMap, oldKey)).toThrow();
      expect(keys.map(({ data }) => Buffer.from(data['tls.key'] ?? '', 'base64').toString())).toEqual([
        await privateKey(),
        oldKey,
      ]);
      expect(openSealed(oldFile, oldKey)).toEqual({ 'api-token': 'token-1' });
    });
  });

  describe('share', () => {
    it('lets others in and takes them out again', async () => {
      await secrets('init');
      await setDns();
      const mine = (await secrets('share')).out.trim();
      const theirs = join(home, 'theirs');
      mkdirSync(theirs);
      const env = { XDG_CONFIG_HOME: theirs };
      const other = json(await rootstock(['secrets', 'init', 'repo', '--json'], { env })).ok === true ? '' : '';
      // Their key is made where they have no store yet.
      rmSync(join(home, 'away'), { recursive: true, force: true });
      cpSync(join(template, 'repo'), join(home, 'away'), { recursive: true });
      const key = json(await rootstock(['secrets', 'init', 'away', '--json'], { env })).recipients[0] as string;
      const locked = await secrets('get', [DNS], { env });

      const added = await secrets('share', ['--add', key]);
      const opened = await secrets('get', [DNS], { env });
      const removed = await secrets('share', ['--remove', key]);

      expect(other).toBe('');
      expect(locked).toMatchObject({ code: 1, err: expect.stringContaining(`share repo --add ${key} -e west`) });
      expect(added.out.trim().split('\n').sort()).toEqual([mine, key].sort());
      expect(opened.out).toBe('token-1\n');
      expect(removed).toMatchObject({ out: `${mine}\n`, err: expect.stringContaining('rotate what they knew') });
      expect((await secrets('get', [DNS], { env })).code).toBe(1);
      expect(await secrets('list', [], { env })).toMatchObject({
        code: 0,
        err: expect.stringContaining('stays locked'),
      });
    });

    it.each([
      ['the last one', (mine: string) => ['--remove', mine]],
      ['somebody who is not in', () => ['--remove', 'age1nobody']],
      ['a key that is none', () => ['--add', 'age1nobody']],
    ])('SEC-011: refuses %s', async (_, words) => {
      await secrets('init');
      const before = read(store);

      expect(await secrets('share', words((await secrets('share')).out.trim()))).toMatchObject({
        code: 1,
        err: expect.stringContaining('SEC-011'),
      });
      expect(read(store)).toBe(before);
    });
  });

  describe('backup and restore', () => {
    beforeEach(async () => {
      await secrets('init');
      await setDns('first');
    });

    it('SEC-010: never takes the place of a private key', async () => {
      await secrets('init');
      const key = read(keyFile);

      const refused = await secrets('backup', ['-o', keyFile, '--force']);

      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('holds a private age key') });
      expect(read(keyFile)).toBe(key);
    });

    it('brings a lost store back', async () => {
      expect((await secrets('backup', ['-o', 'copy.age'])).code).toBe(0);
      expect(modeOf('copy.age')).toBe(0o600);
      rmSync(join(home, store));

      expect((await secrets('restore', ['copy.age'])).code).toBe(0);
      expect((await secrets('get', [DNS])).out).toBe('first\n');
    });

    it('SEC-010: replaces a whole store only when told to', async () => {
      await secrets('backup', ['-o', 'copy.age']);
      await setDns('second');

      const refused = await secrets('restore', ['copy.age']);
      const value = (await secrets('get', [DNS])).out;
      const forced = await secrets('restore', ['copy.age', '--force']);

      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('SEC-010') });
      expect(value).toBe('second\n');
      expect(forced.code).toBe(0);
      expect((await secrets('get', [DNS])).out).toBe('first\n');
    });

    it('replaces a store that was cut off, and not one that is only locked', async () => {
      await secrets('backup', ['-o', 'copy.age']);
      const whole = read(store);
      writeFileSync(join(home, store), whole.slice(0, -50));
      const cut = await secrets('restore', ['copy.age']);
      mkdirSync(join(home, 'theirs'));
      rmSync(join(home, store));
      await secrets('init', [], { env: { XDG_CONFIG_HOME: join(home, 'theirs') } });

      const locked = await secrets('restore', ['copy.age']);

      expect(cut.code).toBe(0);
      expect(locked).toMatchObject({ code: 1, err: expect.stringContaining('SEC-010') });
    });

    it.each([
      ['that is not there', 'nowhere.age', 'SEC-005'],
      ['that is none', 'west.yaml', 'SEC-003'],
    ])('refuses a copy %s', async (_, file, code) => {
      const before = read(store);

      expect(await secrets('restore', [file, '--force'])).toMatchObject({
        code: 1,
        err: expect.stringContaining(code),
      });
      expect(read(store)).toBe(before);
    });

    it.each([
      ['by its path', 'repo/secrets/west.age'],
      ['by another name', 'link.age'],
      ['through its folder', 'repo/clusters/../secrets/west.age'],
    ])('SEC-010: never takes the store for a place to copy it to: %s', async (_, target) => {
      symlinkSync(join(home, store), join(home, 'link.age'));
      const before = read(store);
      const theirs = json(await rootstock(['secrets', 'init', 'away', '--json'], await elsewhere())).recipients[0];

      const refused = await secrets('backup', ['-o', target, '--force', '--recipient', theirs]);

      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('SEC-010') });
      expect(refused.err).toContain('hint: rootstock secrets backup repo -o FILE -e west');
      expect(read(store)).toBe(before);
    });

    /** Somebody with a key of their own, and a repository without a store. */
    async function elsewhere(): Promise<Call> {
      mkdirSync(join(home, 'theirs'));
      cpSync(join(template, 'repo'), join(home, 'away'), { recursive: true });
      return { env: { XDG_CONFIG_HOME: join(home, 'theirs') } };
    }

    it('does not overwrite a file', async () => {
      writeFileSync(join(home, 'mine.age'), 'mine');

      expect(await secrets('backup', ['-o', 'mine.age'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('SEC-010'),
      });
      expect(read('mine.age')).toBe('mine');
    });

    it('ends with exit 3 where nothing can be written', async () => {
      const refused = await secrets('backup', ['-o', 'west.yaml/copy.age']);

      expect(refused).toMatchObject({ code: 3, err: expect.stringContaining('IO-005') });
    });
  });

  describe('import', () => {
    beforeEach(async () => await secrets('init'));

    it('takes the variables of a cluster that exists, key pair included', async () => {
      await secrets('generate');
      await giveAll();
      await secrets('export-tfvars');
      const before = JSON.parse(read(`repo/${TFVARS}`));
      rmSync(join(home, store));
      await secrets('init');

      const imported = await secrets('import', ['--tfvars', `repo/${TFVARS}`]);

      expect(imported.code).toBe(0);
      expect((await secrets('export-tfvars')).out).toMatch(/^same /);
      expect(JSON.parse(read(`repo/${TFVARS}`))).toEqual(before);
    });

    it.each([
      ['YAML', `${DNS}: "t: x"\n`],
      ['JSON', JSON.stringify({ [DNS]: 't: x' })],
    ])('takes a map in %s from standard input', async (_, input) => {
      expect((await secrets('import', ['--from', '-'], { input })).out).toBe(`imported  ${DNS}\n`);
      expect((await secrets('get', [DNS])).out).toBe('t: x\n');
    });

    it.each([
      ['zeros in front', '0123456', '0123456'],
      ['what looks like hex', '0x1F', '0x1F'],
      ['what looks like a power of ten', '1e3', '1e3'],
      ['a number too large for one', '12345678901234567890', '12345678901234567890'],
      ['what YAML 1.1 takes for true', 'yes', 'yes'],
      ['what takes itself for true', 'true', 'true'],
      ['a date', '2026-01-31', '2026-01-31'],
      ['a number', '1.50', '1.50'],
      ['quotes', '"0123"', '0123'],
      ['the word null in quotes', '"null"', 'null'],
      ['a text of several lines', '|\n  a\n  0123\n', 'a\n0123'],
    ])('takes the text that stands there: %s', async (_, written, value) => {
      writeFileSync(join(home, 'input'), `${DNS}: ${written}\n`);

      await secrets('import', ['--from', 'input']);

      expect((await secrets('get', [DNS])).out.trimEnd()).toBe(value);
    });

    it('takes base64 of a cluster that looks like a number', async () => {
      writeFileSync(
        join(home, 'input'),
        'kind: Secret\nmetadata: { namespace: cert-manager, name: dns-credentials }\ndata:\n  api-token: 1400\n',
      );

      await secrets('import', ['--kubernetes', 'input']);

      expect(json(await secrets('get', [DNS, '--json'])).value).toBe(Buffer.from('1400', 'base64').toString());
    });

    it.each([
      ['takes what somebody wrote as text', { stringData: { 'api-token': 'open' } }, `imported  ${DNS}\n`, 'open\n'],
      [
        'takes that before the other',
        { data: { 'api-token': 'b2xk' }, stringData: { 'api-token': 'open' } },
        `imported  ${DNS}\n`,
        'open\n',
      ],
      ['says that there was nothing', { stringData: { other: 'x' } }, '', ''],
    ])('%s, of a Secret', async (_, content, out, value) => {
      const metadata = { namespace: 'cert-manager', name: 'dns-credentials' };
      writeFileSync(join(home, 'input'), JSON.stringify({ kind: 'Secret', metadata, ...content }));

      const imported = await secrets('import', ['--kubernetes', 'input']);

      expect(imported).toMatchObject({ code: 0, out });
      if (out === '') expect(imported.err).toContain('nothing there that west needs and does not have');
      expect((await secrets('get', [DNS])).out).toBe(value);
    });

    it.each([
      ['by itself', []],
      ['with --force', ['--force']],
    ])('SEC-009: replaces nothing that must not change, %s', async (_, flags) => {
      await give('terraform/cluster_token', 'one');
      const before = read(store);
      writeFileSync(join(home, 'input'), 'terraform/cluster_token: two\n');

      const refused = await secrets('import', ['--from', 'input', ...flags]);

      expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('SEC-009') });
      expect(refused.err).toContain('terraform/cluster_token must not change. Snapshots of etcd are encrypted with it');
      expect(refused.err).toContain('hint: read docs/west/secrets.md; where a cluster lives with the other value');
      expect(refused.err).not.toContain('--force');
      expect(read(store)).toBe(before);
    });

    it('says what a value that it replaced takes', async () => {
      await give('terraform/agent_token', 'one');
      writeFileSync(join(home, 'input'), 'terraform/agent_token: two\n');

      const imported = await secrets('import', ['--from', 'input', '--force']);

      expect(imported).toMatchObject({ code: 0, out: 'imported  terraform/agent_token\n' });
      expect(imported.err).toContain('replace the control nodes one at a time');
    });

    it('goes by the environment file, where a cluster has something else', async () => {
      writeFileSync(join(home, 'input'), 'onyx/onyx-admin/email: other@example.com\n');

      const imported = await secrets('import', ['--from', 'input']);

      expect(imported.err).toContain('onyx/onyx-admin/email is not imported: it follows apps.onyx.adminEmail');
      expect((await secrets('get', ['onyx/onyx-admin/email'])).out).not.toContain('other@');
    });

    it('keeps a value of its own only where it differs from what follows from others', async () => {
      writeFileSync(join(home, 'same'), JSON.stringify({ [DNS]: 'one', [DERIVED]: 'one' }));
      writeFileSync(join(home, 'other'), JSON.stringify({ [DNS]: 'one', [DERIVED]: 'two' }));

      const same = await secrets('import', ['--from', 'same']);
      await give(DNS, 'three');
      const followed = await secrets('get', [DERIVED]);
      await give(DNS, 'one');
      const other = await secrets('import', ['--from', 'other']);

      expect([same.out, followed.out]).toEqual([`imported  ${DNS}\n`, 'three\n']);
      expect(other.out).toBe(`imported  ${DERIVED}\n`);
      expect((await secrets('get', [DERIVED])).out).toBe('two\n');
    });

    it('names what the environment does not need', async () => {
      writeFileSync(join(home, 'input'), 'a/b/c: x\n');

      const imported = await secrets('import', ['--from', 'input', '--json']);

      expect(json(imported)).toMatchObject({ ok: true, imported: [], ignored: ['a/b/c'] });
    });

    it('SEC-010: replaces no value unless told to', async () => {
      await setDns('mine');
      writeFileSync(join(home, 'input'), `${DNS}: theirs\n`);

      expect(await secrets('import', ['--from', 'input'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('SEC-010'),
      });
      expect((await secrets('import', ['--from', 'input', '--force'])).code).toBe(0);
      expect((await secrets('get', [DNS])).out).toBe('theirs\n');
    });

    it.each([
      ['nothing to import from', [], '', 'USE-003', 2],
      ['two sources', ['--from', 'input', '--tfvars', 'x'], '', 'USE-003', 2],
      ['a file that is not there', ['--from', 'nowhere'], '', 'SEC-008', 1],
      ['what is no map', ['--from', 'input'], 'just text', 'SEC-008', 1],
      ['what is neither YAML nor JSON', ['--from', 'input'], 'a: "b\nc: !x d', 'SEC-008', 1],
      ['values that are no texts', ['--from', 'input'], `${DNS}: { a: b }\n`, 'SEC-008', 1],
      ['an empty value', ['--from', 'input'], `${DNS}: ""\n`, 'SEC-008', 1],
      ['no value', ['--from', 'input'], `${DNS}:\n`, 'SEC-008', 1],
      ['null', ['--from', 'input'], JSON.stringify({ [DNS]: null }), 'SEC-008', 1],
      ['half a key pair', ['--from', 'input'], 'terraform/sealing_private_key: x\n', 'SEC-008', 1],
      ['a cluster that is none', ['--kubernetes', 'input'], '{}', 'SEC-008', 1],
    ])('refuses %s', async (_, words, input, code, exit) => {
      const before = read(store);

      writeFileSync(join(home, 'input'), input);

      expect(await secrets('import', words)).toMatchObject({
        code: exit,
        err: expect.stringContaining(code),
      });
      expect(read(store)).toBe(before);
    });
  });

  describe('export-tfvars', () => {
    beforeEach(async () => {
      startFrom(ready);
    });

    it('SEC-007: names everything that is missing at once', async () => {
      const refused = await secrets('export-tfvars');

      for (const path of Object.keys(GIVEN)) expect(refused.err).toContain(`${path} of west has no value.`);
      expect(existsSync(join(home, 'repo', TFVARS))).toBe(false);
    });

    it('writes what only its owner reads and Git does not see', async () => {
      await giveAll();

      const written = await secrets('export-tfvars', ['--json']);

      expect(json(written)).toMatchObject({ ok: true, state: 'written', path: `repo/${TFVARS}` });
      expect(modeOf(`repo/${TFVARS}`)).toBe(0o600);
      expect(git('status', '--porcelain', '--untracked-files=all', 'terraform/west/cluster')).not.toContain('tfvars');
      expect(JSON.parse(read(`repo/${TFVARS}`))).toMatchObject({ etcd_s3_access_key: 'access' });
      expect((await rootstock(['verify', 'repo'])).code).toBe(0);
    });

    it('SEC-015: writes nothing where Git would commit it', async () => {
      await giveAll();
      writeFileSync(join(home, 'repo/.gitignore'), '');

      const refused = await secrets('export-tfvars');

      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('SEC-015') });
      expect(existsSync(join(home, 'repo', TFVARS))).toBe(false);
    });

    it('SEC-010: keeps a file with other values until told otherwise', async () => {
      await giveAll();
      writeFileSync(join(home, 'repo', TFVARS), '{"cluster_token": "of a living cluster"}');

      const refused = await secrets('export-tfvars');
      const kept = read(`repo/${TFVARS}`);
      const forced = await secrets('export-tfvars', ['--force']);

      expect(refused.err).toContain(
        `hint: rootstock secrets import repo --tfvars repo/${TFVARS} -e west, or add --force`,
      );
      expect(kept).toContain('of a living cluster');
      expect(forced.code).toBe(0);
    });

    it('takes an empty file for none', async () => {
      await giveAll();
      writeFileSync(join(home, 'repo', TFVARS), '\n');

      const written = await secrets('export-tfvars');

      expect(written.out).toMatch(/^written /);
    });

    it('closes a file that others could read', async () => {
      await giveAll();
      await secrets('export-tfvars');
      execFileSync('chmod', ['644', join(home, 'repo', TFVARS)]);

      await secrets('export-tfvars');

      expect(modeOf(`repo/${TFVARS}`)).toBe(0o600);
    });
  });

  describe('sealing-key', () => {
    it('prints Secrets for kubectl, and says what comes after them', async () => {
      startFrom(ready);

      const printed = await secrets('sealing-key');

      expect(json(printed)).toMatchObject({
        kind: 'List',
        items: [
          {
            kind: 'Secret',
            type: 'kubernetes.io/tls',
            metadata: {
              namespace: 'kube-system',
              labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' },
            },
          },
        ],
      });
      expect(printed.err).toContain('rollout restart deployment');
    });

    it('SEC-007: has none to print before one is made', async () => {
      await secrets('init');

      expect(await secrets('sealing-key')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('SEC-007') });
    });
  });

  describe('usage', () => {
    it.each([
      ['no command', [], 'USE-001'],
      ['an unknown command', ['lst'], 'USE-001'],
      ['no folder', ['list'], 'USE-001'],
      ['an unknown flag', ['list', 'repo', '--jsn'], 'USE-001'],
      ['a value as an argument', ['set', 'repo', DNS, 'value'], 'USE-001'],
      ['an empty environment', ['list', 'repo', '-e', ''], 'USE-002'],
      ['an unknown environment', ['list', 'repo', '-e', 'wets'], 'USE-004'],
    ])('%s ends with exit 2, as text and as JSON', async (_, words, code) => {
      const text = await rootstock(['secrets', ...words]);
      const data = await rootstock(['secrets', ...words, '--json']);

      expect(text).toMatchObject({ code: 2, out: '', err: expect.stringContaining(code) });
      expect(data.code).toBe(2);
      expect(json(data)).toMatchObject({ ok: false, problems: [{ code }] });
    });

    it('prints help, as text and as JSON', async () => {
      const text = await rootstock(['secrets', '--help']);
      const data = await rootstock(['secrets', '--help', '--json']);

      expect(text).toMatchObject({ code: 0, err: '' });
      expect(text.out).toContain('export-tfvars');
      expect(json(data)).toMatchObject({ ok: true, text: expect.stringContaining('export-tfvars') });
    });

    it('refuses a folder that is none', async () => {
      expect(await rootstock(['secrets', 'list', 'nowhere'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('IO-007'),
      });
    });

    it('leaves nothing half written beside what it wrote', async () => {
      await secrets('init');
      await secrets('generate');

      expect(readdirSync(join(home, 'repo/secrets'))).toEqual(['west.age']);
    });
  });
});
