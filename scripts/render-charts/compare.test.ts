import { describe, expect, it } from 'vitest';
import type { AppPlan } from '../../generator/core/blueprint.ts';
import type { PlannedApp } from '../../generator/plan/plan.ts';
import { environmentText } from '../../generator/testing/environment-text.ts';
import { planOf } from '../../generator/testing/plan-of.ts';
import { compareWithPlan } from './compare.ts';
import { parseObjects } from './inspect.ts';

const { apps, nodeGroups } = planOf(environmentText());
const CLUSTER = { custom: new Set<string>(), nodeGroups };
const WORKLOAD = {
  name: 'web',
  kind: 'Deployment',
  replicas: 1,
  requests: { cpuMillis: 100, memoryMiB: 128 },
  runsOn: 'worker',
  hasBudget: false,
  onNodeLoss: 'Nobody notices.',
} as const;

function appWith(plan: AppPlan): PlannedApp {
  const [app] = apps;
  if (app === undefined) throw new Error('the smallest example has no apps');
  return { ...app, plan, blueprint: { ...app.blueprint, namespace: { name: 'demo' } } };
}

function deployment(
  changes: { readonly replicas?: number; readonly cpu?: string; readonly label?: string } = {},
): string {
  const { replicas = 1, cpu = '100m', label = 'kubernetes.io/os: linux' } = changes;
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: demo }
spec:
  replicas: ${replicas}
  template:
    spec:
      nodeSelector: { ${label} }
      containers: [{ resources: { requests: { cpu: ${cpu}, memory: 128Mi } } }]
`;
}

describe('scripts/render-charts/compare.ts', () => {
  it('has nothing to say where everything is declared', () => {
    const comparison = compareWithPlan(appWith({ workloads: [WORKLOAD] }), parseObjects(deployment()), CLUSTER);

    expect(comparison).toEqual({ errors: [], notes: [] });
  });

  it.each<{ name: string; plan: AppPlan; manifests: string; error: string }>([
    { name: 'an undeclared workload', plan: {}, manifests: deployment(), error: 'workloads lacks Deployment/web' },
    {
      name: 'a workload that is not there',
      plan: { workloads: [WORKLOAD] },
      manifests: '',
      error: 'workloads has Deployment/web, which is not rendered',
    },
    {
      name: 'another request',
      plan: { workloads: [WORKLOAD] },
      manifests: deployment({ cpu: '1' }),
      error: 'Deployment/web: cpuMillis is declared 100, rendered 1000',
    },
    {
      name: 'another number of replicas',
      plan: { workloads: [WORKLOAD] },
      manifests: deployment({ replicas: 2 }),
      error: 'Deployment/web: replicas is declared 1, rendered 2',
    },
    {
      name: 'an undeclared cluster-scoped kind',
      plan: {},
      manifests: 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: a }\n',
      error: 'clusterKinds lacks rbac.authorization.k8s.io/ClusterRole',
    },
    {
      name: 'an undeclared namespace',
      plan: {},
      manifests: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: kube-system }\n',
      error: 'otherNamespaces lacks kube-system',
    },
  ])('finds $name', ({ plan, manifests, error }) => {
    const comparison = compareWithPlan(appWith(plan), parseObjects(manifests), CLUSTER);

    expect(comparison.errors).toEqual([error]);
  });

  it('finds pods that the Pod Security level of the namespace forbids', () => {
    const app = appWith({ workloads: [WORKLOAD] });
    const strict = {
      ...app,
      blueprint: { ...app.blueprint, namespace: { name: 'demo', podSecurity: 'restricted' as const } },
    };

    const { errors } = compareWithPlan(strict, parseObjects(deployment()), CLUSTER);

    expect(errors[0]).toContain('Deployment/web breaks Pod Security restricted: container ?: runAsNonRoot is not true');
  });

  it.each([
    { name: 'no replica', manifests: deployment({ replicas: 0 }) },
    { name: 'a label that no node has', manifests: deployment({ label: 'example.com/a: b' }) },
  ])('only notes an undeclared workload with $name', ({ manifests }) => {
    const comparison = compareWithPlan(appWith({}), parseObjects(manifests), CLUSTER);

    expect(comparison).toEqual({ errors: [], notes: ['Deployment/web has no replica, or no node with its labels'] });
  });

  it('notes what is declared without need', () => {
    const plan = { clusterKinds: [{ group: 'a', kind: 'B' }], otherNamespaces: ['c'] };

    const comparison = compareWithPlan(appWith(plan), [], CLUSTER);

    expect(comparison.notes).toEqual([
      'clusterKinds has a/B, which is not rendered',
      'otherNamespaces has c, which nothing is written into',
    ]);
  });
});
