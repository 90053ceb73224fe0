// Rendering with the store, and without: what is sealed, what stays, what pods are told.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { PlainMap } from '../../core/provenance.ts';
import { openSealed } from '../../testing/open-sealed.ts';
import { runHere } from '../../testing/run-here.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const base = makeTemporaryFolder();
const template = join(base, 'template');
const INPUT = 'repo/environments/west.yaml';
const CREDENTIALS = 'cert-manager/dns-credentials/api-token';
const SEALED = 'clusters/west/manifests/external-dns/sealed-dns-credentials.yaml';
const VALUES = 'repo/clusters/west/values/external-dns.yaml';
let home = '';
let count = 0;

const run = (...words: readonly string[]) => runHere(words, home, { HOME: home });
const secrets = (command: string, ...words: readonly string[]) => run('secrets', command, 'repo', ...words);
const render = (...words: readonly string[]) => run('render', '-e', INPUT, '-o', 'repo', '--json', ...words);
const read = (path: string) => readFileSync(join(home, path), 'utf8');
const write = (path: string, text: string) => writeFileSync(join(home, path), text);
const edit = (path: string, from: string | RegExp, to: string | ((...parts: string[]) => string)) =>
  write(path, typeof to === 'string' ? read(path).replace(from, to) : read(path).replace(from, to));
const git = (...words: readonly string[]) =>
  execFileSync('git', ['-C', join(home, 'repo'), '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words], {
    encoding: 'utf8',
  });
const changed = () => git('status', '--porcelain', '--untracked-files=all').split('\n').filter(Boolean);
const annotation = () => parse(read(VALUES)).podAnnotations?.['rootstock.dev/secrets'] as string | undefined;
const digest = () => parse(read(`repo/${SEALED}`)).metadata.annotations['rootstock.dev/digest'] as string;

async function give(value: string): Promise<void> {
  write('value', value);
  expect((await secrets('set', CREDENTIALS, '--from-file', 'value')).code).toBe(0);
}

function forgetKey(): void {
  rmSync(join(home, '.config'), { recursive: true });
}

interface Rendered {
  readonly ok: boolean;
  readonly files: readonly { readonly path: string; readonly action: string }[];
  readonly problems: readonly { readonly code: string; readonly severity: string; readonly key?: string }[];
}

async function rendered(...words: readonly string[]): Promise<Rendered> {
  const ran = await render(...words);
  expect(ran.code, ran.err).toBe(0);
  return JSON.parse(ran.out) as Rendered;
}

const others = ({ files }: Rendered) => files.filter(({ action }) => action !== 'same');

beforeAll(async () => {
  home = template;
  mkdirSync(template);
  writeFileSync(join(template, '.gitconfig'), '[user]\n  name = a\n  email = a@b.c\n');
  cpSync(join(project, 'environments/zcompute-high-cloudflare.yaml'), join(template, 'west.yaml'));
  expect((await run('render', '-e', 'west.yaml', '-o', 'repo', '-q')).code).toBe(0);
  git('init', '--quiet', '--initial-branch=main');
  await secrets('init');
  await secrets('generate');
  await give('token-1');
  await rendered();
  git('add', '--all');
  git('commit', '--quiet', '--message', 'first');
}, 120_000);

beforeEach(() => {
  home = join(base, `case-${count++}`);
  cpSync(template, home, { recursive: true });
});

describe('generator/cli/secrets/sealed-render', () => {
  it('seals in the same run, and tells the pods', async () => {
    const { out } = await secrets('get', 'terraform/sealing_private_key');

    expect(openSealed(parse(read(`repo/${SEALED}`)) as PlainMap, out)).toEqual({ 'api-token': 'token-1' });
    expect(annotation()).toBe(digest().slice(0, 16));
  });

  it.each([
    ['with the store', () => undefined],
    ['without it', forgetKey],
  ])('changes nothing when nothing changed: %s', async (_, arrange) => {
    arrange();

    expect(others(await rendered())).toEqual([]);
    expect(changed()).toEqual([]);
  });

  it('seals a new value, and starts the pods that read it', async () => {
    const before = annotation();
    await give('token-2');

    const report = await rendered();

    expect(others(report).map(({ path, action }) => `${action} ${path}`)).toEqual(
      expect.arrayContaining([`update ${SEALED}`, 'update clusters/west/values/external-dns.yaml']),
    );
    expect(annotation()).not.toBe(before);
    expect(others(await rendered())).toEqual([]);
  });

  it('lets a colleague without the store change the domain, and no sealed file', async () => {
    forgetKey();
    edit(INPUT, /domain: \S+/, 'domain: other.example.com');
    const before = annotation();

    await rendered();

    expect(changed().length).toBeGreaterThan(3);
    expect(changed().filter((line) => /sealed-|secrets\/|^ ?D/.test(line))).toEqual([]);
    expect(annotation()).toBe(before);
  });

  it('passes what kubeseal wrote byte for byte, and finds it enough', async () => {
    forgetKey();
    const byHand = read(`repo/${SEALED}`).replace(/\n {4}rootstock\.dev\/digest: .*/, '');
    write(`repo/${SEALED}`, `# by hand\n${byHand}`);

    const { problems } = await rendered();

    expect(read(`repo/${SEALED}`)).toBe(`# by hand\n${byHand}`);
    expect(problems.filter(({ severity, key }) => severity === 'pending' && key === 'apps.external-dns')).toEqual([]);
    expect(annotation()).toBeUndefined();
  });

  it('sees with the store that a sealed file was damaged, and seals it anew', async () => {
    const before = digest();
    edit(
      `repo/${SEALED}`,
      /(api-token: .{300})(.)/,
      (_, head: string, one: string) => head + (one === 'A' ? 'B' : 'A'),
    );
    const listed = JSON.parse((await secrets('list', '--json')).out).secrets as { path: string; state: string }[];

    const report = await rendered();

    expect(listed.find(({ path }) => path === 'external-dns/dns-credentials/api-token')?.state).toBe('stale');
    expect(listed.find(({ path }) => path === CREDENTIALS)?.state).toBe('sealed');
    // The pods that read it have the value already.
    expect(others(report)).toEqual([{ path: SEALED, action: 'update', kind: 'manifest' }]);
    expect(digest()).toBe(before);
    expect(others(await rendered())).toEqual([]);
  });

  describe('what nothing needs any more', () => {
    /** What else is lost, and no matter here. */
    const LOSSES = ['--allow-replace', 'namespace/external-dns'];

    beforeEach(() => {
      edit(INPUT, /\n {2}dns:\n(?: {4}.*\n)+/, '\n  dns: { kind: none }\n');
      edit(INPUT, /\n {2}tls:\n(?: {4}.*\n)+/, '\n  tls: { kind: self-signed }\n');
    });

    it('SEC-013: stays, and is reported with what to type', async () => {
      const before = read(`repo/${SEALED}`);

      const { problems } = await rendered(...LOSSES);

      expect(read(`repo/${SEALED}`)).toBe(before);
      expect(problems.filter(({ code }) => code === 'SEC-013')).toMatchObject([
        { severity: 'unchecked', hint: expect.stringContaining('--allow-replace cert-manager/dns-credentials') },
        { severity: 'unchecked', hint: expect.stringContaining('--allow-replace external-dns/dns-credentials') },
      ]);
    });

    it.each([
      ['with the store', () => undefined],
      ['without it', forgetKey],
    ])('VER-245: does not keep anybody from pushing the rest, %s', async (_, arrange) => {
      execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(home, 'remote.git')]);
      arrange();
      await rendered(...LOSSES);

      const verified = await run('verify', 'repo', '--json');
      const pushed = await run('push', 'repo', '--remote', 'remote.git', '--allow-pending', ...LOSSES);

      expect(verified.code, verified.err).toBe(0);
      expect(JSON.parse(verified.out).problems).toContainEqual(
        expect.objectContaining({ code: 'VER-245', severity: 'unchecked', place: { file: SEALED } }),
      );
      expect(pushed.code, pushed.err).toBe(0);
      const listed = execFileSync('git', ['-C', join(home, 'remote.git'), 'ls-tree', '-r', '--name-only', 'main'], {
        encoding: 'utf8',
      });
      expect(listed).toContain(SEALED);
    });

    it('VER-244: stays an error beside a manifest of somebody else', async () => {
      await rendered(...LOSSES);
      write(
        'repo/clusters/west/manifests/external-dns/mine.yaml',
        'kind: ConfigMap\napiVersion: v1\nmetadata: { name: x }\n',
      );

      const verified = await run('verify', 'repo', '--json');

      expect(verified.code).toBe(1);
      expect(
        (JSON.parse(verified.out).problems as Rendered['problems']).filter(({ severity }) => severity === 'error'),
      ).toMatchObject([{ code: 'VER-244' }]);
    });

    it('goes when it is named, alone, and push takes that along', async () => {
      execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(home, 'remote.git')]);

      const report = await rendered(...LOSSES, '--allow-replace', 'external-dns/dns-credentials');
      const pushed = await run('push', 'repo', '--remote', 'remote.git', '--allow-pending', ...LOSSES);

      expect(others(report)).toContainEqual({ path: SEALED, action: 'delete', kind: 'manifest' });
      expect(report.problems.filter(({ code }) => code === 'SEC-013')).toHaveLength(1);
      expect(existsSync(join(home, 'repo', SEALED))).toBe(false);
      expect(pushed.code, pushed.err).toBe(0);
      const listed = execFileSync('git', ['-C', join(home, 'remote.git'), 'ls-tree', '-r', '--name-only', 'main'], {
        encoding: 'utf8',
      }).split('\n');
      expect(listed).not.toContain(SEALED);
      expect(listed).toContain('secrets/west.age');
      expect(listed).toContain('clusters/west/manifests/cluster-issuers/sealed-dns-credentials.yaml');
    });
  });

  it('SEC-014: says that there is no key for what is sealed, as something pending', async () => {
    git('rm', '-q', '-r', 'secrets');
    git('commit', '-q', '-m', 'A new store');
    await secrets('init');
    await give('token-9');
    const before = read(`repo/${SEALED}`);

    const { problems } = await rendered();

    expect(problems).toContainEqual(
      expect.objectContaining({
        code: 'SEC-014',
        severity: 'pending',
        hint: expect.stringContaining('rootstock secrets import repo --kubernetes FILE -e west'),
      }),
    );
    expect(read(`repo/${SEALED}`)).toBe(before);
  });

  it('SEC-003: stops at a store with the markers of a conflict', async () => {
    const store = read('repo/secrets/west.age');
    write('repo/secrets/west.age', `<<<<<<< yours\n${store}=======\n${store}>>>>>>> theirs\n`);

    const ran = await render();

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('SEC-003') });
    expect(changed()).toEqual([' M secrets/west.age']);
  });

  it('goes on without a store that is for others', async () => {
    forgetKey();
    await runHere(['secrets', 'init', 'elsewhere'], home, { HOME: home });
    cpSync(join(home, 'repo'), join(home, 'elsewhere'), { recursive: true });
    execFileSync('git', ['-C', join(home, 'elsewhere'), 'rm', '-q', '-r', 'secrets']);
    execFileSync('git', [
      '-C',
      join(home, 'elsewhere'),
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@b.c',
      'commit',
      '-q',
      '-m',
      'x',
    ]);
    await runHere(['secrets', 'init', 'elsewhere'], home, { HOME: home });

    const ran = await render();

    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('stays locked') });
    expect(changed()).toEqual([]);
  });

  it('IO-008: writes no secret through a link', async () => {
    await give('token-2');
    const away = join(home, 'away');
    const folder = join(home, 'repo/clusters/west/manifests/external-dns');
    cpSync(folder, away, { recursive: true });
    rmSync(folder, { recursive: true });
    symlinkSync(away, folder);
    const before = readFileSync(join(away, 'sealed-dns-credentials.yaml'), 'utf8');

    const ran = await render();

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('IO-008') });
    expect(readFileSync(join(away, 'sealed-dns-credentials.yaml'), 'utf8')).toBe(before);
  });

  it('leaves the sealed files of an environment that is removed, and pushes the others', async () => {
    cpSync(join(project, 'environments/staging-and-prod'), join(home, 'two'), { recursive: true });
    const both = ['-e', 'two/staging.yaml', '-e', 'two/prod.yaml'];
    expect((await run('render', ...both, '-o', 'twice', '-q')).code).toBe(0);
    const repository = join(home, 'twice');
    execFileSync('git', ['-C', repository, 'init', '--quiet', '--initial-branch=main']);
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(home, 'remote.git')]);
    for (const command of ['init', 'generate', 'seal'])
      expect((await run('secrets', command, 'twice', '-e', 'staging')).code).toBe(0);
    const sealed = 'clusters/staging/manifests/valkey/sealed-onyx-redis.yaml';
    const removed = ['--remove-environment', 'staging'];

    const report = await run('render', '-e', 'two/prod.yaml', '-o', 'twice', ...removed, '--json');
    const verified = await run('verify', 'twice', '--json');
    const losses = ['--allow-pending', '--allow-replace', 'environment/staging'];
    const pushed = await run('push', 'twice', '--remote', 'remote.git', ...losses);

    expect([report.code, verified.code, pushed.code], verified.err + pushed.err).toEqual([0, 0, 0]);
    expect(JSON.parse(report.out).problems).toContainEqual(
      expect.objectContaining({ code: 'SEC-013', place: { file: sealed } }),
    );
    expect(JSON.parse(verified.out).problems).toContainEqual(
      expect.objectContaining({ code: 'VER-245', severity: 'unchecked', place: { file: sealed } }),
    );
    expect(existsSync(join(repository, sealed))).toBe(true);
  });
});
