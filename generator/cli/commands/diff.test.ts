// diff, and the dangers that render and push stop at: from the command line, on real folders and a local remote.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { listExamples } from '../../testing/examples.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { runProgram } from '../program.ts';

const base = makeTemporaryFolder();
const template = join(base, 'template');
const text = listExamples().find(({ name }) => name === 'zcompute-single')?.texts[0]?.text ?? '';
const file = writeInput('lab', text);
const grown = writeInput('grown', text.replace('      max: 3\n    gpu:', '      max: 4\n    gpu:'));
const moved = writeInput('moved', text.replace('network:\n', 'network:\n  cidr: 10.9.0.0/16\n'));
const pinned = writeInput('pinned', `${text}\nversions:\n  traefik: 999.0.0\n  cert-manager: v1.0.0\n`);
let count = 0;

beforeAll(async () => {
  expect((await run('render', '-e', file, '-o', template, '-q')).code).toBe(0);
}, 60_000);
afterEach(() => vi.restoreAllMocks());

function writeInput(name: string, content: string): string {
  const path = join(base, `${name}.yaml`);
  writeFileSync(path, content);
  return path;
}

function copyTemplate(): string {
  const folder = join(base, `case-${count++}`);
  cpSync(template, folder, { recursive: true });
  return folder;
}

/** Every file of a folder with its content and its time. */
function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path} ${statSync(path).mtimeMs} ${readFileSync(path, 'utf8')}`)
    .sort();
}

describe('generator/cli/commands/diff.ts', () => {
  it.each([
    { name: 'nothing changes', input: () => file, flags: [], code: 0 },
    { name: 'nothing changes, asked for', input: () => file, flags: ['--exit-code'], code: 0 },
    { name: 'something changes', input: () => grown, flags: [], code: 0 },
    { name: 'something changes, asked for', input: () => grown, flags: ['--exit-code'], code: 5 },
    { name: 'something changes, asked for as JSON', input: () => grown, flags: ['--exit-code', '--json'], code: 5 },
    { name: 'something is in danger, which only render refuses', input: () => moved, flags: [], code: 0 },
    { name: 'the file is not there', input: () => join(base, 'nowhere.yaml'), flags: ['--exit-code'], code: 1 },
  ])('exits with $code where $name', async ({ input, flags, code }) => {
    const result = await run('diff', '-e', input(), '-o', template, ...flags);

    expect(result.code).toBe(code);
  });

  it('says that nothing changes', async () => {
    const { out } = await run('diff', '-e', file, '-o', template);

    expect(out).toBe('Nothing changes.\n');
  });

  it('prints the summary, then the patch, and writes nothing', async () => {
    const before = listFiles(template);

    const { out } = await run('diff', '-e', grown, '-o', template);

    expect(out).toMatch(/^lab: \d+ files\n {2}Keys\n {4}cluster\.nodeGroups\.worker\.max: 3 -> 4 \(on apply\)\n/);
    expect(out).toContain(
      '\ndiff --git a/terraform/lab/cluster/nodegroup-worker.tf b/terraform/lab/cluster/nodegroup-worker.tf\n',
    );
    expect(listFiles(template)).toEqual(before);
  });

  it('counts lines instead of showing them', async () => {
    const { out } = await run('diff', '-e', grown, '-o', template, '--stat');

    expect(out).toMatch(/^environments\/lab\.yaml {2}\+1 -1$/m);
    expect(out).not.toContain('diff --git');
  });

  it('gives data', async () => {
    const { out } = await run('diff', '-e', moved, '-o', template, '--json');

    const data = JSON.parse(out);
    expect(data).toMatchObject({ ok: true, isDifferent: true, summary: { hasPrevious: true } });
    expect(data.summary.environments[0].dangers.map(({ name }: { name: string }) => name)).toEqual(['subnets', 'vpc']);
    expect(data.files).toContainEqual({ path: 'environments/lab.yaml', action: 'update', kind: 'environment' });
    expect(data.patch).toContain('+++ b/environments/lab.yaml');
  });

  it('shows a repository that is not there yet, in no danger', async () => {
    const folder = join(base, 'absent');

    const { code, out } = await run('diff', '-e', file, '-o', folder, '--exit-code', '--stat');

    expect(code).toBe(5);
    expect(out).toMatch(/^lab: new, \d+ files\n/);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('generator/cli/commands/render.ts: what it says of a change', () => {
  it('refuses dangers, says their names, and has written nothing', async () => {
    const folder = copyTemplate();
    const before = listFiles(folder);

    const { code, out } = await run('render', '-e', moved, '-o', folder, '--json');

    const refused = JSON.parse(out).problems.filter((problem: { severity: string }) => problem.severity === 'error');
    expect(code).toBe(1);
    expect(refused).toMatchObject([
      { code: 'DANGER-001', hint: expect.stringMatching(/--allow-replace subnets$/) },
      { code: 'DANGER-001', key: 'network.cidr', hint: expect.stringMatching(/--allow-replace vpc$/) },
    ]);
    expect(listFiles(folder)).toEqual(before);
  });

  it('refuses what is left when one of two is named', async () => {
    const { code, err } = await run('render', '-e', moved, '-o', copyTemplate(), '--allow-replace', 'vpc');

    expect(code).toBe(1);
    expect(err).toContain('--allow-replace subnets');
    expect(err).not.toContain('--allow-replace vpc');
  });

  it('does what is named, says what it means, and has nothing more to say the next time', async () => {
    const folder = copyTemplate();
    const allowed = ['--allow-replace', 'vpc', '--allow-replace', 'lab:subnets'];

    const first = await run('render', '-e', moved, '-o', folder, ...allowed);
    const second = await run('render', '-e', moved, '-o', folder);

    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.err).toContain('lab: ');
    expect(first.err).toContain('vpc (on apply): Terraform destroys the VPC');
    expect(second.err).not.toContain('vpc');
  });

  it.each([
    { name: 'quietly', flags: ['-q'] },
    { name: 'for the first time', flags: [], folder: join(base, 'first') },
  ])('says nothing of changes $name', async ({ flags, folder = copyTemplate() }) => {
    const { code, err } = await run('render', '-e', grown, '-o', folder, ...flags);

    expect(code).toBe(0);
    expect(err).not.toContain('cluster.nodeGroups.worker.max');
  });

  it('uses a newer pin and says that it was not checked; an older one is not used', async () => {
    const folder = copyTemplate();

    const { code, out } = await run('render', '-e', pinned, '-o', folder, '--json');

    const codes = JSON.parse(out).problems.map(
      (problem: { code: string; key?: string }) => `${problem.code} ${problem.key}`,
    );
    expect(code).toBe(0);
    expect(codes).toEqual(
      expect.arrayContaining(['PLAN-031 versions.traefik', 'PLAN-030 versions.cert-manager', 'VER-303 apps.traefik']),
    );
    expect(codes).not.toContain('VER-303 apps.cert-manager');
    expect(readFileSync(join(folder, 'clusters/lab/apps/traefik.yaml'), 'utf8')).toContain('targetRevision: 999.0.0');
  });
});

describe('generator/cli/commands/push.ts: dangers', () => {
  it('refuses what the last commit would lose, and pushes it once it is named', async () => {
    const folder = copyTemplate();
    const remote = join(base, 'remote.git');
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', remote]);
    const push = ['push', folder, '--remote', remote, '--allow-pending', '--json'];
    const names = ['vpc', 'subnets'].flatMap((name) => ['--allow-replace', name]);
    vi.stubEnv('GIT_AUTHOR_NAME', 'Test').stubEnv('GIT_AUTHOR_EMAIL', 'test@example.com');
    vi.stubEnv('GIT_COMMITTER_NAME', 'Test').stubEnv('GIT_COMMITTER_EMAIL', 'test@example.com');

    const first = await run(...push);
    const rendered = await run('render', '-e', moved, '-o', folder, ...names);
    const refused = await run(...push);
    const allowed = await run(...push, ...names);
    const again = await run(...push);
    vi.unstubAllEnvs();

    expect([first, rendered, refused, allowed, again].map(({ code }) => code)).toEqual([0, 0, 1, 0, 0]);
    const errors = JSON.parse(refused.out).problems.filter(
      (problem: { severity: string }) => problem.severity === 'error',
    );
    expect(errors.map((problem: { code: string }) => problem.code)).toEqual(['DANGER-001', 'DANGER-001']);
  }, 60_000);
});

async function run(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const written = { out: '', err: '' };
  const keep = (to: keyof typeof written) => (chunk: string | Uint8Array) => {
    written[to] += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep('out'));
  vi.spyOn(process.stderr, 'write').mockImplementation(keep('err'));
  try {
    return { code: await runProgram(args), ...written };
  } finally {
    vi.restoreAllMocks();
  }
}
