import { describe, expect, it } from 'vitest';
import { makeEnvironment } from '../../testing/make-environment.ts';
import { sameRepository } from './same-repository.ts';

const STAGING = { metadata: { name: 'staging' } };

describe('generator/environment/rules/same-repository', () => {
  it.each([
    {
      name: 'another repository',
      repository: { url: 'https://github.com/acme/other.git' },
      key: 'url',
      message: /acme\/other\.git here, but .*acme\/ai\.git in environment test/,
      hint: 'write url: https://github.com/acme/ai.git, or render staging by itself',
    },
    {
      name: 'another branch',
      repository: { branch: 'next' },
      key: 'branch',
      message: /next here, but main in environment test/,
      hint: 'write branch: main, or render staging by itself',
    },
  ])('refuses $name', ({ repository, key, message, hint }) => {
    const found = sameRepository.check([makeEnvironment(), makeEnvironment(STAGING, { repository })]);

    expect(found).toEqual([
      expect.objectContaining({
        kind: expect.objectContaining({ code: 'REPO-001' }),
        environment: 'staging',
        at: ['repository', key],
        message: expect.stringMatching(message),
        hint,
      }),
    ]);
  });

  it.each([
    { name: 'one environment', environments: [makeEnvironment()] },
    { name: 'the same repository', environments: [makeEnvironment(), makeEnvironment(STAGING)] },
    {
      name: 'different ways to authenticate',
      environments: [makeEnvironment(), makeEnvironment(STAGING, { repository: { access: 'token' } })],
    },
  ])('accepts $name', ({ environments }) => {
    expect(sameRepository.check(environments)).toEqual([]);
  });
});
