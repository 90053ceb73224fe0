// What a person still has to supply before the platform can work: secrets that the repository does not hold sealed.
import type { SecretKey, SecretNeed } from '../core/blueprint.ts';
import { compareText, makeProblem, type Problem, type ProblemKind } from '../core/problem.ts';
import { type PlainMap, stripProvenance } from '../core/provenance.ts';
import { listReferences, pathOfKey, type SecretPath } from '../core/secret-path.ts';
import { formatCommand } from '../core/shell.ts';
import type { EnvironmentPlan, PlannedApp } from './plan.ts';
import { shareLogins } from './pull-secrets.ts';
import { canUnseal, type SealedSecret } from './sealing.ts';

const SECRET_MISSING: ProblemKind = {
  code: 'PLAN-020',
  title: 'A secret is not set yet',
  severity: 'pending',
  explanation:
    'An app reads a Secret that the repository does not hold as a SealedSecret in clusters/<environment>/manifests/<app>. The app starts once the Secret exists in the cluster: docs/<environment>/secrets.md has the commands, to seal it or to make it by hand. Once you have made it by hand, push with --allow-pending.',
};

export const pendingProblems: readonly ProblemKind[] = [SECRET_MISSING];

/** A secret that an app of this environment needs. */
export interface PlannedSecret extends SecretNeed {
  readonly app: string;
  /** The repository holds it as a SealedSecret. */
  readonly sealed: boolean;
}

/**
 * All secrets of an environment, in order of namespace and name. One that several apps need is listed once, with the keys
 * of all, under an app that waits for none of the others: in the folder of Onyx it would come after the gate that waits
 * for the apps which need it.
 */
export function planSecrets(plan: EnvironmentPlan): PlannedSecret[] {
  const sealed = new Set(plan.apps.flatMap(listSealed));
  const secrets = new Map<string, PlannedSecret>();
  for (const { blueprint, plan: appPlan } of plan.apps) {
    for (const need of appPlan.secrets ?? []) {
      const identity = `${need.namespace}/${need.name}`;
      const known = secrets.get(identity);
      secrets.set(
        identity,
        known === undefined
          ? { ...need, app: blueprint.name, sealed: sealed.has(identity) }
          : { ...known, keys: addKeys(known.keys, need.keys) },
      );
    }
  }
  for (const [identity, secret] of secrets) secrets.set(identity, { ...secret, app: findFirst(plan, secret) });
  return shareLogins(
    [...secrets.values()].sort((a, b) => compareText(a.namespace, b.namespace) || compareText(a.name, b.name)),
  );
}

function addKeys(keys: SecretNeed['keys'], more: SecretNeed['keys']): SecretNeed['keys'] {
  return [...keys, ...more.filter(({ key }) => !keys.some((one) => one.key === key))];
}

/**
 * One pending problem for each secret that nobody has sealed. Code: PLAN-020.
 * @param found SealedSecrets of the repository that were not generated; one counts in the folder of an app that needs it
 */
export function findPending(plan: EnvironmentPlan, found: readonly SealedSecret[] = []): Problem[] {
  const secrets = planSecrets(plan);
  return secrets.flatMap((secret) => {
    if (secret.sealed) return [];
    const match = findSealedFile(plan, secret, found);
    const missing = secret.keys.filter(({ key, optional }) => optional !== true && match?.keys.includes(key) !== true);
    return missing.length === 0 ? [] : [missingSecret(plan, secrets, secret, missing, match)];
  });
}

/** The SealedSecret that becomes a Secret: one in the folder of an app that needs it, since that app applies it. */
export function findSealedFile(
  plan: EnvironmentPlan,
  { name, namespace }: Pick<PlannedSecret, 'name' | 'namespace'>,
  found: readonly SealedSecret[],
): SealedSecret | undefined {
  const users = listUsers(plan, { name, namespace }).map(({ blueprint }) => blueprint.name);
  return found.find(
    (sealed) =>
      sealed.environment === plan.name &&
      users.includes(sealed.app) &&
      sealed.name === name &&
      sealed.namespace === namespace,
  );
}

/** The first, in order of waves, that depends on no other app which needs the same. */
function findFirst(plan: EnvironmentPlan, secret: PlannedSecret): string {
  const users = listUsers(plan, secret);
  const names = users.map(({ blueprint }) => blueprint.name);
  const first = users.find(({ hard, soft }) => ![...hard, ...soft].some((name) => names.includes(name)));
  return first?.blueprint.name ?? secret.app;
}

function listUsers(
  plan: EnvironmentPlan,
  { name, namespace }: Pick<PlannedSecret, 'name' | 'namespace'>,
): PlannedApp[] {
  return plan.apps.filter(({ plan: { secrets = [] } }) =>
    secrets.some((need) => need.name === name && need.namespace === namespace),
  );
}

function missingSecret(
  plan: EnvironmentPlan,
  secrets: readonly PlannedSecret[],
  secret: PlannedSecret,
  missing: readonly SecretKey[],
  match: SealedSecret | undefined,
): Problem {
  const { app, namespace, name, usedBy } = secret;
  const lacks = match === undefined ? '' : `, which the SealedSecret in ${match.path} lacks`;
  return makeProblem(SECRET_MISSING, {
    place: { file: plan.source.file },
    key: `apps.${app}`,
    message: `${usedBy} cannot do without the Secret ${namespace}/${name} with ${missing.map(({ key }) => key).join(', ')}${lacks}.`,
    hint: canUnseal(plan)
      ? `in the repository: ${formatMake(plan.name, secrets, secret, missing)}, then render again`
      : `make it as docs/${plan.name}/secrets.md says, then push with --allow-pending`,
  });
}

/** What somebody has to know is asked for key by key; the rest is made, of all Secrets at once. */
function formatMake(
  name: string,
  secrets: readonly PlannedSecret[],
  secret: PlannedSecret,
  missing: readonly SecretKey[],
): string {
  const keys = new Map(secrets.flatMap((need) => need.keys.map((key) => [pathOfKey(need, key.key), key] as const)));
  const given = new Set(missing.flatMap((key) => listGiven(pathOfKey(secret, key.key), key, keys)));
  if (given.size === 0) return formatCommand('rootstock', 'secrets', 'generate', '.', '-e', name);
  return [...given].map((path) => formatCommand('rootstock', 'secrets', 'set', '.', path, '-e', name)).join(' && ');
}

/** Paths that somebody has to know for a value: its own, or those that it is put together from. */
function listGiven(path: SecretPath, { make }: SecretKey, keys: ReadonlyMap<SecretPath, SecretKey>): SecretPath[] {
  if (make === undefined) return [path];
  if (make.kind !== 'text') return [];
  return listReferences(make.text).flatMap((reference) => {
    const key = keys.get(reference);
    return key === undefined ? [] : listGiven(reference, key, keys);
  });
}

function listSealed({ plan }: PlannedApp): string[] {
  return (plan.manifests ?? []).flatMap(({ object }) => {
    const { kind, metadata } = stripProvenance({ kind: object['kind'], metadata: object['metadata'] })
      .plain as PlainMap;
    if (kind !== 'SealedSecret') return [];
    const { name, namespace } = metadata as PlainMap;
    return [`${String(namespace)}/${String(name)}`];
  });
}
