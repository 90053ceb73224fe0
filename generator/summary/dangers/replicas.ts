// Fewer replicas of what holds data: nothing is moved off those that go.
import type { Workload } from '../../core/blueprint.ts';
import type { PlainValue } from '../../core/provenance.ts';
import type { PlannedApp } from '../../plan/plan.ts';
import { asMap, findValues, listObjects } from '../environment-files.ts';
import type { Danger } from '../summary.ts';
import { findValueChanges } from '../value-changes.ts';
import { listStores } from './apps.ts';
import type { DangerInput, FindDangers } from './danger.ts';
import { findWayBack } from './way-back.ts';

/** Something with replicas of its own, and how many of them there were and are. */
interface Fewer {
  readonly app: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** What the plans tell; of apps that change by themselves, from one version of Rootstock to the next, the files do. */
export const findReplicaDangers: FindDangers = (input) => {
  const planned = findFewerWorkloads(input);
  const apps = new Set(planned.map(({ app }) => app));
  const generated = [...findFewerObjects(input), ...findFewerInValues(input)].filter(({ app }) => !apps.has(app));
  return [...planned, ...generated].map((fewer) => describe(input, fewer));
};

function findFewerWorkloads({ before, after }: DangerInput): Fewer[] {
  return after.apps.flatMap((app): Fewer[] => {
    const name = app.blueprint.name;
    const then = before?.apps.find(({ blueprint }) => blueprint.name === name);
    if (then === undefined || !holdsData(then)) return [];
    const now = listStateful(app);
    return listStateful(then).flatMap((workload): Fewer[] => {
      // One that is gone is a part of the app that is switched off.
      const to = now.find((one) => one.name === workload.name)?.replicas ?? workload.replicas;
      return to < workload.replicas ? [{ app: name, name: workload.name, from: workload.replicas, to }] : [];
    });
  });
}

function listStateful({ plan }: PlannedApp): readonly Workload[] {
  return (plan.workloads ?? []).filter(({ kind }) => kind === 'StatefulSet');
}

function holdsData({ plan }: PlannedApp): boolean {
  return (plan.stores ?? []).length > 0;
}

/** Kinds whose pods hold data, and the key that counts them: Kubernetes, CloudNativePG, Redis operator. */
const COUNTS: Readonly<Record<string, string>> = {
  StatefulSet: 'replicas',
  Cluster: 'instances',
  RedisReplication: 'clusterSize',
};

function findFewerObjects({ environment, filesBefore, filesAfter }: DangerInput): Fewer[] {
  const now = listObjects(filesAfter, environment);
  return [...listObjects(filesBefore, environment)].flatMap(([identity, { app, kind, name, object }]): Fewer[] => {
    const [count, next] = [COUNTS[kind], now.get(identity)];
    if (count === undefined || next === undefined) return [];
    return toFewer(app, name, asMap(object['spec'])[count], asMap(next.object['spec'])[count]);
  });
}

/** Charts count replicas beside what they say of volumes. */
function findFewerInValues({ environment, filesBefore, filesAfter, before, after }: DangerInput): Fewer[] {
  return after.apps.flatMap((planned): Fewer[] => {
    const app = planned.blueprint.name;
    const then = before?.apps.find(({ blueprint }) => blueprint.name === app);
    const values = findValues(filesBefore, environment, app);
    if (values === undefined || ![planned, ...(then === undefined ? [] : [then])].some(holdsData)) return [];
    return findValueChanges(values, findValues(filesAfter, environment, app))
      .filter(({ at }) => /^replica(s|Count)$/.test(String(at.at(-1))) && hasVolumes(values, at.slice(0, -1)))
      .flatMap(({ at, from, to }) => toFewer(app, at.slice(0, -1).join('.') || app, from, to));
  });
}

/** True if the part itself names volumes; what lies in parts of it is theirs. */
function hasVolumes(values: PlainValue, part: readonly (string | number)[]): boolean {
  const found = part.reduce<PlainValue | undefined>((at, key) => asMap(at)[key], values);
  return Object.entries(asMap(found)).some(
    ([key, value]) =>
      (/persisten|storage|volumeclaim/i.test(key) && asMap(value)['enabled'] !== false) ||
      /^(data|dataDirs)$/.test(key),
  );
}

function toFewer(app: string, name: string, from: PlainValue | undefined, to: PlainValue | undefined): Fewer[] {
  return typeof from === 'number' && typeof to === 'number' && to < from ? [{ app, name, from, to }] : [];
}

function describe(input: DangerInput, fewer: Fewer): Danger {
  const { environment, keys } = input;
  const { app, name, from } = fewer;
  const back = findWayBack(app, keys);
  const stores = listStores(input, app) ?? [];
  const holds = stores.length === 0 ? '' : ` ${app} holds ${stores.join('; ')}.`;
  return {
    name: `replicas/${app}/${name}`,
    takesEffect: 'commit',
    key: back?.key ?? `apps.${app}`,
    what: `${isPostgres(input, fewer) ? describePostgres(fewer) : describePods(fewer)}${holds}`,
    avoid: `${back?.text ?? `keep ${from} replicas of ${name}`}; or copy the data of ${app} first: docs/${environment}/runbook.md says how to back it up`,
  };
}

function describePods({ app, name, from, to }: Fewer): string {
  const majority =
    from < 3 || to * 2 > from
      ? ''
      : ` Those that stay are no majority of ${from}: what needs one to write or to answer stops.`;
  return `${name} of ${app} goes from ${from} replicas to ${to}: Kubernetes ends ${from - to} of them without moving data to the others. What only they hold is out of reach, and their volumes are left behind, with nobody who uses them.${majority}`;
}

/** Each instance has all rows, and the operator clears up after those that it ends. */
function describePostgres({ app, name, from, to }: Fewer): string {
  const alone = to === 1 ? ' None is left to take over: a lost node stops the database, a lost volume ends it.' : '';
  return `${name} of ${app} goes from ${from} instances to ${to}: CloudNativePG ends ${from - to} of them and deletes their claims. The rows stay with the others.${alone}`;
}

function isPostgres({ environment, filesBefore }: DangerInput, { app, name }: Fewer): boolean {
  return [...listObjects(filesBefore, environment).values()].some(
    (object) => object.kind === 'Cluster' && object.app === app && object.name === name,
  );
}
