// rootstock secrets import: values that exist elsewhere, as a variables file, a list of paths, or Secrets of a cluster.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { pathOfKey, pathOfVariable, type SecretPath } from '../../core/secret-path.ts';
import type { SecretEntry } from '../../secrets/inventory.ts';
import { isPair } from '../../secrets/sealing-key.ts';
import { ALREADY_THERE, UNFIT_VALUE } from '../../secrets/secret-problems.ts';
import { putValue, type SealingKey, type SecretStore } from '../../secrets/secret-store.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printData, printStatus } from '../terminal.ts';
import { CONTRADICTION } from '../usage-problems.ts';
import { checkValue } from './change-values.ts';
import { changeStore, startOpenSession } from './session.ts';

export interface ImportOptions extends OutputOptions {
  readonly environment?: string;
  /** `secrets.auto.tfvars.json`. */
  readonly tfvars?: string;
  /** YAML or JSON: a map from path to value. */
  readonly from?: string;
  /** What `kubectl get secrets --all-namespaces --output json` prints. */
  readonly kubernetes?: string;
  /** Take values that differ from those in the store. */
  readonly force?: boolean;
}

type Values = ReadonlyMap<SecretPath, string>;

export async function runImport(folder: string, options: ImportOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const read = readValues(options);
  if (!read.ok) return failWith(read.problems, options);
  const { inventory } = session.value;
  const known = inventory.filter(({ path, make }) => read.value.has(path) && make?.kind !== 'text');
  const imported: SecretPath[] = [];
  const changed = await changeStore(session.value, (store) => {
    imported.length = 0;
    return merge(store, known, read.value, options.force === true, imported);
  });
  if (!changed.ok) return failWith(changed.problems, options);
  if (options.json !== true) for (const path of imported) printData(`imported  ${path}`);
  const ignored = [...read.value.keys()].filter((path) => !inventory.some((entry) => entry.path === path)).sort();
  // A cluster has many Secrets that are none of ours.
  if (options.kubernetes === undefined && ignored.length > 0)
    printStatus(`${ignored.length} that ${session.value.name} does not need: ${ignored.join(', ')}`);
  return succeedWith({ imported, ignored: options.kubernetes === undefined ? ignored : [] }, changed.problems, options);
}

function merge(
  store: SecretStore,
  entries: readonly SecretEntry[],
  values: Values,
  force: boolean,
  imported: SecretPath[],
): Outcome<SecretStore> {
  const problems: Problem[] = [];
  const now = new Date();
  let next = importKeyPair(store, values, now, imported, problems);
  for (const entry of entries.filter(({ isSealingKey }) => isSealingKey !== true)) {
    const { path } = entry;
    const checked = checkValue(entry, values.get(path) ?? '');
    if (!checked.ok) problems.push(...checked.problems);
    else if (store.values[path] !== undefined && store.values[path].value !== checked.value && !force)
      problems.push(differs(path));
    else {
      const put = putValue(next, path, { value: checked.value, source: 'given', now });
      if (put !== next) imported.push(path);
      next = put;
    }
  }
  return problems.length > 0 ? fail(problems) : succeed(next);
}

/** Both halves or none; a pair that the store has already stays where it is. */
function importKeyPair(
  store: SecretStore,
  values: Values,
  now: Date,
  imported: SecretPath[],
  problems: Problem[],
): SecretStore {
  const paths = [pathOfVariable('sealing_certificate'), pathOfVariable('sealing_private_key')] as const;
  const [certificate, privateKey] = paths.map((path) => values.get(path));
  if (certificate === undefined && privateKey === undefined) return store;
  const key: SealingKey = { certificate: certificate ?? '', privateKey: privateKey ?? '', madeAt: now.toISOString() };
  if (!isPair(key)) {
    const message = 'The sealing certificate and the sealing key that are to be imported do not belong together.';
    problems.push(makeProblem(UNFIT_VALUE, { key: paths[1], message, hint: 'import both from the same file' }));
    return store;
  }
  if (store.sealingKeys.some((own) => own.privateKey.trim() === key.privateKey.trim())) return store;
  imported.push(...paths);
  // Behind those that the store seals with: an old key only opens what is there.
  return { ...store, sealingKeys: [...store.sealingKeys, key] };
}

function differs(path: SecretPath): Problem {
  const message = `The store has another value for ${path}.`;
  return makeProblem(ALREADY_THERE, { key: path, message, hint: 'add --force to replace it' });
}

function readValues({ tfvars, from, kubernetes }: ImportOptions): Outcome<Values> {
  const given = [tfvars, from, kubernetes].filter((file) => file !== undefined);
  const [file] = given;
  if (given.length !== 1 || file === undefined) {
    const message = `${given.length === 0 ? 'Nothing' : 'More than one source'} to import from is given.`;
    return fail([makeProblem(CONTRADICTION, { message, hint: 'give one of --tfvars, --from and --kubernetes' })]);
  }
  let data: unknown;
  try {
    data = parse(readFileSync(file === '-' ? 0 : file, 'utf8'), { maxAliasCount: 0 });
  } catch (error) {
    // The parser's own message quotes what it read.
    const reason = (error as NodeJS.ErrnoException).code ?? 'it is neither YAML nor JSON';
    return fail([unfit(file, reason)]);
  }
  if (!isRecord(data)) return fail([unfit(file, 'it is no map')]);
  if (kubernetes !== undefined) return readCluster(file, data);
  const texts = Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (texts.length !== Object.keys(data).length) return fail([unfit(file, 'not every value is a text')]);
  return succeed(new Map(texts.map(([name, value]) => [tfvars === undefined ? name : pathOfVariable(name), value])));
}

function readCluster(file: string, data: Record<string, unknown>): Outcome<Values> {
  const items = data['kind'] === 'Secret' ? [data] : data['items'];
  if (!Array.isArray(items)) return fail([unfit(file, 'it is neither a Secret nor a list of them')]);
  const values = new Map<SecretPath, string>();
  for (const item of items as readonly unknown[]) {
    if (!isRecord(item) || !isRecord(item['metadata'])) continue;
    const { name, namespace } = item['metadata'];
    if (typeof name !== 'string' || typeof namespace !== 'string' || !isRecord(item['data'])) continue;
    for (const [key, value] of Object.entries(item['data']))
      if (typeof value === 'string')
        values.set(pathOfKey({ namespace, name }, key), Buffer.from(value, 'base64').toString('utf8'));
  }
  return succeed(values);
}

function unfit(file: string, reason: string): Problem {
  const message = `${file === '-' ? 'Standard input' : file} cannot be imported: ${reason}.`;
  return makeProblem(UNFIT_VALUE, {
    place: { file },
    message,
    hint: 'rootstock secrets import --help shows the forms',
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
