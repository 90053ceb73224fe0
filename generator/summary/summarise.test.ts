import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AppBlueprint, AppPlan } from '../core/blueprint.ts';
import { app, SMALL } from '../testing/plan-builder.ts';
import { summariseChange, summariseVersions } from '../testing/summarise-change.ts';
import { refuseDangers } from './danger-problems.ts';
import { formatSummary } from './format-summary.ts';

const CHART = { name: 'demo-chart', version: '1.0.0', repository: 'https://acme.github.io/charts', appVersion: '1' };

function demo(plan: AppPlan, changes: Partial<AppBlueprint> = {}): AppBlueprint {
  return app({ values: {}, ...plan }, { chart: CHART, ...changes });
}

function changeApps(before: readonly AppBlueprint[], after: readonly AppBlueprint[]) {
  return summariseChange(SMALL, SMALL, { before, after })?.apps ?? [];
}

const MANIFEST = { file: 'config', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' } } };
const OTHER_MANIFEST = { ...MANIFEST, object: { ...MANIFEST.object, data: { a: '1' } } };

describe('generator/summary/summarise.ts', () => {
  it('has nothing to say where nothing changes', () => {
    const version = { environments: [SMALL], catalog: [demo({ values: { a: 1 } })] };

    const summary = summariseVersions(version, version);

    expect(summary).toEqual({ hasPrevious: true, environments: [], sharedFiles: [] });
    expect(formatSummary(summary)).toBe('Nothing changes.\n');
  });

  it('lists the apps of an environment that is new', () => {
    const summary = summariseVersions(undefined, {
      environments: [SMALL],
      catalog: [demo({}), app({}, { name: 'b' })],
    });

    expect(summary.environments).toMatchObject([{ name: 'lab', change: 'added', dangers: [] }]);
    expect(summary.environments[0]?.apps.map(({ app: name, change }) => [name, change])).toEqual([
      ['b', 'added'],
      ['demo', 'added'],
    ]);
    expect(summary.sharedFiles).toContain('README.md');
  });

  it.each([
    {
      name: 'comes',
      before: [],
      after: [demo({})],
      change: { change: 'added', chart: { name: 'demo-chart', to: '1.0.0' } },
    },
    {
      name: 'goes',
      before: [demo({})],
      after: [],
      change: { change: 'removed', chart: { name: 'demo-chart', from: '1.0.0' } },
    },
    {
      name: 'has a newer chart',
      before: [demo({})],
      after: [demo({}, { chart: { ...CHART, version: '1.10.0' } })],
      change: {
        change: 'upgraded',
        chart: { name: 'demo-chart', from: '1.0.0', to: '1.10.0' },
        releaseNotes: 'https://github.com/acme/charts/releases',
      },
    },
    {
      name: 'has an older chart',
      before: [demo({}, { chart: { ...CHART, version: '1.10.0' } })],
      after: [demo({}, { chart: { ...CHART, version: '1.9.0' } })],
      change: { change: 'downgraded', chart: { name: 'demo-chart', from: '1.10.0', to: '1.9.0' } },
    },
    {
      name: 'has other values',
      before: [demo({ values: { a: { b: 1, same: true }, gone: 'x' } })],
      after: [demo({ values: { a: { b: 2, same: true }, list: ['y'] } })],
      change: {
        change: 'changed',
        values: [
          { path: 'a.b', from: 1, to: 2 },
          { path: 'gone', from: 'x' },
          { path: 'list', to: ['y'] },
        ],
      },
    },
    {
      name: 'has other manifests',
      before: [demo({ manifests: [MANIFEST] })],
      after: [demo({ manifests: [OTHER_MANIFEST, { ...MANIFEST, file: 'more' }] })],
      change: { change: 'changed', values: [], manifests: ['config.yaml', 'more.yaml'] },
    },
  ])('tells of an app that $name', ({ before, after, change }) => {
    const apps = changeApps(before, after);

    expect(apps).toMatchObject([{ app: 'demo', takesEffect: 'commit', ...change }]);
  });

  it('tells of waves that move', () => {
    const base = app({}, { name: 'base' });

    const apps = changeApps([base, demo({})], [base, demo({}, { dependencies: () => ({ hard: ['base'] }) })]);

    expect(apps).toMatchObject([{ app: 'demo', change: 'changed', wave: { from: 0, to: 10 } }]);
  });

  it.each([
    { name: 'adminPassword', hidden: true },
    { name: 'apiKey', hidden: true },
    { name: 'clientSecret', hidden: true },
    { name: 'existingSecret', hidden: false },
    { name: 'secretName', hidden: false },
    { name: 'passwordSecretKey', hidden: true },
    { name: 'passwordKey', hidden: false },
    { name: 'replicas', hidden: false },
  ])('hides a value that may be a secret: $name is hidden ($hidden)', ({ name, hidden }) => {
    const apps = changeApps([demo({ values: { [name]: 'old-value' } })], [demo({ values: { [name]: 'new-value' } })]);

    expect(JSON.stringify(apps).includes('new-value')).toBe(!hidden);
    expect(apps[0]?.values).toHaveLength(1);
  });

  it('hides a token wherever it stands', () => {
    const token = `ghp_${'a1'.repeat(18)}`;

    const apps = changeApps([demo({ values: {} })], [demo({ values: { args: ['--with', token] } })]);

    expect(JSON.stringify(apps)).not.toContain(token);
  });

  it.each([
    {
      key: 'availability of nothing',
      patch: { ingress: { allowFrom: ['192.0.2.0/24'] } },
      path: 'ingress.allowFrom',
      effect: 'apply',
    },
    {
      key: 'the branch',
      patch: { repository: { ...SMALL.repository, branch: 'release' } },
      path: 'repository.branch',
      effect: 'commit',
    },
    {
      key: 'the version of k3s',
      patch: { cluster: { ...SMALL.cluster, version: 'v1.35.8+k3s1' } },
      path: 'cluster.version',
      effect: 'node replacement',
    },
    {
      key: 'the network',
      patch: { network: { ...SMALL.network, cidr: '10.9.0.0/16' } },
      path: 'network.cidr',
      effect: 'never',
    },
  ])('says when a key takes effect: $path', ({ patch, path, effect }) => {
    const summary = summariseChange(SMALL, { ...SMALL, ...patch }, { before: [], after: [] });

    expect(summary?.keys.map((change) => [change.path, change.takesEffect])).toEqual([[path, effect]]);
  });

  it('tells of node groups and of capacity, before and after', () => {
    const { gpu, ...groups } = SMALL.cluster.nodeGroups;
    const nodeGroups = { ...groups, worker: { ...groups.worker, max: 5 }, more: groups.worker };

    const summary = summariseChange(
      SMALL,
      { ...SMALL, cluster: { ...SMALL.cluster, nodeGroups } },
      { before: [], after: [] },
    );

    expect(gpu).toBeDefined();
    expect(summary?.nodeGroups).toEqual([
      { group: 'gpu', change: 'removed', takesEffect: 'apply', values: [] },
      { group: 'more', change: 'added', takesEffect: 'apply', values: [] },
      { group: 'worker', change: 'changed', takesEffect: 'apply', values: [{ path: 'max', from: 3, to: 5 }] },
    ]);
    expect(summary?.capacity).toMatchObject({
      before: { min: { instances: 4, gpus: 1 }, max: { instances: 7, gpus: 2 } },
      after: { min: { instances: 4, gpus: 0 }, max: { instances: 10, gpus: 0 } },
    });
  });

  it('says that another instance type reaches new nodes only', () => {
    const { nodeGroups } = SMALL.cluster;
    const worker = { ...nodeGroups.worker, rootVolumeGiB: 300 };

    const summary = summariseChange(
      SMALL,
      { ...SMALL, cluster: { ...SMALL.cluster, nodeGroups: { ...nodeGroups, worker } } },
      { before: [], after: [] },
    );

    expect(summary?.nodeGroups).toMatchObject([{ group: 'worker', takesEffect: 'node replacement' }]);
  });

  it('knows versions of charts even where no files were kept', () => {
    const after = [demo({ values: { a: 1 } }, { chart: { ...CHART, version: '2.0.0' } }), app({}, { name: 'plain' })];

    const summary = summariseChange(SMALL, SMALL, { before: [demo({})], after }, { files: false });

    expect(summary?.apps).toMatchObject([
      { app: 'demo', change: 'upgraded', chart: { from: '1.0.0', to: '2.0.0' }, values: [] },
    ]);
    expect(summary?.resources).toEqual([]);
  });

  it('reads as in the golden file', () => {
    const store = { name: 'rows', where: 'one volume', sizeGiB: 10, losing: 'All rows are gone.' };
    const before = {
      environments: [SMALL],
      catalog: [
        app({}, { name: 'base' }),
        demo({ values: { replicas: 1, image: { tag: 'a' } } }),
        app({ stores: [store] }, { name: 'database', namespace: { name: 'database' } }),
      ],
    };
    const { gpu: _, ...groups } = SMALL.cluster.nodeGroups;
    const changed = {
      ...SMALL,
      versions: { demo: '1.2.0' },
      cluster: { ...SMALL.cluster, nodeGroups: { ...groups, worker: { ...groups.worker, max: 5 } } },
    };
    const next = { ...SMALL, metadata: { name: 'next' }, network: { ...SMALL.network, cidr: '10.9.0.0/16' } };
    const after = {
      environments: [changed, next],
      catalog: [
        app({}, { name: 'base' }),
        demo(
          { values: { replicas: 2, image: { tag: 'b' }, adminPassword: 'hunter2' }, manifests: [MANIFEST] },
          { dependencies: () => ({ hard: ['base'] }) },
        ),
      ],
    };

    const summary = summariseVersions(before, after);
    const text = `${formatSummary(summary, { values: 2 })}\n--- as Markdown ---\n\n${formatSummary(summary, { markdown: true })}`;

    const golden = 'generator/summary/goldens/summary.txt';
    if (process.env['GOLDEN'] === 'write') writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });
});

describe('generator/summary/danger-problems.ts', () => {
  const { gpu: _, ...nodeGroups } = SMALL.cluster.nodeGroups;
  const without = { ...SMALL, cluster: { ...SMALL.cluster, nodeGroups } };
  const next = { metadata: { name: 'next' }, network: { ...SMALL.network, cidr: '10.9.0.0/16' } };
  const one = summariseVersions({ environments: [SMALL], catalog: [] }, { environments: [without], catalog: [] });
  const two = summariseVersions(
    { environments: [SMALL, { ...SMALL, ...next }], catalog: [] },
    { environments: [without, { ...without, ...next }], catalog: [] },
  );

  it('refuses what nobody named, and says what will happen and how to avoid it', () => {
    expect(refuseDangers(one, [])).toEqual([
      {
        code: 'DANGER-001',
        severity: 'error',
        place: { file: 'environments/lab.yaml' },
        key: 'cluster.nodeGroups.gpu',
        message: expect.stringMatching(/^node-group\/gpu of lab: Terraform deletes lab-gpu at the next apply\./),
        hint: expect.stringMatching(
          /^kubectl drain the nodes of gpu first.*; to do it all the same, --allow-replace node-group\/gpu$/,
        ),
      },
    ]);
  });

  it.each([
    { name: 'nothing', allowed: [], refused: ['lab:node-group/gpu', 'next:node-group/gpu'] },
    {
      name: 'another name',
      allowed: ['node-group/cpu', 'gpu'],
      refused: ['lab:node-group/gpu', 'next:node-group/gpu'],
    },
    { name: 'the name in one environment', allowed: ['next:node-group/gpu'], refused: ['lab:node-group/gpu'] },
    { name: 'the name in all of them', allowed: ['node-group/gpu'], refused: [] },
  ])('lets pass what is named: $name', ({ allowed, refused }) => {
    const hints = refuseDangers(two, allowed).map(({ hint = '' }) => hint.replace(/^.*--allow-replace /, ''));

    expect(hints).toEqual(refused);
  });
});
