import { describe, expect, it } from 'vitest';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { renderCase } from '../../../generator/testing/app-cases.ts';

function render(environment: string) {
  const { plan } = renderCase('redis-operator', { name: 'case', environment }).app;
  const manifests = (plan.manifests ?? []).map(({ object }) => stripProvenance(object).plain as PlainMap);
  return { plan, manifests, values: stripProvenance(plan.values ?? {}).plain as PlainMap };
}

describe('blueprints/apps/redis-operator/app.ts', () => {
  it('has rights in its own namespace only', () => {
    const { values, plan } = render('zcompute-high-wildcard');

    expect(values).toMatchObject({ rbac: { scope: 'namespace' }, redisOperator: { watchNamespace: 'onyx' } });
    expect(plan.clusterKinds).toEqual([{ group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' }]);
  });

  it('takes out the gate that the image does not know', () => {
    expect(render('zcompute-high-wildcard').values['featureGates']).toEqual({ AvoidCommandLinePassword: null });
  });

  it.each([
    ['one', 'zcompute-single', 1, 0],
    ['two apart, with a budget', 'aws-high', 2, 1],
  ])('runs %s (%s)', (_title, environment, replicas, budgets) => {
    const { values, manifests, plan } = render(environment);

    expect(values['replicas']).toBe(replicas);
    expect(values['affinity'] !== undefined).toBe(replicas > 1);
    expect(manifests.map(({ kind }) => kind)).toEqual(Array(budgets).fill('PodDisruptionBudget'));
    expect(plan.workloads).toMatchObject([{ replicas, hasBudget: replicas > 1 }]);
  });
});
