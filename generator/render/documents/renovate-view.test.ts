import { describe, expect, it } from 'vitest';
import { app, planOf, SMALL } from '../../testing/plan-builder.ts';
import { renovateView } from './renovate-view.ts';

interface Manager {
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
  readonly depNameTemplate: string;
}

const HELM = { name: 'redis-chart', version: '1.0.0', repository: 'https://charts.example.com', appVersion: '7' };
const OCI = { ...HELM, name: 'keda', repository: 'oci://registry.example.com/charts' };
const CATALOG = [
  app({}, { name: 'redis', chart: HELM }),
  app({}, { name: 'keda', chart: OCI }),
  app({}, { name: 'plain' }),
];

function listManagers(): readonly Manager[] {
  const view = renovateView(planOf([SMALL, { ...SMALL, metadata: { name: 'next' }, ...APART }], CATALOG));
  return JSON.parse(String(view['customManagers'])) as Manager[];
}

const APART = { network: { ...SMALL.network, cidr: '10.1.0.0/16' } };

/** What Renovate finds with the strategy `recursive`: each step looks at what the step before matched. */
function findPins(text: string): Record<string, string | undefined> {
  return Object.fromEntries(
    listManagers().flatMap(({ matchStrings: [block = '', line = ''], depNameTemplate }) =>
      [...text.matchAll(new RegExp(block, 'g'))].flatMap(([matched]) =>
        [...matched.matchAll(new RegExp(line, 'g'))].map(({ groups }) => [depNameTemplate, groups?.['currentValue']]),
      ),
    ),
  );
}

describe('generator/render/documents/renovate-view.ts', () => {
  it('has one manager for each app with a chart, which knows where newer versions are', () => {
    const managers = listManagers();

    expect(managers).toEqual([
      expect.objectContaining({
        depNameTemplate: 'keda',
        packageNameTemplate: 'registry.example.com/charts/keda',
        datasourceTemplate: 'docker',
      }),
      expect.objectContaining({
        depNameTemplate: 'redis',
        packageNameTemplate: 'redis-chart',
        datasourceTemplate: 'helm',
        registryUrlTemplate: 'https://charts.example.com',
      }),
    ]);
  });

  it.each([
    {
      name: 'a block',
      text: 'versions:\n  redis: 1.2.3\n  keda: "v2.0.0" # why\n',
      pins: { redis: '1.2.3', keda: 'v2.0.0' },
    },
    { name: 'a key in quotes', text: '"versions":\n  redis: 1.2.3\n', pins: { redis: '1.2.3' } },
    { name: 'a key with a space behind it', text: 'versions :\n  redis: 1.2.3\n', pins: { redis: '1.2.3' } },
    {
      name: 'a flow map',
      text: "a: 1\nversions: { redis: 1.2.3, 'keda': 2.0.0 }\nb: 2\n",
      pins: { redis: '1.2.3', keda: '2.0.0' },
    },
    {
      name: 'comments and blank lines between',
      text: 'versions:\n# first\n\n  # then\n  redis: 1.2.3+1\n',
      pins: { redis: '1.2.3+1' },
    },
    { name: 'Windows line ends', text: 'versions:\r\n\r\n  redis: 1.2.3\r\n', pins: { redis: '1.2.3' } },
    {
      name: 'nothing in a comment',
      text: 'versions:\n  # redis: 1.2.3 was bad\n  keda: 2.0.0\n',
      pins: { keda: '2.0.0' },
    },
    {
      name: 'nothing of another key',
      text: 'apps:\n  redis: 1.2.3\nversions:\n  keda: 2.0.0\nlabels:\n  redis: 1.2.3\n',
      pins: { keda: '2.0.0' },
    },
    { name: 'nothing of another app', text: 'versions:\n  my-redis: 1.2.3\n  redis-operator: 1.2.3\n', pins: {} },
  ])('finds the pins of $name', ({ text, pins }) => {
    expect(findPins(text)).toEqual(pins);
  });

  it('reads environment files and nothing else', () => {
    const pattern = new RegExp(listManagers()[0]?.managerFilePatterns[0]?.replace(/^\/|\/$/g, '') ?? '');

    expect(pattern.test('environments/prod.yaml')).toBe(true);
    expect(pattern.test('environments/environment.schema.json')).toBe(false);
    expect(pattern.test('clusters/prod/apps/redis.yaml')).toBe(false);
  });

  it('moves each environment by itself, and says what to run after that', () => {
    const view = renovateView(planOf([SMALL], CATALOG));

    expect(view['environments']).toEqual([
      { name: 'lab', note: expect.stringContaining('render -e environments/lab.yaml -o .') },
    ]);
  });
});
