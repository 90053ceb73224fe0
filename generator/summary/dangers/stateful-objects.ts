// Objects that hold data, of apps that stay: gone from Git, or changed where Kubernetes allows no change.
import { formatKeyPath, type KeyPath } from '../../core/key-path.ts';
import type { PlainValue } from '../../core/provenance.ts';
import { asMap, findValues, listApplications, listObjects, type ManifestObject } from '../environment-files.ts';
import type { Danger, ValueChange } from '../summary.ts';
import { findValueChanges, type PathChange } from '../value-changes.ts';
import type { FindDangers } from './danger.ts';

/** Kinds whose deletion takes data along, and the keys of each that cannot be changed. @see Kubernetes v1.35 API */
const STATEFUL: Readonly<Record<string, readonly string[]>> = {
  PersistentVolumeClaim: ['spec.accessModes', 'spec.storageClassName', 'spec.volumeName', 'spec.volumeMode'],
  PersistentVolume: ['spec.'],
  StatefulSet: ['spec.podManagementPolicy', 'spec.selector', 'spec.serviceName', 'spec.volumeClaimTemplates'],
  Namespace: [],
  // CloudNativePG
  Cluster: ['spec.storage.storageClass', 'spec.walStorage.storageClass'],
  // Redis operator
  RedisReplication: ['spec.storage.volumeClaimTemplate.spec.storageClassName'],
};

export const findObjectDangers: FindDangers = (input) => {
  const { environment, filesBefore, filesAfter } = input;
  const apps = listApplications(filesAfter, environment);
  const now = listObjects(filesAfter, environment);
  const objects = [...listObjects(filesBefore, environment)].flatMap(([name, then]): Danger[] => {
    const fixed = STATEFUL[then.kind];
    // What goes with its whole app is told there.
    if (fixed === undefined || !apps.has(then.app)) return [];
    const next = now.get(name);
    if (next === undefined) return then.isKept ? [] : [describeDeleted(name, then)];
    if (next.app !== then.app && !then.isKept) return [describeHandedOver(name, then, next)];
    return describeChanged(name, then, next, fixed);
  });
  return [...objects, ...findVolumeDangers(input)];
};

function describeDeleted(name: string, { app, kind, namespace }: ManifestObject): Danger {
  const within = kind === 'Namespace' ? 'and everything in it' : 'and its data';
  return {
    name,
    takesEffect: 'commit',
    what: `Argo CD prunes ${name} of ${app} ${within}.`,
    avoid: `copy the data first, or annotate the object with argocd.argoproj.io/sync-options: Prune=false${namespace === '' ? '' : ` in ${namespace}`}`,
  };
}

/** Argo CD marks an object as that of one Application; the one that gives it away prunes what still has its mark. */
function describeHandedOver(name: string, then: ManifestObject, next: ManifestObject): Danger {
  return {
    name,
    takesEffect: 'commit',
    what: `${name} goes from ${then.app} to ${next.app}: if ${then.app} is synced first, it prunes it with its data.`,
    avoid: `annotate it with argocd.argoproj.io/sync-options: Prune=false and push that first`,
  };
}

function describeChanged(name: string, then: ManifestObject, next: ManifestObject, fixed: readonly string[]): Danger[] {
  const changes = findValueChanges(asMap(then.object), asMap(next.object));
  const refused = changes.filter(({ path }) => fixed.some((key) => path.startsWith(key)));
  const shrunk = changes.filter(isShrunk);
  const [first] = [...refused, ...shrunk];
  return first === undefined ? [] : [describeRefused(name, then.app, first)];
}

function describeRefused(name: string, app: string, { path, from, to }: ValueChange): Danger {
  const change = `${path} from ${show(from)} to ${show(to)}`;
  return {
    name,
    takesEffect: 'commit',
    what: `Kubernetes refuses to change ${change}: the sync of ${app} fails until the object is deleted and made anew, without its data.`,
    avoid: `keep ${path}; or back up, delete the object, sync, and restore`,
  };
}

function show(value: PlainValue | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** What a chart makes of an app that holds data: volumes that cannot change as they should, and parts that go. */
const findVolumeDangers: FindDangers = ({ environment, before, filesBefore, filesAfter, after }) =>
  after.apps.flatMap(({ blueprint: { name: app }, plan }): Danger[] => {
    const earlier = before?.apps.find(({ blueprint }) => blueprint.name === app)?.plan.stores ?? [];
    const values = findValues(filesBefore, environment, app);
    if ([...(plan.stores ?? []), ...earlier].length === 0 || values === undefined) return [];
    const next = findValues(filesAfter, environment, app);
    const changes = findValueChanges(values, next);
    // Sizes only grow, and a class is for ever.
    const [first] = changes.filter((change) => isShrunk(change) || isOtherClass(change));
    const refused = first === undefined ? [] : [describeRefused(`volume/${app}`, app, first)];
    const parts = changes.filter((change) => isSwitchedOff(change, values, next));
    return [...refused, ...parts.map(({ at }) => describeSwitchedOff(app, formatKeyPath(at.slice(0, -1))))];
  });

/** True for the switch of a part of a chart that has volumes, where the part goes. */
function isSwitchedOff({ at, from, to }: PathChange, before: PlainValue, after: PlainValue | undefined): boolean {
  if (at.at(-1) !== 'enabled') return false;
  const part = at.slice(0, -1);
  const isOff = to === false || (from === true && to === undefined && findAt(after, part) === undefined);
  return isOff && from !== false && HAS_VOLUMES.test(`${part.join('.')} ${JSON.stringify(findAt(before, part) ?? '')}`);
}

const HAS_VOLUMES = /persisten|volumeclaim|storageclass/i;

function findAt(value: PlainValue | undefined, path: KeyPath): PlainValue | undefined {
  return path.reduce<PlainValue | undefined>((at, part) => asMap(at)[part], value);
}

function describeSwitchedOff(app: string, part: string): Danger {
  return {
    name: `component/${app}/${part}`,
    takesEffect: 'commit',
    key: `apps.${app}`,
    what: `${part} of ${app} is switched off: Argo CD prunes what the chart made for it. Its volumes go with it, or stay with nobody who uses them; what takes its place starts empty.`,
    avoid: `copy the data of ${part} first: the runbook says how to back it up`,
  };
}

function isOtherClass({ path, from, to }: ValueChange): boolean {
  return /storageclass(name)?$/i.test(path) && from !== undefined && to !== undefined;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

/** True for a volume that becomes smaller. */
function isShrunk({ path, from, to }: ValueChange): boolean {
  if (!/(size|storage)$/i.test(path) || !/persist|storage|volume|data|pvc/i.test(path)) return false;
  const [old, now] = [toBytes(from), toBytes(to)];
  return old !== undefined && now !== undefined && now < old;
}

function toBytes(value: PlainValue | undefined): number | undefined {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|k|M|G|T)?$/.exec(String(value)) ?? [];
  return amount === '' || (typeof value !== 'string' && typeof value !== 'number')
    ? undefined
    : Number(amount) * (UNITS[unit] ?? 1);
}
