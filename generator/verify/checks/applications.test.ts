import { describe, expect, it } from 'vitest';
import { inputAfter, inputWith, SOUND } from '../../testing/argo-tree.ts';
import { applications } from './applications.ts';

const SHOP = 'clusters/lab/apps/shop.yaml';
const ROOT = 'clusters/lab/root.yaml';
const PROJECTS = 'clusters/lab/apps/projects.yaml';
const PROJECT = 'clusters/lab/projects/workloads.yaml';
const CLAIM = 'clusters/lab/manifests/shop/store.yaml';
const SERVER = '    server: https://kubernetes.default.svc\n    namespace: shop';

describe('generator/verify/checks/applications.ts', () => {
  it('has nothing against a sound tree', () => {
    expect(applications.run(inputWith())).toEqual([]);
  });

  it.each([
    [
      'source beside sources',
      SHOP,
      '  sources:\n',
      '  source:\n    repoURL: https://git.example.com/acme/lab.git\n    path: x\n    targetRevision: refs/heads/main\n  sources:\n',
      'VER-205',
      'both spec.source and spec.sources',
      'delete spec.source',
    ],
    [
      'no source',
      ROOT,
      / {2}source:[\s\S]*include: .*\n/,
      '',
      'VER-205',
      'Application root has no source',
      'add spec.source',
    ],
    [
      'a chart with a path',
      SHOP,
      'chart: shop',
      'chart: shop\n      path: x',
      'VER-206',
      'spec.sources[0] of Application shop has chart and path',
      'a source of its own',
    ],
    [
      'a source of nothing',
      SHOP,
      '      ref: values\n',
      '',
      'VER-206',
      'has no chart, path or ref',
      'add path: <folder>',
    ],
    [
      'two destinations',
      SHOP,
      SERVER,
      `    name: in-cluster\n${SERVER}`,
      'VER-207',
      'both server and name',
      'keep server',
    ],
    ['no cluster', SHOP, SERVER, '    namespace: shop', 'VER-207', 'neither server nor name', 'keep server'],
    [
      'no namespace',
      SHOP,
      SERVER,
      '    server: https://kubernetes.default.svc',
      'VER-207',
      'no namespace',
      'add namespace',
    ],
    [
      'a chart range',
      SHOP,
      'targetRevision: 1.2.3',
      'targetRevision: 1.*',
      'VER-208',
      'follows `1.*`',
      'exact chart version',
    ],
    [
      'a chart without a version',
      SHOP,
      '      targetRevision: 1.2.3\n',
      '',
      'VER-208',
      'follows whatever is newest',
      'exact chart version',
    ],
    ['a bare branch', ROOT, 'refs/heads/main', 'main', 'VER-208', 'follows `main`', 'refs/heads/main'],
    ['HEAD', ROOT, 'refs/heads/main', 'HEAD', 'VER-208', 'follows `HEAD`', 'refs/heads/main'],
    [
      'a misspelt sync option',
      SHOP,
      'CreateNamespace=true',
      'CreateNamespaces=true',
      'VER-209',
      'CreateNamespaces=true',
      'did you mean CreateNamespace=true?',
    ],
    [
      'the option that never existed',
      SHOP,
      '      - CreateNamespace=true\n      - ServerSideApply=true\n',
      '      - CreateNamespace=true\n      - ServerSideApply=true\n      - allowEmpty=true\n',
      'VER-209',
      'allowEmpty=true',
      'known: ',
    ],
    [
      'a force for a whole Application',
      SHOP,
      '      - CreateNamespace=true\n',
      '      - CreateNamespace=true\n      - Force=true\n',
      'VER-209',
      'Force=true',
      'Replace=true',
    ],
    [
      'a misspelt option on a manifest',
      CLAIM,
      'Prune=false,Delete=false',
      'Prune=false,Delete=no',
      'VER-209',
      'Delete=no',
      'write Delete=false or Delete=confirm',
    ],
    [
      'a misspelt compare option',
      SHOP,
      'ServerSideDiff=true',
      'ServerSideDiff=true,IgnoreExtra',
      'VER-209',
      'IgnoreExtra',
      'IgnoreExtraneous',
    ],
    [
      'no server-side diff',
      PROJECTS,
      '    argocd.argoproj.io/compare-options: ServerSideDiff=true\n',
      '',
      'VER-210',
      'Application projects applies on the server and compares on the client',
      'ServerSideDiff=true',
    ],
    [
      'no finalizer',
      SHOP,
      '  finalizers:\n    - resources-finalizer.argocd.argoproj.io\n',
      '',
      'VER-211',
      'would leave all it installed behind',
      'resources-finalizer.argocd.argoproj.io',
    ],
    [
      'a misspelt finalizer',
      SHOP,
      'resources-finalizer.argocd',
      'resource-finalizer.argocd',
      'VER-211',
      'would leave all it installed behind',
      'resources-finalizer.argocd.argoproj.io',
    ],
    [
      'a finalizer on the root',
      ROOT,
      '  namespace: argocd\n',
      '  namespace: argocd\n  finalizers:\n    - resources-finalizer.argocd.argoproj.io\n',
      'VER-211',
      'Application root would delete every Application',
      'delete metadata.finalizers',
    ],
    ['no retry', SHOP, / {4}retry:[\s\S]*/, '', 'VER-212', 'gives up after a few minutes', 'limit: -1, refresh: true'],
    ['few retries', SHOP, 'limit: -1', 'limit: 3', 'VER-212', 'gives up after a few minutes', 'limit: -1'],
    ['no refresh', SHOP, '      refresh: true\n', '', 'VER-212', 'retries an old revision', 'refresh: true'],
    [
      'unsorted options',
      SHOP,
      '      - CreateNamespace=true\n      - ServerSideApply=true',
      '      - ServerSideApply=true\n      - CreateNamespace=true',
      'VER-213',
      'spec.syncPolicy.syncOptions of Application shop is not sorted',
      'sort spec.syncPolicy.syncOptions',
    ],
    [
      'an option twice',
      SHOP,
      '      - ServerSideApply=true',
      '      - ServerSideApply=true\n      - ServerSideApply=true',
      'VER-213',
      'item 3',
      'sort',
    ],
    [
      'unsorted repositories',
      PROJECT,
      '    - https://charts.example.com\n    - https://git.example.com/acme/lab.git',
      '    - https://git.example.com/acme/lab.git\n    - https://charts.example.com',
      'VER-213',
      'spec.sourceRepos of AppProject workloads',
      'sort spec.sourceRepos',
    ],
    [
      'unsorted kinds',
      PROJECT,
      '    - group: ""\n      kind: Namespace\n    - group: storage.k8s.io\n      kind: StorageClass',
      '    - group: storage.k8s.io\n      kind: StorageClass\n    - group: ""\n      kind: Namespace',
      'VER-213',
      'spec.clusterResourceWhitelist',
      'sort spec.clusterResourceWhitelist',
    ],
    [
      'a long release name',
      SHOP,
      'releaseName: shop',
      `releaseName: ${'x'.repeat(54)}`,
      'VER-214',
      'has 54 characters',
      'at most 53',
    ],
    [
      'a long Application name that is the release name',
      SHOP,
      /name: shop([\s\S]*) {8}releaseName: shop\n/,
      `name: ${'x'.repeat(54)}$1`,
      'VER-214',
      'metadata.name',
      'at most 53',
    ],
    [
      'a long Application name',
      PROJECTS,
      'name: projects',
      `name: ${'x'.repeat(64)}`,
      'VER-214',
      'has 64 characters',
      'at most 63',
    ],
    ['a name in capitals', PROJECTS, 'name: projects', 'name: Projects', 'VER-214', 'Projects', 'lower-case letters'],
  ])('refuses %s', (_, path, from, to, code, message, hint) => {
    const problems = applications.run(change(path, from, to));

    expect(problems).toEqual([
      expect.objectContaining({
        code,
        severity: 'error',
        place: expect.objectContaining({ file: path, line: expect.any(Number) }),
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    ]);
  });

  it.each([
    ['a commit', ROOT, 'refs/heads/main', '0123456789abcdef0123456789abcdef01234567'],
    ['a tag', ROOT, 'refs/heads/main', 'refs/tags/v1.0.0'],
    ['a chart version with v and build', SHOP, 'targetRevision: 1.2.3', 'targetRevision: v1.2.3-rc.1+up2'],
    [
      'the finalizer that does not wait',
      SHOP,
      'resources-finalizer.argocd.argoproj.io',
      'resources-finalizer.argocd.argoproj.io/background',
    ],
    ['a confirmed deletion', CLAIM, 'Prune=false,Delete=false', 'Prune=confirm,Delete=confirm'],
    ['an Application that people sync by hand', SHOP, / {4}automated:[\s\S]*?selfHeal: true\n/, ''],
  ])('accepts %s', (_, path, from, to) => {
    expect(applications.run(change(path, from, to))).toEqual([]);
  });
});

function change(path: string, from: string | RegExp, to: string) {
  if (typeof from === 'string') return inputAfter(path, from, to);
  const text = SOUND[path] ?? '';
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${path} has nothing like ${String(from)}`);
  return inputWith({ [path]: changed });
}
