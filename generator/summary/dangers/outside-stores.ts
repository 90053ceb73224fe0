// Stores outside the nodes that hold what must not be lost: buckets of files, of copies and of etcd, and the way to them.
import { normaliseAddress } from '../../core/address.ts';
import { defaultRegion, s3Host } from '../../core/aws-hosts.ts';
import type { PlainMap, PlainValue } from '../../core/provenance.ts';
import { asMap, readEnvironmentFile } from '../environment-files.ts';
import type { Danger } from '../summary.ts';
import type { DangerInput, FindDangers } from './danger.ts';

/** Where something is kept. */
interface Place {
  /** URL of the store; undefined for volumes of the cluster. */
  readonly endpoint?: string;
  /** For people, e.g. `west-backup/onyx at https://s3.example.com`. */
  readonly told: string;
  readonly bucket?: string;
  readonly folder?: string;
  /** As somebody can type it, e.g. `{ bucket: west-backup, folder: onyx }`. */
  readonly typed: string;
}

interface Move {
  readonly environment: string;
  readonly from: Place;
  /** Undefined: the key is gone. */
  readonly to: Place | undefined;
  /** Copies of files come back into an empty bucket. */
  readonly hasCopies: boolean;
}

type PlatformRegion = Parameters<typeof defaultRegion>[0];

interface OutsideStore extends Pick<Danger, 'name' | 'takesEffect'> {
  readonly key: string;
  find(file: PlainMap): PlainValue | undefined;
  locate(found: PlainMap, environment: string, platform: PlatformRegion): Place;
  /** Undefined: the loss is told with something else. */
  describe(move: Move): Pick<Danger, 'what' | 'avoid'> | undefined;
}

const STORES: readonly OutsideStore[] = [
  {
    name: 'backup',
    key: 'backup',
    takesEffect: 'commit',
    find: (file) => file['backup'],
    locate: (found, environment, platform) => locateBucket(found, platform, text(found['folder']) ?? environment),
    describe: describeBackup,
  },
  {
    name: 'etcd-backup',
    key: 'cluster.etcdBackup',
    takesEffect: 'node replacement',
    find: (file) => asMap(file['cluster'])['etcdBackup'],
    locate: (found, environment) =>
      makePlace(`https://${text(found['endpoint']) ?? ''}`, found, text(found['folder']) ?? environment),
    describe: describeEtcdBackup,
  },
  {
    name: 'object-storage',
    key: 'objectStorage',
    takesEffect: 'commit',
    find: (file) => file['objectStorage'],
    locate: (found, _, platform) =>
      found['kind'] === 'in-cluster'
        ? { told: 'volumes of this cluster', typed: formatKeys(found) }
        : locateBucket(found, platform),
    describe: describeObjectStorage,
  },
];

/** First adding them loses nothing, and neither do other keys of them. */
export const findOutsideStoreDangers: FindDangers = (input) => {
  const before = readBefore(input);
  const after = asMap(input.after.environment);
  const hasCopies = before['backup'] !== undefined && after['backup'] !== undefined;
  return STORES.flatMap((store): Danger[] => {
    const [then, now] = [store.find(before), store.find(after)];
    if (then === undefined) return [];
    const from = store.locate(asMap(then), input.environment, readPlatform(before));
    const to = now === undefined ? undefined : store.locate(asMap(now), input.environment, readPlatform(after));
    if (to !== undefined && to.told === from.told) return [];
    const described = store.describe({ environment: input.environment, from, to, hasCopies });
    const { name, key, takesEffect } = store;
    return described === undefined ? [] : [{ name, takesEffect, key, ...described }];
  });
};

/** As it was planned, or as it was written where this version cannot plan it. */
function readBefore({ before, environment, filesBefore }: DangerInput): PlainMap {
  return before === undefined ? readEnvironmentFile(filesBefore, environment) : asMap(before.environment);
}

/** Without an endpoint the region says which store of AWS it is; with one it says nothing of the place. */
function locateBucket(found: PlainMap, platform: PlatformRegion, folder?: string): Place {
  const region = text(found['region']) ?? defaultRegion(platform, undefined);
  return makePlace(text(found['endpoint']) ?? `https://${s3Host(region)}`, found, folder);
}

function readPlatform(file: PlainMap): PlatformRegion {
  const { kind, region } = asMap(file['platform']);
  return { kind: text(kind) ?? '', region: text(region) ?? '' };
}

function makePlace(url: string, found: PlainMap, within: string | undefined): Place {
  const endpoint = normaliseAddress(url);
  const bucket = text(found['bucket']) ?? '';
  const folder = within?.replace(/\/+$/, '');
  const path = folder === undefined ? bucket : `${bucket}/${folder}`;
  return {
    endpoint,
    bucket,
    ...(folder === undefined ? {} : { folder }),
    told: `${path} at ${endpoint}`,
    typed: formatKeys(found),
  };
}

function formatKeys(found: PlainMap): string {
  const keys = Object.entries(found).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${String(value)}`],
  );
  return `{ ${keys.join(', ')} }`;
}

function text(value: PlainValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function describeBackup({ from, to }: Move): Pick<Danger, 'what' | 'avoid'> {
  if (to === undefined)
    return {
      what: `Nothing is copied any more: databases, index and files are only where they are used, and what is lost there is lost. The copies at ${from.told} stay, get older, and no recovery looks at them.`,
      avoid: `write backup: ${from.typed}`,
    };
  return {
    what: `Copies go to ${to.told}, and recovery looks only there. Until the first copies are complete there is nothing to recover from. Those at ${from.told} stay as they are, are never cleared, and a database, an index or a bucket that is made anew does not find them.`,
    avoid: `write backup: ${from.typed}; or move when nothing has to be recovered, and keep the old copies until backup.retentionDays have passed`,
  };
}

function describeEtcdBackup({ environment, from, to }: Move): Pick<Danger, 'what' | 'avoid'> {
  const seed =
    'If a seed control node is made anew while the Kubernetes API does not answer, it makes a second, empty cluster instead of waiting';
  if (to === undefined)
    return {
      what: `New control nodes send no snapshots of etcd anywhere, and look for no marker that says that this cluster was made. ${seed}. The snapshots at ${from.told} stay, and no node lists them.`,
      avoid: `write etcdBackup: ${from.typed} under cluster`,
    };
  return {
    what: `New control nodes look at ${to.told}, and the marker that says that this cluster was made stays with ${from.told}. ${seed}. Snapshots until now are not listed there, and cannot be restored by their names.`,
    avoid: `write etcdBackup: ${from.typed} under cluster; or copy the marker before a control node is replaced, with the keys of both stores: ${copyMarker(environment, from, to)}`,
  };
}

/** @see blueprints/terraform/cluster/files/marker.sh, marker_url */
function copyMarker(environment: string, from: Place, to: Place): string {
  const place = ({ bucket, folder }: Place) => `s3://${bucket}/rootstock/${folder ?? environment}/initialized`;
  return `aws --endpoint-url ${from.endpoint} s3 cp ${place(from)} - | aws --endpoint-url ${to.endpoint} s3 cp - ${place(to)}`;
}

/** Where it is gone there is no Onyx either, and what goes with Onyx is told there. */
function describeObjectStorage({ from, to, hasCopies }: Move): Pick<Danger, 'what' | 'avoid'> | undefined {
  if (to === undefined) return undefined;
  const copies = hasCopies
    ? ' An empty bucket is filled from the copies of last night; what came since is not in them.'
    : '';
  return {
    what: `Onyx keeps its files in ${to.told}, and looks for all of them there: those in ${from.told} are out of reach, and documents and attachments that name them open no more.${copies}`,
    avoid: `write objectStorage: ${from.typed}; or stop Onyx, copy all objects to ${to.told} with rclone sync, and push then`,
  };
}
