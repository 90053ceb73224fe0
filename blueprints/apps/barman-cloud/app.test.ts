import { describe, expect, it } from 'vitest';
import { stripProvenance } from '../../../generator/core/provenance.ts';
import { renderCase } from '../../../generator/testing/app-cases.ts';

describe('blueprints/apps/barman-cloud/app.ts', () => {
  it.each(['zcompute-single', 'aws-high'])(
    'has one replica in %s: a second one would never be ready',
    (environment) => {
      const { plan, values } = planApp(environment);

      expect(values['replicaCount']).toBeUndefined();
      expect(plan.workloads).toMatchObject([{ name: 'barman-cloud', replicas: 1, hasBudget: false }]);
      expect(plan.exceptions).toMatchObject([{ what: expect.stringContaining('barman-cloud') }]);
    },
  );

  it('leaves a lost node soon, since a failover waits for it', () => {
    const { values } = planApp('zcompute-single');

    expect(values['tolerations']).toEqual([
      {
        key: 'node.kubernetes.io/not-ready',
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 30,
      },
      {
        key: 'node.kubernetes.io/unreachable',
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 30,
      },
    ]);
  });

  it('comes after what signs its certificates and after the operator', () => {
    const { hard, wave } = renderCase('barman-cloud', { name: 'test', environment: 'zcompute-single' }).app;

    expect(hard).toEqual(['cert-manager', 'cloudnative-pg']);
    expect(wave).toBeGreaterThan(0);
  });
});

function planApp(environment: string) {
  const { plan } = renderCase('barman-cloud', { name: 'test', environment }).app;
  return { plan, values: stripProvenance(plan.values ?? {}).plain as Record<string, unknown> };
}
