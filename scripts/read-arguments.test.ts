import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const project = fileURLToPath(new URL('..', import.meta.url));

describe('scripts/read-arguments.ts', { timeout: 60_000 }, () => {
  it.each(['chart-value-paths', 'render-charts'])('%s --help prints its usage', (script) => {
    const { status, stdout, stderr } = run(script, '--help');

    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^usage: npm run --silent (chart-paths|render-charts) -- /);
  });

  it.each([
    ['chart-value-paths', 'nothing', [], /^an argument is missing\n\nusage: /],
    ['chart-value-paths', 'an unknown option', ['--otu', 'x'], /^Unknown option '--otu'[^\n]*\n\nusage: /],
    ['chart-value-paths', 'no file', ['/nowhere/values.yaml'], /^\/nowhere\/values.yaml does not exist\n\nusage: /],
    ['render-charts', 'nothing', [], /^an argument is missing\n\nusage: /],
    ['render-charts', 'an unknown option', ['x', '--helm5'], /^Unknown option '--helm5'[^\n]*\n\nusage: /],
    ['render-charts', 'no folder', ['/nowhere/charts'], /^\/nowhere\/charts does not exist\n\nusage: /],
  ])('%s with %s: says so with its usage, exit 2', (script, _title, args, message) => {
    const { status, stdout, stderr } = run(script, ...args);

    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

function run(script: string, ...args: string[]) {
  const loaders = ['--import', 'tsx', '--import', './scripts/text-files.mjs'];
  return spawnSync(process.execPath, [...loaders, `scripts/${script}.ts`, ...args], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
}
