import { describe, expect, it } from 'vitest';
import { formatKeyPath, type KeyPath, parseKeyPath } from './key-path.ts';

describe('generator/core/key-path', () => {
  it.each<{ name: string; path: KeyPath; text: string }>([
    { name: 'the file itself', path: [], text: '' },
    { name: 'one key', path: ['apps'], text: 'apps' },
    { name: 'keys below each other', path: ['apps', 'argo-cd', 'knownHosts'], text: 'apps.argo-cd.knownHosts' },
    { name: 'places in lists', path: ['network', 'subnets', 0, 1], text: 'network.subnets[0][1]' },
    {
      name: 'a key that is no word',
      path: ['egress', 'registryMirrors', 'docker.io', 0],
      text: 'egress.registryMirrors["docker.io"][0]',
    },
  ])('prints and reads $name', ({ path, text }) => {
    expect(formatKeyPath(path)).toBe(text);
    expect(parseKeyPath(text)).toEqual(path);
  });
});
