// Planned apps → AppProjects that allow what their apps need, and nothing else.
import type { ClusterKind, ProjectName } from '../core/blueprint.ts';
import type { TreeFile } from '../core/file-tree.ts';
import { compareText } from '../core/problem.ts';
import { from, type YamlMap } from '../core/provenance.ts';
import type { EnvironmentPlan, PlannedApp } from '../plan/plan.ts';
import { ARGO_NAMESPACE, CLUSTER, makeYamlFile } from './argo.ts';

const PURPOSE: Readonly<Record<ProjectName, string>> = {
  bootstrap: 'The root Application, the AppProjects and Argo CD itself. Whoever may use it is an administrator.',
  platform: 'What workloads stand on: operators, drivers, ingress.',
  workloads: 'What users see.',
};

/** Renders `clusters/<environment>/projects/*.yaml`; a project without apps is not written, except `bootstrap`. */
export function renderProjects(plan: EnvironmentPlan): TreeFile[] {
  return (Object.keys(PURPOSE) as ProjectName[]).flatMap((name) => {
    const apps = plan.apps.filter((app) => app.blueprint.project === name);
    if (apps.length === 0 && name !== 'bootstrap') return [];
    const path = `clusters/${plan.name}/projects/${name}.yaml`;
    return [makeYamlFile(plan, { path, kind: 'project', origin: 'apps', documents: [project(plan, name, apps)] })];
  });
}

function project(plan: EnvironmentPlan, name: ProjectName, apps: readonly PlannedApp[]): YamlMap {
  const own = name === 'bootstrap' ? [ARGO_NAMESPACE] : [];
  const namespaces = sortUnique([
    ...own,
    ...apps.flatMap((app) => [app.blueprint.namespace.name, ...(app.plan.otherNamespaces ?? [])]),
  ]);
  const kinds = clusterKinds(apps);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: {
      name,
      namespace: ARGO_NAMESPACE,
      labels: { 'rootstock.dev/environment': from('metadata.name', plan.name) },
      annotations: { 'argocd.argoproj.io/sync-options': 'Delete=false,Prune=false' },
    },
    spec: {
      description: PURPOSE[name],
      sourceRepos: sortUnique([plan.argoRepositoryUrl, ...apps.flatMap(chartRepository)]),
      destinations: namespaces.map((namespace) => ({ server: CLUSTER, namespace })),
      clusterResourceWhitelist: kinds.length === 0 ? undefined : kinds.map(({ group, kind }) => ({ group, kind })),
    },
  };
}

function chartRepository({ blueprint }: PlannedApp): string[] {
  return blueprint.chart === undefined ? [] : [blueprint.chart.repository.replace(/^oci:\/\//, '')];
}

/** CreateNamespace needs Namespace itself to be allowed. */
function clusterKinds(apps: readonly PlannedApp[]): ClusterKind[] {
  const all = apps.flatMap((app) => [
    ...(app.blueprint.namespace.podSecurity === undefined ? [] : [{ group: '', kind: 'Namespace' }]),
    ...(app.plan.clusterKinds ?? []),
  ]);
  const unique = new Map(all.map((entry) => [`${entry.group}/${entry.kind}`, entry]));
  return [...unique.values()].sort((a, b) => compareText(a.group, b.group) || compareText(a.kind, b.kind));
}

function sortUnique(items: readonly string[]): string[] {
  return [...new Set(items)].sort(compareText);
}
