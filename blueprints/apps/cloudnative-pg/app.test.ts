import { describe, expect, it } from 'vitest';
import { stripProvenance } from '../../../generator/core/provenance.ts';
import { renderCase } from '../../../generator/testing/app-cases.ts';

const SINGLE = 'zcompute-single';
const HIGH = 'zcompute-high-wildcard';

describe('blueprints/apps/cloudnative-pg/app.ts', () => {
  it.each([
    ['one operator and no budget', SINGLE, 1, [], 0],
    ['two operators apart, with a budget', HIGH, 2, ['PodDisruptionBudget'], 1],
    ['two operators over zones, with a budget', 'aws-high', 2, ['PodDisruptionBudget'], 2],
  ])('has %s', (_, environment, replicas, kinds, spreads) => {
    const { values, manifests = [], workloads } = planApp(environment);

    const { topologySpreadConstraints = [], ...rest } = values;
    expect(rest).toMatchObject({ replicaCount: replicas });
    expect(topologySpreadConstraints).toHaveLength(spreads);
    expect(manifests.map(({ object }) => object['kind'])).toEqual(kinds);
    expect(workloads).toMatchObject([{ name: 'cloudnative-pg', replicas, hasBudget: replicas > 1 }]);
  });

  it('fetches its image with the pull secrets of the environment', () => {
    const { values } = planApp(SINGLE, { egress: { pullSecrets: ['registry'] } });

    expect(values).toMatchObject({ imagePullSecrets: [{ name: 'registry' }] });
  });
});

function planApp(environment: string, overrides = {}) {
  const { plan } = renderCase('cloudnative-pg', { name: 'test', environment, overrides }).app;
  const values = stripProvenance(plan.values ?? {}).plain as { readonly topologySpreadConstraints?: readonly object[] };
  return { ...plan, values };
}
