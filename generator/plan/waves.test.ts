import { describe, expect, it } from 'vitest';
import { LAST_WAVE, planWaves, type WaveInput } from './waves.ts';

describe('generator/plan/waves', () => {
  it('puts each app behind everything it needs, and what waits for money last', () => {
    const waves = planWaves([
      app('issuers', ['certs']),
      app('certs'),
      app('db', ['issuers', 'certs']),
      last('gpu', ['db']),
    ]);

    expect(waves.ok && Object.fromEntries(waves.value)).toEqual({ certs: 0, issuers: 10, db: 20, gpu: LAST_WAVE });
  });

  it('gives the same waves in any order of apps', () => {
    const apps = [app('a'), app('b', ['a']), app('c', ['b']), app('d', ['a'])];

    const forwards = planWaves(apps);
    const backwards = planWaves([...apps].reverse());

    expect(forwards.ok && backwards.ok && Object.fromEntries(backwards.value)).toEqual(
      forwards.ok && Object.fromEntries(forwards.value),
    );
  });

  it.each([
    {
      name: 'a circle, with its path',
      apps: [app('a', ['b']), app('b', ['c']), app('c', ['a'])],
      problem: { code: 'PLAN-001', key: 'apps.a', message: 'a => b => c => a is a circle.' },
    },
    {
      name: 'an app that needs itself',
      apps: [app('a', ['a'])],
      problem: { code: 'PLAN-001', key: 'apps.a', message: 'a => a is a circle.' },
    },
    {
      name: 'a need that is not there',
      apps: [app('a', ['nobody'])],
      problem: { code: 'PLAN-002', key: 'apps.a', hint: 'enable apps.nobody' },
    },
    {
      name: 'a gate on what waits for money',
      apps: [last('gpu'), app('a', ['gpu'])],
      problem: { code: 'PLAN-003', key: 'apps.a', message: 'a would wait for gpu, which is in the last wave.' },
    },
  ])('refuses $name', ({ apps, problem }) => {
    const waves = planWaves(apps);

    expect(waves.ok).toBe(false);
    expect(waves.problems).toEqual([expect.objectContaining(problem)]);
  });
});

function app(name: string, hard: readonly string[] = []): WaveInput {
  return { name, hard, lastWave: false };
}

function last(name: string, hard: readonly string[] = []): WaveInput {
  return { name, hard, lastWave: true };
}
