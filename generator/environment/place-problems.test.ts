import { describe, expect, it } from 'vitest';
import type { Problem } from '../core/problem.ts';
import { placeProblems } from './place-problems.ts';

const FILE = 'west.yaml';
const TEXT = `# The west.
metadata: { name: west }
apps:
  ollama:
    models:
      - llama3.1:70b
      - qwen3:8b
  onyx: {}
network:
  cidr: 10.0.0.0/16
egress:
  registryMirrors:
    docker.io: [https://mirror.example.com]
`;

const problem = (changes: Partial<Problem>): Problem => ({
  code: 'X-001',
  severity: 'error',
  place: { file: FILE },
  message: 'No.',
  ...changes,
});

describe('generator/environment/place-problems', () => {
  it.each([
    { name: 'a value', key: 'network.cidr', line: 10, column: 9 },
    { name: 'the key of a list', key: 'apps.ollama.models', line: 5, column: 5 },
    { name: 'an item of a list', key: 'apps.ollama.models[1]', line: 7, column: 9 },
    { name: 'the key of a map', key: 'apps.onyx', line: 8, column: 3 },
    { name: 'a key that is no word', key: 'egress.registryMirrors["docker.io"][0]', line: 13, column: 17 },
    { name: 'the app of an input that is absent', key: 'apps.onyx.languageModels', line: 8, column: 3 },
    { name: 'all apps, where the app is absent', key: 'apps.monitoring', line: 3, column: 1 },
    { name: 'the top, where nothing is there', key: 'backup.bucket', line: 2, column: 1 },
    { name: 'the value, where a key below it is meant', key: 'network.cidr.prefix', line: 10, column: 9 },
  ])('finds $name', ({ key, line, column }) => {
    const [placed] = placeProblems([problem({ key })], { file: FILE, text: TEXT });

    expect(placed).toEqual(problem({ key, place: { file: FILE, line, column } }));
  });

  it('reads a file with a byte order mark and Windows line ends', () => {
    const text = `\uFEFF${TEXT.replaceAll('\n', '\r\n')}`;

    const [placed] = placeProblems([problem({ key: 'network.cidr' })], { file: FILE, text });

    expect(placed?.place).toEqual({ file: FILE, line: 10, column: 9 });
  });

  it('gives a place to problems that name no file', () => {
    const { place: _, ...without } = problem({ key: 'apps.onyx' });

    const [placed] = placeProblems([without], { file: FILE, text: TEXT });

    expect(placed?.place).toEqual({ file: FILE, line: 8, column: 3 });
  });

  it.each([
    { name: 'without a key', untouched: problem({}) },
    { name: 'that has a line', untouched: problem({ key: 'apps', place: { file: FILE, line: 1, column: 1 } }) },
    { name: 'of another file', untouched: problem({ key: 'apps', place: { file: 'east.yaml' } }) },
  ])('leaves a problem $name alone', ({ untouched }) => {
    expect(placeProblems([untouched], { file: FILE, text: TEXT })).toEqual([untouched]);
  });
});
