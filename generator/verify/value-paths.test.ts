import { describe, expect, it } from 'vitest';
import { formatValuePaths, parseValuePaths } from './value-paths.ts';

const HEAD = '# Value paths of chart demo, version 1.2.3\n';

describe('generator/verify/value-paths.ts', () => {
  it.each([
    { name: 'a single value', line: 'replicas', key: 'replicas', expected: { kind: 'value', commented: false } },
    { name: 'a list', line: 'env: []', key: 'env', expected: { kind: 'list', commented: false } },
    { name: 'a closed map', line: 'image:', key: 'image', expected: { kind: 'map', commented: false } },
    { name: 'an open place', line: 'labels: *', key: 'labels', expected: { kind: 'open', commented: false } },
    { name: 'a key from a comment', line: '?extra: *', key: 'extra', expected: { kind: 'open', commented: true } },
    { name: 'a key with dots', line: 'server.insecure', key: 'server.insecure', expected: { kind: 'value' } },
    { name: 'a quoted key', line: '"a: b"', key: 'a: b', expected: { kind: 'value' } },
  ])('reads $name', ({ line, key, expected }) => {
    const list = parseValuePaths(`${HEAD}${line}\n`);

    expect(list.root.keys.get(key)).toMatchObject(expected);
  });

  it('reads levels, and the shape of every other key', () => {
    const list = parseValuePaths(`${HEAD}ports:\n  *:\n    port\n  web:\n    port\n    tls: *\nlast\n`);

    const ports = list.root.keys.get('ports');
    expect([...(ports?.keys.keys() ?? [])]).toEqual(['web']);
    expect(ports?.any?.keys.get('port')?.kind).toBe('value');
    expect(ports?.keys.get('web')?.keys.get('tls')?.kind).toBe('open');
    expect([...list.root.keys.keys()]).toEqual(['ports', 'last']);
  });

  it('knows chart and version', () => {
    const list = parseValuePaths(`${HEAD}a\n`);

    expect([list.chart, list.version]).toEqual(['demo', '1.2.3']);
  });

  it('writes what it reads', () => {
    const body = '"a: b"\nenv: []\nports:\n  web:\n    ?hostPort: *\n    port\n  *:\n    port\n';

    const text = formatValuePaths(parseValuePaths(HEAD + body), ['Source: https://example.com']);

    expect(text.startsWith(`${HEAD}# Source: https://example.com\n#\n# One key a line`)).toBe(true);
    expect(text.endsWith(`other key at this place\n${body}`)).toBe(true);
  });

  it.each([
    { name: 'has no first line', text: 'a\n', message: 'first line' },
    { name: 'skips a level', text: `${HEAD}a:\n    b\n`, message: 'skips a level' },
  ])('refuses a list that $name', ({ text, message }) => {
    expect(() => parseValuePaths(text)).toThrow(message);
  });
});
