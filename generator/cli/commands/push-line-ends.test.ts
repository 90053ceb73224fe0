import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environmentText } from '../../testing/environment-text.ts';
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
const COPY = 'environments/lab.yaml';

describe('generator/cli/commands/push: line ends of environment files', () => {
  it.each([
    { name: 'Unix line ends', mark: '', end: '\n' },
    { name: 'Windows line ends', mark: '', end: '\r\n' },
    { name: 'Windows line ends and a byte order mark', mark: '\uFEFF', end: '\r\n' },
  ])('a file with $name is in every clone as it was written', async ({ mark, end }) => {
    const base = makeTemporaryFolder();
    const git = (...words: string[]) => execFileSync('git', words, { cwd: base, env: { ...process.env, ...PERSON } });
    const run = (...words: string[]) => runHere(words, base, PERSON);
    const text = mark + environmentText().replaceAll('\n', end);
    writeFileSync(join(base, 'lab.yaml'), text);
    git('init', '-q', '--bare', '--initial-branch=main', 'remote.git');

    const rendered = await run('render', '-e', 'lab.yaml', '-o', 'made', '-q');
    const pushed = await run('push', 'made', '--remote', '../remote.git', '--branch', 'main', '--allow-pending');
    git('clone', '-q', 'remote.git', 'clone');
    git('clone', '-q', '-c', 'core.autocrlf=true', 'remote.git', 'windows');

    expect([rendered.code, pushed.code]).toEqual([0, 0]);
    for (const clone of ['clone', 'windows']) {
      const again = await run('render', '-e', 'lab.yaml', '-o', clone, '--json');
      const words = (JSON.parse(again.out) as { files: readonly { action: string }[] }).files.map(
        ({ action }) => action,
      );

      expect(readFileSync(join(base, clone, COPY), 'utf8')).toBe(text);
      expect(await run('verify', clone)).toMatchObject({ code: 0 });
      expect(new Set(words)).toEqual(new Set(['same']));
      expect(git('-C', clone, 'status', '--short').toString()).toBe('');
    }
  });
});
