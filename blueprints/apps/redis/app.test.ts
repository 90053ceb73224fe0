import { describe, expect, it } from 'vitest';
import { REDIS } from '../../../generator/core/data-services.ts';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { renderCase } from '../../../generator/testing/app-cases.ts';

function render(environment: string, inputs: PlainMap = {}) {
  const { plan } = renderCase('redis', { name: 'case', environment, inputs }).app;
  const manifests = (plan.manifests ?? []).map(({ object }) => stripProvenance(object).plain as PlainMap);
  const find = (kind: string) => manifests.find((manifest) => manifest['kind'] === kind);
  return { plan, manifests, find, spec: find('RedisReplication')?.['spec'] as PlainMap };
}

describe('blueprints/apps/redis/app.ts', () => {
  it('has the names that callers know', () => {
    const { find } = render('zcompute-high-wildcard');

    expect(find('RedisReplication')).toMatchObject({ metadata: { name: REDIS.service, namespace: 'onyx' } });
    expect(REDIS.sentinelHosts[2]).toBe(`${REDIS.service}-s-2.${REDIS.service}-s-hl.onyx.svc.cluster.local`);
    expect(REDIS.masterHost).toBe(`${REDIS.service}-master.onyx.svc.cluster.local`);
  });

  it('carries no labels, which would end up in selectors', () => {
    expect(render('aws-high').find('RedisReplication')?.['metadata']).not.toHaveProperty('labels');
  });

  it.each([
    ['one zone', 'zcompute-high-wildcard', ['kubernetes.io/hostname']],
    ['three zones', 'aws-high', ['kubernetes.io/hostname', 'topology.kubernetes.io/zone']],
  ])('keeps three nodes and three Sentinels apart, on %s', (_title, environment, topology) => {
    const { spec, plan } = render(environment);

    for (const [part, app] of [
      [spec, 'onyx-redis'],
      [spec['sentinel'] as PlainMap, 'onyx-redis-s'],
    ] as const) {
      expect(part['affinity']).toMatchObject({
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { labelSelector: { matchLabels: { app } }, topologyKey: 'kubernetes.io/hostname' },
          ],
        },
      });
      const constraints = part['topologySpreadConstraints'] as PlainMap[];
      expect(constraints.map(({ topologyKey }) => topologyKey)).toEqual(topology);
    }
    expect([spec['clusterSize'], (spec['sentinel'] as PlainMap)['size']]).toEqual([3, 3]);
    expect(plan.workloads?.map(({ name, replicas, hasBudget }) => [name, replicas, hasBudget])).toEqual([
      ['onyx-redis', 3, true],
      ['onyx-redis-s', 3, true],
    ]);
  });

  it('has a budget for each: one by the operator, one of ours, for the pods that Sentinel runs in', () => {
    const { spec, find } = render('zcompute-high-wildcard');

    expect(spec['pdb']).toEqual({ enabled: true, maxUnavailable: 1 });
    expect(find('PodDisruptionBudget')).toMatchObject({
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'onyx-redis-s', role: 'sentinel' } } },
    });
  });

  it('lets pods of its namespace in and nobody else, because Sentinel has no password', () => {
    const { spec, find } = render('zcompute-high-wildcard');

    expect(spec['sentinel']).not.toHaveProperty('redisSecret');
    expect(find('NetworkPolicy')).toMatchObject({
      spec: {
        podSelector: { matchExpressions: [{ values: ['onyx-redis', 'onyx-redis-s'] }] },
        ingress: [{ from: [{ podSelector: {} }] }],
      },
    });
  });

  it.each([
    [128, 51, 12],
    [1024, 409, 102],
    [2048, 819, 204],
  ])(
    'of %i MiB has room for all data twice and what waits for copies, and forgets nothing',
    (memoryMiB, data, buffer) => {
      const { spec, find } = render('zcompute-high-wildcard', { memoryMiB });

      expect(spec['kubernetesConfig']).toMatchObject({ resources: { limits: { memory: `${memoryMiB}Mi` } } });
      const settings = (find('ConfigMap') as { readonly data: PlainMap }).data['redis-additional.conf'];
      expect(settings).toContain(`maxmemory ${data}mb\nmaxmemory-policy noeviction\n`);
      expect(settings).toContain(`client-output-buffer-limit replica ${buffer}mb ${buffer}mb 60\n`);
      expect(2 * data + buffer).toBeLessThanOrEqual(memoryMiB * 0.9);
    },
  );

  it('keeps its data on volumes that stay', () => {
    const { spec, plan } = render('zcompute-high-wildcard', { storageGiB: 5 });

    expect(spec['storage']).toMatchObject({
      keepAfterDelete: true,
      volumeClaimTemplate: { spec: { storageClassName: 'gp3-retain', resources: { requests: { storage: '5Gi' } } } },
    });
    expect(plan.stores).toMatchObject([{ sizeGiB: 15 }]);
  });

  it('takes its password from the Secret, and says what a new one takes', () => {
    const { spec, plan } = render('zcompute-high-wildcard');

    expect(spec['kubernetesConfig']).toMatchObject({
      redisSecret: { name: REDIS.secret.name, key: REDIS.secret.password },
    });
    expect(plan.secrets?.[0]?.rotation).toMatchObject({
      kind: 'procedure',
      text: expect.stringContaining('onyx-redis-s'),
    });
  });
});
