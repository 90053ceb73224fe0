// Every hint that is a command is typed into a shell, as people do, and mends what it was given for.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
// A name that a shell would take apart.
const base = join(makeTemporaryFolder(), "it's $HOME");
const environmentFile = join(base, 'lab.yaml');
const template = join(base, 'template');
let folder = '';
let remote = '';
let variables: Record<string, string> = {};
let count = 0;

interface Case {
  readonly name: string;
  readonly code: string;
  readonly arrange: (() => unknown) | readonly (() => unknown)[];
  /** Default: push with pending things, to the remote of the case. */
  readonly words?: () => readonly string[];
  /** The state that the hint leads to by itself; else the same words succeed after it. */
  readonly ends?: () => void;
}

const push = (): readonly string[] => ['push', folder, '--remote', remote, '--allow-pending'];
const render = (): readonly string[] => ['render', '-e', environmentFile, '-o', folder];

beforeAll(() => {
  mkdirSync(join(base, 'bin'), { recursive: true });
  const entry = join(project, 'dist/rootstock.mjs');
  writeFileSync(join(base, 'bin/rootstock'), `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`);
  chmodSync(join(base, 'bin/rootstock'), 0o755);
  cpSync(join(project, 'environments/zcompute-single.yaml'), environmentFile);
  folder = template;
  variables = makeVariables();
  expect(rootstock(...render()).code).toBe(0);
});

beforeEach(() => {
  const home = join(base, `case ${count++}`);
  folder = join(home, 'repository');
  remote = join(home, 'remote.git');
  mkdirSync(home);
  variables = { ...makeVariables(), HOME: home };
  cpSync(template, folder, { recursive: true });
  git(home, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
});

const MOVES: readonly Case[] = [
  { name: 'the remote moved', code: 'GIT-001', arrange: [pushFirst, commitElsewhere, change] },
  {
    name: 'the remote has another history',
    code: 'GIT-001',
    arrange: commitElsewhere,
    ends: () => expect(remoteLog('main')).toHaveLength(2),
  },
  {
    name: 'the remote protects its branch',
    code: 'GIT-002',
    arrange: () => hook(join(remote, 'hooks/update'), '[ "$1" != refs/heads/main ]'),
    ends: () => expect(remoteLog('rootstock-update')).toHaveLength(1),
  },
];

const BRANCHES: readonly Case[] = [
  {
    name: 'a detached HEAD at the commit of the branch',
    code: 'GIT-009',
    arrange: [pushFirst, change, run('switch', '--quiet', '--detach')],
  },
  {
    name: 'a detached HEAD without the branch',
    code: 'GIT-009',
    arrange: [pushFirst, run('switch', '--quiet', '--detach'), run('branch', '-D', 'main'), change],
  },
  {
    name: 'a detached HEAD with a commit of its own',
    code: 'GIT-009',
    arrange: [pushFirst, run('switch', '--quiet', '--detach'), commitOwn, change],
    ends: () => expect(inFolder('branch', '--show-current')).toMatch(/^rootstock-[0-9a-f]{7}$/m),
  },
  {
    name: 'a worktree without a branch',
    code: 'GIT-009',
    arrange: () => {
      pushFirst();
      inFolder('worktree', 'add', '--quiet', '--detach', `${folder}-tree`);
      folder = `${folder}-tree`;
      change();
    },
    ends: () => expect(git(remote, 'branch', '--list', 'rootstock-*').trim()).not.toBe(''),
  },
  {
    name: 'another branch, which would publish what it holds',
    code: 'GIT-009',
    arrange: [pushFirst, run('switch', '--quiet', '-c', 'topic'), commitOwn, change],
    ends: () => expect([remoteLog('main').length, remoteLog('topic').length]).toEqual([1, 3]),
  },
  { name: 'a rebase', code: 'GIT-010', arrange: [conflict, run('rebase', 'topic')] },
  { name: 'a merge', code: 'GIT-010', arrange: [conflict, run('merge', 'topic')] },
  { name: 'a cherry-pick', code: 'GIT-010', arrange: [conflict, run('cherry-pick', 'topic')] },
  { name: 'a revert', code: 'GIT-010', arrange: [conflict, run('revert', '--no-edit', 'HEAD~1')] },
  { name: 'a bisection', code: 'GIT-010', arrange: [conflict, run('bisect', 'start', 'HEAD', 'HEAD~1')] },
];

const FOLDERS: readonly Case[] = [
  {
    name: 'no author',
    code: 'GIT-006',
    arrange: () => {
      for (const name of Object.keys(variables)) if (/AUTHOR|COMMITTER/.test(name)) delete variables[name];
      git(folder, 'config', '--global', 'user.useConfigOnly', 'true');
    },
  },
  {
    name: 'a lock on the index',
    code: 'GIT-011',
    arrange: [pushFirst, change, () => writeFileSync(join(folder, '.git/index.lock'), '')],
  },
  {
    name: 'a lock on the settings',
    code: 'GIT-011',
    arrange: [run('init', '-q', '-b', 'main'), () => writeFileSync(join(folder, '.git/config.lock'), '')],
  },
  {
    name: 'a lock on a branch',
    code: 'GIT-011',
    arrange: [pushFirst, change, () => writeFileSync(join(folder, '.git/refs/heads/main.lock'), '')],
  },
  {
    name: 'a folder of another user',
    code: 'GIT-012',
    arrange: () => {
      inFolder('init', '-q', '-b', 'main');
      variables['GIT_TEST_ASSUME_DIFFERENT_OWNER'] = '1';
      // The remote lies on the same disk and is not what this is about.
      git(base, 'config', '--global', '--add', 'safe.directory', remote);
    },
  },
  { name: 'a .git that leads nowhere', code: 'GIT-012', arrange: () => write('.git', 'gitdir: /nowhere\n') },
  { name: 'a .git that is a dangling link', code: 'GIT-012', arrange: () => symlinkSync('x', join(folder, '.git')) },
  {
    name: 'a hook that looks at messages',
    code: 'GIT-013',
    arrange: [pushFirst, change, () => hook(join(folder, '.git/hooks/commit-msg'), 'grep -q ^chore: "$1"')],
    ends: () => expect(remoteLog('main')).toEqual(['chore: render', expect.stringContaining('rootstock: render')]),
  },
];

const FILES: readonly Case[] = [
  {
    name: 'an edited copy of the environment file',
    code: 'IO-002',
    words: render,
    arrange: () => appendFileSync(join(folder, 'environments/lab.yaml'), '# mine\n'),
  },
  {
    name: 'an edited copy of the environment file, moved aside once before',
    code: 'IO-002',
    words: render,
    arrange: () => {
      appendFileSync(join(folder, 'environments/lab.yaml'), '# mine\n');
      write('environments/lab.yaml.mine', '# older\n');
    },
    ends: () => expect(readFileSync(join(folder, 'environments/lab.yaml.mine'), 'utf8')).toBe('# older\n'),
  },
  {
    name: 'an environment file that was changed and not rendered',
    code: 'IO-016',
    arrange: () => appendFileSync(join(folder, 'environments/lab.yaml'), '# mine\n'),
  },
  {
    name: 'the same, seen by verify',
    code: 'IO-016',
    words: () => ['verify', folder],
    arrange: () => appendFileSync(join(folder, 'environments/lab.yaml'), '# mine\n'),
  },
  {
    name: 'a file that is no text where it is generated differently now',
    code: 'IO-002',
    words: render,
    arrange: () => {
      writeFileSync(join(folder, 'clusters/lab/root.yaml'), Buffer.from([0xff, 0xfe, 0x0a]));
      inFolder('init', '-q', '-b', 'main');
      inFolder('add', '.');
      inFolder('commit', '-q', '-m', 'mine');
      // A base that is gone has the same end: nothing tells what was generated last.
      rmSync(join(folder, '.rootstock/base/lab.jsonl'));
      const lock = join(folder, '.rootstock/lock.json');
      const root = /("clusters\/lab\/root\.yaml": ")[0-9a-f]{64}/;
      writeFileSync(lock, readFileSync(lock, 'utf8').replace(root, `$1${'0'.repeat(64)}`));
    },
  },
  { name: 'a folder in place of a file', code: 'IO-003', arrange: () => replaceByFolder('README.md') },
  {
    name: 'a file of somebody else',
    code: 'IO-003',
    words: render,
    arrange: () => {
      rmSync(folder, { recursive: true });
      git(base, 'init', '-q', folder);
      write('README.md', 'mine');
    },
  },
  {
    name: 'no lock beside other files',
    code: 'IO-007',
    arrange: () => rmSync(join(folder, '.rootstock'), { recursive: true }),
    ends: () => expect(existsSync(`${folder}-rendered/.rootstock/lock.json`)).toBe(true),
  },
  {
    name: 'a bad lock before the first push',
    code: 'IO-007',
    arrange: () => write('.rootstock/lock.json', '{'),
    ends: () => expect(existsSync(`${folder}-rendered/.rootstock/lock.json`)).toBe(true),
  },
  {
    name: 'a bad lock after the first push',
    code: 'IO-007',
    arrange: [pushFirst, () => write('.rootstock/lock.json', '{')],
  },
  {
    name: 'a lock without environments, and no base that has one',
    code: 'IO-007',
    arrange: () => {
      rmSync(join(folder, '.rootstock/base'), { recursive: true });
      const lock = JSON.parse(readFileSync(join(folder, '.rootstock/lock.json'), 'utf8'));
      write('.rootstock/lock.json', JSON.stringify({ ...lock, environments: {} }));
    },
  },
  {
    name: 'a link on the way to a file',
    code: 'IO-008',
    words: render,
    arrange: () => {
      rmSync(join(folder, 'clusters'), { recursive: true });
      symlinkSync(template, join(folder, 'clusters'));
    },
  },
  {
    name: 'an output that is a link to nothing',
    code: 'IO-008',
    words: render,
    arrange: [() => rmSync(folder, { recursive: true }), () => symlinkSync('nowhere', folder)],
  },
  {
    name: 'a journal that cannot be trusted',
    code: 'IO-009',
    words: render,
    arrange: () => write('.rootstock/journal.json', '{'),
  },
];

describe('generator/cli/hints', () => {
  it.each([...MOVES, ...BRANCHES, ...FOLDERS, ...FILES])('$code: $name', ({ code, arrange, words = push, ends }) => {
    for (const step of [arrange].flat()) step();

    const before = rootstock(...words(), '--json');
    const hint = before.problems.find((problem) => problem.code === code)?.hint ?? `no ${code}: ${before.out}`;
    const typed = commandsOf(hint).map((command) => type(command));
    // A hint that ends with the push itself has shown it.
    const shown = ends !== undefined || typed.at(-1)?.command.startsWith('rootstock push');
    const after = shown ? undefined : rootstock(...words(), '--json');

    expect(before.code).not.toBe(0);
    expect(before.err).not.toMatch(/^\s+at /m);
    expect(typed).not.toEqual([]);
    expect(typed.filter((result) => !result.fine)).toEqual([]);
    expect(`${after?.code ?? 0} ${after?.code ? after.err : ''}`).toBe('0 ');
    ends?.();
  });

  it.each([
    ['GIT-004', "http://127.0.0.1:9/it's&a.git", 'unable to access'],
    ['GIT-007', "ext::sh -c 'touch x'", "transport 'ext' not allowed"],
  ])('%s: the hint repeats what failed, for all of it to be seen', (code, url, said) => {
    const { problems } = rootstock('push', folder, '--remote', url, '--allow-pending', '--json');
    const [command = ''] = commandsOf(problems.find((problem) => problem.code === code)?.hint ?? '');
    const { err } = type(command);

    expect(command).toContain('ls-remote');
    expect(err).toContain(said);
  });

  it.each([
    ['pre-commit', 'change'],
    ['pre-push', 'change'],
  ])('GIT-013: the hint repeats a %s hook that refuses', (name) => {
    pushFirst();
    change();
    hook(join(folder, '.git/hooks', name), 'echo "no, because" >&2; exit 1');

    const { problems } = rootstock(...push(), '--json');
    const problem = problems.find(({ code }) => code === 'GIT-013');
    const { err } = type(commandsOf(problem?.hint ?? '')[0] ?? '');

    expect(problem?.message).toBe(`A hook in ${folder} (${name}) refused: no, because`);
    expect(err).toContain('no, because');
  });

  it('PUSH-001: the hint is the command that was typed, and the flag', () => {
    const cloudflare = join(project, 'environments/zcompute-high-cloudflare.yaml');
    rmSync(folder, { recursive: true });
    rootstock('render', '-e', cloudflare, '-o', folder);

    const { problems } = rootstock('push', folder, '--remote', remote, '--branch', 'west', '--json');
    const typed = commandsOf(problems.find(({ code }) => code === 'PUSH-001')?.hint ?? '').map((text) => type(text));

    expect(typed).toMatchObject([{ fine: true }]);
    expect(remoteLog('west')).toHaveLength(1);
  });
});

/** The commands of a hint, in order: alternatives and advice stand behind `, or` and `, once`. */
function commandsOf(hint: string): string[] {
  const [first = ''] = hint.split(/, (?:or|once) /);
  return first
    .split(', then ')
    .map((part) => part.replace(/^try(?: another message)?: /, ''))
    .filter((part) => part !== 'open a pull request')
    .map((part) => part.replace(/^render again(?: with)?/, 'rootstock render -e "$FILE" -o "$FOLDER"'));
}

interface Typed {
  readonly command: string;
  readonly fine: boolean;
  readonly err: string;
}

function type(command: string): Typed {
  const env = { ...variables, FILE: environmentFile, FOLDER: folder };
  const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: base, encoding: 'utf8', env });
  // diff ends with 1 where it shows a difference: that is what it is typed for.
  return { command, fine: status === (command.startsWith('diff ') ? 1 : 0), err: stderr };
}

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly problems: readonly { readonly code: string; readonly message: string; readonly hint?: string }[];
}

function rootstock(...words: readonly string[]): Ran {
  const options = { cwd: base, encoding: 'utf8', env: variables, maxBuffer: 1 << 26 } as const;
  const { status, stdout, stderr } = spawnSync(join(base, 'bin/rootstock'), words, options);
  const { problems } = words.includes('--json') ? (JSON.parse(stdout) as Pick<Ran, 'problems'>) : { problems: [] };
  return { code: status, out: stdout, err: stderr, problems };
}

function makeVariables(): Record<string, string> {
  return {
    PATH: `${join(base, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: base,
    CI: '1',
    NO_COLOR: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_EDITOR: 'true',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
}

/** What a first push leaves, without the second that it takes. */
function pushFirst(): void {
  inFolder('init', '--quiet', '--initial-branch=main');
  inFolder('add', '--all', '--force');
  inFolder('commit', '--quiet', '-m', 'rootstock: render');
  inFolder('push', '--quiet', remote, 'main');
}

/** Makes the next push have something to commit. */
function change(): void {
  appendFileSync(join(folder, 'README.md'), 'more\n');
}

function commitOwn(): void {
  write('notes.md', 'mine');
  inFolder('add', 'notes.md');
  inFolder('commit', '--quiet', '-m', 'own');
}

function commitElsewhere(): void {
  const clone = `${remote}-elsewhere`;
  git(base, 'clone', '--quiet', remote, clone);
  writeFileSync(join(clone, 'other.txt'), 'x');
  git(clone, 'add', '.');
  git(clone, 'commit', '--quiet', '-m', 'elsewhere');
  git(clone, 'push', '--quiet', 'origin', 'HEAD:main');
}

/** Two branches that changed the same line; HEAD is on main. */
function conflict(): void {
  pushFirst();
  inFolder('switch', '--quiet', '-c', 'topic');
  commitOwn();
  inFolder('switch', '--quiet', 'main');
  for (const text of ['other', 'third']) {
    write('notes.md', text);
    inFolder('add', 'notes.md');
    inFolder('commit', '--quiet', '-m', text);
  }
}

function replaceByFolder(path: string): void {
  rmSync(join(folder, path));
  write(`${path}/inside.txt`, 'mine');
}

function hook(file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

function write(path: string, content: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function remoteLog(branch: string): string[] {
  return git(remote, 'log', '--format=%s', branch).trim().split('\n');
}

function run(...words: readonly string[]): () => string {
  return () => inFolder(...words);
}

/** Git in the folder; conflicts are wanted here. */
function inFolder(...words: readonly string[]): string {
  return spawnSync('git', words, { cwd: folder, encoding: 'utf8', env: variables }).stdout;
}

function git(at: string, ...words: readonly string[]): string {
  return execFileSync('git', words, { cwd: at, encoding: 'utf8', env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
}
