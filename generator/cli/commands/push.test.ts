// push, from the command line, in folders where people did things by hand: what it publishes is what it proved.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { listExamples } from '../../testing/examples.ts';
import { runHere } from '../../testing/run-here.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';

const PERSON = {
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};
const text = listExamples().find(({ name }) => name === 'zcompute-single')?.texts[0]?.text ?? '';
const ENVIRONMENT = 'environments/lab.yaml';
const WORKER = 'terraform/lab/cluster/nodegroup-worker.tf';
let base = '';

const git = (...words: string[]) =>
  execFileSync('git', words, { cwd: base, env: { ...process.env, ...PERSON }, encoding: 'utf8', stdio: 'pipe' });
const run = (...words: string[]) => runHere(words, base, PERSON);
const render = (...words: string[]) => run('render', '-e', `made/${ENVIRONMENT}`, '-o', 'made', '-q', ...words);
const push = (...words: string[]) => run('push', 'made', '--remote', 'remote.git', '--allow-pending', ...words);
const commit = (message: string) => git('-C', 'made', 'commit', '-q', '--all', '-m', message);
const edit = (path: string, from: string, to: string) => {
  const before = readFileSync(join(base, 'made', path), 'utf8');
  expect(before).toContain(from);
  writeFileSync(join(base, 'made', path), before.replace(from, to));
};

/** A repository that was rendered and pushed. */
beforeEach(async () => {
  base = makeTemporaryFolder();
  git('init', '-q', '--bare', '--initial-branch=main', 'remote.git');
  mkdirSync(join(base, 'made'));
  git('init', '-q', '--initial-branch=main', 'made');
  writeFileSync(join(base, 'lab.yaml'), text);
  expect(await run('render', '-e', 'lab.yaml', '-o', 'made', '-q')).toMatchObject({ code: 0 });
  expect(await push()).toMatchObject({ code: 0 });
}, 60_000);

describe('generator/cli/commands/push', { timeout: 60_000 }, () => {
  it.each([
    {
      name: 'moved by hand',
      change: () =>
        renameSync(
          join(base, 'made/clusters/lab/apps/onyx-database.yaml'),
          join(base, 'made/clusters/lab/apps/mine.yaml'),
        ),
      file: 'clusters/lab/apps/mine.yaml',
    },
    {
      name: 'moved by Git',
      change: () => git('-C', 'made', 'mv', 'clusters/lab/apps/onyx-database.yaml', 'clusters/lab/apps/mine.yaml'),
      file: 'clusters/lab/apps/mine.yaml',
    },
  ])('refuses a commit that lacks a file that was $name, and pushes it after the hint', async ({ change, file }) => {
    change();
    const rendered = await render();
    const verified = await run('verify', 'made');

    const refused = await push();
    const told = await push('--json');
    const { problems } = JSON.parse(told.out) as { problems: { code: string; hint: string }[] };
    const hint = problems.find(({ code }) => code === 'PUSH-002')?.hint ?? '';
    execFileSync('sh', ['-c', hint], { cwd: base, env: { ...process.env, ...PERSON }, stdio: 'pipe' });
    const pushed = await push();
    git('clone', '-q', 'remote.git', 'clone');

    expect([rendered, verified, refused, pushed].map(({ code }) => code)).toEqual([0, 0, 1, 0]);
    expect(refused.err).toContain(`Without ${file}`);
    expect(problems.map(({ code }) => code)).toContain('VER-244');
    expect(await run('verify', 'clone')).toMatchObject({ code: 0 });
  });

  it('pushes beside files of people that nothing needs, and leaves them', async () => {
    writeFileSync(join(base, 'made/notes.md'), 'mine');
    edit(ENVIRONMENT, 'max: 3\n    gpu:', 'max: 4\n    gpu:');
    await render();

    const { code, err } = await push();

    expect(code).toBe(0);
    expect(err).toContain('notes.md');
    expect(git('-C', 'made', 'status', '--porcelain')).toBe('?? notes.md\n');
  });

  it('refuses a danger that somebody committed by hand', async () => {
    edit(ENVIRONMENT, 'network:\n', 'network:\n  cidr: 10.9.0.0/16\n');
    const allowed = ['--allow-replace', 'vpc', '--allow-replace', 'subnets'];
    const rendered = await render(...allowed);
    commit('another network');

    const refused = await push();
    const pushed = await push(...allowed);
    const again = await push();

    expect([rendered, refused, pushed, again].map(({ code }) => code)).toEqual([0, 1, 0, 0]);
    expect(refused.err).toContain('--allow-replace vpc');
  });

  it('refuses the loss of an app that somebody deleted by hand, and pushes it once it is named', async () => {
    git(
      '-C',
      'made',
      'rm',
      '-q',
      '-r',
      ...['apps/valkey.yaml', 'values/valkey.yaml', 'manifests/valkey'].map((path) => `clusters/lab/${path}`),
    );
    commit('no valkey');

    const refused = await push();
    const pushed = await push('--allow-replace', 'app/valkey', '--allow-replace', 'store/valkey');

    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringContaining('app/valkey of lab: Argo CD prunes valkey'),
    });
    expect(pushed).toMatchObject({ code: 0 });
  });

  it('refuses what was not rendered since secrets were sealed', async () => {
    const key = { ...PERSON, ROOTSTOCK_PASSPHRASE: 'correct horse battery staple' };
    const secrets = (...words: string[]) => runHere(['secrets', ...words, '-e', 'lab'], base, key);
    const made = [
      await secrets('init', 'made', '--passphrase'),
      await secrets('generate', 'made'),
      await secrets('seal', 'made'),
    ];

    const refused = await push('--json');
    const rendered = await runHere(['render', '-e', `made/${ENVIRONMENT}`, '-o', 'made', '-q'], base, key);
    const pushed = await push();

    expect([...made, rendered, pushed].map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(JSON.parse(refused.out).problems).toMatchObject([
      { code: 'IO-016', hint: 'rootstock render -e made/environments/lab.yaml -o made' },
    ]);
  });

  it('follows the branch that it pushed to', () => {
    expect(git('-C', 'made', 'pull')).toContain('Already up to date');
  });

  it('asks before Argo CD would be left behind at another place', async () => {
    edit(ENVIRONMENT, 'repository:\n', 'repository:\n  branch: prod\n');

    const refused = await render();

    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('--allow-replace repository') });
  });

  it('verify misses an environment file that is gone', async () => {
    git('-C', 'made', 'rm', '-q', ENVIRONMENT);

    expect(await run('verify', 'made')).toMatchObject({ code: 1, err: expect.stringContaining('IO-001') });
  });

  it('diff says what is written again although nothing is generated differently', async () => {
    edit(ENVIRONMENT, 'max: 3\n    gpu:', 'max: 4\n    gpu:');
    await render();
    git('-C', 'made', 'checkout', '--', 'terraform');

    const { out } = await run('diff', '-e', `made/${ENVIRONMENT}`, '-o', 'made', '--stat');

    expect(out).toBe(
      `Nothing is generated differently. Files that are not as the last run left them are written again:\n\n${WORKER}  +1 -1\n`,
    );
  });

  it('makes no repository inside of another one', async () => {
    git('init', '-q', 'outer');
    await run('render', '-e', 'lab.yaml', '-o', 'outer/platform', '-q');

    const refused = await run('push', 'outer/platform', '--remote', 'remote.git', '--allow-pending', '--json');
    writeFileSync(join(base, 'outer/.gitignore'), '/platform/\n');
    const ignored = await run('push', 'outer/platform', '--remote', 'remote.git', '--allow-pending', '--json');

    expect(JSON.parse(refused.out).problems).toContainEqual(
      expect.objectContaining({
        code: 'GIT-015',
        hint: expect.stringMatching(/^git init -b main outer\/platform, then rootstock push outer\/platform /),
      }),
    );
    // The remote has other commits by now.
    expect(JSON.parse(ignored.out).problems.map(({ code }: { code: string }) => code)).toContain('GIT-001');
  });

  it('says of an edited file that is no longer generated that it waits for somebody', async () => {
    edit(ENVIRONMENT, '    gpu:\n', '    data: {role: worker, instanceType: z8.3xlarge, min: 1, max: 1}\n    gpu:\n');
    await render();
    const path = 'terraform/lab/cluster/nodegroup-data.tf';
    writeFileSync(join(base, 'made', path), `# ours\n${readFileSync(join(base, 'made', path), 'utf8')}`);
    git('-C', 'made', 'add', '--all');
    commit('a group, and a comment');
    edit(ENVIRONMENT, '    data: {role: worker, instanceType: z8.3xlarge, min: 1, max: 1}\n', '');

    const rendered = await render('--allow-replace', 'node-group/data');
    const verified = await run('verify', 'made');
    const pushed = await run('push', 'made', '--remote', 'remote.git', '--allow-replace', 'node-group/data');

    expect([rendered, verified, pushed].map(({ code }) => code)).toEqual([0, 0, 1]);
    expect(pushed.err).toContain('PUSH-001');
    for (const { err } of [rendered, verified, pushed]) expect(err).toMatch(new RegExp(`IO-019 .*made/${path}`));
  });

  it('finds what either branch had, whichever lock was taken in a merge', async () => {
    git('-C', 'made', 'switch', '-q', '-c', 'a');
    edit(ENVIRONMENT, 'max: 3\n    gpu:', 'max: 4\n    gpu:');
    await render();
    commit('more workers');
    git('-C', 'made', 'switch', '-q', 'main');
    edit(ENVIRONMENT, '    gpu:\n', '    data: {role: worker, instanceType: z8.3xlarge, min: 1, max: 1}\n    gpu:\n');
    await render();
    expect(await push()).toMatchObject({ code: 0 });
    git('-C', 'made', 'switch', '-q', 'a');
    expect(() => git('-C', 'made', 'merge', '-q', 'main')).toThrow();
    git('-C', 'made', 'checkout', '-q', 'a', '--', '.rootstock/lock.json', 'environments', 'docs');
    commit('the other branch, and its group not');

    const rendered = await render();
    const allowed = await render('--allow-replace', 'node-group/data');
    commit('rendered');
    git('-C', 'made', 'switch', '-q', '-C', 'main');
    const refused = await push();

    expect([rendered, allowed, refused].map(({ code }) => code)).toEqual([1, 0, 1]);
    for (const { err } of [rendered, refused]) expect(err).toContain('--allow-replace node-group/data');
    expect(readFileSync(join(base, 'made', WORKER), 'utf8')).toMatch(/max_size\s+= 4/);
  });
});
