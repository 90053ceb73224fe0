// One test per verb on the packed CLI, as a user has it: the tarball, Node, Git, and nothing else.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../core/problem.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const base = makeTemporaryFolder();
const single = join(base, 'zcompute-single.yaml');
const cloudflare = join(base, 'zcompute-high-cloudflare.yaml');
const ENVIRONMENT = {
  ...process.env,
  CI: '1',
  NO_COLOR: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};
let tarball = '';
let entry = '';

interface PackedFile {
  readonly path: string;
}
let packed: { readonly size: number; readonly files: readonly PackedFile[] };

beforeAll(() => {
  const [report] = JSON.parse(npm(project, 'pack', '--json', '--ignore-scripts', '--pack-destination', base));
  packed = report;
  tarball = join(base, report.filename);
  execFileSync('tar', ['-xzf', tarball, '-C', base]);
  entry = join(base, 'package/dist/rootstock.mjs');
  for (const file of [single, cloudflare]) cpSync(join(project, 'environments', file.slice(base.length + 1)), file);
});

describe('generator/cli/acceptance', () => {
  it('packs what is needed and nothing else, under 2 MB and without dependencies', () => {
    const manifest = JSON.parse(readFileSync(join(base, 'package/package.json'), 'utf8'));
    const names = packed.files.map(({ path }) => path).filter((path) => !path.startsWith('dist/chunks/'));

    expect(names.sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist/rootstock.mjs',
      'environments/environment.schema.json',
      'package.json',
    ]);
    expect(packed.size).toBeLessThan(2_000_000);
    expect(
      Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies }),
    ).toEqual([]);
  });

  it('runs through npx from the tarball in an empty folder', () => {
    const empty = join(base, 'empty');
    mkdirSync(empty);

    const version = npm(
      empty,
      'exec',
      '--yes',
      '--offline',
      `--package=${tarball}`,
      '--',
      'rootstock',
      'render',
      '-e',
      single,
      '-o',
      'out',
      '-q',
    );

    expect(version).toBe('');
    expect(existsSync(join(empty, 'out/clusters/lab/root.yaml'))).toBe(true);
  });

  it('init: from flags alone to a file that renders at once; names every missing flag', () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5iF3g0kYq1uQwq8Q2bG3cQ9mXo0d5o1cR9q1n2E3aB ops@example.com';
    const site = ['--platform', 'zcompute', '--endpoint', 'https://compute.example.com'];
    const people = ['--repository', 'https://github.com/acme/ai.git', '--ssh-key', key, '--ssh-from', '203.0.113.0/24'];
    const nodes = ['--control-type', 'z4.large', '--worker-type', 'z8.3xlarge', '--gpu-type', 'ZGL4.7large'];

    const missing = rootstock('init', '--name', 'lab', ...site);
    const made = rootstock('init', '--name', 'lab', ...site, ...people, ...nodes, '-o', 'init.yaml');
    const again = rootstock('init', '--name', 'lab', ...site, ...people, ...nodes, '-o', 'init.yaml');
    const rendered = rootstock('render', '-e', 'init.yaml', '-o', 'from-init', '-q');

    expect(missing).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--repository[\s\S]*--ssh-key[\s\S]*--gpu-type/),
    });
    expect([made.code, again.code, rendered.code]).toEqual([0, 1, 0]);
    expect(existsSync(join(base, 'from-init/clusters/lab/root.yaml'))).toBe(true);
  });

  it('render: one word per file, then nothing more to do', () => {
    const first = rootstock('render', '-e', single, '-o', 'render');
    const second = rootstock('render', '-e', single, '-o', 'render');

    expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^create {2}\.gitattributes\ncreate /) });
    expect(second.code).toBe(0);
    expect(
      new Set(
        second.out
          .trim()
          .split('\n')
          .map((line) => line.split(' ')[0]),
      ),
    ).toEqual(new Set(['same']));
  });

  it('render: keeps what the repository already records, until told to remove it', () => {
    const staging = join(base, 'staging.yaml');
    const prod = join(base, 'prod.yaml');
    for (const file of [staging, prod])
      cpSync(join(project, 'environments/staging-and-prod', file.slice(base.length + 1)), file);
    rootstock('render', '-e', staging, '-e', prod, '-o', 'two');

    const again = rootstock('render', '-e', staging, '-o', 'two', '--json');
    const without = rootstock('render', '-e', staging, '-o', 'two', '--remove-environment', 'prod', '--json');

    expect(actions(again.out)).toEqual(['same']);
    expect(actions(without.out)).toEqual(['delete', 'same', 'update']);
    expect(existsSync(join(base, 'two/clusters/prod'))).toBe(false);
  });

  it('render: an edit that no commit holds stops it; committed, it is merged, and a conflict waits to be resolved', () => {
    rootstock('render', '-e', single, '-o', 'edited');
    const changed = join(base, 'changed.yaml');
    writeFileSync(
      changed,
      readFileSync(single, 'utf8').replace('url: https://github.com/acme/', 'url: https://github.com/other/'),
    );
    const root = join(base, 'edited/clusters/lab/root.yaml');
    const generated = readFileSync(root, 'utf8');
    const git = (...words: string[]) => execFileSync('git', words, { cwd: join(base, 'edited'), env: ENVIRONMENT });

    writeFileSync(root, generated.replace('revisionHistoryLimit: 3', 'revisionHistoryLimit: 5'));
    const unsaved = rootstock('render', '-e', changed, '-o', 'edited');
    git('init', '-q');
    git('add', '--all');
    git('commit', '-q', '-m', 'an edit');
    const moved = ['--allow-replace', 'repository'];
    const merged = rootstock('render', '-e', changed, '-o', 'edited', ...moved);
    const text = readFileSync(root, 'utf8');
    writeFileSync(root, text.replace(/repoURL: .*/, 'repoURL: https://git.example.com/mine.git'));
    git('commit', '-q', '-a', '-m', 'another edit');
    const conflict = rootstock('render', '-e', single, '-o', 'edited', ...moved);
    const blocked = rootstock('render', '-e', single, '-o', 'edited');

    expect(unsaved).toMatchObject({ code: 1, err: expect.stringMatching(/IO-014 .*clusters\/lab\/root\.yaml/) });
    expect(merged).toMatchObject({ code: 0, out: expect.stringContaining('merge   clusters/lab/root.yaml') });
    expect(text).toContain('revisionHistoryLimit: 5');
    expect(text).toContain('other/');
    expect(conflict).toMatchObject({ code: 1, err: expect.stringContaining('IO-015') });
    expect(readFileSync(root, 'utf8')).toContain('<<<<<<< yours\n');
    expect(blocked).toMatchObject({ code: 1, err: expect.stringContaining('IO-013') });
    expect(rootstock('verify', 'edited')).toMatchObject({ code: 1, err: expect.stringContaining('IO-013') });
    expect(rootstock('push', 'edited')).toMatchObject({ code: 1, err: expect.stringContaining('IO-013') });
  });

  it('secrets: makes key pairs, and takes a value from a pipe that speaks late', () => {
    const age = { ...ENVIRONMENT, XDG_CONFIG_HOME: join(base, 'config') };
    const secrets = (...words: string[]) => `node '${entry}' secrets ${words.join(' ')}`;
    rootstock('render', '-e', single, '-o', 'kept');
    const script = [
      'set -e',
      secrets('init', 'kept'),
      secrets('generate', 'kept'),
      `(sleep 1; echo late) | ${secrets('set', 'kept', 'terraform/argocd_ssh_private_key', '--stdin')}`,
      secrets('get', 'kept', 'terraform/sealing_certificate'),
    ].join('\n');

    const out = execFileSync('sh', ['-c', script], { cwd: base, env: age, encoding: 'utf8', stdio: 'pipe' });

    expect(out).toContain('set  terraform/argocd_ssh_private_key');
    expect(out).toContain('-----BEGIN CERTIFICATE-----');
  });

  it('render: problems with file, line, column and hint; exit 1; no folder', () => {
    const broken = join(base, 'broken.yaml');
    writeFileSync(broken, readFileSync(single, 'utf8').replace('instanceType: z8.3xlarge', 'instanceTyp: z8.3xlarge'));

    const { code, err, out } = rootstock('render', '-e', broken, '-o', 'never');

    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(/error ENV-010 {2}.*broken\.yaml:\d+:\d+ {2}cluster\.nodeGroups\.worker\.instanceTyp\n/);
    expect(err).toContain('did you mean instanceType?');
    expect(existsSync(join(base, 'never'))).toBe(false);
  });

  it('render --json: problems as data on stdout', () => {
    const { code, out } = rootstock('render', '-e', 'nowhere.yaml', '-o', 'never', '--json');

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, problems: [{ code: 'IO-001', severity: 'error' }] });
  });

  it.each([
    ['an unknown command', ['rendr']],
    ['an unknown flag', ['render', '--outptu', 'x']],
    ['a missing flag', ['render', '-e', 'x.yaml']],
    ['a bad branch', ['push', 'x', '--branch', '../x']],
    ['an empty remote', ['push', 'x', '--remote', '']],
    ['an empty message', ['push', 'x', '-m', '']],
    ['a message of spaces', ['push', 'x', '-m', '  ']],
    ['an empty output', ['render', '-e', 'x.yaml', '-o', '']],
    ['an unknown app', ['catalog', 'nothing']],
    ['an unknown code', ['explain', 'NET-999']],
  ])('%s ends with exit 2 and without a stack', (_title, args) => {
    const { code, err } = rootstock(...args);

    expect(code).toBe(2);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('verify: passes what was rendered, finds what was broken', () => {
    rootstock('render', '-e', single, '-o', 'proven');

    const good = rootstock('verify', 'proven');
    writeFileSync(join(base, 'proven/clusters/lab/apps/traefik.yaml'), 'a: 1\n  b: 2\n');
    const bad = rootstock('verify', 'proven');
    const nothing = rootstock('verify', base);

    expect(good.code).toBe(0);
    expect(bad).toMatchObject({ code: 1, err: expect.stringContaining('clusters/lab/apps/traefik.yaml:') });
    expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining('IO-007') });
  });

  it('push: holds back what is pending unless told otherwise, then pushes once', () => {
    rootstock('render', '-e', cloudflare, '-o', 'pushed');
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(base, 'remote.git')]);

    const held = rootstock('push', 'pushed', '--remote', 'remote.git');
    const pushed = rootstock('push', 'pushed', '--remote', 'remote.git', '--allow-pending', '--json');
    const again = rootstock('push', 'pushed', '--remote', 'remote.git', '--allow-pending', '--json');
    const refused = rootstock('push', 'pushed', '--remote', 'http://127.0.0.1:9/x.git', '--allow-pending');

    expect(held).toMatchObject({ code: 1, err: expect.stringContaining('PUSH-001') });
    expect(JSON.parse(pushed.out)).toMatchObject({ ok: true, state: 'pushed', branch: 'main' });
    expect(JSON.parse(again.out)).toMatchObject({ ok: true, state: 'up-to-date' });
    expect(refused).toMatchObject({ code: 3, err: expect.stringContaining('GIT-004') });
    expect(
      execFileSync('git', ['-C', join(base, 'remote.git'), 'log', '--format=%s', 'main'], { encoding: 'utf8' }),
    ).toMatch(/^rootstock: render [a-z0-9-]+ with \d+\.\d+\.\d+\n$/);
  });

  it('push: logs no environment where DEBUG asks libraries to', () => {
    rootstock('render', '-e', single, '-o', 'debugged');
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(base, 'debugged.git')]);
    Object.assign(ENVIRONMENT, { DEBUG: '*', GITHUB_TOKEN: 'ghp_canary' });

    const { code, out, err } = rootstock('push', 'debugged', '--remote', 'debugged.git', '--allow-pending');
    for (const name of ['DEBUG', 'GITHUB_TOKEN']) Reflect.deleteProperty(ENVIRONMENT, name);

    expect(code).toBe(0);
    expect(out + err).not.toContain('canary');
    expect(err).not.toContain('simple-git');
  });

  it('push: takes SealedSecrets along, and what they hold is not pending', () => {
    rootstock('render', '-e', cloudflare, '-o', 'sealed');
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(base, 'sealed.git')]);
    const held = JSON.parse(rootstock('push', 'sealed', '--remote', 'sealed.git', '--json').out) as {
      readonly problems: readonly { readonly code: string; readonly key: string; readonly message: string }[];
    };
    const needs = held.problems.filter(({ code }) => code === 'PLAN-020');
    const files = needs.map(({ key, message }) => {
      const [, namespace = '', name = '', keys = ''] = /Secret ([^/ ]+)\/(\S+) with (.*)\.$/.exec(message) ?? [];
      const path = `clusters/west/manifests/${key.replace('apps.', '')}/sealed-${name}.yaml`;
      const encryptedData = Object.fromEntries(keys.split(', ').map((field) => [field, 'AgB=']));
      const metadata = { name, namespace };
      const object = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata, spec: { encryptedData } };
      writeFileSync(join(base, 'sealed', path), JSON.stringify(object));
      return path;
    });

    const pushed = rootstock('push', 'sealed', '--remote', 'sealed.git', '--json');
    const rendered = rootstock('render', '-e', cloudflare, '-o', 'sealed');

    const listed = execFileSync('git', ['-C', join(base, 'sealed.git'), 'ls-tree', '-r', '--name-only', 'main']);
    expect(files.length).toBeGreaterThan(0);
    expect(JSON.parse(pushed.out)).toMatchObject({ ok: true, state: 'pushed' });
    expect(listed.toString().split('\n')).toEqual(expect.arrayContaining(files));
    expect(rendered.code).toBe(0);
    expect(files.every((path) => existsSync(join(base, 'sealed', path)))).toBe(true);
    expect(rootstock('verify', 'sealed').code).toBe(0);
  });

  it('secrets: from nothing to sealed files, variables for Terraform, and a render that knows them', () => {
    const XDG_CONFIG_HOME = join(base, 'config');
    const run = (...words: readonly string[]) => {
      const { PATH = '', HOME = '' } = process.env;
      const env = { PATH, HOME, XDG_CONFIG_HOME, TOKEN: 'a token from the environment' };
      const ran = spawnSync(process.execPath, [entry, ...words], { cwd: base, encoding: 'utf8', env });
      expect(ran.status, `${words.join(' ')}\n${ran.stderr}`).toBe(0);
      return ran.stdout;
    };
    const secrets = (command: string, ...words: readonly string[]) => run('secrets', command, 'stored', ...words);
    run('render', '-e', cloudflare, '-o', 'stored', '-q');

    secrets('init');
    const { missing } = JSON.parse(secrets('generate', '--json')) as { readonly missing: readonly string[] };
    for (const path of missing) secrets('set', path, '--from-env', 'TOKEN');
    run('render', '-e', 'stored/environments/west.yaml', '-o', 'stored', '-q');
    secrets('export-tfvars');

    const states = JSON.parse(secrets('list', '--json')) as {
      readonly secrets: readonly { readonly state: string; readonly optional: boolean }[];
    };
    const again = run('render', '-e', 'stored/environments/west.yaml', '-o', 'stored', '--json');
    expect(missing.length).toBeGreaterThan(3);
    const needed = states.secrets.filter(({ optional }) => !optional).map(({ state }) => state);
    expect(new Set(needed)).toEqual(new Set(['sealed', 'set']));
    expect(actions(again)).toEqual(['same']);
    expect((JSON.parse(again).problems as readonly Problem[]).filter(({ code }) => code === 'PLAN-020')).toEqual([]);
    expect(secrets('get', missing[0] ?? '')).toBe('a token from the environment\n');
    expect(run('verify', 'stored')).toBe('');
  });

  it('catalog: lists apps, inputs of one, GPU models, and language models', () => {
    const all = JSON.parse(rootstock('catalog', '--json').out) as { readonly name: string }[];
    const one = rootstock('catalog', 'ollama');
    const gpus = rootstock('catalog', '--gpus');
    const models = rootstock('catalog', '--models');

    expect(all.map(({ name }) => name)).toEqual([...all.map(({ name }) => name)].sort());
    expect(one).toMatchObject({ code: 0, out: expect.stringContaining('apps.ollama.models') });
    expect(gpus).toMatchObject({ code: 0, out: expect.stringMatching(/^L40S +48 GiB/m) });
    expect(models).toMatchObject({ code: 0, out: expect.stringMatching(/^llama3\.2:3b +1908 MiB +131072 tokens$/m) });
  });

  it('explain: says what a code means', () => {
    expect(rootstock('explain', 'net-003')).toMatchObject({ code: 0, out: expect.stringContaining('host bits') });
    expect(rootstock('explain').out.split('\n').length).toBeGreaterThan(40);
  });

  it('killed at any moment, the next run converges', async () => {
    rootstock('render', '-e', single, '-o', 'expected');
    const changed = join(base, 'moved.yaml');
    writeFileSync(changed, readFileSync(single, 'utf8').replace('ai-platform.git', 'moved.git'));
    rootstock('render', '-e', changed, '-o', 'expected');

    for (let round = 0; round < 12; round++) {
      const folder = `killed-${round}`;
      if (round % 2 === 1) rootstock('render', '-e', single, '-o', folder);
      await kill(100 + round * 45, 'render', '-e', changed, '-o', folder);
      const { code, err } = rootstock('render', '-e', changed, '-o', folder);
      expect(`${code} ${code === 0 ? '' : err}`).toBe('0 ');
      expect(snapshot(join(base, folder))).toEqual(snapshot(join(base, 'expected')));
      rmSync(join(base, folder), { recursive: true });
    }
  });
});

function rootstock(...args: string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], {
    cwd: base,
    encoding: 'utf8',
    env: ENVIRONMENT,
    maxBuffer: 1 << 26,
  });
  return { code: status, out: stdout, err: stderr };
}

function kill(afterMs: number, ...args: string[]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [entry, ...args], { cwd: base, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    child.on('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function actions(json: string): string[] {
  const { files } = JSON.parse(json) as { readonly files: readonly { readonly action: string }[] };
  return [...new Set(files.map(({ action }) => action))].sort();
}

function snapshot(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return Object.fromEntries(
    files
      .map((file) => [
        join(file.parentPath, file.name).slice(folder.length),
        readFileSync(join(file.parentPath, file.name), 'utf8'),
      ])
      .sort(),
  );
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
