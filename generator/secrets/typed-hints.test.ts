import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { formatSecrets } from './typed-hints.ts';

describe('generator/secrets/typed-hints', () => {
  it.each([
    ['a plain folder', 'repo', ['a/b/c'], 'rootstock secrets set repo a/b/c -e prod'],
    ['a folder with a blank', "it's mine", [], "rootstock secrets set 'it'\\''s mine' -e prod"],
  ])('is read by a shell as it was meant: %s', (_, folder, words, text) => {
    const hint = formatSecrets('set', { folder, name: 'prod' }, ...words);

    expect(hint).toBe(text);
    expect(execFileSync('sh', ['-c', `printf '%s\\n' ${hint}`], { encoding: 'utf8' }).split('\n')).toContain(folder);
  });
});
