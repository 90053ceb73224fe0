import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { formatCommand } from './shell.ts';

describe('generator/core/shell', () => {
  it('leaves plain words as they are', () => {
    expect(formatCommand('git', '-C', '/srv/ai-platform', 'push', 'git@example.com:a/b.git', 'HEAD:main')).toBe(
      'git -C /srv/ai-platform push git@example.com:a/b.git HEAD:main',
    );
  });

  it.each([
    ['a space', 'my folder'],
    ['a quote', "it's"],
    ['nothing', ''],
    ['what a shell would run', '$(touch x) `y` & ; | > < * ? ~ # \\ "'],
    ['a line break', 'a\nb'],
    ['other letters', 'Größe'],
  ])('a shell reads back %s', (_name, word) => {
    const printed = execFileSync('sh', ['-c', formatCommand('printf', '%s', word)], { encoding: 'utf8' });

    expect(printed).toBe(word);
  });
});
