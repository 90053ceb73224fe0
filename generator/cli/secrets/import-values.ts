// rootstock secrets import: values that exist elsewhere, as a variables file, a list of paths, or Secrets of a cluster.
import { readFileSync } from 'node:fs';
import { isMap, isScalar, type ParsedNode, parseDocument } from 'yaml';
import { compareText, fail, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { pathOfKey, pathOfVariable, type SecretPath } from '../../core/secret-path.ts';
import { readStdin } from '../../io/read-stdin.ts';
import { findValue, openSealedValues, type SecretEntry } from '../../secrets/inventory.ts';
import { isConstant, refuseReplacing } from '../../secrets/rotation.ts';
import { isPair, validFrom } from '../../secrets/sealing-key.ts';
import { ALREADY_THERE, UNFIT_VALUE } from '../../secrets/secret-problems.ts';
import { putValue, type SealingKey, type SecretStore } from '../../secrets/secret-store.ts';
import { formatSecrets } from '../../secrets/typed-hints.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, keepHidden, printData, printStatus } from '../terminal.ts';
import { CONTRADICTION } from '../usage-problems.ts';
import { checkValue, tellRotation } from './change-values.ts';
import { changeStore, type OpenSession, type Session, startOpenSession } from './session.ts';

export interface ImportOptions extends OutputOptions {
  readonly environment?: string;
  /** `secrets.auto.tfvars.json`. */
  readonly tfvars?: string;
  /** YAML or JSON: a map from path to value. */
  readonly from?: string;
  /** What `kubectl get secrets --all-namespaces --output json` prints. */
  readonly kubernetes?: string;
  /** Take what the sealed files of the repository hold, as far as the store's keys open it. */
  readonly sealed?: boolean;
  /** Take values that differ from those in the store. */
  readonly force?: boolean;
}

/** What was read: values by their paths, and key pairs for which things may have been sealed, newest first. */
interface Found {
  readonly values: ReadonlyMap<SecretPath, string>;
  readonly pairs: readonly Pick<SealingKey, 'certificate' | 'privateKey'>[];
}

/** What an import changes. */
interface Merged {
  readonly store: SecretStore;
  readonly imported: readonly SecretPath[];
  /** Those that had another value before. */
  readonly replaced: readonly SecretEntry[];
}

/** Codes: SEC-008 to SEC-010, USE-003, and those of opening. */
export async function runImport(folder: string, options: ImportOptions): Promise<ExitCode> {
  const session = await startOpenSession(folder, options.environment);
  if (!session.ok) return failWith(session.problems, options);
  const read = await readValues(options, session.value);
  if (!read.ok) return failWith(read.problems, options);
  keepHidden([...read.value.values.values(), ...read.value.pairs.map(({ privateKey }) => privateKey)]);
  const { inventory, name } = session.value;
  let imported: readonly SecretPath[] = [];
  let replaced: readonly SecretEntry[] = [];
  const changed = await changeStore(session.value, (store) => {
    const merged = merge(store, session.value, read.value, options.force === true);
    if (!merged.ok) return merged;
    imported = merged.value.imported;
    replaced = merged.value.replaced;
    return succeed(merged.value.store);
  });
  if (!changed.ok) return failWith(changed.problems, options);
  if (options.json !== true) for (const path of imported) printData(`imported  ${path}`);
  for (const entry of replaced) tellRotation(entry);
  if (imported.length === 0) printStatus(`nothing there that ${name} needs and does not have`);
  // A cluster has many Secrets that are none of ours.
  const known = new Set(inventory.map(({ path }) => path));
  const others = options.kubernetes === undefined ? [...read.value.values.keys()] : [];
  const ignored = others.filter((path) => !known.has(path)).sort();
  if (ignored.length > 0) printStatus(`${ignored.length} that ${name} does not need: ${ignored.join(', ')}`);
  return succeedWith({ imported, ignored }, changed.problems, options);
}

function merge(store: SecretStore, session: Session, { values, pairs }: Found, force: boolean): Outcome<Merged> {
  const { inventory } = session;
  const now = new Date();
  const withPairs = mergePairs(store, pairs, now);
  const problems: Problem[] = [...withPairs.problems];
  if (!withPairs.ok) return fail(problems);
  const imported: SecretPath[] = [];
  const replaced: SecretEntry[] = [];
  let next = withPairs.value;
  if (next !== store) imported.push(...inventory.filter(({ isSealingKey }) => isSealingKey).map(({ path }) => path));
  // Last those that are worked out from others: only where they differ from that, somebody's own value is kept.
  const isText = ({ make }: SecretEntry) => make?.kind === 'text';
  for (const entry of [...inventory.filter((one) => !isText(one)), ...inventory.filter(isText)]) {
    const { path, isSealingKey } = entry;
    const value = values.get(path);
    if (value === undefined || isSealingKey === true) continue;
    if (isText(entry) && findValue(next, inventory, path) === value) continue;
    // The environment file goes before what a cluster was made with.
    if (isConstant(entry)) {
      printStatus(`${path} is not imported: it follows ${entry.follows ?? 'its app'}`);
      continue;
    }
    const checked = checkValue(entry, value);
    const had = store.values[path]?.value;
    const isOther = checked.ok && had !== undefined && had !== checked.value;
    const refusal = isOther ? refuseReplacing(entry, session) : undefined;
    if (!checked.ok) problems.push(...checked.problems);
    else if (refusal !== undefined) problems.push(addNewStore(refusal, session));
    else if (isOther && !force) problems.push(differs(path));
    else {
      if (isOther) replaced.push(entry);
      const put = putValue(next, path, { value: checked.value, source: 'given', now });
      if (put !== next) imported.push(path);
      next = put;
    }
  }
  return problems.length > 0
    ? fail(problems)
    : succeed({ store: next, imported: imported.sort(compareText), replaced });
}

/** Both halves or none; a pair that the store has already stays where it is. Code: SEC-008. */
function mergePairs(store: SecretStore, pairs: Found['pairs'], now: Date): Outcome<SecretStore> {
  if (!pairs.every(isPair)) {
    const message = 'The sealing certificate and the sealing key that are to be imported do not belong together.';
    const key = pathOfVariable('sealing_private_key');
    return fail([makeProblem(UNFIT_VALUE, { key, message, hint: 'import both from the same file' })]);
  }
  const fresh = pairs.filter(
    (pair) => !store.sealingKeys.some((own) => own.privateKey.trim() === pair.privateKey.trim()),
  );
  if (fresh.length === 0) return succeed(store);
  if (store.sealingKeys.length > 0)
    printStatus(
      'the store has a sealing key already, and goes on sealing for that; imported ones only open what is there',
    );
  const added = fresh.map((pair) => ({ ...pair, madeAt: now.toISOString() }));
  return succeed({ ...store, sealingKeys: [...store.sealingKeys, ...added] });
}

/** Where the store is wrong about a cluster that lives, no value is to change: another store is. */
function addNewStore(refusal: Problem, session: Session): Problem {
  const anew = `where a cluster lives with the other value, move ${session.storeFile} away, then: ${formatSecrets('init', session)}`;
  return { ...refusal, hint: `${refusal.hint}; ${anew}` };
}

function differs(path: SecretPath): Problem {
  const message = `The store has another value for ${path}.`;
  return makeProblem(ALREADY_THERE, { key: path, message, hint: 'add --force to replace it' });
}

async function readValues(options: ImportOptions, session: OpenSession): Promise<Outcome<Found>> {
  const { tfvars, from, kubernetes, sealed = false } = options;
  const given = [tfvars, from, kubernetes].filter((file) => file !== undefined);
  const [file] = given;
  const sources = given.length + (sealed ? 1 : 0);
  if (sources !== 1) {
    const message = `${sources === 0 ? 'Nothing' : 'More than one source'} to import from is given.`;
    const hint = 'give one of --tfvars, --from, --kubernetes and --sealed';
    return fail([makeProblem(CONTRADICTION, { message, hint })]);
  }
  if (file === undefined) return succeed({ values: openSealedValues(session.store, session), pairs: [] });
  return await readSource(file, options);
}

async function readSource(file: string, { tfvars, kubernetes }: ImportOptions): Promise<Outcome<Found>> {
  let data: unknown;
  let noTexts: readonly string[] = [];
  try {
    // Neither errors nor warnings of the parser are shown: they quote what it read. Without types every value is the
    // text that stands there: 0123456 is no number, and 2026-01-31 no date.
    const text = file === '-' ? await readStdin() : readFileSync(file, 'utf8');
    const document = parseDocument<ParsedNode>(text, {
      schema: 'failsafe',
      resolveKnownTags: false,
      logLevel: 'error',
    });
    if (document.errors.length > 0) return fail([unfit(file, NO_YAML)]);
    noTexts = listNoTexts(document.contents);
    data = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    return fail([unfit(file, (error as NodeJS.ErrnoException).syscall === undefined ? NO_YAML : codeOf(error))]);
  }
  if (!isRecord(data)) return fail([unfit(file, 'it is no map')]);
  if (kubernetes !== undefined) return readCluster(file, data);
  if (noTexts.length > 0) return fail([unfit(file, `these are no texts: ${noTexts.join(', ')}`)]);
  const values = new Map(
    Object.entries(data).map(([name, text]) => [tfvars === undefined ? name : pathOfVariable(name), String(text)]),
  );
  return succeed({ values, pairs: pairOf(values) });
}

const NO_YAML = 'it is neither YAML nor JSON';

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unreadable';
}

/** Names whose values are maps, lists, or nothing at all. */
function listNoTexts(contents: ParsedNode | null): string[] {
  if (!isMap(contents)) return [];
  return contents.items
    .filter(({ value }) => !isScalar(value) || (value.type === 'PLAIN' && NOTHING.test(String(value.value))))
    .map(({ key }) => String(key));
}

/** Plain, it says that there is no value. @see YAML 1.2.2, 10.3.2 */
const NOTHING = /^(null|Null|NULL|~|)$/;

/** The pair that Terraform's variables hold; one half alone is a pair that does not fit. */
function pairOf(values: Found['values']): Found['pairs'] {
  const certificate = values.get(pathOfVariable('sealing_certificate'));
  const privateKey = values.get(pathOfVariable('sealing_private_key'));
  if (certificate === undefined && privateKey === undefined) return [];
  return [{ certificate: certificate ?? '', privateKey: privateKey ?? '' }];
}

/** On the Secrets whose keys the controller of Sealed Secrets reads. */
const SEALING_LABEL = 'sealedsecrets.bitnami.com/sealed-secrets-key';

function readCluster(file: string, data: Record<string, unknown>): Outcome<Found> {
  const items = data['kind'] === 'Secret' ? [data] : data['items'];
  if (!Array.isArray(items)) return fail([unfit(file, 'it is neither a Secret nor a list of them')]);
  const values = new Map<SecretPath, string>();
  const pairs: { readonly certificate: string; readonly privateKey: string }[] = [];
  for (const item of items as readonly unknown[]) {
    if (!isRecord(item) || !isRecord(item['metadata'])) continue;
    const { name, namespace, labels } = item['metadata'];
    if (typeof name !== 'string' || typeof namespace !== 'string') continue;
    // A cluster has `data` alone; in a file that somebody wrote, `stringData` goes before it, as on the way into a cluster.
    const texts = new Map([
      ...entriesOf(item['data']).map(([key, value]) => [key, fromBase64(value)] as const),
      ...entriesOf(item['stringData']).map(([key, value]) => [key, String(value)] as const),
    ]);
    for (const [key, text] of texts) values.set(pathOfKey({ namespace, name }, key), text);
    if (isRecord(labels) && labels[SEALING_LABEL] === 'active')
      pairs.push({ certificate: texts.get('tls.crt') ?? '', privateKey: texts.get('tls.key') ?? '' });
  }
  return succeed({ values, pairs: pairs.sort((a, b) => validFrom(b.certificate) - validFrom(a.certificate)) });
}

function entriesOf(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

function fromBase64(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : '', 'base64').toString('utf8');
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
