// Plan, store and the sealed files that exist → the sealed files that have to be written, and those nobody needs.
import { compareText, fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { findSealedFile, planSecrets } from '../plan/pending.ts';
import type { EnvironmentPlan } from '../plan/plan.ts';
import { canUnseal, type SealedSecret } from '../plan/sealing.ts';
import { writeYaml } from '../render/yaml-writer.ts';
import { isForeign, isNewer, listInventory, openSecretOf, sealedPathOf } from './inventory.ts';
import { digestSecret, type OpenSecret, sealSecret } from './seal.ts';
import { findCertificateFault } from './sealing-key.ts';
import { FOREIGN_SEALED, NEWER_SEALED, STALE_SEALED, UNSEALABLE } from './secret-problems.ts';
import type { SealingKey, SecretStore } from './secret-store.ts';
import { formatSecrets, formatWaysBack } from './typed-hints.ts';
import { holdsSecret } from './unseal.ts';

/** A SealedSecret that has to be written. */
export interface SealedFile {
  readonly path: string;
  readonly content: string;
  /** `namespace/name` */
  readonly secret: string;
  readonly action: 'create' | 'update';
}

/** What sealing starts from. */
export interface Sealing {
  readonly store: SecretStore;
  /** SealedSecrets of the repository. */
  readonly found: readonly SealedSecret[];
  readonly now: Date;
  /** Of the repository, for the hints. */
  readonly folder: string;
  /** Seal anew, too, what was sealed for a key that the store does not have. */
  readonly replaceForeign?: boolean;
}

/**
 * Seals what the store has and no file holds in this form; everything else stays byte for byte. Codes: SEC-014, SEC-017, SEC-018.
 */
export function sealRepository(plan: EnvironmentPlan, sealing: Sealing): Outcome<readonly SealedFile[]> {
  if (!canUnseal(plan)) return succeed([]);
  const { store, found, now, folder } = sealing;
  const inventory = listInventory(plan);
  const wanted = planSecrets(plan).flatMap((secret) => {
    const open = openSecretOf(store, inventory, secret);
    return open === undefined ? [] : [{ secret, open }];
  });
  // A store that has nothing to seal needs no key yet.
  if (wanted.length === 0) return succeed([]);
  const [newest] = store.sealingKeys;
  const fault = newest === undefined ? 'the store has no sealing key' : findCertificateFault(newest.certificate, now);
  if (newest === undefined || fault !== undefined) return fail([unsealable(plan, fault ?? '', sealing)]);
  const problems: Problem[] = [];
  const foreign: SealedSecret[] = [];
  const newer: SealedSecret[] = [];
  const files = wanted.flatMap(({ secret, open }): SealedFile[] => {
    const existing = findSealedFile(plan, secret, found);
    if (existing !== undefined && isUpToDate(existing, open, newest, store)) return [];
    if (existing !== undefined && sealing.replaceForeign !== true && isForeign(store, inventory, secret, existing)) {
      foreign.push(existing);
      return [];
    }
    if (existing !== undefined && sealing.replaceForeign !== true && isNewer(store, inventory, secret, existing)) {
      newer.push(existing);
      return [];
    }
    if (existing !== undefined && found.filter(({ path }) => path === existing.path).length > 1) {
      problems.push(shared(existing, folder));
      return [];
    }
    // A file that somebody sealed by other means keeps its name, so that there are never two of one Secret.
    const path = existing?.path ?? sealedPathOf(plan, secret);
    const { content } = writeYaml([sealSecret(open, newest.certificate, store.digestKey)]);
    return [{ path, content, secret: nameOf(secret), action: existing === undefined ? 'create' : 'update' }];
  });
  if (foreign.length > 0) problems.push(foreignProblem(plan, foreign, folder));
  if (newer.length > 0) problems.push(newerProblem(plan, newer, folder));
  if (problems.length > 0) return fail(problems);
  return succeed(files.sort((a, b) => compareText(a.path, b.path)));
}

/** The digest says what was sealed; that it still opens shows only in opening it. */
function isUpToDate(existing: SealedSecret, open: OpenSecret, key: SealingKey, store: SecretStore): boolean {
  return existing.digest === digestSecret(open, key.certificate, store.digestKey) && holdsSecret(existing, open, key);
}

/** What a living cluster may still open would be sealed for a key that it does not have. */
export function foreignProblem(
  { name, source }: EnvironmentPlan,
  foreign: readonly SealedSecret[],
  folder: string,
  command: 'seal' | 'rotate-key' = 'seal',
): Problem {
  const message = `The store of ${name} has no key that opens ${foreign.map(({ path }) => path).join(', ')}: a cluster that is alive could not open what this store seals.`;
  return makeProblem(FOREIGN_SEALED, {
    place: { file: source.file },
    message,
    hint: formatWaysBack(command, { folder, name }),
  });
}

/** Sealing would bring an older value back. */
export function newerProblem(
  { name, source }: EnvironmentPlan,
  newer: readonly SealedSecret[],
  folder: string,
  command: 'seal' | 'rotate-key' = 'seal',
): Problem {
  const target = { folder, name };
  const message = `The store of ${name} never had what ${newer.map(({ path }) => path).join(', ')} holds: it is older than that, or of another branch.`;
  const hint = `take what is sealed: ${formatSecrets('import', target, '--sealed', '--force')}; if the store is right: ${formatSecrets(command, target, '--replace-sealed')}`;
  return makeProblem(NEWER_SEALED, { place: { file: source.file }, message, hint });
}

/** A SealedSecret that nothing needs any more, and the problem that says so. */
export interface Obsolete {
  readonly path: string;
  /** `namespace/name`: what `--allow-replace` has to name. */
  readonly secret: string;
  readonly problem: Problem;
}

/**
 * SealedSecrets that Rootstock made and that no app needs any more, by path: those of environments that are gone, too.
 * Code: SEC-013.
 */
export function listObsolete(plans: readonly EnvironmentPlan[], found: readonly SealedSecret[]): Obsolete[] {
  const needed = new Set(
    plans.flatMap((plan) => planSecrets(plan).map((secret) => findSealedFile(plan, secret, found)?.path)),
  );
  return found
    .filter(({ digest, path }) => digest !== undefined && !needed.has(path))
    .map((sealed) => ({
      path: sealed.path,
      secret: nameOf(sealed),
      problem: obsolete(
        sealed,
        plans.some(({ name }) => name === sealed.environment),
      ),
    }))
    .sort((a, b) => compareText(a.path, b.path));
}

function obsolete(sealed: SealedSecret, isRendered: boolean): Problem {
  const message = `Nothing of ${sealed.environment} needs ${sealed.path}, the Secret ${nameOf(sealed)}.`;
  // Naming an environment a second time that is to be removed is a mistake.
  const run = isRendered ? 'add' : 'render the other environments with';
  const hint = `${run} --allow-replace ${nameOf(sealed)} to delete it, with the Secret in the cluster`;
  return makeProblem(STALE_SEALED, { place: { file: sealed.path }, message, hint });
}

function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

/** Writing one of several SealedSecrets of a file would lose the others. */
function shared(sealed: SealedSecret, folder: string): Problem {
  const { path } = sealed;
  const message = `${path} holds ${nameOf(sealed)} and other SealedSecrets, so it cannot be written anew.`;
  const hint = `give each SealedSecret of ${folder}/${path} a file of its own`;
  return makeProblem(UNSEALABLE, { place: { file: path }, message, hint });
}

/** Without a key one is made; an expired or unfit one is followed by a new one, and everything is sealed for that. */
function unsealable({ name, source }: EnvironmentPlan, fault: string, { store, folder, found }: Sealing): Problem {
  const message = `Nothing of ${name} can be sealed: ${fault}.`;
  const target = { folder, name };
  const isInUse = found.some(({ environment, digest }) => environment === name && digest !== undefined);
  const hint =
    store.sealingKeys.length > 0
      ? formatSecrets('rotate-key', target)
      : isInUse
        ? formatWaysBack('generate', target)
        : formatSecrets('generate', target);
  return makeProblem(UNSEALABLE, { place: { file: source.file }, message, hint });
}
