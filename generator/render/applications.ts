// Planned apps → the root Application, one child each, their Helm values and their manifests.
import type { AppPlan, ChartPin } from '../core/blueprint.ts';
import type { TreeFile } from '../core/file-tree.ts';
import { compareText } from '../core/problem.ts';
import { from, type YamlMap } from '../core/provenance.ts';
import type { EnvironmentPlan, PlannedApp } from '../plan/plan.ts';
import { canUnseal } from '../plan/sealing.ts';
import { PROJECTS_WAVE } from '../plan/waves.ts';
import { ARGO_NAMESPACE, CLUSTER, makeYamlFile } from './argo.ts';
import { hashContent } from './content-hash.ts';
import { renderProjects } from './projects.ts';

const FINALIZER = 'resources-finalizer.argocd.argoproj.io';
/** Children retry without limit: what they wait for (a node, a quota) may take hours. */
const RETRY: YamlMap = { limit: -1, refresh: true, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } };
/** Each revision is kept in the Application itself, so the default of ten makes it needlessly big. */
const REVISIONS_KEPT = 3;

/**
 * `projects` owns the root, and the root waits for `projects`: were the root's health part of that of `projects`,
 * each would wait for the other for ever.
 */
const OUTSIDE_HEALTH: YamlMap = { 'argocd.argoproj.io/ignore-healthcheck': 'true' };
/** Never `recurse: false` alone: Argo CD removes a `directory` without effect from the live spec, and calls that a difference. */
const YAML_ONLY: YamlMap = { include: '*.yaml' };

/** Renders everything under `clusters/<environment>/` but the AppProjects; those decide a content hash. */
export function renderApplications(plan: EnvironmentPlan, projects = renderProjects(plan)): TreeFile[] {
  const root = renderRoot(plan);
  return [root, renderProjectsChild(plan, [root, ...projects]), ...plan.apps.flatMap((app) => renderApp(plan, app))];
}

/** The root has no finalizer: deleting it must not take the platform with it. */
function renderRoot(plan: EnvironmentPlan): TreeFile {
  const object = {
    ...applicationHead('root', plan, OUTSIDE_HEALTH),
    spec: {
      project: 'bootstrap',
      destination: { server: CLUSTER, namespace: ARGO_NAMESPACE },
      source: { ...gitSource(plan), path: `clusters/${plan.name}/apps`, directory: YAML_ONLY },
      revisionHistoryLimit: REVISIONS_KEPT,
      syncPolicy: { automated: { prune: true, selfHeal: true }, retry: RETRY },
    },
  };
  return makeYamlFile(plan, {
    path: `clusters/${plan.name}/root.yaml`,
    kind: 'application',
    origin: 'repository',
    documents: [object],
    comment: 'The root Application: applied once at first boot, kept in Git ever after.',
  });
}

/** Owns the AppProjects and the root itself, so that both follow Git. */
function renderProjectsChild(plan: EnvironmentPlan, content: readonly TreeFile[]): TreeFile {
  const annotations = {
    ...childAnnotations(PROJECTS_WAVE, content),
    'argocd.argoproj.io/manifest-generate-paths': `/clusters/${plan.name}/root.yaml;/clusters/${plan.name}/projects`,
    ...KEEP,
  };
  const object = {
    ...applicationHead('projects', plan, annotations),
    spec: {
      project: 'bootstrap',
      destination: { server: CLUSTER, namespace: ARGO_NAMESPACE },
      source: {
        ...gitSource(plan),
        path: `clusters/${plan.name}`,
        directory: { recurse: true, include: '{root.yaml,projects/*.yaml}' },
      },
      revisionHistoryLimit: REVISIONS_KEPT,
      // Never prunes: deleting a project would orphan every Application in it.
      syncPolicy: { automated: { prune: false, selfHeal: true }, syncOptions: ['ServerSideApply=true'], retry: RETRY },
    },
  };
  return makeYamlFile(plan, {
    path: `clusters/${plan.name}/apps/projects.yaml`,
    kind: 'application',
    origin: 'repository',
    documents: [object],
    comment: 'AppProjects and the root Application.',
  });
}

/**
 * What everything else stands on (projects, cloud controller, Argo CD) stays when its file is gone from Git, and
 * when its Application is deleted: nothing would be left that could bring it back.
 */
const KEEP: YamlMap = { 'argocd.argoproj.io/sync-options': 'Prune=false' };

function renderApp(plan: EnvironmentPlan, app: PlannedApp): TreeFile[] {
  const { blueprint } = app;
  const origin = `apps.${blueprint.name}`;
  const manifests = (app.plan.manifests ?? []).map(({ file, object }) =>
    makeYamlFile(plan, {
      path: `${manifestFolder(plan, app)}/${file}.yaml`,
      kind: 'manifest',
      origin,
      documents: [object],
    }),
  );
  const content = [...renderValues(plan, app), ...manifests, ...renderSealingFolder(plan, app)];
  const child = makeYamlFile(plan, {
    path: `clusters/${plan.name}/apps/${blueprint.name}.yaml`,
    kind: 'application',
    origin,
    documents: [childApplication(plan, app, content)],
    comment: blueprint.summary,
  });
  return [child, ...content];
}

/** True if the Application reads a folder of manifests: some are generated, or people may put SealedSecrets there. */
function hasManifestFolder(plan: EnvironmentPlan, app: PlannedApp): boolean {
  return (app.plan.manifests ?? []).length > 0 || (canUnseal(plan) && (app.plan.secrets ?? []).length > 0);
}

/** Git keeps no empty folder, and Argo CD stops at a path that is not there: a README keeps it. */
function renderSealingFolder(plan: EnvironmentPlan, app: PlannedApp): TreeFile[] {
  if (!hasManifestFolder(plan, app) || (app.plan.manifests ?? []).length > 0) return [];
  const { name } = app.blueprint;
  const names = (app.plan.secrets ?? []).map((need) => `\`${need.namespace}/${need.name}\``);
  const lines = [
    `# Manifests of ${name}`,
    '',
    `Argo CD applies every \`.yaml\` file in this folder together with ${name}. SealedSecrets belong here: ${names.sort(compareText).join(', ')}. How to make them: [docs/${plan.name}/secrets.md](../../../../docs/${plan.name}/secrets.md).`,
    '',
  ];
  const path = `${manifestFolder(plan, app)}/README.md`;
  return [{ path, kind: 'document', environment: plan.name, origin: `apps.${name}`, content: lines.join('\n') }];
}

function renderValues(plan: EnvironmentPlan, app: PlannedApp): TreeFile[] {
  const { chart, name } = app.blueprint;
  if (chart === undefined) return [];
  const file = makeYamlFile(plan, {
    path: valuesPath(plan, app),
    kind: 'values',
    origin: `apps.${name}`,
    documents: [app.plan.values ?? {}],
    comment: `Helm values of ${chart.name} ${chart.version}, read by the Application as $values.`,
  });
  return [file];
}

function childApplication(plan: EnvironmentPlan, app: PlannedApp, content: readonly TreeFile[]): YamlMap {
  const { blueprint } = app;
  const { namespace } = blueprint;
  const stays = blueprint.firstBoot !== undefined;
  const sources = childSources(plan, app);
  const annotations = {
    ...childAnnotations(app.wave, content),
    'argocd.argoproj.io/manifest-generate-paths': watchedPaths(plan, app),
    ...(stays ? KEEP : {}),
  };
  return {
    ...applicationHead(blueprint.name, plan, annotations, stays ? undefined : [FINALIZER]),
    spec: {
      project: blueprint.project,
      destination: { server: CLUSTER, namespace: namespace.name },
      ...(sources.length === 1 ? { source: sources[0] } : { sources }),
      ignoreDifferences: app.plan.ignoreDifferences,
      revisionHistoryLimit: REVISIONS_KEPT,
      syncPolicy: {
        automated: { prune: true, selfHeal: app.plan.selfHeal ?? true },
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

function childAnnotations(wave: number, content: readonly TreeFile[]): Record<string, string> {
  return {
    'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
    'argocd.argoproj.io/sync-wave': String(wave),
    // Makes a change of what the child reads visible to the root, so that waves order upgrades too.
    'rootstock.dev/content-hash': hashContent(content.flatMap((file) => [file.path, file.content])),
  };
}

function childSources(plan: EnvironmentPlan, app: PlannedApp): YamlMap[] {
  const { blueprint } = app;
  const git = gitSource(plan);
  const manifests = hasManifestFolder(plan, app)
    ? [{ ...git, path: manifestFolder(plan, app), directory: YAML_ONLY }]
    : [];
  if (blueprint.chart === undefined) return manifests;
  const helm = {
    releaseName: blueprint.releaseName ?? blueprint.name,
    valueFiles: [`$values/${valuesPath(plan, app)}`],
  };
  return [{ ...chartSource(blueprint.chart), helm }, { ...git, ref: 'values' }, ...manifests];
}

/** Argo CD's Helm form of a registry has no `oci://`: its credentials match by that prefix. */
function chartSource(chart: ChartPin): YamlMap {
  return {
    repoURL: chart.repository.replace(/^oci:\/\//, ''),
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
    ...(hasManifestFolder(plan, app) ? [`/${manifestFolder(plan, app)}`] : []),
  ];
  return paths.join(';');
}

function applicationHead(
  name: string,
  plan: EnvironmentPlan,
  annotations?: YamlMap,
  finalizers?: readonly string[],
): YamlMap {
  const sorted = Object.entries(annotations ?? {}).sort(([a], [b]) => compareText(a, b));
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: ARGO_NAMESPACE,
      labels: { 'rootstock.dev/environment': from('metadata.name', plan.name) },
      annotations: sorted.length === 0 ? undefined : Object.fromEntries(sorted),
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
