import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../../generator/testing/temporary-folder.ts';
import { findHelm, renderChart } from './helm.ts';

const FOLDER = makeTemporaryFolder();
const PACKAGED = process.platform === 'linux' && process.arch === 'x64';

function makeProgram(name: string, script: string): string {
  const file = join(FOLDER, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

function makeChart(): string {
  const folder = join(FOLDER, 'demo');
  mkdirSync(join(folder, 'templates'), { recursive: true });
  mkdirSync(join(folder, 'crds'), { recursive: true });
  writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: demo\nversion: 1.2.3\n');
  writeFileSync(join(folder, 'values.yaml'), 'word: default\n');
  writeFileSync(join(folder, 'crds', 'thing.yaml'), 'kind: CustomResourceDefinition\n');
  writeFileSync(
    join(folder, 'templates', 'config.yaml'),
    [
      'kind: ConfigMap',
      'word: {{ .Values.word }}',
      'release: {{ .Release.Name }}/{{ .Release.Namespace }}',
      'kubernetes: {{ .Capabilities.KubeVersion.Version }}',
      'has: {{ .Capabilities.APIVersions.Has "example.com/v1/Thing" }}',
      '',
    ].join('\n'),
  );
  return folder;
}

describe('scripts/render-charts/helm', () => {
  it('takes the program that ROOTSTOCK_HELM names', async () => {
    const program = makeProgram('helm3', 'echo v3.20.0');

    const found = await findHelm(3, { ROOTSTOCK_HELM: program });

    expect(found).toEqual({ ok: true, program, version: 'v3.20.0' });
  });

  it('refuses a program of another major version', async () => {
    const program = makeProgram('helm4', 'echo v4.2.1');

    const found = await findHelm(3, { ROOTSTOCK_HELM: program });

    expect(found).toEqual({ ok: false, reason: `${program} is helm v4.2.1, not helm 3` });
  });

  it('says what to do where there is none', async () => {
    const found = await findHelm(3, { ROOTSTOCK_HELM: join(FOLDER, 'nothing') });

    expect(found).toMatchObject({ ok: false, reason: expect.stringContaining('set ROOTSTOCK_HELM to one') });
  });

  it.runIf(PACKAGED).each([3, 4] as const)(
    'finds helm %i in its npm package and renders like Argo CD',
    async (major) => {
      const values = join(FOLDER, `values-${major}.yaml`);
      writeFileSync(values, 'word: ours\n');

      const helm = await findHelm(major, {});
      const program = helm.ok ? helm.program : '';
      const rendered = await renderChart(program, {
        folder: makeChart(),
        releaseName: 'other',
        namespace: 'place',
        kubeVersion: '1.35.9',
        valueFiles: [values],
        apiVersions: ['example.com/v1/Thing'],
      });

      expect(helm).toMatchObject({ ok: true, version: expect.stringMatching(`^v${major}\\.`) });
      const text = rendered.ok ? rendered.manifests : rendered.reason;
      expect(text).toContain('word: ours\nrelease: other/place\nkubernetes: v1.35.9\nhas: true\n');
      expect(text).toContain('kind: CustomResourceDefinition');
    },
  );

  it('gives the words of helm where it fails', async () => {
    const program = makeProgram('broken', 'echo "Error: no such chart" >&2; exit 1');

    const rendered = await renderChart(program, {
      folder: FOLDER,
      releaseName: 'a',
      namespace: 'b',
      kubeVersion: '1.35.9',
      valueFiles: [],
      apiVersions: [],
    });

    expect(rendered).toEqual({ ok: false, reason: 'Error: no such chart' });
  });
});
