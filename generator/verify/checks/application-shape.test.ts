import { describe, expect, it } from 'vitest';
import { inputAfter, inputWith } from '../../testing/argo-tree.ts';
import type { CheckInput } from '../check.ts';
import { applicationShape } from './application-shape.ts';

const SHOP = 'clusters/lab/apps/shop.yaml';
const PROJECT = 'clusters/lab/projects/workloads.yaml';

describe('generator/verify/checks/application-shape.ts', () => {
  it('has nothing against a sound tree', () => {
    expect(applicationShape.run(inputWith())).toEqual([]);
  });

  it.each([
    [
      'no project',
      SHOP,
      '  project: workloads\n',
      '',
      'VER-200',
      'destination:',
      'has no spec.project',
      'add spec.project',
    ],
    [
      'no name',
      SHOP,
      '  name: shop\n',
      '',
      'VER-200',
      'namespace: argocd',
      'has no metadata.name',
      'add metadata.name',
    ],
    [
      'a source without a URL',
      SHOP,
      'repoURL: https://charts.example.com\n      chart',
      'chart',
      'VER-200',
      '- chart: shop',
      'has no spec.sources[0].repoURL',
      'add spec.sources[0].repoURL',
    ],
    [
      'a misspelt key',
      SHOP,
      'selfHeal: true',
      'selfheal: true',
      'VER-201',
      'selfheal: true',
      'spec.syncPolicy.automated.selfheal',
      'did you mean selfHeal?',
    ],
    [
      'a key at the wrong level',
      SHOP,
      '    automated:',
      '    prune: true\n    automated:',
      'VER-201',
      'prune: true',
      'spec.syncPolicy.prune',
      'known here: automated, managedNamespaceMetadata, retry, syncOptions',
    ],
    [
      'a key that newer versions have',
      SHOP,
      'ref: values',
      'ref: values\n      tagPrefix: v',
      'VER-201',
      'tagPrefix: v',
      'spec.sources[1].tagPrefix',
      'known here: ',
    ],
    [
      'a key that projects do not have',
      PROJECT,
      'sourceRepos',
      'sourceRepositories',
      'VER-201',
      'sourceRepositories:',
      'AppProject workloads has spec.sourceRepositories',
      'known here: ',
    ],
    [
      'a number for a string',
      SHOP,
      'targetRevision: 1.2.3',
      'targetRevision: 1.2',
      'VER-202',
      'targetRevision: 1.2',
      'spec.sources[0].targetRevision of Application shop must be a string',
      'put it in quotes',
    ],
    [
      'a number in an annotation',
      SHOP,
      'sync-wave: "10"',
      'sync-wave: 10',
      'VER-202',
      'argocd.argoproj.io/sync-wave: 10',
      'must be a string',
      'put it in quotes',
    ],
    [
      'text for a number',
      SHOP,
      'limit: -1',
      'limit: "-1"',
      'VER-202',
      'limit: "-1"',
      'must be a whole number',
      'write a whole number',
    ],
    [
      'a single value for a list',
      SHOP,
      'finalizers:\n    - resources',
      'finalizers: resources',
      'VER-202',
      'finalizers:',
      'must be a list',
      'write a list',
    ],
    [
      'status',
      SHOP,
      'spec:\n',
      'status:\n  health: {}\nspec:\n',
      'VER-203',
      'status:',
      'has `status`',
      'delete status',
    ],
    [
      'a requested operation',
      SHOP,
      'spec:\n',
      'operation:\n  sync: {}\nspec:\n',
      'VER-203',
      'operation:',
      'has `operation`',
      'delete operation',
    ],
    [
      'an empty map',
      SHOP,
      'directory:\n        include: "*.yaml"',
      'directory: {}',
      'VER-204',
      'directory: {}',
      'has an empty spec.sources[2].directory',
      'delete spec.sources[2].directory',
    ],
    [
      'a directory that only says false',
      SHOP,
      'include: "*.yaml"',
      'recurse: false',
      'VER-204',
      'directory:',
      'has an empty spec.sources[2].directory',
      'delete spec.sources[2].directory',
    ],
    [
      'an empty list',
      PROJECT,
      '  clusterResourceWhitelist:\n    - group: ""\n      kind: Namespace\n    - group: storage.k8s.io\n      kind: StorageClass\n',
      '  clusterResourceWhitelist: []\n',
      'VER-204',
      'clusterResourceWhitelist: []',
      'has an empty spec.clusterResourceWhitelist',
      'delete spec.clusterResourceWhitelist',
    ],
    [
      'a key without a value',
      SHOP,
      'ref: values',
      'ref:',
      'VER-204',
      'ref:',
      'has an empty spec.sources[1].ref',
      'delete spec.sources[1].ref',
    ],
  ])('refuses %s', (_, path, from, to, code, standsOn, message, hint) => {
    const input = inputAfter(path, from, to);

    const problems = applicationShape.run(input);

    expect(problems).toEqual([
      expect.objectContaining({
        code,
        severity: 'error',
        place: expect.objectContaining({ file: path, line: lineOf(input, path, standsOn) }),
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    ]);
  });

  it('lets values that are written into the Application be what they are', () => {
    const input = inputAfter(
      SHOP,
      'releaseName: shop',
      'releaseName: shop\n        valuesObject:\n          empty: {}\n          none: null',
    );

    expect(applicationShape.run(input)).toEqual([]);
  });
});

function lineOf(input: CheckInput, path: string, text: string): number {
  const lines = input.tree.get(path)?.content.split('\n') ?? [];
  return lines.findIndex((line) => line.trim().startsWith(text)) + 1;
}
