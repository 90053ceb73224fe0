import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { AppBlueprint, AppPlan } from '../core/blueprint.ts';
import type { PlainMap } from '../core/provenance.ts';
import { app, planOne, SMALL } from '../testing/plan-builder.ts';
import { renderApplications } from './applications.ts';
import { renderFirstBoot } from './first-boot.ts';
import { renderProjects } from './projects.ts';

const CHART = { name: 'web', version: '1.2.3', repository: 'https://charts.example.com', appVersion: '1' };

describe('generator/render/first-boot.ts', () => {
  it('installs what Argo CD cannot install, then the bootstrap project and the root', () => {
    const { manifests } = boot({}, { chart: CHART, firstBoot: { order: 20 } });

    expect(manifests.map(({ name }) => name)).toEqual(['20-demo.yaml', '50-bootstrap-project.yaml', '60-root.yaml']);
  });

  it('leaves everything else to the first sync', () => {
    expect(boot({}).manifests.map(({ name }) => name)).toEqual(['50-bootstrap-project.yaml', '60-root.yaml']);
  });

  it('installs the chart as its Application will: same name, namespace, version and values', () => {
    const { documents } = boot(
      { values: { replicas: 2 } },
      { chart: CHART, releaseName: 'web', firstBoot: { order: 20 } },
    );

    expect(documents('20-demo.yaml')).toEqual([
      {
        apiVersion: 'helm.cattle.io/v1',
        kind: 'HelmChart',
        metadata: { name: 'web', namespace: 'kube-system' },
        spec: {
          bootstrap: true,
          timeout: '30m',
          chart: 'web',
          repo: 'https://charts.example.com',
          version: '1.2.3',
          targetNamespace: 'demo',
          createNamespace: true,
          valuesContent: 'replicas: 2\n',
        },
      },
    ]);
  });

  it('pulls a chart from a registry by its whole address', () => {
    const chart = { ...CHART, repository: 'oci://ghcr.io/acme/charts' };

    const { documents } = boot({}, { chart, firstBoot: { order: 20 } });

    const spec = documents('20-demo.yaml')[0]?.['spec'] as PlainMap;
    expect(spec['chart']).toBe('oci://ghcr.io/acme/charts/web');
    expect(spec['repo']).toBeUndefined();
  });

  it('brings the manifests that a chart reads before the chart', () => {
    const manifests = [
      { file: 'config', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' } } },
    ];

    const { documents } = boot({ manifests }, { chart: CHART, firstBoot: { order: 20 } });

    expect(documents('20-demo.yaml').map(({ kind }) => kind)).toEqual(['ConfigMap', 'HelmChart']);
  });

  it('writes the root as Git has it', () => {
    const { documents, tree } = boot({});

    const inGit = tree.find(({ path }) => path === 'clusters/lab/root.yaml')?.documents;
    expect(documents('60-root.yaml')).toEqual(inGit);
  });

  it('calls an app without a chart our bug', () => {
    expect(() => boot({}, { firstBoot: { order: 20 } })).toThrow('demo cannot be installed at first boot');
  });
});

function boot(plan: AppPlan, changes: Partial<AppBlueprint> = {}) {
  const environment = planOne(SMALL, [app(plan, changes)]);
  const tree = [...renderApplications(environment), ...renderProjects(environment)];
  const { manifests } = renderFirstBoot(environment, tree);
  const documents = (name: string): PlainMap[] => {
    const content = manifests.find((manifest) => manifest.name === name)?.content ?? '';
    return parseAllDocuments(content).map((document) => document.toJS() as PlainMap);
  };
  return { manifests, documents, tree };
}
