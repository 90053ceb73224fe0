import { describe, expect, it } from 'vitest';
import { makeFileTree, type TreeFile } from '../../core/file-tree.ts';
import { from, type YamlMap } from '../../core/provenance.ts';
import { writeYaml } from '../../render/yaml-writer.ts';
import { chartValues } from './chart-values.ts';

const LIST = `# Value paths of chart demo, version 1.2.3
commonLabels: *
env: []
image:
  repository
  tag
?legacy: *
nfd: *
ports:
  *:
    port
  web:
    port
replicaCount
`;

const SOURCE: YamlMap = {
  repoURL: 'https://charts.example.com',
  chart: 'demo',
  targetRevision: '1.2.3',
  helm: { valueFiles: ['$values/clusters/prod/values/demo.yaml'] },
};

function check(values: YamlMap, source: YamlMap = SOURCE, lists: readonly string[] = [LIST]) {
  const application = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', spec: { sources: [source] } };
  const yaml = [
    file('clusters/prod/apps/demo.yaml', 'application', application),
    file('clusters/prod/values/demo.yaml', 'values', values),
  ];
  return chartValues.run({
    tree: makeFileTree(yaml),
    yaml: yaml.map((entry) => ({ file: entry, documents: entry.documents ?? [] })),
    valuePaths: new Map(lists.map((text, index) => [`app-${index}`, text])),
  });
}

function file(path: string, kind: TreeFile['kind'], object: YamlMap): TreeFile {
  return { path, kind, origin: 'apps.demo', ...writeYaml([object], 'A comment on top.') };
}

describe('generator/verify/checks/chart-values.ts', () => {
  it.each<{ name: string; values: YamlMap }>([
    { name: 'nothing at all', values: {} },
    {
      name: 'single values, lists and maps as the chart has them',
      values: { replicaCount: 2, env: [{ name: 'A' }], image: { tag: 'x' } },
    },
    {
      name: 'anything under an open key',
      values: { commonLabels: { 'example.com/a': { b: [1] } }, nfd: { worker: {} } },
    },
    { name: 'anything under a key that a comment shows', values: { legacy: { a: 1 } } },
    { name: 'a new name where every name has a shape', values: { ports: { extra: { port: 1 } } } },
    { name: 'null, which takes a default away', values: { image: null, env: null } },
  ])('accepts $name', ({ values }) => {
    const problems = check(values);

    expect(problems).toEqual([]);
  });

  it.each<{ name: string; values: YamlMap; message: string; hint: string; line: number }>([
    {
      name: 'a misspelt key',
      values: { image: { repositroy: 'x' } },
      message: 'demo 1.2.3 has no value image.repositroy, so Helm would ignore it.',
      hint: 'did you mean image.repository?',
      line: 3,
    },
    {
      name: 'a key nested too deep',
      values: { image: { nfd: {} } },
      message: 'demo 1.2.3 has no value image.nfd, so Helm would ignore it.',
      hint: 'the chart has it as nfd',
      line: 3,
    },
    {
      name: 'a key that is nowhere',
      values: { image: { digest: 'x' } },
      message: 'demo 1.2.3 has no value image.digest, so Helm would ignore it.',
      hint: 'known keys: repository, tag',
      line: 3,
    },
    {
      name: 'an unknown key below any name',
      values: { ports: { extra: { prot: 1 } } },
      message: 'demo 1.2.3 has no value ports.extra.prot, so Helm would ignore it.',
      hint: 'did you mean ports.extra.port?',
      line: 4,
    },
  ])('VER-301: refuses $name', ({ values, message, hint, line }) => {
    const problems = check(values);

    expect(problems).toEqual([
      {
        code: 'VER-301',
        severity: 'error',
        place: { file: 'clusters/prod/values/demo.yaml', line, column: expect.any(Number) },
        key: 'apps.demo',
        message,
        hint,
      },
    ]);
  });

  it('VER-301: names the environment key that the value came from', () => {
    const problems = check({ image: from('egress.registryMirrors', { mirror: 'x' }) });

    expect(problems.map(({ code, key }) => [code, key])).toEqual([['VER-301', 'egress.registryMirrors']]);
  });

  it('VER-301: reads values that stand in the Application itself', () => {
    const problems = check({}, { ...SOURCE, helm: { valuesObject: { replicas: 1 } } });

    expect(problems).toMatchObject([
      {
        code: 'VER-301',
        place: { file: 'clusters/prod/apps/demo.yaml', line: 11 },
        hint: expect.stringContaining('known keys'),
      },
    ]);
  });

  it.each<{ name: string; values: YamlMap; message: string; hint: string }>([
    {
      name: 'a list for a single value',
      values: { replicaCount: [1] },
      message: 'replicaCount is a list here, but a single value in demo 1.2.3.',
      hint: 'write a single value',
    },
    {
      name: 'a single value for a map',
      values: { image: 'x:1' },
      message: 'image is a single value here, but a map in demo 1.2.3.',
      hint: 'known keys: repository, tag',
    },
    {
      name: 'a map for a list',
      values: { env: { A: 'b' } },
      message: 'env is a map here, but a list in demo 1.2.3.',
      hint: 'write a list',
    },
  ])('VER-302: refuses $name', ({ values, message, hint }) => {
    const problems = check(values);

    expect(problems).toMatchObject([{ code: 'VER-302', severity: 'error', message, hint, place: { line: 2 } }]);
  });

  it.each([
    {
      name: 'a chart without a list',
      source: { ...SOURCE, chart: 'other' },
      message: 'The values of other 1.2.3 were not checked: Rootstock has no list of its keys.',
    },
    {
      name: 'another version',
      source: { ...SOURCE, targetRevision: '1.3.0' },
      message: 'The values of demo 1.3.0 were not checked: Rootstock has the keys of demo 1.2.3 only.',
    },
  ])('VER-303: says that it did not check $name', ({ source, message }) => {
    const problems = check({ anything: 1 }, source);

    expect(problems).toMatchObject([
      {
        code: 'VER-303',
        severity: 'unchecked',
        place: { file: 'clusters/prod/apps/demo.yaml' },
        message,
        hint: expect.stringContaining('helm template'),
      },
    ]);
  });

  it('leaves Applications without a chart alone', () => {
    const problems = check({ anything: 1 }, { repoURL: 'https://git.example.com/a.git', path: 'x' });

    expect(problems).toEqual([]);
  });
});
