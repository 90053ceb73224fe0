import { describe, expect, it } from 'vitest';
import type { AppPlan, ProjectName } from '../core/blueprint.ts';
import type { PlainMap } from '../core/provenance.ts';
import { app, planOne, SMALL } from '../testing/plan-builder.ts';
import { renderProjects } from './projects.ts';

const RBAC = 'rbac.authorization.k8s.io';

describe('generator/render/projects.ts', () => {
  it('allows what the apps of a project declare, sorted, and nothing else', () => {
    const chart = { name: 'web', version: '1.2.3', repository: 'oci://ghcr.io/acme/charts', appVersion: '1' };
    const blueprints = [
      app({ clusterKinds: [{ group: RBAC, kind: 'ClusterRole' }], otherNamespaces: ['kube-system'] }, { chart }),
      app({ clusterKinds: [{ group: RBAC, kind: 'ClusterRole' }] }, { name: 'other', namespace: { name: 'aside' } }),
    ];

    const spec = specOf('workloads', blueprints);

    expect(spec['sourceRepos']).toEqual(['ghcr.io/acme/charts', 'ssh://git@github.com/acme/ai-lab.git']);
    expect(spec['destinations']).toEqual(
      ['aside', 'demo', 'kube-system'].map((namespace) => ({ server: 'https://kubernetes.default.svc', namespace })),
    );
    expect(spec['clusterResourceWhitelist']).toEqual([
      { group: '', kind: 'Namespace' },
      { group: RBAC, kind: 'ClusterRole' },
    ]);
  });

  it('allows no cluster-scoped kind where none is declared', () => {
    const spec = specOf('workloads', [app({}, { namespace: { name: 'kube-system' } })]);

    expect(spec['clusterResourceWhitelist']).toBeUndefined();
  });

  it('writes no project without apps, but always the one of the root', () => {
    expect(namesOf({}, 'platform')).toEqual(['bootstrap', 'platform']);
  });

  it('lets only the project of the root into the namespace of Argo CD', () => {
    expect(specOf('bootstrap', [])['destinations']).toEqual([
      { server: 'https://kubernetes.default.svc', namespace: 'argocd' },
    ]);
    expect(JSON.stringify(specOf('workloads', [app({})])['destinations'])).not.toContain('argocd');
  });

  it('keeps a project when its file is gone: its Applications would be orphans', () => {
    const [project] = renderProjects(planOne(SMALL, [app({})]));

    expect(project?.documents?.[0]?.['metadata']).toMatchObject({
      annotations: { 'argocd.argoproj.io/sync-options': 'Delete=false,Prune=false' },
    });
  });
});

function specOf(name: ProjectName, blueprints: readonly ReturnType<typeof app>[]): PlainMap {
  const file = renderProjects(planOne(SMALL, blueprints)).find(({ path }) => path.endsWith(`/${name}.yaml`));
  return file?.documents?.[0]?.['spec'] as PlainMap;
}

function namesOf(plan: AppPlan, project: ProjectName): string[] {
  return renderProjects(planOne(SMALL, [app(plan, { project })])).map(({ path }) =>
    path.replace(/^.*\/(.*)\.yaml$/, '$1'),
  );
}
