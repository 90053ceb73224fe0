import { describe, expect, it } from 'vitest';
import { findForgeAddress, isPrivateChannel, toGithub } from './forge-address.ts';

const ACTIONS = {
  GITHUB_SERVER_URL: 'https://git.corp.example.com',
  GITHUB_API_URL: 'https://git.corp.example.com/api/v3',
};

describe('generator/io/forge/forge-address', () => {
  it.each([
    ['HTTPS', 'https://github.com/acme/ai.git', {}, 'https://api.github.com'],
    ['without an end', 'https://github.com/acme/ai', {}, 'https://api.github.com'],
    ['a password', 'https://ada:canary@github.com/acme/ai.git', {}, 'https://api.github.com'],
    ['SSH', 'ssh://git@github.com/acme/ai.git', {}, 'https://api.github.com'],
    ['SSH over the port of HTTPS', 'ssh://git@ssh.github.com:443/acme/ai.git', {}, 'https://api.github.com'],
    ['the short form of SSH', 'git@github.com:acme/ai.git', {}, 'https://api.github.com'],
    ['data residency', 'https://acme.ghe.com/acme/ai.git', {}, 'https://api.acme.ghe.com'],
    ['a server named so', 'git@github.example.com:acme/ai.git', {}, 'https://github.example.com/api/v3'],
    [
      'GH_HOST',
      'ssh://git@git.corp.example.com:2222/acme/ai.git',
      { GH_HOST: 'git.corp.example.com' },
      'https://git.corp.example.com/api/v3',
    ],
    ['a runner', 'https://git.corp.example.com/acme/ai.git', ACTIONS, 'https://git.corp.example.com/api/v3'],
    [
      'a server with a port',
      'https://github.corp.example.com:8443/acme/ai.git',
      {},
      'https://github.corp.example.com:8443/api/v3',
    ],
  ])('finds the API of a GitHub by %s', (_name, url, variables, api) => {
    const address = findForgeAddress(url, variables);

    expect(address).toMatchObject({ kind: 'github', owner: 'acme', name: 'ai' });
    expect(address && toGithub(address, variables).api).toBe(api);
    expect(JSON.stringify(address)).not.toContain('canary');
  });

  it.each([
    ['gitlab', 'https://gitlab.com/group/sub/ai.git', 'https://gitlab.com/group/sub/ai'],
    ['gitlab', 'git@gitlab.example.com:group/ai.git', 'https://gitlab.example.com/group/ai'],
    ['gitea', 'https://codeberg.org/acme/ai.git', 'https://codeberg.org/acme/ai'],
    ['gitea', 'https://forgejo.example.com/acme/ai', 'https://forgejo.example.com/acme/ai'],
    ['bitbucket', 'git@bitbucket.org:acme/ai.git', 'https://bitbucket.org/acme/ai'],
    ['git', 'https://git.example.com/acme/ai.git', 'https://git.example.com/acme/ai'],
    // Whoever owns this host wants tokens for another.
    ['git', 'https://github.com.example.net/acme/ai.git', 'https://github.com.example.net/acme/ai'],
    ['git', 'https://notgithub.com/acme/ai.git', 'https://notgithub.com/acme/ai'],
  ])('takes for %s: %s', (kind, url, web) => {
    const address = findForgeAddress(url, {});

    expect(address).toMatchObject({ kind, web });
  });

  it('believes who says so', () => {
    const address = findForgeAddress('https://git.example.com/acme/ai.git', {}, 'github');

    expect(address && toGithub(address, {}).api).toBe('https://git.example.com/api/v3');
  });

  it.each(['/srv/git/ai.git', '../ai', 'https://github.com/', 'ai', 'C:\\\\git\\\\ai'])(
    'knows no forge of %s',
    (url) => {
      const address = findForgeAddress(url, {});

      expect(address).toBeUndefined();
    },
  );

  it.each([
    ['https://api.github.com', true],
    ['http://127.0.0.1:8080/api/v3', true],
    ['http://localhost/api/v3', true],
    ['http://git.example.com/api/v3', false],
    ['http://127.0.0.1.example.com', false],
  ])('sends a token to %s: %s', (url, expected) => {
    expect(isPrivateChannel(url)).toBe(expected);
  });
});
