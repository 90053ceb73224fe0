import { describe, expect, it } from 'vitest';
import { app, planOne, SMALL, workload } from '../testing/plan-builder.ts';
import { planSecrets } from './pending.ts';
import { addPullSecrets } from './pull-secrets.ts';

describe('generator/plan/pull-secrets.ts', () => {
  it('needs each of them where an app runs pods, sorted', () => {
    const { secrets } = addPullSecrets({ workloads: [workload()] }, 'demo', ['b', 'a']);

    expect(secrets).toMatchObject([
      { name: 'a', namespace: 'demo', type: 'kubernetes.io/dockerconfigjson', keys: [{ key: '.dockerconfigjson' }] },
      { name: 'b', namespace: 'demo' },
    ]);
  });

  it.each([
    ['an app without pods', {}, ['a']],
    ['an environment without pull secrets', { workloads: [workload()] }, []],
  ])('changes nothing for %s', (_title, plan, pullSecrets) => {
    expect(addPullSecrets(plan, 'demo', pullSecrets)).toBe(plan);
  });

  it('lists a secret once for each namespace, however many apps share it', () => {
    const environment = { ...SMALL, egress: { pullSecrets: ['registry-login'] } };
    const apps = [
      app({ workloads: [workload()] }, { name: 'one', namespace: { name: 'shared' } }),
      app({ workloads: [workload()] }, { name: 'other' }),
      app({ workloads: [workload()] }, { name: 'two', namespace: { name: 'shared' } }),
    ];

    const secrets = planSecrets(planOne(environment, apps));

    expect(secrets.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual([
      'demo/registry-login',
      'shared/registry-login',
    ]);
    expect(secrets.map(({ keys }) => keys[0]?.make)).toEqual([
      undefined,
      { kind: 'text', text: '${demo/registry-login/.dockerconfigjson}' },
    ]);
  });
});
