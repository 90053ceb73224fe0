// Plan, store and the sealed files that exist → the sealed files that have to be written, and those nobody needs.
import { compareText, fail, makeProblem, type Outcome, type Problem, succeed } from '../core/problem.ts';
import { planSecrets } from '../plan/pending.ts';
import type { EnvironmentPlan } from '../plan/plan.ts';
import { canUnseal, type SealedSecret } from '../plan/sealing.ts';
import { writeYaml } from '../render/yaml-writer.ts';
import { listInventory, openSecretOf, sealedPathOf } from './inventory.ts';
import { digestSecret, sealSecret } from './seal.ts';
import { findCertificateFault } from './sealing-key.ts';
import { UNSEALABLE } from './secret-problems.ts';
import type { SecretStore } from './secret-store.ts';

/** A SealedSecret that has to be written. */
export interface SealedFile {
  readonly path: string;
  readonly content: string;
  /** `namespace/name` */
  readonly secret: string;
  readonly action: 'create' | 'update';
}

/**
 * Seals what the store has and no file holds in this form; everything else stays byte for byte. Code: SEC-014.
 * @param found SealedSecrets of the repository
 */
export function sealRepository(
  plan: EnvironmentPlan,
  store: SecretStore,
  found: readonly SealedSecret[],
  now: Date,
): Outcome<readonly SealedFile[]> {
  if (!canUnseal(plan)) return succeed([]);
  const certificate = store.sealingKeys[0]?.certificate;
  const fault = certificate === undefined ? 'the store has no sealing key' : findCertificateFault(certificate, now);
  if (certificate === undefined || fault !== undefined) return fail([unsealable(plan, fault ?? '')]);
  const inventory = listInventory(plan);
  const problems: Problem[] = [];
  const files = planSecrets(plan).flatMap((secret): SealedFile[] => {
    const open = openSecretOf(store, inventory, secret);
    if (open === undefined) return [];
    const existing = findSealed(plan, found, secret);
    if (existing?.digest === digestSecret(open, certificate, store.digestKey)) return [];
    if (existing !== undefined && found.filter(({ path }) => path === existing.path).length > 1) {
      problems.push(shared(existing));
      return [];
    }
    // A file that somebody sealed by other means keeps its name, so that there are never two of one Secret.
    const path = existing?.path ?? sealedPathOf(plan, secret);
    const { content } = writeYaml([sealSecret(open, certificate, store.digestKey)]);
    return [{ path, content, secret: `${secret.namespace}/${secret.name}`, action: existing ? 'update' : 'create' }];
  });
  if (problems.length > 0) return fail(problems);
  return succeed(files.sort((a, b) => compareText(a.path, b.path)));
}

/** SealedSecrets that Rootstock made and that no app of this environment needs any more, by path. */
export function listObsolete(plan: EnvironmentPlan, found: readonly SealedSecret[]): SealedSecret[] {
  const needed = new Set(planSecrets(plan).map(({ namespace, name }) => `${namespace}/${name}`));
  return found.filter(
    (sealed) =>
      sealed.environment === plan.name &&
      sealed.digest !== undefined &&
      !needed.has(`${sealed.namespace}/${sealed.name}`),
  );
}

function findSealed(
  plan: EnvironmentPlan,
  found: readonly SealedSecret[],
  { namespace, name }: { readonly namespace: string; readonly name: string },
): SealedSecret | undefined {
  return found.find(
    (sealed) => sealed.environment === plan.name && sealed.namespace === namespace && sealed.name === name,
  );
}

/** Writing one of several SealedSecrets of a file would lose the others. */
function shared({ path, namespace, name }: SealedSecret): Problem {
  const message = `${path} holds ${namespace}/${name} and other SealedSecrets, so it cannot be written anew.`;
  return makeProblem(UNSEALABLE, { place: { file: path }, message, hint: `give each SealedSecret of ${path} a file` });
}

function unsealable(plan: EnvironmentPlan, fault: string): Problem {
  const message = `Nothing of ${plan.name} can be sealed: ${fault}.`;
  return makeProblem(UNSEALABLE, {
    place: { file: plan.source.file },
    message,
    hint: `rootstock secrets generate -e ${plan.name}`,
  });
}
