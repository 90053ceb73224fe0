import { describe, expect, it } from 'vitest';
import { findReleaseNotes } from './release-notes.ts';

describe('generator/summary/release-notes.ts', () => {
  it.each([
    {
      name: 'Pages of a project',
      repository: 'https://acme.github.io/charts',
      url: 'https://github.com/acme/charts/releases',
    },
    {
      name: 'a slash at the end',
      repository: 'https://acme.github.io/charts/',
      url: 'https://github.com/acme/charts/releases',
    },
    {
      name: 'a folder of the Pages',
      repository: 'https://acme.github.io/tool/helm-charts',
      url: 'https://github.com/acme/tool/releases',
    },
    {
      name: 'a registry of GitHub',
      repository: 'ghcr.io/acme/tool/charts',
      url: 'https://github.com/acme/tool/releases',
    },
    {
      name: 'a known address',
      repository: 'https://charts.jetstack.io',
      url: 'https://github.com/cert-manager/cert-manager/releases',
    },
    { name: 'an address that tells nothing', repository: 'https://charts.example.com/stable', url: undefined },
    { name: 'Pages of a user', repository: 'https://acme.github.io', url: undefined },
  ])('finds the page of releases: $name', ({ repository, url }) => {
    expect(findReleaseNotes(repository)).toBe(url);
  });
});
