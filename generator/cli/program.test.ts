// The command line from inside: what each command prints where, and how it ends.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { listExamples } from '../testing/examples.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { runProgram } from './program.ts';

const base = makeTemporaryFolder();
const file = join(base, 'lab.yaml');
const folder = join(base, 'lab');
const initFlags = [
  ['--name', 'lab'],
  ['--platform', 'zcompute'],
  ['--endpoint', 'https://compute.example.com'],
  ['--repository', 'https://github.com/acme/ai.git'],
  ['--ssh-key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5iF3g0kYq1uQwq8Q2bG3cQ9mXo0d5o1cR9q1n2E3aB ops@example.com'],
  ['--ssh-from', '203.0.113.0/24'],
  ['--control-type', 'z4.large'],
  ['--worker-type', 'z8.3xlarge'],
  ['--gpu-type', 'ZGL4.7large'],
].flat();

beforeAll(async () => {
  const single = listExamples().find(({ name }) => name === 'zcompute-single')?.texts[0];
  writeFileSync(file, single?.text ?? '');
  await run('render', '-e', file, '-o', folder, '-q');
}, 60_000);
afterEach(() => vi.restoreAllMocks());

describe('generator/cli/program', () => {
  it.each([
    ['init to stdout', 0, ['init', ...initFlags, '-o', '-']],
    ['init to a file', 0, ['init', ...initFlags, '-o', join(base, 'init.yaml')]],
    ['init to a file that exists', 1, ['init', ...initFlags, '-o', file]],
    ['init without flags', 2, ['init']],
    ['init with an unknown option', 2, ['init', '--nmae', 'lab']],
    ['init with an argument too many', 2, ['init', 'lab']],
    ['render', 0, ['render', '-e', file, '-o', join(base, 'again')]],
    ['render without a file', 1, ['render', '-e', join(base, 'nowhere.yaml'), '-o', folder]],
    ['render of a misspelt environment', 2, ['render', '-e', file, '-o', folder, '--remove-environment', 'labb']],
    ['render without options', 2, ['render']],
    ['render with an unknown option', 2, ['render', '--outptu', 'x']],
    ['verify', 0, ['verify', folder]],
    ['verify of another folder', 1, ['verify', base]],
    ['verify without a folder', 2, ['verify']],
    ['push of another folder', 1, ['push', base]],
    ['push without a folder', 2, ['push']],
    ['push to a bad branch', 2, ['push', folder, '--branch', '../x']],
    ['catalog', 0, ['catalog']],
    ['catalog of one app', 0, ['catalog', 'ollama']],
    ['catalog of GPUs', 0, ['catalog', '--gpus']],
    ['catalog of models', 0, ['catalog', '--models']],
    ['catalog of an unknown app', 2, ['catalog', 'olama']],
    ['catalog of two lists', 2, ['catalog', '--gpus', '--models']],
    ['explain', 0, ['explain']],
    ['explain of one code', 0, ['explain', 'NET-003']],
    ['explain of an unknown code', 2, ['explain', 'NET-999']],
    ['explain of two codes', 2, ['explain', 'NET-003', 'NET-001']],
    ['secrets of another folder', 1, ['secrets', 'list', base]],
    ['secrets without a command', 2, ['secrets']],
    ['secrets with an unknown command', 2, ['secrets', 'lst', folder]],
    ['secrets without a folder', 2, ['secrets', 'seal']],
    ['help of secrets', 0, ['secrets', '--help']],
    ['an unknown command', 2, ['rendr']],
    ['no command', 2, []],
    ['help of a command', 0, ['render', '--help']],
    ['help of init', 0, ['init', '--help']],
    ['help on render', 0, ['help', 'render']],
    ['help on an unknown command', 2, ['help', 'rendr']],
    ['the version', 0, ['--version']],
  ])('%s --json: one JSON document on stdout, with a code where it fails; exit %i', async (_title, code, args) => {
    const result = await run(...args, '--json');

    const data = JSON.parse(result.out);
    expect(result.code).toBe(code);
    if (code === 0) expect(data.ok ?? true).toBe(true);
    else expect(data).toMatchObject({ ok: false, problems: [{ code: expect.stringMatching(/^[A-Z0-9]+-\d{3}$/) }] });
    expect(result.err).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['an unknown command', ['rendr'], "unknown command 'rendr'.", 'did you mean render?'],
    ['an unknown option', ['push', 'x', '--rmote', 'y'], "unknown option '--rmote'.", 'did you mean --remote?'],
    ['an unknown option of init', ['init', '--nmae', 'x'], "unknown option '--nmae'.", 'did you mean --name?'],
    [
      'a missing option',
      ['render', '-e', 'x'],
      "required option '-o, --output <folder>' not",
      'rootstock render --help',
    ],
    ['a missing argument', ['verify'], "missing required argument 'folder'.", 'rootstock verify --help'],
    ['a command far from all', ['xyzzy'], "unknown command 'xyzzy'.", 'rootstock --help lists the commands'],
    ['an option twice', ['render', '-e', 'x', '-o', 'a', '-o', 'b'], 'a is given already.', 'rootstock render --help'],
  ])('USE-001 for %s, with a hint', async (_title, args, message, hint) => {
    const { code, err, out } = await run(...args);

    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^error USE-001\n/);
    expect(err).toContain(message);
    expect(err).toContain(`hint: ${hint}\n`);
  });

  it.each([
    ['render, file', ['render', '-e', '', '-o', 'x'], '-e, --environment <file>'],
    ['render, one of two files', ['render', '-e', 'a', '-e', '', '-o', 'x'], '-e, --environment <file>'],
    ['render, folder', ['render', '-e', 'a', '-o', ''], '-o, --output <folder>'],
    ['render, folder after an equals sign', ['render', '-e', 'a', '--output='], '-o, --output <folder>'],
    ['render, both', ['render', '-e', '', '-o', ''], '-e, --environment <file> and -o, --output <folder>'],
    ['render, removal', ['render', '-e', 'a', '-o', 'x', '--remove-environment', ''], '--remove-environment <name>'],
    ['render, folder that is an option', ['render', '-e', 'a', '-o', '--quiet'], '-o, --output <folder>'],
    ['render, folder that swallows --json', ['render', '-e', 'a', '-o'], '-o, --output <folder>'],
    ['render, file that is an option', ['render', '-o', 'a', '-e', '-q'], '-e, --environment <file>'],
    ['verify', ['verify', ''], '<folder>'],
    ['push, folder', ['push', ''], '<folder>'],
    ['push, remote', ['push', 'x', '--remote', ''], '--remote <url>'],
    ['push, message', ['push', 'x', '-m', ''], '-m, --message <text>'],
    ['catalog', ['catalog', ''], '<app>'],
    ['explain', ['explain', ''], '<code>'],
  ])('USE-002 for an empty argument: %s', async (_title, args, name) => {
    const { code, out } = await run(...args, '--json');

    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      problems: [
        {
          code: 'USE-002',
          message: `nothing is given for ${name}.`,
          hint: `rootstock ${args[0]} --help`,
        },
      ],
    });
  });

  it.each([
    ['two lists', ['--gpus', '--models'], 'rootstock catalog --gpus'],
    ['an app and a list', ['ollama', '--gpus'], 'rootstock catalog ollama'],
    ['an app and the other list', ['ollama', '--models'], 'rootstock catalog ollama'],
  ])('catalog: USE-003 for %s', async (_title, args, hint) => {
    const { code, out } = await run('catalog', ...args, '--json');

    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ problems: [{ code: 'USE-003', hint }] });
  });

  it.each([
    ['an app', ['catalog', 'olama'], 'olama is not in the catalog.', 'did you mean ollama?'],
    ['a code', ['explain', 'NOT-003'], 'NOT-003 is not a problem code.', 'did you mean NET-003?'],
    [
      'a code far from all',
      ['explain', 'nonsense'],
      'nonsense is not a problem code.',
      'rootstock explain lists them all',
    ],
  ])('USE-004 for the name of %s', async (_title, args, message, hint) => {
    const { code, out } = await run(...args, '--json');

    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ problems: [{ code: 'USE-004', message, hint }] });
  });

  it.each([
    [
      'a misspelt name',
      'labb',
      { code: 'USE-004', message: `${folder} has no environment labb; it records lab.`, hint: 'did you mean lab?' },
    ],
    ['a name far from all', 'production', { code: 'USE-004', hint: 'leave out --remove-environment production' }],
    [
      'an environment that -e gives',
      'lab',
      { code: 'USE-003', hint: `leave out -e ${file}, or --remove-environment lab` },
    ],
  ])('render --remove-environment: refuses %s', async (_title, name, problem) => {
    const { code, out } = await run('render', '-e', file, '-o', folder, '--remove-environment', name, '--json');

    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ problems: [{ ...problem, key: '--remove-environment' }] });
  });
});

async function run(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const written = { out: '', err: '' };
  const keep = (to: keyof typeof written) => (text: string | Uint8Array) => {
    written[to] += String(text);
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
