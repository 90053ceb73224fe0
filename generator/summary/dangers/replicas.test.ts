import { describe, expect, it } from 'vitest';
import type { AppPlan, Store } from '../../core/blueprint.ts';
import type { YamlMap } from '../../core/provenance.ts';
import { app, SMALL, workload } from '../../testing/plan-builder.ts';
import { type Remembered, summariseChange } from '../../testing/summarise-change.ts';

const CHART = { name: 'demo', version: '1.0.0', repository: 'https://charts.example.com', appVersion: '1' };
const STORE: Store = { name: 'rows', where: 'volumes', sizeGiB: 10, losing: 'All rows are gone.' };

function database(replicas: number, kind: 'StatefulSet' | 'Deployment' = 'StatefulSet'): AppPlan {
  return { stores: [STORE], workloads: [workload({ name: 'db', kind, replicas })] };
}

function object(kind: string, spec: YamlMap): AppPlan {
  const metadata = { name: 'data', namespace: 'demo' };
  return { manifests: [{ file: 'object', object: { apiVersion: 'v1', kind, metadata, spec } }] };
}

function values(of: YamlMap): AppPlan {
  return { stores: [STORE], values: of };
}

interface Row {
  readonly name: string;
  readonly before: AppPlan;
  readonly after: AppPlan;
  readonly remembered?: Remembered;
  /** Name, and a part of what will happen. */
  readonly dangers: readonly (readonly [string, string])[];
}

const FROM_3_TO_1 = 'goes from 3 replicas to 1: Kubernetes ends 2 of them';
const LAST = 'Those that stay are no majority of 3';

const rows: readonly Row[] = [
  {
    name: 'three become one',
    before: database(3),
    after: database(1),
    dangers: [['replicas/demo/db', `db of demo ${FROM_3_TO_1}`]],
  },
  {
    name: 'three become one, and decide nothing any more',
    before: database(3),
    after: database(1),
    dangers: [['replicas/demo/db', `${LAST}: what needs one to write or to answer stops.`]],
  },
  {
    name: 'three become none',
    before: database(3),
    after: database(0),
    dangers: [['replicas/demo/db', 'goes from 3 replicas to 0']],
  },
  {
    name: 'what they hold',
    before: database(2),
    after: database(1),
    dangers: [['replicas/demo/db', 'demo holds rows (losing it: All rows are gone).']],
  },
  { name: 'one becomes three', before: database(1), after: database(3), dangers: [] },
  { name: 'nothing changes', before: database(3), after: database(3), dangers: [] },
  {
    name: 'pods without volumes',
    before: database(3, 'Deployment'),
    after: database(1, 'Deployment'),
    dangers: [],
  },
  {
    name: 'an app without data',
    before: { ...database(3), stores: [] },
    after: { ...database(1), stores: [] },
    dangers: [],
  },
  ...(
    [
      ['StatefulSet', 'replicas', FROM_3_TO_1],
      ['RedisReplication', 'clusterSize', FROM_3_TO_1],
      ['Cluster', 'instances', 'CloudNativePG ends 2 of them and deletes their claims'],
    ] as const
  ).flatMap(([kind, count, what]): Row[] => [
    {
      name: `a ${kind} of which no plan tells`,
      before: object(kind, { [count]: 3 }),
      after: object(kind, { [count]: 1 }),
      dangers: [['replicas/demo/data', what]],
    },
    {
      name: `a ${kind} that grows`,
      before: object(kind, { [count]: 1 }),
      after: object(kind, { [count]: 3 }),
      dangers: [],
    },
  ]),
  {
    name: 'a plan and an object that tell the same',
    before: { ...database(3), ...object('Cluster', { instances: 3 }) },
    after: { ...database(1), ...object('Cluster', { instances: 1 }) },
    dangers: [['replicas/demo/db', FROM_3_TO_1]],
  },
  {
    name: 'a chart, whose app this version cannot plan as it was',
    before: values({ replicas: 3, persistence: { size: '1Gi' } }),
    after: values({ replicas: 1, persistence: { size: '1Gi' } }),
    remembered: { plans: false },
    dangers: [['replicas/demo/demo', FROM_3_TO_1]],
  },
  {
    name: 'a part of a chart',
    before: values({ a: { spec: { replicaCount: 3, storage: {} } }, b: { replicaCount: 3 } }),
    after: values({ a: { spec: { replicaCount: 1, storage: {} } }, b: { replicaCount: 1 } }),
    dangers: [['replicas/demo/a.spec', FROM_3_TO_1]],
  },
  {
    name: 'a part of a chart whose persistence is off',
    before: values({ replicas: 3, persistence: { enabled: false } }),
    after: values({ replicas: 1, persistence: { enabled: false } }),
    dangers: [],
  },
];

describe('generator/summary/dangers/replicas.ts', () => {
  it.each(rows)('finds replicas that go with what they hold: $name', ({ before, after, remembered, dangers }) => {
    const catalogs = {
      before: [app({ values: {}, ...before }, { chart: CHART })],
      after: [app({ values: {}, ...after }, { chart: CHART })],
    };

    const found = summariseChange(SMALL, SMALL, catalogs, remembered)?.dangers ?? [];

    expect(found.map(({ name, takesEffect, key }) => [name, takesEffect, key])).toEqual(
      dangers.map(([name]) => [name, 'commit', 'apps.demo']),
    );
    for (const [index, [, what]] of dangers.entries()) expect(found[index]?.what).toContain(what);
    for (const { avoid } of found)
      expect(avoid).toMatch(
        /^keep \d replicas of \S+; or copy the data of demo first: docs\/lab\/runbook.md says how to back it up$/,
      );
  });
});
