// What the seed writes into k3s's manifests folder: just enough for Argo CD to take over from Git.
import type { TreeFile } from '../core/file-tree.ts';
import type { FirstBoot, FirstBootManifest } from '../core/first-boot.ts';
import { compareText } from '../core/problem.ts';
import type { PlainMap } from '../core/provenance.ts';
import type { EnvironmentPlan, PlannedApp } from '../plan/plan.ts';
import { writeYaml } from './yaml-writer.ts';

/** Renders the first-boot manifests from the files that also go into Git, so that Argo CD finds what it expects. */
export function renderFirstBoot(plan: EnvironmentPlan, tree: readonly TreeFile[]): FirstBoot {
  const installed = plan.apps.filter((app) => app.blueprint.firstBoot !== undefined);
  const charts = installed.map((app) =>
    makeManifest(`${String(app.blueprint.firstBoot?.order)}-${app.blueprint.name}.yaml`, helmChart(plan, app, tree)),
  );
  return {
    manifests: [
      ...charts,
      // The other projects come from Git with the first wave; user data has no room to spare.
      copyOf(tree, '50-bootstrap-project.yaml', `clusters/${plan.name}/projects/bootstrap.yaml`),
      copyOf(tree, '60-root.yaml', `clusters/${plan.name}/root.yaml`),
    ].sort((a, b) => compareText(a.name, b.name)),
  };
}

function makeManifest(name: string, objects: readonly PlainMap[]): FirstBootManifest {
  const { content, documents } = writeYaml(objects);
  return { name, content, documents };
}

function copyOf(tree: readonly TreeFile[], name: string, path: string): FirstBootManifest {
  const file = tree.find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`first boot needs ${path}, which was not rendered`);
  return { name, content: withoutHead(file.content), documents: file.documents ?? [] };
}

/** User data has no room for the comment on top of a file, nor for those in a script that Argo CD runs. */
function withoutHead(content: string): string {
  return content.replace(/^(?:#.*\n)+/, '').replace(/^ *-- .*\n/gm, '');
}

/** A k3s HelmChart and the app's own manifests. `bootstrap` makes its Job run on a node that no cloud controller has seen. */
function helmChart(plan: EnvironmentPlan, app: PlannedApp, tree: readonly TreeFile[]): readonly PlainMap[] {
  const { blueprint } = app;
  if (blueprint.chart === undefined)
    throw new Error(`${blueprint.name} cannot be installed at first boot: it has no chart`);
  const values = tree.find((file) => file.path === `clusters/${plan.name}/values/${blueprint.name}.yaml`);
  if (values === undefined) throw new Error(`${blueprint.name} cannot be installed at first boot: it has no values`);
  const manifests = tree
    .filter((file) => file.path.startsWith(`clusters/${plan.name}/manifests/${blueprint.name}/`))
    .flatMap((file) => file.documents ?? []);
  const oci = blueprint.chart.repository.startsWith('oci://');
  const object: PlainMap = {
    apiVersion: 'helm.cattle.io/v1',
    kind: 'HelmChart',
    metadata: { name: blueprint.releaseName ?? blueprint.name, namespace: 'kube-system' },
    spec: {
      bootstrap: true,
      // Hooks of a chart may have to wait for the first worker; helm-controller gives them five minutes otherwise.
      timeout: '30m',
      chart: oci ? `${blueprint.chart.repository}/${blueprint.chart.name}` : blueprint.chart.name,
      ...(oci ? {} : { repo: blueprint.chart.repository }),
      version: blueprint.chart.version,
      // Its job trusts nothing else, so this holds the public CAs, too: the seed fills it with what it trusts itself.
      ...(plan.environment.egress.caBundle === undefined ? {} : { repoCAConfigMap: { name: 'node-trust' } }),
      targetNamespace: blueprint.namespace.name,
      createNamespace: blueprint.namespace.podSecurity !== undefined,
      valuesContent: withoutHead(values.content),
    },
  };
  return [...manifests, object];
}
