// Planned apps → the root Application, one child each, their Helm values and their manifests.
import type { AppPlan, ChartPin } from '../core/blueprint.ts';
import type { FileKind, TreeFile } from '../core/file-tree.ts';
import { from, type YamlMap } from '../core/provenance.ts';
import type { EnvironmentPlan, PlannedApp } from '../plan/plan.ts';
import { PROJECTS_WAVE } from '../plan/waves.ts';
import { hashContent } from './content-hash.ts';
import { writeYaml } from './yaml-writer.ts';

const CLUSTER = 'https://kubernetes.default.svc';
/** Namespace and release name of Argo CD; the first install uses the same. */
export const ARGO_NAMESPACE = 'argocd';
const FINALIZER = 'resources-finalizer.argocd.argoproj.io';
/** Children retry without limit: what they wait for (a node, a quota) may take hours. */
const RETRY: YamlMap = { limit: -1, refresh: true, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } };

/** Renders everything under `clusters/<environment>/` but the AppProjects. */
export function renderApplications(plan: EnvironmentPlan): TreeFile[] {
  return [renderRoot(plan), renderProjectsChild(plan), ...plan.apps.flatMap((app) => renderApp(plan, app))];
}

/** The root has no finalizer: deleting it must not take the platform with it. */
function renderRoot(plan: EnvironmentPlan): TreeFile {
  const object = {
    ...applicationHead('root', plan),
    spec: {
      project: 'bootstrap',
      destination: { server: CLUSTER, namespace: ARGO_NAMESPACE },
      source: { ...gitSource(plan), path: `clusters/${plan.name}/apps`, directory: { recurse: false } },
      revisionHistoryLimit: 3,
      syncPolicy: { automated: { prune: true, selfHeal: true }, retry: RETRY },
    },
  };
  return yamlFile(
    plan,
    `clusters/${plan.name}/root.yaml`,
    'application',
    'repository',
    [object],
    'The root Application: applied once at first boot, kept in Git ever after.',
  );
}

/** Owns the AppProjects and the root itself, so that both follow Git. */
function renderProjectsChild(plan: EnvironmentPlan): TreeFile {
  const object = {
    ...applicationHead('projects', plan, { 'argocd.argoproj.io/sync-wave': String(PROJECTS_WAVE) }),
    spec: {
      project: 'bootstrap',
      destination: { server: CLUSTER, namespace: ARGO_NAMESPACE },
      source: {
        ...gitSource(plan),
        path: `clusters/${plan.name}`,
        directory: { recurse: true, include: '{root.yaml,projects/*.yaml}' },
      },
      revisionHistoryLimit: 3,
      // Never pruned: deleting a project would orphan every Application in it.
      syncPolicy: { automated: { prune: false, selfHeal: true }, retry: RETRY, syncOptions: ['ServerSideApply=true'] },
    },
  };
  return yamlFile(
    plan,
    `clusters/${plan.name}/apps/projects.yaml`,
    'application',
    'repository',
    [object],
    'AppProjects and the root Application.',
  );
}

function renderApp(plan: EnvironmentPlan, app: PlannedApp): TreeFile[] {
  const { blueprint } = app;
  const origin = `apps.${blueprint.name}`;
  const manifests = (app.plan.manifests ?? []).map(({ file, object }) =>
    yamlFile(plan, `${manifestFolder(plan, app)}/${file}.yaml`, 'manifest', origin, [object]),
  );
  const values =
    blueprint.chart === undefined
      ? []
      : [
          yamlFile(
            plan,
            valuesPath(plan, app),
            'values',
            origin,
            [app.plan.values ?? {}],
            `Helm values of ${blueprint.chart.name} ${blueprint.chart.version}, read by the Application as $values.`,
          ),
        ];
  const child = yamlFile(
    plan,
    `clusters/${plan.name}/apps/${blueprint.name}.yaml`,
    'application',
    origin,
    [childApplication(plan, app, [...values, ...manifests])],
    blueprint.summary,
  );
  return [child, ...values, ...manifests];
}

function childApplication(plan: EnvironmentPlan, app: PlannedApp, content: readonly TreeFile[]): YamlMap {
  const { blueprint, wave } = app;
  const { namespace } = blueprint;
  const sources = childSources(plan, app);
  const [only] = sources;
  return {
    ...applicationHead(
      blueprint.name,
      plan,
      {
        'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
        'argocd.argoproj.io/manifest-generate-paths': watchedPaths(plan, app),
        'argocd.argoproj.io/sync-wave': String(wave),
        // Makes a change of values or manifests visible to the root, so that waves order upgrades too.
        'rootstock.dev/content-hash': hashContent(content.flatMap((file) => [file.path, file.content])),
      },
      [FINALIZER],
    ),
    spec: {
      project: blueprint.project,
      destination: { server: CLUSTER, namespace: namespace.name },
      ...(sources.length === 1 ? { source: only } : { sources }),
      ignoreDifferences: app.plan.ignoreDifferences,
      revisionHistoryLimit: 3,
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        managedNamespaceMetadata:
          namespace.podSecurity === undefined
            ? undefined
            : { labels: { 'pod-security.kubernetes.io/enforce': namespace.podSecurity } },
        syncOptions: syncOptions(app.plan, namespace.podSecurity !== undefined),
        retry: RETRY,
      },
    },
  };
}

function childSources(plan: EnvironmentPlan, app: PlannedApp): YamlMap[] {
  const { blueprint } = app;
  const git = gitSource(plan);
  const hasManifests = (app.plan.manifests ?? []).length > 0;
  const manifests = hasManifests ? [{ ...git, path: manifestFolder(plan, app), directory: { recurse: false } }] : [];
  if (blueprint.chart === undefined) return manifests;
  const helm = {
    releaseName: blueprint.releaseName ?? blueprint.name,
    valueFiles: [`$values/${valuesPath(plan, app)}`],
  };
  return [{ ...chartSource(blueprint.chart), helm }, { ...git, ref: 'values' }, ...manifests];
}

/** Argo CD's Helm form of a registry has no `oci://`: its credentials match by that prefix. */
function chartSource(chart: ChartPin): YamlMap {
  const oci = chart.repository.startsWith('oci://');
  return {
    repoURL: oci ? chart.repository.slice('oci://'.length) : chart.repository,
    chart: chart.name,
    targetRevision: chart.version,
  };
}

function syncOptions(plan: AppPlan, createsNamespace: boolean): string[] {
  const options = [
    'RespectIgnoreDifferences=true',
    'ServerSideApply=true',
    ...(createsNamespace ? ['CreateNamespace=true'] : []),
    ...(plan.syncOptions ?? []),
  ];
  return [...new Set(options)].sort();
}

function watchedPaths(plan: EnvironmentPlan, app: PlannedApp): string {
  const paths = [
    ...(app.blueprint.chart === undefined ? [] : [`/${valuesPath(plan, app)}`]),
    ...((app.plan.manifests ?? []).length === 0 ? [] : [`/${manifestFolder(plan, app)}`]),
  ];
  return paths.join(';');
}

function applicationHead(
  name: string,
  plan: EnvironmentPlan,
  annotations?: YamlMap,
  finalizers?: readonly string[],
): YamlMap {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: ARGO_NAMESPACE,
      labels: { 'rootstock.dev/environment': from('metadata.name', plan.name) },
      annotations,
      finalizers,
    },
  };
}

function gitSource(plan: EnvironmentPlan): YamlMap {
  return {
    repoURL: from('repository.url', plan.argoRepositoryUrl),
    targetRevision: from('repository.branch', `refs/heads/${plan.environment.repository.branch}`),
  };
}

function valuesPath(plan: EnvironmentPlan, app: PlannedApp): string {
  return `clusters/${plan.name}/values/${app.blueprint.name}.yaml`;
}

function manifestFolder(plan: EnvironmentPlan, app: PlannedApp): string {
  return `clusters/${plan.name}/manifests/${app.blueprint.name}`;
}

function yamlFile(
  plan: EnvironmentPlan,
  path: string,
  kind: FileKind,
  origin: string,
  documents: readonly YamlMap[],
  comment?: string,
): TreeFile {
  return { path, kind, origin, environment: plan.name, ...writeYaml(documents, comment) };
}
