// What rendering does about secrets: sealed files that exist pass as they are; with an open store, what changed is sealed
// anew; what nothing needs stays until somebody names it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type FileTree, makeFileTree, type TreeFile } from '../../core/file-tree.ts';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import type { EnvironmentText } from '../../environment/parse-environment.ts';
import type { BesideFiles } from '../../io/beside-files.ts';
import { readManifestFiles } from '../../io/read-files.ts';
import { readIfThere } from '../../io/whole-files.ts';
import { planEnvironments } from '../../pipeline.ts';
import type { EnvironmentPlan } from '../../plan/plan.ts';
import type { SealedSecret } from '../../plan/sealing.ts';
import { listObsolete, type SealedFile, sealRepository } from '../../secrets/seal-repository.ts';
import { CANNOT_OPEN, UNSEALABLE } from '../../secrets/secret-problems.ts';
import type { SecretStore } from '../../secrets/secret-store.ts';
import { listSealedSecrets } from '../../verify/sealed-secrets.ts';
import { printStatus } from '../terminal.ts';
import { hideStore, hideUnlock } from './hide-store.ts';
import { storePath } from './store-path.ts';

export interface SealedRender {
  /** SealedSecrets as they will be: pods get their digests. */
  readonly sealed: readonly SealedSecret[];
  /** What has to be written for that. */
  readonly beside: BesideFiles;
}

const NOTHING: BesideFiles = { writes: [], deletes: [] };

/**
 * Reads the sealed files of a folder, and seals with every store that opens unasked. Codes: SEC-003, SEC-004, SEC-012 to
 * SEC-014; what cannot be sealed is pending, so that nothing is pushed without it.
 * @param allowed names of SealedSecrets that may be deleted: `namespace/name`
 */
export async function sealForRender(
  folder: string,
  texts: readonly EnvironmentText[],
  allowed: readonly string[],
): Promise<Outcome<SealedRender>> {
  const read = readManifestFiles(folder);
  if (!read.ok) return read;
  const found = listSealedSecrets(read.value);
  if (found.length === 0 && !existsSync(join(folder, 'secrets'))) return succeed({ sealed: [], beside: NOTHING });
  const planned = planEnvironments(texts, found);
  // What is wrong with the input is reported by the run itself.
  if (!planned.ok) return succeed({ sealed: found, beside: NOTHING });
  const { environments } = planned.value;
  const resealed = await sealAll(folder, environments, found);
  if (!resealed.ok) return resealed;
  const files = addFiles(read.value, resealed.value);
  const removed = removeObsolete(environments, listSealedSecrets(files), allowed);
  if (!removed.ok) return removed;
  const { sealed, deletes } = removed.value;
  const writes = resealed.value.map(({ path, content }) => ({ path, content }));
  return succeed({ sealed, beside: { writes, deletes } }, [...resealed.problems, ...removed.problems]);
}

async function sealAll(
  folder: string,
  plans: readonly EnvironmentPlan[],
  found: readonly SealedSecret[],
): Promise<Outcome<readonly SealedFile[]>> {
  const now = new Date();
  const files: SealedFile[] = [];
  const problems: Problem[] = [];
  for (const plan of plans) {
    const store = await openUnasked(folder, plan.name);
    if (!store.ok) return store;
    if (store.value === undefined) continue;
    const sealed = sealRepository(plan, { store: store.value, found, now, folder });
    if (sealed.ok) files.push(...sealed.value);
    else problems.push(...sealed.problems.map((problem): Problem => ({ ...problem, severity: 'pending' })));
  }
  return succeed(files, problems);
}

/** Undefined for a store that is not there, or is not for whoever runs this: rendering goes without. */
async function openUnasked(folder: string, name: string): Promise<Outcome<SecretStore | undefined>> {
  const file = join(folder, storePath(name));
  const text = readIfThere(file);
  if (text === undefined) return succeed(undefined);
  // Loaded here: most runs have no store, and are to start at once.
  const [{ openStore }, { canUnlockUnasked, findUnlock }] = await Promise.all([
    import('../../secrets/age-file.ts'),
    import('./unlock.ts'),
  ]);
  if (!canUnlockUnasked(text)) return succeed(undefined);
  const unlock = await findUnlock(text);
  if (!unlock.ok) return unlock;
  hideUnlock(unlock.value);
  const opened = hideStore(await openStore(file, text, { environment: name, unlock: unlock.value, folder }));
  if (opened.ok || !opened.problems.every(({ code }) => code === CANNOT_OPEN.code)) return opened;
  printStatus(`${file} stays locked: sealed files pass as they are`);
  return succeed(undefined);
}

function addFiles(tree: FileTree, sealed: readonly SealedFile[]): FileTree {
  const files = new Map(tree);
  for (const { path, content } of sealed) files.set(path, manifest(path, content));
  return makeFileTree([...files.values()]);
}

function manifest(path: string, content: string): TreeFile {
  return { path, content, kind: 'manifest', origin: '' };
}

/** Takes out what is obsolete and named; the rest of it is reported. Codes: SEC-013, SEC-014. */
function removeObsolete(
  plans: readonly EnvironmentPlan[],
  found: readonly SealedSecret[],
  allowed: readonly string[],
): Outcome<{ readonly sealed: readonly SealedSecret[]; readonly deletes: readonly string[] }> {
  const obsolete = listObsolete(plans, found);
  const named = obsolete.filter(({ secret }) => allowed.includes(secret));
  const paths = new Set(named.map(({ path }) => path));
  const kept = obsolete.filter(({ path }) => !paths.has(path)).map(({ problem }) => problem);
  const shared = [...paths].filter((path) => found.some((one) => one.path === path && !isNamed(one)));
  if (shared.length > 0) return fail(shared.map(holdsMore));
  return succeed({ sealed: found.filter(({ path }) => !paths.has(path)), deletes: [...paths].sort() }, kept);

  function isNamed(one: SealedSecret): boolean {
    return named.some(({ path, secret }) => path === one.path && secret === `${one.namespace}/${one.name}`);
  }
}

function holdsMore(path: string): Problem {
  const message = `${path} holds other SealedSecrets too, so it is not deleted.`;
  return makeProblem(UNSEALABLE, { place: { file: path }, message, hint: `take the SealedSecret out of ${path}` });
}
