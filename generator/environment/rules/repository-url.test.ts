import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { repositoryUrl } from './repository-url.ts';

describe('generator/environment/rules/repository-url', () => {
  it.each([
    {
      name: 'a token in the URL',
      patches: [
        { repository: { url: 'https://x-token:s3cret@github.com/acme/ai.git', access: 'deployKey', branch: 'main' } },
      ],
      code: 'REPO-002',
      key: 'repository.url',
      says: 'repository.url carries credentials for github.com',
      hint: 'write https://github.com/acme/ai.git and revoke them',
    },
    {
      name: 'a token as user',
      patches: [
        { repository: { url: 'https://ghp_s3cret@github.com/acme/ai.git', access: 'deployKey', branch: 'main' } },
      ],
      code: 'REPO-002',
      key: 'repository.url',
      says: 'credentials for github.com',
      hint: 'write https://github.com/acme/ai.git and revoke them',
    },
    {
      name: 'a password in an SSH URL',
      patches: [
        { repository: { url: 'ssh://git:s3cret@example.com/acme/ai.git', access: 'deployKey', branch: 'main' } },
      ],
      code: 'REPO-002',
      key: 'repository.url',
      says: 'credentials for example.com',
      hint: 'write ssh://example.com/acme/ai.git and revoke them',
    },
    {
      name: 'a password with a slash',
      patches: [{ repository: { url: 'https://x:s3/cret@github.com/a/b.git', access: 'token', branch: 'main' } }],
      code: 'REPO-002',
      key: 'repository.url',
      says: 'repository.url carries credentials;',
      hint: 'write it without user and password, and revoke them',
    },
    {
      name: 'the short form with a scheme',
      patches: [{ repository: { url: 'ssh://git@github.com:acme/ai.git', access: 'deployKey', branch: 'main' } }],
      code: 'REPO-004',
      key: 'repository.url',
      says: 'ssh://git@github.com:acme/ai.git is not a URL',
      hint: 'write ssh://git@github.com/acme/ai.git',
    },
    {
      name: 'a port that is none',
      patches: [{ repository: { url: 'https://example.com:99999/acme/ai.git', access: 'token', branch: 'main' } }],
      code: 'REPO-004',
      key: 'repository.url',
      says: 'its host or port cannot be right',
      hint: 'for example https://github.com/acme/ai-platform.git',
    },
    {
      name: 'a host without a path',
      patches: [{ repository: { url: 'https://github.com/', access: 'deployKey', branch: 'main' } }],
      code: 'REPO-004',
      key: 'repository.url',
      says: 'https://github.com/ names a host only',
      hint: 'add the path, such as /acme/ai-platform.git',
    },
    {
      name: 'a token over an SSH port',
      patches: [{ repository: { url: 'ssh://git@example.com:2222/acme/ai.git', access: 'token', branch: 'main' } }],
      code: 'REPO-003',
      key: 'repository.url',
      says: 'access is token, which works over HTTPS, but port 2222',
      hint: 'write https://example.com/acme/ai.git with the right port, or another access',
    },
    {
      name: 'a deploy key over an HTTPS port',
      patches: [{ repository: { url: 'https://example.com:8443/acme/ai.git', access: 'deployKey', branch: 'main' } }],
      code: 'REPO-003',
      key: 'repository.url',
      says: 'access is deployKey, which works over SSH, but port 8443',
      hint: 'write ssh://git@example.com:22/acme/ai.git with the right port, or another access',
    },
    {
      name: 'a deploy key for another user',
      patches: [{ repository: { url: 'alice@example.com:acme/ai.git', access: 'deployKey', branch: 'main' } }],
      code: 'REPO-003',
      key: 'repository.url',
      says: 'logs in as alice',
      hint: 'write ssh://git@example.com/acme/ai.git',
    },
    {
      name: 'a GitHub App elsewhere',
      patches: [{ repository: { url: 'https://gitlab.com/acme/ai.git', access: 'githubApp', branch: 'main' } }],
      code: 'REPO-003',
      key: 'repository.access',
      says: 'gitlab.com is not GitHub',
      hint: 'write access: deployKey, or access: token',
    },
    {
      name: 'the full reference of a branch',
      patches: [
        {
          repository: { url: 'https://github.com/acme/ai.git', access: 'deployKey', branch: 'refs/heads/release/1.0' },
        },
      ],
      code: 'REPO-005',
      key: 'repository.branch',
      says: '"refs/heads/release/1.0" is the full reference of a branch',
      hint: 'write branch: release/1.0',
    },
    {
      name: 'a branch that Git refuses',
      patches: [{ repository: { url: 'https://github.com/acme/ai.git', access: 'deployKey', branch: 'a..b' } }],
      code: 'REPO-005',
      key: 'repository.branch',
      says: '"a..b" is not a branch name',
      hint: 'write branch: main',
    },
  ])('refuses $name', ({ patches, code, key, says, hint }) => {
    const found = runRule(repositoryUrl, makeEnvironment(...patches));

    expect(found).toEqual([{ code, key, message: expect.stringContaining(says), hint }]);
  });

  it.each([
    {
      name: 'HTTPS for a deploy key',
      patches: [{ repository: { url: 'https://github.com/acme/ai.git', access: 'deployKey', branch: 'main' } }],
    },
    {
      name: 'SSH for a token',
      patches: [{ repository: { url: 'git@github.com:acme/ai.git', access: 'token', branch: 'main' } }],
    },
    {
      name: 'an SSH port for a deploy key',
      patches: [{ repository: { url: 'ssh://git@example.com:2222/acme/ai.git', access: 'deployKey', branch: 'main' } }],
    },
    {
      name: 'an HTTPS port for a token',
      patches: [
        { repository: { url: 'https://example.com:8443/acme/ai.git', access: 'token', branch: 'release/1.0' } },
      ],
    },
    {
      name: 'a GitHub Enterprise host',
      patches: [{ repository: { url: 'https://github.example.com/acme/ai.git', access: 'githubApp', branch: 'main' } }],
    },
  ])('accepts $name', ({ patches }) => {
    const found = runRule(repositoryUrl, makeEnvironment(...patches));

    expect(found).toEqual([]);
  });
});
