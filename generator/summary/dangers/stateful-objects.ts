// Objects that hold data, of apps that stay: gone from Git, or changed where Kubernetes allows no change.
import { asMap, listApplications, listObjects, type ManifestObject } from '../environment-files.ts';
import type { Danger, KeyChange } from '../summary.ts';
import { findValueChanges } from '../value-changes.ts';
import type { FindDangers } from './danger.ts';
import { describeRefused, findPart, groupBy, isShrunk, isVolume, joinName, nameItems } from './refused-changes.ts';

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
  return [...listObjects(filesBefore, environment)].flatMap(([name, then]): Danger[] => {
    const fixed = STATEFUL[then.kind];
    // What goes with its whole app is told there.
    if (fixed === undefined || !apps.has(then.app)) return [];
    const next = now.get(name);
    if (next === undefined) return then.isKept ? [] : [describeDeleted(name, then)];
    if (next.app !== then.app && !then.isKept) return [describeHandedOver(name, then, next)];
    return describeChanged(name, then, next, { fixed, keys: input.keys });
  });
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

/** One danger for the object, and one for each of its volumes that has a name of its own. */
function describeChanged(
  name: string,
  then: ManifestObject,
  next: ManifestObject,
  { fixed, keys }: { readonly fixed: readonly string[]; readonly keys: readonly KeyChange[] },
): Danger[] {
  const changes = findValueChanges(nameItems(asMap(then.object)), nameItems(asMap(next.object)));
  const refused = changes.filter((change) => fixed.some((key) => change.path.startsWith(key)) || isShrunk(change));
  const things = groupBy(refused, (change) =>
    isVolume(change) && then.kind !== 'StatefulSet' ? joinName(name, findPart(change.at)) : name,
  );
  return describeRefused(then.app, things, keys);
}
