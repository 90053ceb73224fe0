import { describe, expect, it } from 'vitest';
import { parseEnvironments } from '../environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../environment/schema/environment-schema.ts';
import { app, SMALL } from '../testing/plan-builder.ts';
import { requireValue } from '../testing/plan-of.ts';
import { planRepository } from './plan-repository.ts';

describe('generator/plan/app-inputs.ts', () => {
  it('reports what an app finds in its inputs, and does not plan it', () => {
    const finding = { key: 'apps.demo.size', message: 'size is 9.', hint: 'write size: 1' };
    const plan = () => {
      throw new Error('planned all the same');
    };
    const demo = app({}, { check: () => [finding], plan });
    const files = [{ file: 'lab.yaml', text: JSON.stringify(SMALL) }];
    const parsed = requireValue(
      parseEnvironments(files, makeEnvironmentSchema({ demo: demo.inputs }), { routes: {}, apps: [] }),
    );

    const planned = planRepository(parsed, [demo]);

    expect(planned).toEqual({
      ok: false,
      problems: [{ code: 'PLAN-004', severity: 'error', place: { file: 'lab.yaml', line: 1, column: 1 }, ...finding }],
    });
  });
});
