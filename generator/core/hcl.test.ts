import { describe, expect, it } from 'vitest';
import { writeHcl } from '../render/terraform/hcl-writer.ts';
import { evaluateOutputs, formatDifference, hasTerraform } from '../testing/terraform.ts';
import { attribute, block, call, expression, type HclValue, printHclValue } from './hcl.ts';

const strings = [
  { name: 'plain text', value: 'abc', printed: '"abc"' },
  { name: 'quotes', value: 'say "x"', printed: '"say \\"x\\""' },
  { name: 'a backslash', value: 'a\\.b', printed: '"a\\\\.b"' },
  { name: 'a backslash before an n', value: 'C:\\new', printed: '"C:\\\\new"' },
  { name: 'line ends and tabs', value: 'a\nb\r\tc', printed: '"a\\nb\\r\\tc"' },
  { name: 'a control character', value: 'a\u001bb', printed: '"a\\u001bb"' },
  { name: 'what looks like an interpolation', value: '${HOME}', printed: '"$${HOME}"' },
  { name: 'what looks like a directive', value: '%{http_code}', printed: '"%%{http_code}"' },
  { name: 'what looks like an escape', value: '$${x} %%{y}', printed: '"$$${x} %%%{y}"' },
  { name: 'lone signs', value: '5$ 10% {x}', printed: '"5$ 10% {x}"' },
  { name: 'letters beyond ASCII', value: 'Zürich 東京', printed: '"Zürich 東京"' },
];

const values: readonly { readonly name: string; readonly value: HclValue; readonly printed: string }[] = [
  { name: 'a number', value: 3.5, printed: '3.5' },
  { name: 'null', value: null, printed: 'null' },
  { name: 'an empty list', value: [], printed: '[]' },
  { name: 'an empty object', value: {}, printed: '{}' },
  { name: 'an object of absent keys only', value: { a: undefined }, printed: '{}' },
  { name: 'a list on one line', value: ['a', 1, true], printed: '["a", 1, true]' },
  { name: 'an expression', value: expression('aws_vpc.main.id'), printed: 'aws_vpc.main.id' },
  {
    name: 'an expression inside text',
    value: `${expression('var.a')}-b`,
    printed: '"${var.a}-b"',
  },
  { name: 'an expression in an expression', value: expression(`${expression('var.a')} + 1`), printed: 'var.a + 1' },
  {
    name: 'dollars before an expression',
    value: `$$${expression('var.a')}`,
    printed: '"${"$$"}${var.a}"',
  },
  {
    name: 'aligned keys, the run ending at a value of several lines',
    value: { a: 1, long_name: 2, b: { c: 1 }, d: 3, 'e/f': 4 },
    printed: '{\n  a         = 1\n  long_name = 2\n  b = {\n    c = 1\n  }\n  d     = 3\n  "e/f" = 4\n}',
  },
  { name: 'a key that is a keyword', value: { for: 1 }, printed: '{\n  "for" = 1\n}' },
  { name: 'a key that is an expression', value: { [expression('var.a')]: 1 }, printed: '{\n  (var.a) = 1\n}' },
  {
    name: 'objects in a list',
    value: [{ a: 1 }, { b: [2] }],
    printed: '[\n  {\n    a = 1\n  },\n  {\n    b = [2]\n  },\n]',
  },
  {
    name: 'a call',
    value: call('file', `${expression('path.module')}/x.sh`),
    printed: 'file("${path.module}/x.sh")',
  },
  {
    name: 'a call with an object',
    value: call('jsonencode', { a: [{ b: expression('var.a') }] }),
    printed: 'jsonencode({\n  a = [\n    {\n      b = var.a\n    },\n  ]\n})',
  },
];

function writeOutputs(cases: readonly { readonly value: HclValue }[]): string {
  return writeHcl([
    block('variable', ['a'], [attribute('default', 'A')]),
    ...cases.map(({ value }, index) => block('output', [`case_${index}`], [attribute('value', value)])),
  ]);
}

describe('generator/core/hcl.ts', () => {
  it.each([...strings, ...values])('prints $name', ({ value, printed }) => {
    const text = printHclValue(value);

    expect(text).toBe(printed);
  });

  it('breaks a list that is too long for a line', () => {
    const items = Array.from({ length: 10 }, (_, index) => `subnet-${index}-0123456789`);

    const text = printHclValue(items);

    expect(text.split('\n')).toHaveLength(12);
    expect(text.split('\n')[1]).toBe('  "subnet-0-0123456789",');
  });

  it.skipIf(!hasTerraform)('prints strings that terraform reads back unchanged', () => {
    const outputs = evaluateOutputs(writeOutputs(strings));

    expect(strings.map((_, index) => outputs[`case_${index}`])).toEqual(strings.map(({ value }) => value));
  });

  it.skipIf(!hasTerraform)('prints what terraform fmt leaves alone', () => {
    const difference = formatDifference({ 'main.tf': writeOutputs([...strings, ...values]) });

    expect(difference).toBe('');
  });
});
