import { describe, expect, it } from 'vitest';
import { fillReferences, listReferences, pathOfKey, pathOfVariable } from './secret-path.ts';

describe('generator/core/secret-path', () => {
  it('names keys of Secrets and variables of Terraform', () => {
    expect(pathOfKey({ namespace: 'onyx', name: 'onyx-redis' }, 'redis_password')).toBe(
      'onyx/onyx-redis/redis_password',
    );
    expect(pathOfVariable('agent_token')).toBe('terraform/agent_token');
  });

  it.each([
    ['none', 'plain', []],
    ['one of each kind', 'redis://:${a/b/c.d}@x ${terraform/agent_token}', ['a/b/c.d', 'terraform/agent_token']],
    ['each once', '${a/b/c}${a/b/c}', ['a/b/c']],
    ['variables of other tools', '${HOME} $(pwd) ${a-b}', []],
  ])('lists references: %s', (_, text, paths) => {
    expect(listReferences(text)).toEqual(paths);
  });

  it.each([
    ['puts values in, whatever they hold', '<${a/b/c}|${d/e/f}>', '<$1$&|${a/b/c}>'],
    ['leaves a text without any', 'plain', 'plain'],
    ['gives nothing while a value is unknown', '${a/b/c}${x/y/z}', undefined],
  ])('%s', (_, text, filled) => {
    const values = new Map([
      ['a/b/c', '$1$&'],
      ['d/e/f', '${a/b/c}'],
    ]);

    expect(fillReferences(text, (path) => values.get(path))).toBe(filled);
  });
});
