import {
  array,
  assert,
  boolean,
  constantFrom,
  dictionary,
  double,
  integer,
  oneof,
  property,
  record,
  string,
} from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { from, type YamlMap } from '../core/provenance.ts';
import { writeYaml } from './yaml-writer.ts';

/** Text that one version of YAML or another reads as something else, or that ends a value where it should not. */
interface Document {
  readonly scalar: string | number | boolean;
  readonly list: (string | number | boolean)[];
  readonly map: Record<string, string | number | boolean>;
}

const TRAPS = [
  'on',
  'No',
  'y',
  '~',
  'null',
  'NULL',
  '0777',
  '0o17',
  '0x1F',
  '0b101',
  '1_000',
  '190:20:30',
  '1e3',
  '51e6138479639189',
  '-.5E9999',
  '1.',
  '.5',
  '.inf',
  '.NaN',
  '+1',
  '2026-11-23',
  '2026-11-23T00:00:00Z',
  '<<',
  '=',
  '-',
  '?',
  ':',
  '---',
  '...',
  '',
  ' ',
  ' x',
  'x ',
  'a: b',
  'a #b',
  '#a',
  '%a',
  '@a',
  '`a',
  '!a',
  '&a',
  '*a',
  '[a]',
  '{a}',
  'a,b',
  '"a"',
  "'a'",
  'a\nb',
  'a\nb\n',
  'a\n\n',
  '\n',
  ' a\nb',
  '\ta',
  'a\tb',
  'a\r\nb',
  '\u0000',
  '\u0085',
  '\u2028',
  '\ufeff',
  '😀',
  '\ud800',
  '[ "groups" ]',
  'a\n  b\n c',
  'x'.repeat(300),
];

/** The package that reads here takes `e0` and `.` for numbers in YAML 1.1, as neither the specification nor Go does. */
const READ_WRONG = /^[-+]?[\d_]*\.?[\d_]*(e[-+]?[\d_]*)?$/i;

test('every version of YAML reads back what was written', () => {
  const text = oneof(
    constantFrom(...TRAPS),
    string({ unit: 'binary', maxLength: 12 }),
    string({ maxLength: 12 }),
  ).filter((one) => !READ_WRONG.test(one) && one !== '__proto__');
  const scalar = oneof(
    text,
    boolean(),
    integer(),
    double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  );
  const value = record({
    scalar,
    list: array(scalar, { maxLength: 4 }),
    map: dictionary(text, scalar, { maxKeys: 4 }),
  });
  assert(
    property(value, (document) => {
      const { content } = writeYaml([document as YamlMap]);
      for (const version of ['1.1', '1.2'] as const) expect(parse(content, { version })).toEqual(document);
    }),
    {
      numRuns: 500,
      // The same documents every time: what is new is found by hand, not by somebody else's change.
      seed: 20261123,
      examples: TRAPS.map((trap): [Document] => [{ scalar: trap, list: [trap], map: { [trap]: trap } }]),
    },
  );
});

test('a document that was written before keeps the provenance of its own', () => {
  const first = writeYaml([{ name: from('metadata.name', 'prod') }]);
  const second = writeYaml([{ name: from('cluster.name', 'prod') }], 'On top.');
  expect(second.content).toBe(`# On top.\n${first.content}`);
  expect([...first.provenance, ...second.provenance]).toEqual([
    ['/0/name', 'metadata.name'],
    ['/0/name', 'cluster.name'],
  ]);
});
