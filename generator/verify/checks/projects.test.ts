import { describe, expect, it } from 'vitest';
import { inputAfter, inputWith } from '../../testing/argo-tree.ts';
import { projects } from './projects.ts';

const SHOP = 'clusters/lab/apps/shop.yaml';
const ROOT = 'clusters/lab/root.yaml';
const PROJECT = 'clusters/lab/projects/workloads.yaml';
const CLAIM = 'clusters/lab/manifests/shop/store.yaml';
const CLASS = 'clusters/lab/manifests/shop/class.yaml';

describe('generator/verify/checks/projects.ts', () => {
  it('has nothing against a sound tree', () => {
    expect(projects.run(inputWith())).toEqual([]);
  });

  it.each([
    [
      'a project that is not there',
      SHOP,
      'project: workloads',
      'project: workload',
      SHOP,
      'VER-230',
      'in project workload,',
      'use one of the projects there',
    ],
    [
      'the default project',
      ROOT,
      'project: bootstrap',
      'project: default',
      ROOT,
      'VER-230',
      'in project default,',
      'use one of the projects there',
    ],
    [
      'a chart repository that the project does not list',
      PROJECT,
      '    - https://charts.example.com\n',
      '',
      SHOP,
      'VER-231',
      'reads https://charts.example.com',
      `add https://charts.example.com to spec.sourceRepos in ${PROJECT}`,
    ],
    [
      'a destination that the project does not list',
      PROJECT,
      'namespace: shop',
      'namespace: shops',
      SHOP,
      'VER-232',
      'goes into namespace shop',
      `add the namespace to spec.destinations in ${PROJECT}`,
    ],
    [
      'a manifest outside the namespaces of the project',
      CLAIM,
      'namespace: shop',
      'namespace: kube-system',
      CLAIM,
      'VER-232',
      'PersistentVolumeClaim store goes into namespace kube-system',
      PROJECT,
    ],
    [
      'a cluster-scoped kind that the project does not list',
      CLASS,
      'apiVersion: storage.k8s.io/v1\nkind: StorageClass',
      'apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass',
      CLASS,
      'VER-233',
      'cluster-scoped kind PriorityClass',
      'add { group: "scheduling.k8s.io", kind: PriorityClass }',
    ],
    [
      'a new namespace in a project that may not make one',
      PROJECT,
      '    - group: ""\n      kind: Namespace\n',
      '',
      SHOP,
      'VER-233',
      'cluster-scoped kind Namespace',
      'add { group: "", kind: Namespace }',
    ],
    [
      'any repository',
      PROJECT,
      '- https://charts.example.com',
      '- "*"',
      PROJECT,
      'VER-234',
      'spec.sourceRepos[0] of AppProject workloads allows everything',
      'list what',
    ],
    [
      'any namespace',
      PROJECT,
      'namespace: shop',
      'namespace: "*"',
      PROJECT,
      'VER-234',
      'spec.destinations[0]',
      'list what',
    ],
    [
      'any cluster-scoped kind',
      PROJECT,
      'group: storage.k8s.io\n      kind: StorageClass',
      'group: "*"\n      kind: "*"',
      PROJECT,
      'VER-234',
      'spec.clusterResourceWhitelist[1]',
      'list what',
    ],
  ])('refuses %s', (_, path, from, to, place, code, message, hint) => {
    const problems = projects.run(inputAfter(path, from, to));

    const unique = new Set(problems.map((problem) => problem.code));
    expect([...unique]).toEqual([code]);
    expect(problems).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        place: expect.objectContaining({ file: place, line: expect.any(Number) }),
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });

  it.each([
    [
      'a repository spelled with capitals and without .git',
      PROJECT,
      'https://git.example.com/acme/lab.git',
      'https://Git.example.com/acme/lab',
    ],
    ['a manifest without a namespace, which takes that of the destination', CLAIM, '  namespace: shop\n', ''],
    [
      'a destination given by the name of its cluster',
      PROJECT,
      '- server: https://kubernetes.default.svc',
      '- server: "*"',
    ],
  ])('accepts %s', (_, path, from, to) => {
    expect(projects.run(inputAfter(path, from, to))).toEqual([]);
  });

  it('does not mix up the projects of two environments', () => {
    const other = { 'clusters/lab/projects/workloads.yaml': undefined };

    const problems = projects.run(
      inputWith({
        ...other,
        'clusters/prod/projects/workloads.yaml':
          'apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata:\n  name: workloads\n  namespace: argocd\nspec:\n  description: another cluster\n',
      }),
    );

    expect(problems).toEqual([
      expect.objectContaining({ code: 'VER-230', place: expect.objectContaining({ file: SHOP }) }),
    ]);
  });
});
