import { describe, expect, it } from 'vitest';
import { inputAfter, inputWith, SOUND } from '../../testing/argo-tree.ts';
import { ownership } from './ownership.ts';

const SHOP = 'clusters/lab/apps/shop.yaml';
const CLAIM = 'clusters/lab/manifests/shop/store.yaml';
const CLASS = 'clusters/lab/manifests/shop/class.yaml';

describe('generator/verify/checks/ownership.ts', () => {
  it('has nothing against a sound tree', () => {
    expect(ownership.run(inputWith())).toEqual([]);
  });

  it('refuses an object that two Applications make', () => {
    const problems = ownership.run(inputWith(secondShop((app) => app)));

    expect(problems).toEqual([
      expect.objectContaining({
        code: 'VER-250',
        place: expect.objectContaining({ file: 'clusters/lab/manifests/stall/class.yaml', line: 4 }),
        message: `StorageClass fast is made by Application stall and by Application shop (${CLASS}).`,
        hint: 'delete one of the two',
      }),
    ]);
  });

  it('refuses an object that one Application makes twice', () => {
    const copy = { 'clusters/lab/manifests/shop/copy.yaml': SOUND[CLASS] };

    const problems = ownership.run(inputWith(copy));

    expect(problems).toEqual([
      expect.objectContaining({ code: 'VER-250', message: expect.stringContaining('is also in') }),
    ]);
  });

  it('takes a missing namespace for that of the destination', () => {
    const copy = { 'clusters/lab/manifests/shop/copy.yaml': SOUND[CLAIM]?.replace('  namespace: shop\n', '') };

    expect(ownership.run(inputWith(copy))).toEqual([expect.objectContaining({ code: 'VER-250' })]);
  });

  it.each([
    ['another namespace', SOUND[CLAIM]?.replace('namespace: shop', 'namespace: stall')],
    ['another kind', SOUND[CLAIM]?.replace('kind: PersistentVolumeClaim', 'kind: ConfigMap')],
    ['another name', SOUND[CLAIM]?.replace('name: store', 'name: cellar')],
  ])('lets objects be that differ in %s', (_, copy) => {
    expect(ownership.run(inputWith({ 'clusters/lab/manifests/shop/copy.yaml': copy }))).toEqual([]);
  });

  it.each([
    ['a volume claim', 'v1', 'PersistentVolumeClaim', 'Delete=false', 'no Prune=false', ''],
    ['a namespace', 'v1', 'Namespace', 'Prune=false', 'no Delete=false', ''],
    ['a database', 'postgresql.cnpg.io/v1', 'Cluster', '', 'no Prune=false and no Delete=false', ''],
    [
      'a sealing key',
      'v1',
      'Secret',
      '',
      'no Prune=false and no Delete=false',
      'labels:\n    sealedsecrets.bitnami.com/sealed-secrets-key: active',
    ],
  ])('refuses %s that a sync could delete', (_, apiVersion, kind, options, message, labels) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: keep\n  ${labels}\n  annotations:\n    argocd.argoproj.io/sync-options: "${options}"\n`;

    const problems = ownership.run(inputWith({ 'clusters/lab/manifests/shop/keep.yaml': text }));

    expect(problems).toEqual([
      expect.objectContaining({
        code: 'VER-251',
        place: expect.objectContaining({ file: 'clusters/lab/manifests/shop/keep.yaml', line: expect.any(Number) }),
        message: `${kind} keep has ${message}.`,
        hint: 'add the annotation argocd.argoproj.io/sync-options: Prune=false,Delete=false',
      }),
    ]);
  });

  it('accepts a deletion that a person confirms', () => {
    expect(ownership.run(inputAfter(CLAIM, 'Prune=false,Delete=false', 'Prune=confirm,Delete=confirm'))).toEqual([]);
  });

  it('refuses a namespace on a cluster-scoped object', () => {
    const problems = ownership.run(inputAfter(CLASS, 'name: fast', 'name: fast\n  namespace: shop'));

    expect(problems).toEqual([
      expect.objectContaining({
        code: 'VER-252',
        place: expect.objectContaining({ file: CLASS, line: 5 }),
        message: 'StorageClass fast is cluster-scoped and has the namespace shop.',
        hint: 'delete metadata.namespace',
      }),
    ]);
  });

  it('refuses two Applications that label one namespace differently', () => {
    const files = secondShop((app) => app.replace('enforce: restricted', 'enforce: privileged'));

    const problems = ownership.run(inputWith({ ...files, 'clusters/lab/manifests/stall/class.yaml': undefined }));

    expect(problems).toEqual([
      expect.objectContaining({
        code: 'VER-253',
        message: 'Application stall and Application shop label the namespace shop differently.',
        hint: 'give both the same managedNamespaceMetadata',
      }),
    ]);
  });
});

/** Another Application in the namespace of the first, with a copy of one of its objects. */
function secondShop(change: (application: string) => string): Record<string, string | undefined> {
  const application = (SOUND[SHOP] ?? '')
    .replace('name: shop', 'name: stall')
    .replaceAll('manifests/shop', 'manifests/stall');
  return {
    'clusters/lab/apps/stall.yaml': change(application),
    'clusters/lab/manifests/stall/class.yaml': SOUND[CLASS],
  };
}
