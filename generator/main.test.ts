// The entry as a process of its own: pipes that close, and devices that are full.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const project = fileURLToPath(new URL('..', import.meta.url));
const entry = `'${process.execPath}' --import tsx --import ./scripts/text-files.mjs generator/main.ts`;

describe('generator/main.ts', () => {
  it.each([
    ['data', 'explain'],
    ['JSON', 'explain --json'],
    ['help', '--help'],
    ['the version', '--version'],
  ])('IO-011 and exit 3 where %s cannot be printed', { skip: !existsSync('/dev/full'), timeout: 60_000 }, (_, args) => {
    const { status, stderr } = shell(`${entry} ${args} > /dev/full`);

    expect(status).toBe(3);
    expect(stderr).toMatch(/^error IO-011\n {2}The output could not be printed \(ENOSPC\)/);
    expect(stderr).toContain('hint: check free space, then run the same command again');
    expect(stderr).not.toContain('bug');
  });

  it.each([
    ['0 after a reader that has seen enough', 'explain', 0],
    ['the exit code of a failure after a reader that has seen enough', 'explain NOPE-001 --json', 2],
  ])('keeps %s, and quiet', { timeout: 60_000 }, (_, args, code) => {
    // The reader closes the pipe before anything is printed.
    const { stdout, stderr } = shell(`{ ${entry} ${args}; echo "ended $?" >&2; } | true`);

    expect(stdout).toBe('');
    expect(stderr).toMatch(new RegExp(`(^|\\n)ended ${code}\\n$`));
    expect(stderr).not.toMatch(/EPIPE|bug/);
  });

  it('ends as it would if nobody can read its status', { skip: !existsSync('/dev/full'), timeout: 60_000 }, () => {
    const { status, stdout } = shell(`${entry} explain NOPE-001 2> /dev/full`);

    expect([status, stdout]).toEqual([2, '']);
  });
});

function shell(command: string) {
  return spawnSync('sh', ['-c', command], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', NODE_NO_WARNINGS: '1' },
  });
}
