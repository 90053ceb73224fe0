import { describe, expect, it } from 'vitest';
import { inputWith } from '../testing/argo-tree.ts';
import { listManifestFiles, normalizeRepository } from './application-sources.ts';

describe('generator/verify/application-sources.ts', () => {
  it.each([
    ['HTTPS', 'https://git.example.com/acme/lab.git'],
    ['HTTPS without .git', 'https://git.example.com/acme/lab'],
    ['a trailing slash', 'https://git.example.com/acme/lab/'],
    ['capitals', 'https://Git.Example.com/Acme/Lab.git'],
    ['SSH', 'ssh://git@git.example.com/acme/lab.git'],
    ['SSH with a port', 'ssh://git@git.example.com:2222/acme/lab.git'],
    ['the short SSH form', 'git@git.example.com:acme/lab.git'],
  ])('takes %s for the same repository', (_, url) => {
    expect(normalizeRepository(url)).toBe('git.example.com/acme/lab');
  });

  it.each([
    ['a folder, not deeper', { path: 'clusters/lab' }, ['clusters/lab/root.yaml']],
    [
      'a folder with a slash at its end',
      { path: 'clusters/lab/values/' },
      ['clusters/lab/values/argo-cd.yaml', 'clusters/lab/values/shop.yaml'],
    ],
    [
      'what a choice includes',
      { path: 'clusters/lab', directory: { recurse: true, include: '{root.yaml,projects/*.yaml}' } },
      ['clusters/lab/projects/bootstrap.yaml', 'clusters/lab/projects/workloads.yaml', 'clusters/lab/root.yaml'],
    ],
    [
      'what is not excluded',
      { path: 'clusters/lab/apps', directory: { exclude: 'p*' } },
      ['clusters/lab/apps/argo-cd.yaml', 'clusters/lab/apps/shop.yaml'],
    ],
    ['no neighbour whose name starts alike', { path: 'clusters/lab/app' }, []],
    ['nothing for a chart', { chart: 'x', path: 'clusters/lab' }, []],
    ['nothing for a reference', { ref: 'values' }, []],
  ])('reads %s', (_, source, paths) => {
    const files = listManifestFiles(inputWith().tree, { source, path: ['spec', 'source'] });

    expect(files.map(({ path }) => path)).toEqual(paths);
  });
});
