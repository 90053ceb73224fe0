import { describe, expect, it } from 'vitest';
import { parseSource } from './source.ts';

const BILLION_LAUGHS = `a: &a [x, x]
${Array.from({ length: 9 }, (_, n) => `${'bcdefghij'[n]}: &${'bcdefghij'[n]} [*${'abcdefghi'[n]}, *${'abcdefghi'[n]}]`).join('\n')}`;

describe('generator/environment/source', () => {
  it.each([
    { name: 'an unclosed bracket', text: 'a: [1', code: 'ENV-001', at: [1, 6], says: /./ },
    { name: 'a tab in the indentation', text: 'a:\n\tb: 1', code: 'ENV-001', at: [2, 1], says: /^A tab indents/ },
    { name: 'a tag', text: 'a: !secret b', code: 'ENV-001', at: [1, 12], says: /^The tag !secret stands here/ },
    {
      name: 'a map as key',
      text: '? { a: 1 }\n: 2',
      code: 'ENV-001',
      at: [1, 3],
      says: /^A list or a map stands where/,
    },
    { name: 'a YAML 1.1 directive', text: '%YAML 1.1\n---\na: yes', code: 'ENV-001', at: [1, 1], says: /%YAML/ },
    { name: 'plain text', text: 'hello', code: 'ENV-001', at: [1, 1], says: /does not hold keys and values/ },
    { name: 'a list', text: '- a', code: 'ENV-001', at: [1, 1], says: /does not hold keys and values/ },
    { name: 'a key written twice', text: 'a: 1\nb: 2\na: 3', code: 'ENV-002', at: [3, 1], says: /a second time/ },
    { name: 'a nested key written twice', text: 'a:\n  b: 1\n  b: 2', code: 'ENV-002', at: [3, 3], says: /a second/ },
    { name: 'an empty file', text: '', code: 'ENV-003', at: [1, 1], says: /^The file is empty/ },
    { name: 'a byte order mark alone', text: '\uFEFF', code: 'ENV-003', at: [1, 1], says: /^The file is empty/ },
    { name: 'comments only', text: '# a\n# b\n', code: 'ENV-003', at: [1, 1], says: /^The file is empty/ },
    { name: 'an empty document', text: '---\n', code: 'ENV-003', at: [1, 1], says: /^The file is empty/ },
    { name: 'two documents', text: 'a: 1\n---\nb: 2\n', code: 'ENV-003', at: [2, 1], says: /holds 2 documents/ },
    { name: '10 MB of garbage', text: 'x7$[{'.repeat(2_000_000), code: 'ENV-004', at: [], says: /has 9766 KiB/ },
    { name: 'a very long line', text: `a: 1\nb: ${'x'.repeat(9000)}`, code: 'ENV-004', at: [2, 1], says: /8192/ },
    { name: 'very many lines', text: 'a\n'.repeat(6000), code: 'ENV-004', at: [], says: /has 6001 lines/ },
    { name: 'brackets without end', text: '[\n'.repeat(4000), code: 'ENV-004', at: [], says: /opens 4000/ },
    { name: 'dashes without end', text: '- '.repeat(4000), code: 'ENV-004', at: [], says: /opens 3999/ },
    { name: 'an alias', text: 'a: &x 1\nb: *x', code: 'ENV-005', at: [2, 4], says: /^The alias \*x stands here/ },
    { name: 'a billion laughs', text: BILLION_LAUGHS, code: 'ENV-005', at: [2, 8], says: /^The alias \*a stands here/ },
    { name: 'binary data', text: 'a: b\nc: \0\u0001', code: 'ENV-006', at: [2, 4], says: /U\+0000/ },
    { name: 'bytes that are not UTF-8', text: 'a: \uFFFD', code: 'ENV-006', at: [1, 4], says: /not UTF-8/ },
    { name: 'a private-use character', text: 'a: "x\uE000"', code: 'ENV-006', at: [1, 6], says: /U\+E000/ },
    { name: 'the same behind an escape', text: 'a: "x\\uE000"', code: 'ENV-006', at: [1, 4], says: /U\+E000/ },
    { name: 'a bell behind an escape', text: 'a: "\\a"', code: 'ENV-006', at: [1, 4], says: /U\+0007/ },
  ])('refuses $name', ({ text, code, at: [line, column], says }) => {
    const source = parseSource('x.yaml', text);

    expect(source.ok).toBe(false);
    expect(source.problems[0]).toMatchObject({
      code,
      severity: 'error',
      place: line === undefined ? { file: 'x.yaml' } : { file: 'x.yaml', line, column },
      message: expect.stringMatching(says),
    });
  });

  it.each([
    { name: 'a tab', text: 'a:\n\tb: 1', hint: 'replace the tab by two spaces' },
    { name: 'a tag', text: 'a: !secret b', hint: 'remove the tag' },
    { name: 'a key written twice', text: 'a: 1\na: 2', hint: 'keep one of the two' },
    { name: 'an empty file', text: '', hint: 'rootstock init writes one to start from' },
    { name: 'two documents', text: 'a: 1\n---\nb: 2', hint: 'move each into a file of its own and pass -e for each' },
    { name: 'an alias', text: 'a: &x 1\nb: *x', hint: 'write the value of &x out' },
    { name: 'binary data', text: '\0', hint: 'save the file as UTF-8 text' },
  ])('says how to mend $name', ({ text, hint }) => {
    expect(parseSource('x.yaml', text).problems[0]?.hint).toBe(hint);
  });

  it('reports no more than twenty problems of a kind', () => {
    const source = parseSource('x.yaml', 'a: 1\n'.repeat(100));

    expect(source.problems).toHaveLength(20);
  });

  it.each([
    { name: 'CRLF line ends', text: 'a:\r\n  b: 1\r\nc: 2\r\n', key: ['c'], line: 3, column: 4 },
    { name: 'a byte order mark', text: '\uFEFFa: 1\nc: 2\n', key: ['c'], line: 2, column: 4 },
    { name: 'a document marker', text: '---\nc: 2\n', key: ['c'], line: 2, column: 4 },
    { name: 'a list', text: 'c:\n  - 1\n  - 2\n', key: ['c', 1], line: 3, column: 5 },
    {
      name: 'a key that is absent, which stands in its parent',
      text: 'c:\n  d: 1\n',
      key: ['c', 'x'],
      line: 2,
      column: 3,
    },
    { name: 'a key that is absent at the top', text: '# top\na: 1\n', key: ['x'], line: 2, column: 1 },
    { name: 'a key without a value', text: 'a: 1\nc:\n', key: ['c'], line: 2, column: 3 },
    { name: 'a key that is a number', text: 'a: 1\n7: 2\n', key: ['7'], line: 2, column: 4 },
  ])('knows places behind $name', ({ text, key, line, column }) => {
    const source = parseSource('x.yaml', text);

    expect(source.ok && source.value.placeOf(key)).toEqual({ file: 'x.yaml', line, column });
  });

  it('knows the place of a key as well as of its value', () => {
    const source = parseSource('x.yaml', 'a:\n  b: 1\n');

    expect(source.ok && source.value.placeOfKey(['a', 'b'])).toEqual({ file: 'x.yaml', line: 2, column: 3 });
  });

  it('keeps the text as it was read, mark and line ends included', () => {
    const text = '\uFEFFa: 1\r\n';

    const source = parseSource('x.yaml', text);

    expect(source.ok && source.value.text).toBe(text);
    expect(source.ok && source.value.data).toEqual({ a: 1 });
  });
});
