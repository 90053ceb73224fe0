// Plan → every secret of an environment, value by value, and how far each has come.
import type { SecretNeed, SecretRecipe } from '../core/blueprint.ts';
import { compareText } from '../core/problem.ts';
import { fillReferences, listReferences, pathOfKey, pathOfVariable, type SecretPath } from '../core/secret-path.ts';
import { findSealedFile, type PlannedSecret, planSecrets } from '../plan/pending.ts';
import type { EnvironmentPlan } from '../plan/plan.ts';
import type { SealedSecret } from '../plan/sealing.ts';
import { listTerraformSecrets } from '../plan/terraform-secrets.ts';
import { digestSecret, type OpenSecret } from './seal.ts';
import { hasHad, type SealingKey, type SecretStore } from './secret-store.ts';
import { holdsValue, openAll, opensAny } from './unseal.ts';

/** One value that the environment needs. */
export interface SecretEntry {
  readonly path: SecretPath;
  readonly meaning: string;
  readonly usedBy: string;
  /** Absent: somebody has to give it. */
  readonly make?: SecretRecipe;
  /** Nothing waits for it. */
  readonly optional?: true;
  /** Made together with its key pair, by `generate` and `rotate-key`. */
  readonly isSealingKey?: true;
  readonly rotation?: NonNullable<SecretNeed['rotation']>;
  /** Key of the environment file that the value follows. */
  readonly follows?: string;
  /** The Secret that it is a key of; absent for a Terraform variable. */
  readonly secret?: PlannedSecret;
}

/**
 * - `missing`: no value, and nobody made it yet.
 * - `set`: the store has a value that no sealed file holds; for Terraform variables there is none to hold it.
 * - `sealed`: a sealed file holds it; without the store, that it is there is all one can tell.
 * - `stale`: a sealed file holds another value than the store, is sealed for an older key, or does not open.
 * - `locked`: no sealed file holds it, and whether the store does cannot be told without opening it.
 */
export type SecretState = 'missing' | 'set' | 'sealed' | 'stale' | 'locked';

/** What can be asked besides sealed files: an open store, or whether there is one that stays locked. */
export type Knowledge =
  | { readonly kind: 'open'; readonly store: SecretStore; readonly inventory: readonly SecretEntry[] }
  | { readonly kind: 'locked' }
  | { readonly kind: 'none' };

/** All secrets, those of Kubernetes first, in order of their paths. */
export function listInventory(plan: EnvironmentPlan): SecretEntry[] {
  const entries = [...planSecrets(plan).flatMap(entriesOf), ...terraformEntries(plan)];
  const sides = (entry: SecretEntry) => (entry.secret === undefined ? 1 : 0);
  return entries.sort((a, b) => sides(a) - sides(b) || compareText(a.path, b.path));
}

function entriesOf(secret: PlannedSecret): SecretEntry[] {
  const { usedBy, rotation } = secret;
  return secret.keys.map(({ key, meaning, make, optional, follows }) => ({
    path: pathOfKey(secret, key),
    meaning,
    usedBy,
    ...(make === undefined ? {} : { make }),
    ...(optional === undefined ? {} : { optional }),
    ...(rotation === undefined ? {} : { rotation }),
    ...(follows === undefined ? {} : { follows }),
    secret,
  }));
}

function terraformEntries(plan: EnvironmentPlan): SecretEntry[] {
  return listTerraformSecrets(plan).map(({ variable, meaning, source, rotation }) => ({
    path: pathOfVariable(variable),
    meaning,
    usedBy: 'the cluster project of Terraform',
    ...(source.kind === 'generated' ? { make: source.make } : {}),
    ...(source.kind === 'made file' ? { isSealingKey: true as const } : {}),
    ...(rotation === undefined ? {} : { rotation }),
  }));
}

/** The value of an entry: from the store, from the newest sealing key, or worked out from other values. */
export function findValue(
  store: SecretStore,
  inventory: readonly SecretEntry[],
  path: SecretPath,
  asking: readonly SecretPath[] = [],
): string | undefined {
  if (asking.includes(path)) throw new Error(`${path} is made from itself`);
  const [sealingKey] = store.sealingKeys;
  if (path === pathOfVariable('sealing_certificate')) return sealingKey?.certificate;
  if (path === pathOfVariable('sealing_private_key')) return sealingKey?.privateKey;
  const make = inventory.find((entry) => entry.path === path)?.make;
  // Somebody's own value goes before what would be worked out.
  const stored = store.values[path]?.value;
  if (stored !== undefined || make?.kind !== 'text') return stored;
  return fillReferences(make.text, (other) => findValue(store, inventory, other, [...asking, path]));
}

/** Values that have to be given or made before this one can be worked out. */
export function listSources({ make }: SecretEntry): SecretPath[] {
  return make?.kind === 'text' ? listReferences(make.text) : [];
}

/** A Secret with all values that there are; undefined while one that is not optional is missing. */
export function openSecretOf(
  store: SecretStore,
  inventory: readonly SecretEntry[],
  secret: PlannedSecret,
): OpenSecret | undefined {
  const values: Record<string, string> = {};
  for (const { key, optional } of secret.keys) {
    const value = findValue(store, inventory, pathOfKey(secret, key));
    if (value !== undefined) values[key] = value;
    else if (optional !== true) return undefined;
  }
  if (Object.keys(values).length === 0) return undefined;
  const { namespace, name, type, labels } = secret;
  return {
    namespace,
    name,
    ...(type === undefined ? {} : { type }),
    ...(labels === undefined ? {} : { labels }),
    values,
  };
}

/** How far an entry has come. */
export function findState(
  plan: EnvironmentPlan,
  entry: SecretEntry,
  found: readonly SealedSecret[],
  known: Knowledge,
): SecretState {
  const { secret, path } = entry;
  const sealed = secret && findSealedFile(plan, secret, found);
  const key = path.split('/').at(-1) ?? '';
  const holdsKey = sealed?.keys.includes(key) === true;
  if (known.kind !== 'open') return holdsKey ? 'sealed' : known.kind === 'locked' ? 'locked' : 'missing';
  const { store, inventory } = known;
  const value = findValue(store, inventory, path);
  if (value === undefined) return holdsKey ? 'sealed' : 'missing';
  if (secret === undefined || sealed === undefined) return 'set';
  if (!holdsKey) return 'set';
  const [newest] = store.sealingKeys;
  if (newest === undefined || sealed.digest === undefined) return 'stale';
  const isSame = sealed.digest === digestFor(store, inventory, secret, newest);
  // The digest says what was sealed, not what has become of it since.
  return isSame && holdsValue(sealed, key, value, newest) ? 'sealed' : 'stale';
}

/** What a store is held against: the plan of its environment, and the sealed files of the repository. */
export interface StoreSurroundings {
  readonly plan: EnvironmentPlan;
  readonly inventory: readonly SecretEntry[];
  readonly found: readonly SealedSecret[];
}

/**
 * What could be made, but is in use already, and the store does not know it: values that a sealed file of ours holds;
 * where there are such files, the key pair that opens them, and the variables to which running machines are bound. New
 * ones would be of no use to a cluster that lives with the old.
 */
export function listUnexplained(store: SecretStore, { plan, inventory, found }: StoreSurroundings): SecretPath[] {
  const ours = found.filter(({ environment, digest }) => environment === plan.name && digest !== undefined);
  if (ours.length === 0) return [];
  const isInUse = ({ secret, path, rotation }: SecretEntry) =>
    secret === undefined
      ? rotation !== undefined
      : findSealedFile(plan, secret, ours)?.keys.includes(path.split('/').at(-1) ?? '') === true;
  return inventory
    .filter((entry) =>
      entry.isSealingKey === true
        ? store.sealingKeys.length === 0
        : entry.make !== undefined &&
          entry.make.kind !== 'text' &&
          store.values[entry.path] === undefined &&
          isInUse(entry),
    )
    .map(({ path }) => path);
}

/** Values that sealed files hold and the store does not know, given ones and files of other makers included: nobody could seal them for another key. */
export function listUnknown(store: SecretStore, { plan, inventory, found }: StoreSurroundings): SecretPath[] {
  return inventory
    .filter(({ make, path, secret }) => {
      if (secret === undefined || make?.kind === 'text') return false;
      const keys = findSealedFile(plan, secret, found)?.keys ?? [];
      return keys.includes(path.split('/').at(-1) ?? '') && findValue(store, inventory, path) === undefined;
    })
    .map(({ path }) => path);
}

/** Values of the sealed files that the store's keys open, but for those that are worked out from others. */
export function openSealedValues(
  store: SecretStore,
  { plan, inventory, found }: StoreSurroundings,
): ReadonlyMap<SecretPath, string> {
  const values = planSecrets(plan).flatMap((secret) => {
    const sealed = findSealedFile(plan, secret, found);
    return sealed === undefined ? [] : listGivenValues(store, inventory, secret, sealed);
  });
  return new Map(values);
}

function listGivenValues(
  store: SecretStore,
  inventory: readonly SecretEntry[],
  secret: PlannedSecret,
  sealed: SealedSecret,
): (readonly [SecretPath, string])[] {
  const given = new Set(inventory.filter(({ make }) => make?.kind !== 'text').map(({ path }) => path));
  return [...openAll(sealed, store.sealingKeys)]
    .map(([key, value]) => [pathOfKey(secret, key), value] as const)
    .filter(([path]) => given.has(path));
}

/** Sealed files of ours with values that this store never had: another store made them after this one was copied. By path. */
export function listNewer(store: SecretStore, { plan, inventory, found }: StoreSurroundings): readonly SealedSecret[] {
  return planSecrets(plan)
    .flatMap((secret) => {
      const sealed = findSealedFile(plan, secret, found);
      return sealed !== undefined && isNewer(store, inventory, secret, sealed) ? [sealed] : [];
    })
    .sort((a, b) => compareText(a.path, b.path));
}

/** True for one of them. */
export function isNewer(
  store: SecretStore,
  inventory: readonly SecretEntry[],
  secret: PlannedSecret,
  sealed: SealedSecret,
): boolean {
  if (sealed.digest === undefined) return false;
  return listGivenValues(store, inventory, secret, sealed).some(
    ([path, value]) => store.values[path] !== undefined && !hasHad(store, path, value),
  );
}

/** Sealed files that the next cluster, which is given the newest key alone, cannot open. By path. */
export function listClosedToNext(store: SecretStore, { plan, found }: StoreSurroundings): readonly SealedSecret[] {
  const newest = store.sealingKeys.slice(0, 1);
  return planSecrets(plan)
    .flatMap((secret) => {
      const sealed = findSealedFile(plan, secret, found);
      const isClosed = sealed?.encrypted !== undefined && !opensAny(sealed, newest);
      return sealed !== undefined && isClosed ? [sealed] : [];
    })
    .sort((a, b) => compareText(a.path, b.path));
}

/** Sealed files of ours that neither the digest of this store nor one of its keys accounts for. By path. */
export function listForeign(store: SecretStore, around: StoreSurroundings): readonly SealedSecret[] {
  const { plan, found } = around;
  return planSecrets(plan)
    .flatMap((secret) => {
      const sealed = findSealedFile(plan, secret, found);
      return sealed !== undefined && isForeign(store, around.inventory, secret, sealed) ? [sealed] : [];
    })
    .sort((a, b) => compareText(a.path, b.path));
}

/** True for one of them. What people sealed by other means is theirs to know. */
export function isForeign(
  store: SecretStore,
  inventory: readonly SecretEntry[],
  secret: PlannedSecret,
  sealed: SealedSecret,
): boolean {
  if (sealed.digest === undefined || Object.keys(sealed.encrypted ?? {}).length === 0) return false;
  // A damaged file of this store opens with no key, and is still ours to seal anew.
  const isMadeHere = store.sealingKeys.some((key) => digestFor(store, inventory, secret, key) === sealed.digest);
  return !isMadeHere && !opensAny(sealed, store.sealingKeys);
}

/** True if the repository holds this Secret with the store's values, sealed for an older key than the newest. */
export function isSealedForOlderKey(
  plan: EnvironmentPlan,
  secret: PlannedSecret,
  found: readonly SealedSecret[],
  { store, inventory }: { readonly store: SecretStore; readonly inventory: readonly SecretEntry[] },
): boolean {
  const digest = findSealedFile(plan, secret, found)?.digest;
  const older = store.sealingKeys.slice(1);
  return digest !== undefined && older.some((key) => digestFor(store, inventory, secret, key) === digest);
}

function digestFor(
  store: SecretStore,
  inventory: readonly SecretEntry[],
  secret: PlannedSecret,
  { certificate }: SealingKey,
): string | undefined {
  const full = openSecretOf(store, inventory, secret);
  return full && digestSecret(full, certificate, store.digestKey);
}

/** Where the SealedSecret of a Secret lies: beside the other manifests of the app that needs it. */
export function sealedPathOf(plan: EnvironmentPlan, { app, name }: PlannedSecret): string {
  return `clusters/${plan.name}/manifests/${app}/sealed-${name}.yaml`;
}
