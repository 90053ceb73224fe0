import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { proxy } from './proxy.ts';

const URL_OF_PROXY = 'http://proxy.example.com:3128';
const run = (settings: object) =>
  runRule(proxy, makeEnvironment({ egress: { proxy: { url: URL_OF_PROXY, ...settings } } }));

describe('generator/environment/rules/proxy', () => {
  it.each([
    ['no proxy', {}],
    ['host and port', { egress: { proxy: { url: URL_OF_PROXY } } }],
    ['a slash at the end', { egress: { proxy: { url: `${URL_OF_PROXY}/` } } }],
    [
      'hosts, domains, addresses and networks',
      {
        egress: {
          proxy: { url: URL_OF_PROXY, noProxy: ['git.example.com', '.example.com', '192.0.2.7', '192.0.2.0/24'] },
        },
      },
    ],
  ])('accepts %s', (_name, patch) => {
    expect(runRule(proxy, makeEnvironment(patch))).toEqual([]);
  });

  it.each([
    {
      name: 'a password',
      url: 'http://cluster:s3cret@proxy.example.com:3128',
      code: 'EGRESS-001',
      says: 'carries credentials for proxy.example.com:3128',
      hint: 'write http://proxy.example.com:3128',
    },
    {
      name: 'a user alone',
      url: 'http://cluster@proxy.example.com:3128',
      code: 'EGRESS-001',
      says: 'carries credentials',
      hint: 'write http://proxy.example.com:3128',
    },
    {
      name: 'a path',
      url: 'http://proxy.example.com:3128/proxy.pac',
      code: 'EGRESS-002',
      says: 'is followed by /proxy.pac',
      hint: 'write http://proxy.example.com:3128',
    },
    {
      name: 'a port that does not exist',
      url: 'http://proxy.example.com:99999',
      code: 'EGRESS-002',
      says: 'http://proxy.example.com:99999 is not a URL',
      hint: 'write http://proxy.example.com:3128',
    },
  ])('refuses a URL with $name', ({ url, code, says, hint }) => {
    const findings = run({ url });

    expect(findings).toMatchObject([{ code, key: 'egress.proxy.url', hint }]);
    expect(findings[0]?.message).toContain(says);
    expect(findings[0]?.message).not.toContain('s3cret');
  });

  it.each([
    [
      'everything',
      '*',
      'would send nothing through the proxy',
      'remove egress.proxy, or name what is reached without it',
    ],
    ['a star before a domain', '*.example.com', 'is not read by all programs', 'write .example.com'],
    ['a star inside a name', 'git*.example.com', 'is no host', 'write a host, .example.com'],
    ['a port', 'git.example.com:8443', 'is not read by all programs', 'write git.example.com'],
    ['a URL', 'https://git.example.com/acme', 'is not read by all programs', 'write git.example.com'],
    ['host bits', '192.0.2.7/24', 'is not read by all programs', 'write 192.0.2.0/24'],
    ['a network that is none', '192.0.2/24', 'is no host, no domain and no network', 'write a host, .example.com'],
  ])('refuses %s as an exception', (_name, exception, says, hint) => {
    const findings = run({ noProxy: ['.internal', exception] });

    expect(findings).toMatchObject([{ code: 'EGRESS-003', key: 'egress.proxy.noProxy[1]' }]);
    expect(findings[0]?.message).toContain(`${exception} ${says}`);
    expect(findings[0]?.hint).toContain(hint);
  });
});
