import { describe, expect, it } from 'vitest';
import { findEnvironmentName } from './environment-name.ts';

describe('generator/environment/environment-name', () => {
  it.each([
    ['a file', 'metadata:\n  name: prod\n', 'prod'],
    ['a file of another system', '\uFEFFmetadata:\r\n  name: prod\r\n', 'prod'],
    ['no name', 'metadata: {}\n', undefined],
    ['no metadata', 'metadata:\n', undefined],
    ['a number', 'metadata: { name: 5 }\n', undefined],
    ['no YAML', 'metadata: [\n', undefined],
    ['a list', '- a\n', undefined],
    // Read as YAML it would take minutes.
    ['far too much', `metadata: { name: prod }\n${'a: b\n'.repeat(2_500_000)}`, undefined],
  ])('finds the name in %s', (_name, text, expected) => {
    expect(findEnvironmentName(text)).toBe(expected);
  });
});
