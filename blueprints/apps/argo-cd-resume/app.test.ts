import { describe, expect, it } from 'vitest';
import { readExample } from '../../../generator/testing/examples.ts';
import { planOf } from '../../../generator/testing/plan-of.ts';

describe('blueprints/apps/argo-cd-resume', () => {
  it('is there before anything that could wait for something', () => {
    const { apps } = planOf(readExample('zcompute-single').texts[0]?.text ?? '');
    const own = apps.find(({ blueprint }) => blueprint.name === 'argo-cd-resume');

    expect(own?.wave).toBe(Math.min(...apps.map(({ wave }) => wave)));
  });

  it('holds nothing up when a run fails', () => {
    const { apps } = planOf(readExample('zcompute-single').texts[0]?.text ?? '');
    const own = apps.find(({ blueprint }) => blueprint.name === 'argo-cd-resume');

    const found = own?.plan.manifests?.filter(({ object }) => object['kind'] === 'CronJob');

    expect(found).toMatchObject([
      { object: { metadata: { annotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true' } } } },
    ]);
  });
});
