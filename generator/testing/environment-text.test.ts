import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environmentText, mergeDeep } from './environment-text.ts';
import { listExamples } from './examples.ts';
import { planOf } from './plan-of.ts';

describe('generator/testing/environment-text.ts', () => {
  it.each([
    {
      name: 'keeps what is not named',
      base: { a: { b: 1, c: 2 } },
      changes: { a: { b: 3 } },
      expected: { a: { b: 3, c: 2 } },
    },
    { name: 'replaces lists as a whole', base: { a: [1, 2] }, changes: { a: [3] }, expected: { a: [3] } },
    {
      name: 'removes what is null',
      base: { a: { b: 1, c: 2 } },
      changes: { a: { b: null } },
      expected: { a: { c: 2 } },
    },
    { name: 'puts a map in place of a scalar', base: { a: 1 }, changes: { a: { b: 1 } }, expected: { a: { b: 1 } } },
  ])('$name', ({ base, changes, expected }) => {
    const merged = mergeDeep(base, changes);

    expect(merged).toEqual(expected);
  });

  it('writes text that plans as changed', () => {
    const text = environmentText({ metadata: { name: 'other' } });

    const plan = planOf(text);

    expect(parse(text).metadata).toEqual({ name: 'other' });
    expect(plan.name).toBe('other');
  });

  it('refuses an example of several environments', () => {
    expect(() => environmentText({}, 'staging-and-prod')).toThrow('staging-and-prod');
  });

  it('finds the examples, a folder being one repository', () => {
    const examples = listExamples();

    expect(examples.map(({ name }) => name)).toContain('zcompute-single');
    expect(examples.find(({ name }) => name === 'staging-and-prod')?.texts).toHaveLength(2);
  });
});
