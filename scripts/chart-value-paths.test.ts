import { describe, expect, it } from 'vitest';
import { type ChartFiles, listValuePaths } from './chart-value-paths.ts';

const CHART = 'name: demo\nversion: 1.2.3\n';

function linesOf(files: Partial<ChartFiles>, open: readonly string[] = []): string[] {
  const text = listValuePaths({ values: '', chart: CHART, ...files }, { from: 'https://example.com, tag v1', open });
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('scripts/chart-value-paths.ts', () => {
  it.each([
    { name: 'single values', values: 'a: 1\nb: ""\nc: false\n', expected: ['a', 'b', 'c'] },
    { name: 'lists, empty or not, without their items', values: 'a: []\nb:\n  - c: 1\n', expected: ['a: []', 'b: []'] },
    { name: 'maps with defaults as closed', values: 'b:\n  z: 1\n  a: 1\n', expected: ['b:', '  a', '  z'] },
    { name: 'empty maps and null as open', values: 'a: {}\nb: null\nc:\n', expected: ['a: *', 'b: *', 'c: *'] },
    {
      name: 'resources with the keys of Kubernetes',
      values: 'resources: {}\n',
      expected: ['resources:', '  claims: []', '  limits: *', '  requests: *'],
    },
    {
      name: 'a commented key of the map around it',
      values: 'a:\n  b: 1\n  # c: 2\n',
      expected: ['a:', '  b', '  ?c: *'],
    },
    {
      name: 'a commented key before the first key',
      values: 'a:\n  # c: 2\n  b: 1\n',
      expected: ['a:', '  b', '  ?c: *'],
    },
    { name: 'a commented key at the top', values: '# c:\n#   d: 1\na: 1\n', expected: ['a', '?c: *'] },
    {
      name: 'no prose',
      values: '# Note: this is text\n# see: it is long\n# ref: https://example.com\na: 1\n',
      expected: ['a'],
    },
    { name: 'no items of commented lists', values: 'a: []\n# - name: x\n#   value: y\n', expected: ['a: []'] },
    { name: 'no comments inside block text', values: 'a: |\n  # b: 1\n  text\n', expected: ['a'] },
    { name: 'no examples indented within a comment', values: '# For example:\n#  b: 1\na: 1\n', expected: ['a'] },
  ])('lists $name', ({ values, expected }) => {
    const lines = linesOf({ values });

    expect(lines).toEqual(expected);
  });

  it.each([
    { name: 'toYaml of a path', template: '{{ toYaml .Values.a | nindent 4 }}', expected: ['a: *', '  b'] },
    {
      name: 'toYaml of the dot',
      template: '{{- with .Values.a }}\n{{- toYaml . | nindent 4 }}\n{{- end }}',
      expected: ['a: *', '  b'],
    },
    { name: 'omit of a path', template: '{{ $x := omit .Values.a "b" }}', expected: ['a: *', '  b'] },
    {
      name: 'a walk over all keys',
      template: '{{ range $key, $value := .Values.a }}{{ end }}',
      expected: ['a: *', '  b'],
    },
    { name: 'not a checksum', template: '{{ toYaml .Values.a | sha256sum }}', expected: ['a:', '  b'] },
    {
      name: 'not the dot after the block',
      template: '{{ with .Values.a }}{{ end }}{{ toYaml . }}',
      expected: ['a:', '  b'],
    },
  ])('opens a map that a template passes on: $name', ({ template, expected }) => {
    const lines = linesOf({ values: 'a:\n  b: 1\n', templates: [template] });

    expect(lines).toEqual(expected);
  });

  it('lists a key that only a template reads', () => {
    const lines = linesOf({ values: 'a:\n  b: 1\n', templates: ['{{ if .Values.a.c }}{{ end }}'] });

    expect(lines).toEqual(['a:', '  b', '  ?c: *']);
  });

  it('lets a schema add keys, close a map and give every other key a shape', () => {
    const schema = {
      properties: {
        a: {
          type: 'object',
          properties: { b: { type: 'integer' }, c: { type: ['array', 'null'] } },
          additionalProperties: false,
        },
        ports: { type: 'object', additionalProperties: { $ref: '#/$defs/port' } },
      },
      $defs: { port: { type: 'object', properties: { port: { type: 'integer' } } } },
    };

    const lines = linesOf({
      values: 'a: {}\nports:\n  web:\n    port: 1\n    x: 1\n',
      schema: JSON.stringify(schema),
      templates: ['{{ toYaml .Values.a }}{{ range $k, $v := .Values.ports }}{{ end }}'],
    });

    expect(lines).toEqual(['a:', '  b', '  c: []', 'ports:', '  web:', '    port', '    x', '  *:', '    port']);
  });

  it('opens subcharts under their alias and knows their condition', () => {
    const chart = `${CHART}dependencies:\n  - name: long\n    alias: short\n    condition: short.enabled\n---\n`;

    const lines = linesOf({ values: 'short:\n  a: 1\n', chart });

    expect(lines).toEqual(['global: *', 'short: *', '  a', '  enabled']);
  });

  it('composes subcharts that lie inside, with what the chart around them reads there', () => {
    const chart = `${CHART}dependencies:\n  - name: long\n    alias: short\n    condition: short.enabled\n`;
    const inside = { values: 'b:\n  c: 1\nglobal:\n  registry: ""\n', chart: 'name: long\nversion: 3.0.0\n' };
    const files = {
      values: 'global:\n  license: ""\nshort:\n  b:\n    d: 2\n  scrape: {}\n',
      chart,
      subcharts: new Map([['long', inside]]),
    };

    const text = listValuePaths(files, { from: '', open: [] });

    expect(text).toContain('# With its subcharts: long 3.0.0\n');
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      'global:',
      '  license',
      '  registry',
      'short:',
      '  b:',
      '    c',
      '    d',
      '  enabled',
      '  global:',
      '    registry',
      '  scrape: *',
    ]);
  });

  it('takes the keys of a custom resource from its CRD, two levels deep', () => {
    const field = (properties: object) => ({ type: 'object', properties });
    const spec = field({
      size: { type: 'integer' },
      pod: field({ args: field({ x: { type: 'string' } }) }),
      list: { type: 'array' },
    });
    const crd = {
      kind: 'CustomResourceDefinition',
      spec: {
        names: { kind: 'Demo' },
        versions: [{ storage: true, schema: { openAPIV3Schema: { properties: { spec } } } }],
      },
    };
    const files = {
      values: 'demo:\n  spec:\n    enabled: true\n    size: 1\n',
      chart: CHART,
      crds: [JSON.stringify(crd)],
    };

    const text = listValuePaths(files, { from: '', open: [], specs: new Map([['demo.spec', 'Demo']]) });

    expect(text).toContain('# By CRD: demo.spec is the spec of Demo\n');
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      'demo:',
      '  spec:',
      '    enabled',
      '    list: []',
      '    pod:',
      '      args: *',
      '    size',
    ]);
  });

  it('refuses a kind that no CRD of the chart defines', () => {
    const files = { values: 'demo: {}\n', chart: CHART };

    expect(() => listValuePaths(files, { from: '', open: [], specs: new Map([['demo', 'Demo']]) })).toThrow(
      'no CRD of this chart defines Demo',
    );
  });

  it('opens a key that has a dot', () => {
    const lines = linesOf({ values: 'a.ini:\n  b: 1\n' }, ['a\\.ini']);

    expect(lines).toEqual(['a.ini: *', '  b']);
  });

  it('opens by hand, and records that', () => {
    const text = listValuePaths(
      { values: 'a:\n  b: 1\n', chart: CHART },
      { from: 'https://example.com, tag v1', open: ['a'] },
    );

    expect(text).toContain('# Value paths of chart demo, version 1.2.3\n');
    expect(text).toContain('# Source: https://example.com, tag v1\n# Opened by hand: a\n');
    expect(text.endsWith('\na: *\n  b\n')).toBe(true);
  });

  it('refuses to open a key that the chart does not have', () => {
    expect(() => linesOf({ values: 'a: 1\n' }, ['b.c'])).toThrow('--open b.c: the chart has no such key');
  });
});
