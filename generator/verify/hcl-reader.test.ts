import { describe, expect, it } from 'vitest';
import { findLiteral, findObject, type ReadEntry, readHcl, walkTokens } from './hcl-reader.ts';

/** What was read, without places: blocks as lists, attributes as `name = tokens`. */
function outline(body: readonly ReadEntry[]): unknown[] {
  return body.map((entry) =>
    entry.kind === 'attribute'
      ? `${entry.name} = ${entry.value.map(({ text }) => (text === '\n' ? '⏎' : text)).join(' ')}`
      : [[entry.type, ...entry.labels].join(' '), ...outline(entry.body)],
  );
}

function readBody(text: string): readonly ReadEntry[] {
  const reading = readHcl(text);
  if (!reading.ok) throw new Error(reading.message);
  return reading.body;
}

function readValue(text: string) {
  const [entry] = readBody(`x = ${text}\n`);
  if (entry?.kind !== 'attribute') throw new Error('not an attribute');
  return entry.value;
}

const valid = [
  { name: 'an empty file', text: '', expected: [] },
  { name: 'comments of all kinds', text: '# a\n// b\n/* c\n d */\nx = 1 # e\n', expected: ['x = 1'] },
  { name: 'a byte order mark and CRLF', text: '\uFEFFx = 1\r\ny = 2\r\n', expected: ['x = 1', 'y = 2'] },
  { name: 'names beyond ASCII', text: 'größe = maß_x\n', expected: ['größe = maß_x'] },
  { name: 'a missing last line end', text: 'x = 1', expected: ['x = 1'] },
  {
    name: 'labels, quoted and not, and nested blocks',
    text: 'resource "a" b {\n  c {\n    d = 1\n  }\n}\n',
    expected: [['resource a b', ['c', 'd = 1']]],
  },
  { name: 'a block on one line', text: 'a { b = 1 }\n', expected: [['a', 'b = 1']] },
  { name: 'an empty block', text: 'a {}\n', expected: [['a']] },
  { name: 'a value over several lines', text: 'x = [\n  1,\n  2,\n]\n', expected: ['x = [ ⏎ 1 , ⏎ 2 , ⏎ ]'] },
  {
    name: 'a condition, a call, an index, a splat',
    text: 'x = a.b == -1 ? !f(c)[0] : d.*.e\n',
    expected: ['x = a . b == - 1 ? ! f ( c ) [ 0 ] : d .* . e'],
  },
  { name: 'braces and comment signs in strings', text: 'x = "} # {"\n', expected: ['x = "} # {"'] },
  { name: 'strings inside interpolations', text: 'x = "a${f("}")}b"\n', expected: ['x = "a${f("}")}b"'] },
  { name: 'escaped interpolations', text: 'x = "$${a %%{b $$${c"\n', expected: ['x = "$${a %%{b $$${c"'] },
  {
    name: 'a heredoc with braces and an interpolation',
    text: 'x = <<-EOT\n  } ${a["}"]}\n  EOT\ny = 1\n',
    expected: ['x = <<-EOT\n  } ${a["}"]}\n  EOT', 'y = 1'],
  },
  {
    name: 'a for expression',
    text: 'x = { for k, v in m : k => v... }\n',
    expected: ['x = { for k , v in m : k => v ... }'],
  },
  {
    name: 'a provider function',
    text: 'x = provider::aws::arn_parse(y)\n',
    expected: ['x = provider :: aws :: arn_parse ( y )'],
  },
];

const invalid = [
  { name: 'a value that is missing', text: 'x =\n', line: 1, column: 3, message: 'no value' },
  { name: 'a block that is not closed', text: 'a {\n  x = 1\n', line: 3, column: 1, message: 'a } is missing' },
  { name: 'a brace too many', text: 'a {\n}\n}\n', line: 3, column: 1, message: 'expected the name' },
  { name: 'a bracket of the wrong kind', text: 'x = [1, 2)\n', line: 1, column: 10, message: 'expected ]' },
  { name: 'a bracket that is not closed', text: 'x = [\n  1,\n', line: 1, column: 5, message: 'never closed' },
  { name: 'a string that is not closed', text: 'a {\n  x = "b\n}\n', line: 2, column: 7, message: 'not closed' },
  { name: 'an interpolation that is not closed', text: 'x = "${a"\n', line: 1, column: 9, message: 'not closed' },
  { name: 'a heredoc that is not closed', text: 'x = <<EOT\na\n', line: 1, column: 5, message: 'no closing EOT' },
  { name: 'two values', text: 'x = "a" "b"\n', line: 1, column: 9, message: 'follows a whole value' },
  { name: 'an operator at the end', text: 'x = a +\n', line: 1, column: 7, message: 'cannot end in +' },
  { name: 'an operator at the start', text: 'x = * a\n', line: 1, column: 5, message: 'cannot begin with *' },
  { name: 'two operators', text: 'x = a + * b\n', line: 1, column: 9, message: 'expected a value, found *' },
  { name: 'a comma between attributes', text: 'x = 1, y = 2\n', line: 1, column: 6, message: ', does not belong' },
  { name: 'two equals signs', text: 'x = = 1\n', line: 1, column: 5, message: '= does not belong' },
  { name: 'YAML', text: 'a: b\n', line: 1, column: 2, message: 'expected = or {' },
  { name: 'two blocks on one line', text: 'a {} b {}\n', line: 1, column: 6, message: 'expected a new line' },
  { name: 'a character that HCL does not know', text: 'x = @\n', line: 1, column: 5, message: '"@" does not belong' },
  { name: 'a merge conflict', text: '<<<<<<< HEAD\nx = 1\n', line: 1, column: 1, message: 'expected the name' },
];

describe('generator/verify/hcl-reader.ts', () => {
  it.each(valid)('reads $name', ({ text, expected }) => {
    const body = readBody(text);

    expect(outline(body)).toEqual(expected);
  });

  it.each(invalid)('says where $name stands', ({ text, line, column, message }) => {
    const reading = readHcl(text);

    expect(reading).toMatchObject({ ok: false, place: { line, column }, message: expect.stringContaining(message) });
  });

  it('gives a problem rather than a stack for absurd nesting', () => {
    const reading = readHcl(`x = ${'a {\n'.repeat(200_000)}`);
    const nested = readHcl('a {\n'.repeat(200_000));

    expect(reading.ok).toBe(false);
    expect(nested).toMatchObject({ ok: false, message: 'it nests too deeply' });
  });

  it('counts lines and columns from 1', () => {
    const reading = readHcl('a {\n  x = 1\n}\n');

    const at = reading.ok && reading.body[0]?.kind === 'block' ? reading.body[0].body[0]?.at : undefined;

    expect(reading.ok && at !== undefined && reading.placeOf(at)).toEqual({ line: 2, column: 3 });
  });

  it.each([
    { name: 'plain text', text: '"abc"', literal: 'abc' },
    { name: 'escapes', text: '"a\\"\\\\\\n\\u0041$${x}"', literal: 'a"\\\nA${x}' },
    { name: 'an interpolation', text: '"${a}-b"', literal: undefined },
    { name: 'a reference', text: 'a.b', literal: undefined },
  ])('finds the literal of $name', ({ text, literal }) => {
    expect(findLiteral(readValue(text))).toBe(literal);
  });

  it('finds the attributes of an object', () => {
    const object = findObject(readValue('{\n  a = "x"\n  "b" = { c = 1 }, d : [1, 2]\n}'));

    expect([...(object ?? [])].map(([name, value]) => [name, value.map(({ text }) => text).join('')])).toEqual([
      ['a', '"x"'],
      ['b', '{c=1}'],
      ['d', '[1,2]'],
    ]);
    expect(findObject(readValue('[1]'))).toBeUndefined();
  });

  it('walks into strings and heredocs', () => {
    const value = readValue('f("a${b.c}", <<EOT\n${"${d}"}\nEOT\n)');

    const words = [...walkTokens(value)].flat().filter(({ kind }) => kind === 'word');

    expect(words.map(({ text }) => text)).toEqual(['f', 'b', 'c', 'd']);
  });
});
