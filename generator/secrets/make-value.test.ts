import { describe, expect, it } from 'vitest';
import type { SecretRecipe } from '../core/blueprint.ts';
import { makeValue } from './make-value.ts';

const many = (recipe: SecretRecipe, count: number) => Array.from({ length: count }, () => makeValue(recipe) ?? '');

describe('generator/secrets/make-value', () => {
  it.each<[string, SecretRecipe, RegExp]>([
    ['a password', { kind: 'password', length: 40 }, /^[A-Za-z0-9]{40}$/],
    [
      'a strong password',
      { kind: 'strong-password', length: 32 },
      /^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?=.*[-_.+])[-A-Za-z0-9_.+]{32}$/,
    ],
    ['hex', { kind: 'hex', bytes: 32 }, /^[0-9a-f]{64}$/],
    ['base64', { kind: 'base64', bytes: 32 }, /^[A-Za-z0-9+/]{43}=$/],
  ])('makes %s, another one each time', (_, recipe, form) => {
    const values = many(recipe, 200);

    expect(values.filter((value) => !form.test(value))).toEqual([]);
    expect(new Set(values).size).toBe(values.length);
  });

  it('has every class even where a strong password is as short as can be', () => {
    for (const value of many({ kind: 'strong-password', length: 4 }, 100))
      for (const form of [/[a-z]/, /[A-Z]/, /[0-9]/, /[-_.+]/]) expect(value).toMatch(form);
  });

  it('takes each of 62 signs as often as the others, at each place', () => {
    const length = 8;
    const rounds = 31_000;
    const counts = Array.from({ length }, () => new Map<string, number>());
    for (const value of many({ kind: 'password', length }, rounds))
      for (const [place, sign] of [...value].entries()) counts[place]?.set(sign, (counts[place]?.get(sign) ?? 0) + 1);

    // 500 of each are expected. Chi-squared with 61 degrees of freedom passes 131 once in a million tries.
    const expected = rounds / 62;
    for (const place of counts) {
      const chiSquared = [...place.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      expect(place.size).toBe(62);
      expect(chiSquared).toBeLessThan(131);
    }
  });

  it('makes no text: that is worked out', () => {
    expect(makeValue({ kind: 'text', text: 'fixed' })).toBeUndefined();
  });
});
