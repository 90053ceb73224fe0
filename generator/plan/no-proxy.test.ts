import { describe, expect, it } from 'vitest';
import { isReachedDirectly } from './no-proxy.ts';

describe('generator/plan/no-proxy.ts', () => {
  it.each([
    ['the host itself', 'git.example.com', ['git.example.com'], true],
    ['a host in other letters', 'Git.Example.com', ['git.example.COM'], true],
    ['a host below a domain', 'git.example.com', ['.example.com'], true],
    ['a host below a host', 'a.git.example.com', ['git.example.com'], true],
    ['the domain of a leading dot', 'example.com', ['.example.com'], false],
    ['a name that only ends alike', 'notexample.com', ['example.com'], false],
    ['an address in a network', '192.0.2.9', ['192.0.2.0/24'], true],
    ['an address outside', '192.0.3.9', ['192.0.2.0/24'], false],
    ['the address itself', '192.0.2.9', ['192.0.2.9'], true],
    ['a name and a network', 'git.example.com', ['192.0.2.0/24'], false],
    ['nothing', 'git.example.com', [], false],
  ])('%s: %s with %j is %s', (_title, host, noProxy, direct) => {
    expect(isReachedDirectly(host, noProxy)).toBe(direct);
  });
});
