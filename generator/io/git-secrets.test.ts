import { describe, expect, it } from 'vitest';
import { maskSecrets, maskUrl } from './git-secrets.ts';

describe('generator/io/git-secrets', () => {
  it.each([
    ['no secret', 'https://example.com/a/b.git', 'https://example.com/a/b.git'],
    ['a port', 'https://example.com:8443/a/b.git', 'https://example.com:8443/a/b.git'],
    ['an IPv6 address', 'http://[::1]:8080/a.git', 'http://[::1]:8080/a.git'],
    ['user and password', 'https://ada:canary@example.com/a.git', 'https://example.com/a.git'],
    ['a token as user', 'https://canary@example.com/a.git', 'https://example.com/a.git'],
    ['a password with @', 'https://ada:can@canary@example.com/a.git', 'https://example.com/a.git'],
    ['a password with /', 'https://ada:can/canary@example.com/a.git', 'https://example.com/a.git'],
    ['@ in the path', 'https://example.com/@acme/a.git', 'https://example.com/@acme/a.git'],
    ['a token in the query', 'https://example.com/a.git?private_token=canary', 'https://example.com/a.git'],
    ['an SSH user', 'ssh://git@example.com:22/a.git', 'ssh://git@example.com:22/a.git'],
    ['an SSH password', 'ssh://git:canary@example.com/a.git', 'ssh://git@example.com/a.git'],
    ['a scheme in capitals', 'HTTPS://ada:canary@example.com/a.git', 'HTTPS://example.com/a.git'],
    ['the scp form', 'git@example.com:a/b.git', 'git@example.com:a/b.git'],
    ['a path', '/srv/remote.git', '/srv/remote.git'],
  ])('shows a URL with %s', (_name, url, shown) => {
    expect(maskUrl(url)).toBe(shown);
  });

  it.each([
    ['as it is', 'https://ada:canary@h/a.git', "fatal: Authentication failed for 'https://ada:canary@h/a.git/'"],
    ['in words of the server', 'https://ada:canary@h/a.git', 'remote: invalid password canary for ada'],
    ['percent-encoded', 'https://ada:canary%2F%2B@h/a.git', 'remote: see https://h/login?u=canary%252f%252B'],
    ['decoded', 'https://ada:canary%2Fx@h/a.git', 'remote: no such password: canary/x'],
    ['as a whole URL, encoded', 'https://h/a.git', 'remote: https%3A%2F%2Fada%3Acanary%40h%2Fa.git'],
    ['in base64', 'https://ada:canary@h/a.git', `Basic ${Buffer.from('ada:canary').toString('base64')}`],
    ['in a header', 'https://h/a.git', 'http.c:671 => Authorization: Basic Y2FuYXJ5'],
    ['from a rewritten URL', 'https://h/a.git', "fatal: unable to access 'https://canary@h/a.git/': 403"],
    ['from ssh', 'ssh://ada:canary@h/a.git', 'ssh: Could not resolve hostname ada:canary@h: Name unknown'],
    ['as a token for a user', 'https://canarycanarycanary:x-oauth-basic@h/a', 'remote: bad canarycanarycanary'],
    ['from the query', 'https://h/a.git?private_token=canary', 'remote: canary is not valid'],
  ])('hides a secret %s', (_name, url, text) => {
    const shown = maskSecrets(text, url);

    expect(shown).not.toContain('canary');
    expect(shown).not.toMatch(/Y2FuYXJ5|YWRhOmNhbmFyeQ/);
  });

  it('leaves other words alone', () => {
    const text = "fatal: unable to access 'https://h/a.git/': Could not resolve host: h";

    expect(maskSecrets(text, 'https://ada:canary@h/a.git')).toBe(text);
  });
});
