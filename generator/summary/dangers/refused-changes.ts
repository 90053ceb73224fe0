// Changes of volumes and objects that Kubernetes refuses, as dangers: one for each thing, with all changes of it.
import type { KeyPath } from '../../core/key-path.ts';
import type { PlainValue } from '../../core/provenance.ts';
import { asMap } from '../environment-files.ts';
import type { Danger, KeyChange, ValueChange } from '../summary.ts';
import { isMap, type PathChange } from '../value-changes.ts';

/** True for what no volume can follow: it becomes smaller, or another class. */
export function isVolume(change: PathChange): boolean {
  return isShrunk(change) || isOtherClass(change);
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
export function isShrunk({ path, from, to }: ValueChange): boolean {
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

export function groupBy(
  changes: readonly PathChange[],
  nameOf: (change: PathChange) => string,
): Map<string, PathChange[]> {
  const things = new Map<string, PathChange[]>();
  for (const change of changes) things.set(nameOf(change), [...(things.get(nameOf(change)) ?? []), change]);
  return things;
}

/** Changes of one thing are one danger, which tells all of them. */
export function describeRefused(
  app: string,
  things: ReadonlyMap<string, readonly PathChange[]>,
  keys: readonly KeyChange[],
): Danger[] {
  return [...things].map(([name, changes]) => {
    const causes = changes.map((change) => findCause(app, change, keys));
    const key = causes.find((cause) => cause !== undefined)?.path ?? `apps.${app}`;
    const keep = changes.map(({ path, from }, index) => {
      const cause = causes[index];
      return cause === undefined ? `keep ${path} at ${show(from)}` : `write ${cause.path}: ${show(cause.from)}`;
    });
    return {
      name,
      takesEffect: 'commit',
      key,
      what: `Kubernetes refuses to change ${changes.map(tellChange).join(', and ')}: the sync of ${app} fails until the object is deleted and made anew, without its data.`,
      avoid: `${keep.join(', and ')}; or back up, delete the object, sync, and restore`,
    };
  });
}

/** The key of the environment file that a size comes from; undefined where none or several changed in the same way. */
function findCause(app: string, { from, to }: ValueChange, keys: readonly KeyChange[]): KeyChange | undefined {
  const [cause, ...others] = keys.filter(
    (key) =>
      (key.path.startsWith(`apps.${app}.`) || key.path.startsWith('objectStorage.')) &&
      `${String(key.from)}Gi` === from &&
      `${String(key.to)}Gi` === to,
  );
  return others.length > 0 ? undefined : cause;
}

function tellChange({ path, from, to }: ValueChange): string {
  return `${path} from ${show(from)} to ${show(to)}`;
}

/** Words that say that something is a volume, and not of what. */
const OF_ANY_VOLUME =
  /^(spec|resources|requests|persistence|persistentVolume|storage|(volume)?size|requestedSize|dataStorage|volumeClaimTemplate|(storage)?class(Name)?)$/i;

/** What a volume belongs to, e.g. `vmcluster.vmstorage`; empty for the only one of an app or an object. */
export function findPart(at: KeyPath): string {
  const last = at.findLastIndex((part) => !OF_ANY_VOLUME.test(String(part)));
  return at
    .slice(0, last + 1)
    .filter((part) => part !== 'spec')
    .join('.');
}

export function joinName(name: string, part: string): string {
  return part === '' ? name : `${name}/${part}`;
}

/** Lists of named things as maps, so that what changes in one of them is not the change of a whole list. */
export function nameItems(value: PlainValue): PlainValue {
  if (Array.isArray(value)) {
    const names = value.map((item: PlainValue) => asMap(item)['name'] ?? asMap(asMap(item)['metadata'])['name']);
    const areNames = names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
    if (!areNames || names.length === 0) return value;
    return Object.fromEntries(value.map((item: PlainValue, index) => [String(names[index]), nameItems(item)]));
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, nameItems(item)]));
}

function show(value: PlainValue | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
