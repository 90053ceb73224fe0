import { describe, expect, it } from 'vitest';
import type { AppBlueprint, AppPlan } from '../core/blueprint.ts';
import type { PlainMap } from '../core/provenance.ts';
import { app, planOne, SMALL } from '../testing/plan-builder.ts';
import { renderApplications } from './applications.ts';

const CHART = { name: 'web', version: '1.2.3', repository: 'https://charts.example.com', appVersion: '1' };
const MANIFEST = { file: 'note', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'note' } } };

describe('generator/render/applications.ts', () => {
  it('gives the root no finalizer and every child one', () => {
    expect(metadataOf('root.yaml').finalizers).toBeUndefined();
    expect(metadataOf('apps/demo.yaml', {}, { chart: CHART }).finalizers).toEqual([
      'resources-finalizer.argocd.argoproj.io',
    ]);
  });

  it.each([
    ['the child that owns projects and root', 'apps/projects.yaml', {}],
    ['an app that first boot installs', 'apps/demo.yaml', { chart: CHART, firstBoot: { order: 10 } }],
  ])('never prunes %s, and leaves what it installed when it is deleted', (_, file, changes) => {
    const { annotations, finalizers } = metadataOf(file, {}, changes);

    expect(annotations['argocd.argoproj.io/sync-options']).toBe('Prune=false');
    expect(finalizers).toBeUndefined();
  });

  it.each([
    ['values', { values: { a: 1 } }, { values: { a: 2 } }],
    [
      'manifests',
      { manifests: [MANIFEST] },
      { manifests: [{ ...MANIFEST, object: { ...MANIFEST.object, data: { a: 'b' } } }] },
    ],
  ])('shows the root a change of %s, so that waves order upgrades', (_, before, after) => {
    const hash = (plan: AppPlan) =>
      metadataOf('apps/demo.yaml', plan, { chart: CHART }).annotations['rootstock.dev/content-hash'];

    expect(hash(before)).not.toBe(hash(after));
    expect(hash(before)).toBe(hash(before));
  });

  it.each([
    ['what somebody changed by hand', {}, true],
    ['nothing where that would go round the hooks', { selfHeal: false }, false],
  ] as const)('heals %s', (_, plan, heals) => {
    const { spec } = render('apps/demo.yaml', { manifests: [MANIFEST], ...plan });

    expect(spec.syncPolicy).toMatchObject({ automated: { prune: true, selfHeal: heals } });
  });

  it('shows the root a change of the projects too', () => {
    const hash = (plan: AppPlan) => metadataOf('apps/projects.yaml', plan).annotations['rootstock.dev/content-hash'];

    expect(hash({})).not.toBe(hash({ otherNamespaces: ['kube-system'] }));
  });

  it.each([
    ['a chart and its values', { chart: CHART }, {}, ['web', 'values'], '/clusters/lab/values/demo.yaml'],
    [
      'a chart, its values and manifests',
      { chart: CHART },
      { manifests: [MANIFEST] },
      ['web', 'values', 'clusters/lab/manifests/demo'],
      '/clusters/lab/values/demo.yaml;/clusters/lab/manifests/demo',
    ],
  ])('reads and watches %s', (_, changes, plan, sources, watched) => {
    const { metadata, spec } = render('apps/demo.yaml', plan, changes);

    expect(spec.sources?.map(({ chart, ref, path }) => chart ?? ref ?? path)).toEqual(sources);
    expect(metadata.annotations['argocd.argoproj.io/manifest-generate-paths']).toBe(watched);
  });

  it.each([
    ['reads a folder for them, kept by a README', true, ['web', 'values', 'clusters/lab/manifests/demo'], 1],
    ['reads none where nothing could open them', false, ['web', 'values'], 0],
  ])('an app that waits for SealedSecrets %s', (_, unseals, wanted, readmes) => {
    const need = { name: 'token', namespace: 'demo', keys: [{ key: 'a', meaning: 'A.' }], usedBy: 'Demo' };
    const controller = unseals ? [app({}, { name: 'sealed-secrets' })] : [];

    const files = renderApplications(planOne(SMALL, [app({ secrets: [need] }, { chart: CHART }), ...controller]));

    const child = files.find(({ path }) => path === 'clusters/lab/apps/demo.yaml')!.documents![0]!;
    const { sources } = child['spec'] as unknown as { readonly sources: readonly Record<string, string>[] };
    const notes = files.filter(({ path }) => path === 'clusters/lab/manifests/demo/README.md');
    expect(sources.map(({ chart, ref, path }) => chart ?? ref ?? path)).toEqual(wanted);
    expect(notes).toHaveLength(readmes);
    expect(notes.every(({ content }) => content.includes('`demo/token`'))).toBe(true);
  });

  it('has a single source for manifests alone', () => {
    const { spec } = render('apps/demo.yaml', { manifests: [MANIFEST] });

    expect(spec.source).toMatchObject({ path: 'clusters/lab/manifests/demo', targetRevision: 'refs/heads/main' });
    expect(spec.sources).toBeUndefined();
  });

  it('names a registry without its scheme, as the credentials of Argo CD do', () => {
    const { spec } = render('apps/demo.yaml', {}, { chart: { ...CHART, repository: 'oci://ghcr.io/acme/charts' } });

    expect(spec.sources?.[0]).toMatchObject({ repoURL: 'ghcr.io/acme/charts', chart: 'web' });
  });

  it('makes and labels a namespace of ours, and leaves any other alone', () => {
    const ours = render('apps/demo.yaml', {}, { chart: CHART }).spec.syncPolicy;
    const other = render('apps/demo.yaml', {}, { chart: CHART, namespace: { name: 'kube-system' } }).spec.syncPolicy;

    expect(ours.syncOptions).toContain('CreateNamespace=true');
    expect(ours.managedNamespaceMetadata).toEqual({ labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });
    expect(other.syncOptions).not.toContain('CreateNamespace=true');
    expect(other.managedNamespaceMetadata).toBeUndefined();
  });

  it('adds the options an app asks for, sorted and once', () => {
    const { spec } = render('apps/demo.yaml', {
      syncOptions: ['SkipDryRunOnMissingResource=true', 'ServerSideApply=true'],
    });

    expect(spec.syncPolicy.syncOptions).toEqual([
      'CreateNamespace=true',
      'RespectIgnoreDifferences=true',
      'ServerSideApply=true',
      'SkipDryRunOnMissingResource=true',
    ]);
  });
});

interface Application {
  readonly metadata: {
    readonly annotations: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
  readonly spec: {
    readonly source?: PlainMap;
    readonly sources?: readonly PlainMap[];
    readonly syncPolicy: { readonly syncOptions: readonly string[]; readonly managedNamespaceMetadata?: PlainMap };
  };
}

function render(
  file: string,
  plan: AppPlan = { manifests: [MANIFEST] },
  changes: Partial<AppBlueprint> = {},
): Application {
  const files = renderApplications(planOne(SMALL, [app(plan, changes)]));
  const found = files.find(({ path }) => path === `clusters/lab/${file}`);
  if (found === undefined) throw new Error(`${file} was not rendered`);
  return found.documents?.[0] as unknown as Application;
}

function metadataOf(file: string, plan?: AppPlan, changes?: Partial<AppBlueprint>) {
  return render(file, plan, changes).metadata;
}
