import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FAKE_SECRETS, findPiece } from '../../testing/fake-secrets.ts';
import { QUESTIONS } from '../init/questions.ts';
import { runProgram } from '../program.ts';

let printed = '';

beforeEach(() => {
  printed = '';
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
});
afterEach(() => vi.restoreAllMocks());

const FLAGS = ['output', ...QUESTIONS.map(({ flag }) => flag)].map((flag) => ({ flag }));

describe('generator/cli/commands/init', () => {
  it.each(FLAGS.flatMap(({ flag }) => ['', ' '].map((text) => ({ flag, text }))))(
    'does not take "$text" for --$flag',
    async ({ flag, text }) => {
      const code = await runProgram(['init', `--${flag}`, text]);

      expect(code).toBe(2);
      expect(printed).toMatch(new RegExp(`^error USE-002\\n {2}.*--${flag} .*\\n {2}hint: rootstock init --help`));
    },
  );

  it('takes --no-bastion with another way in, and says so in its help', async () => {
    const given = REQUIRED.filter(({ flag }) => flag !== 'ssh-from').flatMap(({ flag, sample }) => [
      `--${flag}`,
      sample,
    ]);
    const site = ['--platform', 'zcompute', '--endpoint', 'https://compute.example.com', '--gpu-type', 'none'];
    const nodes = ['--control-type', 'z4.large', '--worker-type', 'z8.3xlarge'];

    const code = await runProgram([
      'init',
      '-o',
      '-',
      ...given,
      ...site,
      ...nodes,
      '--no-bastion',
      '--private-access',
      'VPN',
    ]);
    const written = printed;
    await runProgram(['init', '--help']);

    expect(code).toBe(0);
    expect(written).toMatch(/enabled: false\n {2}privateAccess: VPN\n/);
    expect(printed).toMatch(/--no-bastion +no bastion; --private-access says/);
    expect(printed).not.toMatch(/empty for no bastion/);
  });

  it.each([
    ['render', '-e', '', '-o', '/nowhere'],
    ['render', '-e', 'x.yaml', '-e', ' ', '-o', '/nowhere'],
    ['render', '-e', 'x.yaml', '-o', ''],
    ['render', '-e', 'x.yaml', '-o', ' '],
    ['verify', ' '],
  ])('does not take nothing for an argument: %s %s "%s" %s', async (...line) => {
    const code = await runProgram(line);

    expect([code, printed]).toEqual([2, expect.stringMatching(/^error USE-002\n {2}nothing is given for /)]);
  });

  it.each(FLAGS)('does not take --$flag twice', async ({ flag }) => {
    const code = await runProgram(['init', `--${flag}`, 'a', `--${flag}`, 'b']);

    expect(code).toBe(2);
    expect(printed).toMatch(new RegExp(`^error USE-001\\n {2}.*--${flag} .*\\n {2}hint: rootstock init --help`));
  });

  it.each(FAKE_SECRETS)('does not repeat $what, wherever it stands on the command line', async ({ text }) => {
    const lines = [
      ['init', text],
      ['init', `--${text}`],
      ['init', `--${text}`, '--json'],
      ['init', '--name', text, '--name', text],
      ['init', '--platform', text],
      ['init', '--ssh-key', text, '--json'],
      ...QUESTIONS.map(({ flag, key }) => ['init', '--output', '-', ...answers({ [flag]: text }, key)]),
      ['render', '-e', text, '-o', '/nowhere'],
      ['render', text],
      ['verify', text],
      ['push', text],
      ['push', '.', '--branch', ` ${text}`],
      ['catalog', text],
      ['explain', text],
      [text],
    ];

    for (const line of lines) expect([line[0], await runProgram(line)]).not.toEqual([line[0], 0]);

    expect(printed.split('\n').filter((line) => findPiece(line, text) !== undefined)).toEqual([]);
    expect(printed).toMatch(/error/);
  });
});

/** Flags that answer every question of the platform that a key belongs to. */
function answers(given: Readonly<Record<string, string>>, key: string): string[] {
  const platform = key === 'platform.region' || key === 'platform.availabilityZones' ? 'aws' : 'zcompute';
  const flags = { platform, ...Object.fromEntries(REQUIRED.map(({ flag, sample }) => [flag, sample])), ...given };
  return Object.entries(flags).flatMap(([flag, answer]) => [`--${flag}`, answer]);
}

const REQUIRED = QUESTIONS.filter(({ flag }) => ['name', 'repository', 'ssh-key', 'ssh-from'].includes(flag));
