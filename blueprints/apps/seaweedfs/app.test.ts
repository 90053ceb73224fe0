import { describe, expect, it } from 'vitest';
import { formatSync } from '../../../generator/core/argo-cd-commands.ts';
import { OBJECT_STORAGE } from '../../../generator/core/data-services.ts';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { fillReferences } from '../../../generator/core/secret-path.ts';
import { renderCase } from '../../../generator/testing/app-cases.ts';

function render(environment: string, overrides: PlainMap = {}) {
  const objectStorage = { kind: 'in-cluster', sizeGiB: 40, endpoint: null, bucket: null, region: null };
  const changes = { objectStorage, backup: null, ...overrides };
  const { app } = renderCase('seaweedfs', { name: 'case', environment, overrides: changes });
  const { plan } = app;
  const manifests = (plan.manifests ?? []).map(({ object }) => stripProvenance(object).plain as PlainMap);
  const find = (kind: string) => manifests.filter((manifest) => manifest['kind'] === kind);
  return { plan, find, values: stripProvenance(plan.values ?? {}).plain as Record<string, PlainMap> };
}

describe('blueprints/apps/seaweedfs/app.ts', () => {
  it.each([
    ['one of each part', 'zcompute-single', 1, false, 0],
    ['three masters and volume servers, and each file twice', 'aws-high', 3, true, 2],
  ])('runs %s (%s)', (_title, environment, count, replicated, budgets) => {
    const { values, plan, find } = render(environment);

    expect([values['master']?.['replicas'], values['volume']?.['replicas']]).toEqual([count, count]);
    expect(values['filer']?.['replicas']).toBe(1);
    expect(values['global']?.['seaweedfs']).toMatchObject({
      enableReplication: replicated,
      replicationPlacement: '001',
      createClusterRole: false,
    });
    expect(find('PodDisruptionBudget')).toHaveLength(budgets);
    expect(plan.stores?.map(({ sizeGiB }) => sizeGiB)).toEqual([40 * count, 10]);
  });

  it('spreads over zones in a text, as the chart wants it', () => {
    const { values } = render('aws-high');

    const constraints = JSON.parse(String(values['volume']?.['topologySpreadConstraints'])) as PlainMap[];

    expect(constraints.map(({ topologyKey }) => topologyKey)).toEqual(['topology.kubernetes.io/zone']);
    expect(render('zcompute-high-wildcard').values['volume']).not.toHaveProperty('topologySpreadConstraints');
  });

  it('names the filer as what one replica only can be, where the rest stays up', () => {
    expect(render('aws-high').plan.exceptions).toMatchObject([{ what: expect.stringContaining('onyx-files-filer') }]);
    expect(render('zcompute-single').plan.exceptions).toEqual([]);
  });

  it.each([
    ['the only volume with files', 'zcompute-single', 'the volume with files was lost'],
    ['two of three', 'aws-high', 'two volumes with files were lost'],
  ])('tells how the bucket comes back after the loss of %s', (_title, environment, loss) => {
    const told = render(environment).plan.recovery ?? [];

    expect(told.join('\n')).toContain(loss);
    expect(told.findIndex((line) => line.includes('delete pvc data-filer-onyx-files-filer-0'))).toBeLessThan(
      told.indexOf(formatSync('seaweedfs')),
    );
  });

  it.each([
    ['with a backup', { endpoint: 'https://s3.example.com', bucket: 'copies' }, 'from their copies'],
    ['without one', null, 'has no `backup`'],
  ])('promises files only where there are copies, %s', (_title, backup, promise) => {
    expect(render('zcompute-single', { backup }).plan.recovery?.join('\n')).toContain(promise);
  });

  it('puts nothing on the disks of nodes', () => {
    const { values } = render('zcompute-single');

    expect(values['master']).toMatchObject({ data: { type: 'persistentVolumeClaim' }, logs: { type: 'emptyDir' } });
    expect(values['volume']?.['dataDirs']).toMatchObject([{ type: 'persistentVolumeClaim', size: '40Gi' }]);
    expect(values['filer']).toMatchObject({
      data: { type: 'persistentVolumeClaim', storageClass: 'gp3-retain' },
      logs: { type: 'emptyDir' },
      extraEnvironmentVars: { WEED_LEVELDB2_DIR: '/data/filerldb2' },
    });
  });

  it('answers under the name that callers know, and on no other port for anybody else', () => {
    const { find } = render('zcompute-single');

    expect(find('Service')).toMatchObject([
      {
        metadata: { name: OBJECT_STORAGE.service },
        spec: { selector: { 'app.kubernetes.io/component': 'filer' }, ports: [{ port: OBJECT_STORAGE.port }] },
      },
    ]);
    expect(find('NetworkPolicy')).toMatchObject([
      {
        spec: {
          ingress: [
            { from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'seaweedfs' } } }] },
            { from: [{ podSelector: {} }], ports: [{ port: OBJECT_STORAGE.port }] },
          ],
        },
      },
    ]);
  });

  it('gives SeaweedFS the same keys as Onyx, in its own form', () => {
    const [keys, identities] = render('zcompute-single').plan.secrets ?? [];
    const { accessKey, name, secretKey } = OBJECT_STORAGE.secret;
    const recipe = identities?.keys[0]?.make;

    const text = recipe?.kind === 'text' ? fillReferences(recipe.text, (path) => path.replaceAll('/', '.')) : undefined;

    expect(keys?.keys.map(({ key, make }) => [key, make?.kind])).toEqual([
      [accessKey, 'password'],
      [secretKey, 'password'],
    ]);
    expect(JSON.parse(text ?? '')).toEqual({
      identities: [
        {
          name: 'onyx',
          credentials: [{ accessKey: `onyx.${name}.${accessKey}`, secretKey: `onyx.${name}.${secretKey}` }],
          actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'],
        },
      ],
    });
  });

  it.each([
    ['are gone', {}, 'no copies without `backup`'],
    ['come back', { backup: { bucket: 'copies' } }, 'in one that lives on as the runbook says'],
  ])('says that files %s with their volume', (_title, overrides, text) => {
    expect(render('zcompute-single', overrides).plan.stores?.[0]?.losing).toContain(text);
  });
});
