import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { openForge } from './open-forge.ts';
import { findCompareUrl } from './plain-git.ts';

const AGAIN = 'rootstock push ai --pr';
const folder = makeTemporaryFolder();
const quiet = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

describe('generator/io/forge/open-forge', () => {
  it.each([
    ['github.com', 'https://github.com/acme/ai.git', { GITHUB_TOKEN: 'a', GH_TOKEN: 'b' }, 'a'],
    ['github.com, by the second name', 'https://github.com/acme/ai.git', { GITHUB_TOKEN: '', GH_TOKEN: 'b' }, 'b'],
    ['a tenant', 'https://acme.ghe.com/acme/ai.git', { GH_TOKEN: 'b' }, 'b'],
    ['a server', 'https://github.example.com/acme/ai.git', { GH_TOKEN: 'b', GH_ENTERPRISE_TOKEN: 'c' }, 'c'],
    [
      'a server, on its runner',
      'https://git.example.com/acme/ai.git',
      { GITHUB_SERVER_URL: 'https://git.example.com', GITHUB_TOKEN: 'a' },
      'a',
    ],
  ])('takes the token of %s from the environment', async (_name, url, variables, expected) => {
    const opened = await openForge({ url, again: AGAIN, variables: { ...quiet, ...variables } });

    expect(opened).toMatchObject({ ok: true, value: { hasApi: true, token: expected } });
  });

  it('asks what Git has stored, and opens no window', async () => {
    const helper = join(folder, 'helper.sh');
    writeFileSync(helper, '#!/bin/sh\nread line\necho username=ada\necho "password=stored-$GIT_TERMINAL_PROMPT"\n');
    chmodSync(helper, 0o700);
    const config = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'credential.helper', GIT_CONFIG_VALUE_0: helper };

    const opened = await openForge({
      url: 'git@github.com:acme/ai.git',
      again: AGAIN,
      variables: { ...quiet, ...config },
    });

    expect(opened).toMatchObject({ ok: true, value: { token: 'stored-0' } });
  });

  it.each([
    [
      'github.com',
      'https://github.com/acme/ai.git',
      'export GITHUB_TOKEN=… (made at https://github.com/settings/tokens), then rootstock push ai --pr',
    ],
    [
      'a server, which gets no token of github.com',
      'https://github.example.com/acme/ai.git',
      'export GH_ENTERPRISE_TOKEN=… (made at https://github.example.com/settings/tokens), then rootstock push ai --pr',
    ],
  ])('says which token is missing for %s', async (name, url, hint) => {
    const other = name === 'github.com' ? {} : { GITHUB_TOKEN: 'canary' };

    const opened = await openForge({ url, again: AGAIN, variables: { ...quiet, ...other } });

    expect(opened).toMatchObject({ ok: false, problems: [{ code: 'FORGE-001', hint }] });
  });

  it('sends no token over an open line', async () => {
    const variables = { ...quiet, GH_ENTERPRISE_TOKEN: 'canary' };

    const opened = await openForge({ url: 'http://github.example.com/acme/ai.git', again: AGAIN, variables });

    expect(opened).toMatchObject({
      ok: false,
      problems: [{ code: 'FORGE-001', hint: 'write an https:// address into GITHUB_API_URL' }],
    });
  });

  it.each([
    [
      'gitlab',
      'https://x/a/b/-/merge_requests/new?merge_request%5Bsource_branch%5D=rootstock%2Fprod&merge_request%5Btarget_branch%5D=main',
    ],
    ['gitea', 'https://x/a/b/compare/main...rootstock/prod'],
    ['bitbucket', 'https://x/a/b/pull-requests/new?source=rootstock%2Fprod&dest=main'],
    ['github', 'https://x/a/b/compare/main...rootstock/prod?expand=1'],
    ['git', undefined],
  ] as const)('knows where a pull request is opened on %s', (kind, expected) => {
    const address = { kind, host: 'x', owner: 'a', name: 'b', web: 'https://x/a/b' };

    const url = findCompareUrl(address, { head: 'rootstock/prod', base: 'main' });

    expect(url).toBe(expected);
  });

  it('says what it cannot do without an API, and where it is done by hand', async () => {
    const opened = await openForge({ url: 'https://git.example.com/acme/ai.git', again: AGAIN, variables: quiet });
    const forge = opened.ok ? opened.value.forge : undefined;
    const outcomes = [
      await forge?.prepare({ rights: ['push'], branch: 'main', create: 'private' }),
      await forge?.registerDeployKey({ title: 'a', publicKey: 'b' }),
      await forge?.registerWebhook({ url: 'https://c', secret: 'd' }),
    ];

    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'FORGE-010' }] });
      expect(outcome?.problems[0]?.hint).toBe(
        'do it by hand at https://git.example.com/acme/ai; for a GitHub Enterprise Server add --forge github',
      );
    }
  });
});
