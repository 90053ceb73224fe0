// What is kept in buckets is kept apart: within one environment, and between the environments of one repository.
import { formatKeyPath } from '../../core/key-path.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import { listStores, type Store } from '../stores.ts';
import type { Finding, RepositoryRule } from './rule.ts';

const SAME_SNAPSHOTS: ProblemKind = {
  code: 'ETCD-002',
  title: 'Two environments back up into the same folder',
  explanation:
    'The folder holds the snapshots and the marker of one cluster. A cluster that finds the marker of another believes it existed already and would restore its data.',
};
const AMONG_SNAPSHOTS: ProblemKind = {
  code: 'ETCD-003',
  title: 'Something else is kept among the snapshots of etcd',
  explanation:
    'k3s takes everything in the bucket whose name begins with the folder of the snapshots for a snapshot: it asks the store about each file, shows it in its list, and gives up where there are too many. A folder called prod-copies begins with prod, too.',
};
const SAME_COPIES: ProblemKind = {
  code: 'STORE-001',
  title: 'Two environments copy their data into the same folder',
  explanation:
    'Each takes what lies there for its own: it moves away and deletes the copies of the other when they are old or not known to it, and recovers from them.',
};
const SAME_FILES: ProblemKind = {
  code: 'STORE-002',
  title: 'Two environments keep files in the same bucket',
  explanation:
    'Onyx has the whole bucket to itself: copies are made of all that is in it, and a recovery fills it anew. Two would copy, change and delete the files of each other.',
};
const COPIES_WITH_FILES: ProblemKind = {
  code: 'STORE-003',
  title: 'Copies lie in the bucket that is copied',
  explanation:
    'Copies are made of the whole bucket of files each night, so they would be copies of copies, and what loses the bucket loses both.',
};

interface Owned {
  readonly environment: string;
  readonly store: Store;
}

/** Two uses of one bucket that must not meet. */
interface Clash {
  readonly kind: ProblemKind;
  readonly one: Store['use'];
  readonly other: Store['use'];
  /** Asked of the two folders. */
  meets(one: string, other: string): boolean;
  /** Which of the two can give way. */
  readonly moves: 'one' | 'other';
}

const CLASHES: readonly Clash[] = [
  { kind: SAME_SNAPSHOTS, one: 'etcdBackup', other: 'etcdBackup', meets: isNested, moves: 'other' },
  { kind: AMONG_SNAPSHOTS, one: 'etcdBackup', other: 'backup', meets: isListed, moves: 'other' },
  { kind: AMONG_SNAPSHOTS, one: 'etcdBackup', other: 'state', meets: isListed, moves: 'one' },
  { kind: SAME_COPIES, one: 'backup', other: 'backup', meets: isNested, moves: 'other' },
  { kind: SAME_FILES, one: 'objectStorage', other: 'objectStorage', meets: () => true, moves: 'other' },
  { kind: COPIES_WITH_FILES, one: 'objectStorage', other: 'backup', meets: () => true, moves: 'other' },
];

/** One rule for both: a bucket does not know whether it is shared by two keys of one file or of two. */
export const separateStores: RepositoryRule = {
  kinds: [SAME_SNAPSHOTS, AMONG_SNAPSHOTS, SAME_COPIES, SAME_FILES, COPIES_WITH_FILES],
  check(environments) {
    const all = listOwned(environments);
    const buckets = groupByBucket(all);
    return CLASHES.flatMap((clash) =>
      buckets
        .flatMap((bucket) => listPairs(clash, bucket))
        .filter(([one, other]) => isClash(clash, one.store, other.store))
        .map(([one, other]) => describe(clash, one, other, all)),
    );
  },
};

/** Environments of one name are refused as such, and would meet everywhere. */
function listOwned(environments: readonly Environment[]): Owned[] {
  const names = environments.map(({ metadata }) => metadata.name);
  if (new Set(names).size < names.length) return [];
  return environments.flatMap((environment) =>
    listStores(environment).map((store) => ({ environment: environment.metadata.name, store })),
  );
}

function groupByBucket(all: readonly Owned[]): readonly (readonly Owned[])[] {
  const groups = new Map<string, Owned[]>();
  for (const owned of all) {
    const known = groups.get(owned.store.identity);
    if (known === undefined) groups.set(owned.store.identity, [owned]);
    else known.push(owned);
  }
  return [...groups.values()];
}

/** Two of one use are a pair once, the earlier first. */
function listPairs({ one, other }: Clash, bucket: readonly Owned[]): (readonly [Owned, Owned])[] {
  const [ones, others] = [one, other].map((use) => bucket.filter(({ store }) => store.use === use));
  return (ones ?? []).flatMap((a, first) =>
    (others ?? []).filter((_, second) => one !== other || first < second).map((b): readonly [Owned, Owned] => [a, b]),
  );
}

function isClash({ one, other, meets }: Clash, a: Store, b: Store): boolean {
  return a.use === one && b.use === other && a.identity === b.identity && meets(a.folder, b.folder);
}

/** One is the other, or lies inside it. */
function isNested(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}

/**
 * k3s lists by the text that a key begins with, without a slash after the folder.
 * @see https://github.com/k3s-io/k3s/blob/0d0a789ab9188bf5594259c746f2cf022d6c4403/pkg/etcd/s3/s3.go, ListSnapshots
 */
function isListed(snapshots: string, other: string): boolean {
  return `${other}/`.startsWith(snapshots);
}

function describe(
  { kind, moves }: Clash,
  one: Owned,
  other: Owned,
  all: readonly Owned[],
): Finding & { readonly environment: string } {
  const owner = moves === 'one' ? one : other;
  const { at, hint } = kind === SAME_FILES || kind === COPIES_WITH_FILES ? otherBucket(owner) : otherFolder(owner, all);
  const isOne = one.environment === other.environment;
  const tell = ({ environment, store }: Owned) =>
    `${formatKeyPath(store.key)}${isOne ? '' : ` of ${environment}`} is in ${joinPath(store)}`;
  const message = `${tell(other)}, and ${tell(one)} of the same store.`;
  return { kind, environment: owner.environment, at, message, hint };
}

function joinPath({ bucket, folder }: Store): string {
  return folder === '' ? bucket : `${bucket}/${folder}`;
}

type Mend = Pick<Finding, 'at' | 'hint'>;

function otherBucket({ environment, store }: Owned): Mend {
  const names = store.use === 'backup' ? ['backup', 'copies'] : ['onyx-files', 'files'];
  const [name = ''] = names.map((end) => `${environment}-${end}`).filter((name) => name !== store.bucket);
  return { at: [...store.key, 'bucket'], hint: `write bucket: ${name} under ${formatKeyPath(store.key)}` };
}

/** The first folder that meets nothing else. */
function otherFolder(owner: Owned, all: readonly Owned[]): Mend {
  const { environment, store } = owner;
  const above = store.use === 'backup' ? ['copies', 'backup'] : ['etcd', 'snapshots'];
  const others = all.filter((owned) => owned !== owner).map((owned) => owned.store);
  const folder = [environment, ...above.map((name) => `${name}/${environment}`)].find((candidate) => {
    const moved = { ...store, folder: candidate };
    return !CLASHES.some((clash) =>
      others.some((other) => isClash(clash, moved, other) || isClash(clash, other, moved)),
    );
  });
  const key = formatKeyPath(store.key);
  const hint = folder === undefined ? `write another bucket under ${key}` : `write folder: ${folder} under ${key}`;
  return { at: [...store.key, 'folder'], hint };
}
