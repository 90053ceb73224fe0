import { describe, expect, it } from 'vitest';
import { inputAfter, inputWith } from '../../testing/argo-tree.ts';
import { app, planOf, SMALL } from '../../testing/plan-builder.ts';
import { references } from './references.ts';

const SHOP = 'clusters/lab/apps/shop.yaml';
const PROJECTS = 'clusters/lab/apps/projects.yaml';
const VALUES = 'clusters/lab/values/shop.yaml';

describe('generator/verify/checks/references.ts', () => {
  it('has nothing against a sound tree', () => {
    expect(references.run(inputWith())).toEqual([]);
  });

  it.each([
    [
      'a values file that is not there',
      SHOP,
      inputWith({ [VALUES]: undefined }),
      'VER-240',
      `reads $values/${VALUES}, which is not in the repository`,
      `add ${VALUES}`,
    ],
    [
      'a reference that no source has',
      SHOP,
      inputAfter(SHOP, '      ref: values', '      ref: value'),
      'VER-240',
      'none of its sources has that ref',
      'add a source with ref: values',
    ],
    [
      'a values path without a reference',
      SHOP,
      inputAfter(SHOP, '$values/clusters', 'clusters'),
      'VER-240',
      'none of its sources has that ref',
      '$values/<path>',
    ],
    [
      'a folder without manifests',
      SHOP,
      inputWith({
        'clusters/lab/manifests/shop/store.yaml': undefined,
        'clusters/lab/manifests/shop/class.yaml': undefined,
      }),
      'VER-241',
      'reads clusters/lab/manifests/shop, which has no manifests',
      'correct the path',
    ],
    [
      'a change of values that nobody watches',
      SHOP,
      inputAfter(SHOP, '/clusters/lab/values/shop.yaml;', ''),
      'VER-242',
      `reads ${VALUES} and does not watch it`,
      `write /clusters/lab/manifests/shop;/${VALUES}`,
    ],
    [
      'a watch over nothing',
      SHOP,
      inputAfter(SHOP, 'paths: /clusters', 'paths: /clusters/lab/old;/clusters'),
      'VER-242',
      'watches clusters/lab/old, which it does not read',
      'write /clusters/lab/manifests/shop',
    ],
    [
      'the SSH form of the same repository',
      PROJECTS,
      inputAfter(PROJECTS, 'https://git.example.com/acme/lab.git', 'git@git.example.com:acme/lab.git'),
      'VER-243',
      'reads git@git.example.com:acme/lab.git',
      'write repoURL: https://git.example.com/acme/lab.git',
    ],
    [
      'a form without .git',
      PROJECTS,
      inputAfter(PROJECTS, '/lab.git', '/lab'),
      'VER-243',
      'reads https://git.example.com/acme/lab',
      'write repoURL: https://git.example.com/acme/lab.git',
    ],
    [
      'values that nobody reads',
      'clusters/lab/values/old.yaml',
      inputWith({ 'clusters/lab/values/old.yaml': 'a: 1\n' }),
      'VER-244',
      'No Application of the environment reads clusters/lab/values/old.yaml',
      'delete it',
    ],
    [
      'a manifest one folder too deep',
      'clusters/lab/manifests/shop/more/x.yaml',
      inputWith({ 'clusters/lab/manifests/shop/more/x.yaml': 'a: 1\n' }),
      'VER-244',
      'No Application',
      'delete it',
    ],
    [
      'a project that the glob leaves out',
      'clusters/lab/projects/x.yml',
      inputWith({ 'clusters/lab/projects/x.yml': 'a: 1\n' }),
      'VER-244',
      'No Application',
      'delete it',
    ],
  ])('refuses %s', (_, place, input, code, message, hint) => {
    const problems = references.run(input).filter((problem) => problem.code === code);

    expect(problems).toEqual([
      expect.objectContaining({
        severity: 'error',
        place: expect.objectContaining({ file: place }),
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    ]);
  });

  describe('a SealedSecret that nobody reads', () => {
    const path = 'clusters/lab/manifests/gone/sealed-api.yaml';
    const ours = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: api
  namespace: shop
  annotations: { rootstock.dev/digest: abc }
spec: { encryptedData: { token: AgB }, template: {} }
`;

    it('VER-245: is no error, if Rootstock made it', () => {
      expect(references.run(inputWith({ [path]: ours }))).toEqual([
        expect.objectContaining({
          code: 'VER-245',
          severity: 'unchecked',
          place: { file: path },
          message: `No Application reads ${path} any more, which holds shop/api.`,
          hint: 'render with --allow-replace shop/api to delete it, with the Secret in the cluster',
        }),
      ]);
    });

    it.each([
      ['somebody else made it', path, ours.replace('rootstock.dev/digest', 'example.com/digest')],
      ['it is another kind', path, ours.replace('kind: SealedSecret', 'kind: ConfigMap')],
      ['it lies beside another manifest', path, `${ours}---\nkind: ConfigMap\napiVersion: v1\nmetadata: { name: x }\n`],
      ['it lies where no run would delete it', 'clusters/lab/manifests/gone/more/sealed-api.yaml', ours],
      ['it lies among the values', 'clusters/lab/values/sealed-api.yaml', ours],
      ['the file is empty', path, '# nothing\n'],
    ])('VER-244: stays an error where %s', (_, place, content) => {
      expect(references.run(inputWith({ [place]: content })).map(({ code, severity }) => [code, severity])).toEqual([
        ['VER-244', 'error'],
      ]);
    });
  });

  it.each([
    [
      'a missing values file that may be missing',
      inputWith({
        [VALUES]: undefined,
        [SHOP]: inputAfter(
          SHOP,
          '        valueFiles',
          '        ignoreMissingValueFiles: true\n        valueFiles',
        ).tree.get(SHOP)?.content,
      }),
    ],
    [
      'a folder that waits for SealedSecrets beside its README',
      inputWith({
        'clusters/lab/manifests/shop/store.yaml': undefined,
        'clusters/lab/manifests/shop/class.yaml': undefined,
        'clusters/lab/manifests/shop/README.md': '# Manifests of shop\n',
      }),
    ],
    [
      'an Application of another repository that somebody added',
      inputAfter(
        SHOP,
        '    - repoURL: https://git.example.com/acme/lab.git\n      targetRevision: refs/heads/main\n      ref: values',
        '    - repoURL: https://git.example.com/acme/values.git\n      targetRevision: refs/heads/main\n      ref: values',
      ),
    ],
  ])('accepts %s', (_, input) => {
    expect(references.run(input).filter(({ code }) => code !== 'VER-244')).toEqual([]);
  });

  it('holds a generated repository against the URL of its environment', () => {
    const plan = planOf([SMALL], [app({})]);

    const problems = references.run({ ...inputWith(), plan });

    expect(problems).toContainEqual(
      expect.objectContaining({ code: 'VER-243', hint: 'write repoURL: ssh://git@github.com/acme/ai-lab.git' }),
    );
  });
});
