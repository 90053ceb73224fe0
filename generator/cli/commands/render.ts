// rootstock render: environment files → a proven repository in a folder.
import type { FileTree } from '../../core/file-tree.ts';
import { nearest } from '../../core/nearest.ts';
import { compareText, fail, hasErrors, makeProblem, type Outcome, type Problem, succeed } from '../../core/problem.ts';
import { findEnvironmentName } from '../../environment/environment-name.ts';
import type { EnvironmentText } from '../../environment/parse-environment.ts';
import { type GeneratedFolder, readRecordedFolder } from '../../io/generated-folder.ts';
import { RENAMED, UNREADABLE } from '../../io/io-problems.ts';
import { readEnvironmentFiles } from '../../io/read-files.ts';
import { type WriteReport, writeRepository } from '../../io/repository-folder.ts';
import { type Recovery, recoverFolder } from '../../io/write-journal.ts';
import { generate } from '../../pipeline.ts';
import { refuseDangers } from '../../summary/danger-problems.ts';
import { formatDangers, formatSummary } from '../../summary/format-summary.ts';
import type { Summary } from '../../summary/summary.ts';
import { summariseFolder } from '../changes.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { sealForRender } from '../secrets/sealed-render.ts';
import { type ExitCode, printData, printStatus } from '../terminal.ts';
import { CONTRADICTION, NO_SUCH_NAME } from '../usage-problems.ts';
import { inspectMerged } from './after-merge.ts';

export interface RenderOptions extends OutputOptions {
  readonly environment: readonly string[];
  readonly output: string;
  readonly removeEnvironment: readonly string[];
  /** Names of what may be deleted or replaced although something would be lost. */
  readonly allowReplace?: readonly string[];
  /** Paths of generated files that were deleted or edited, to be written as generated. */
  readonly restore?: readonly string[];
  readonly quiet?: boolean;
}

export async function runRender(options: RenderOptions): Promise<ExitCode> {
  const recovered = await recoverFolder(options.output);
  if (!recovered.ok) return failWith(recovered.problems, options);
  printRecovery(recovered.value);
  const texts = collectTexts(options);
  if (!texts.ok) return failWith(texts.problems, options);
  const secrets = await sealForRender(options.output, texts.value, options.allowReplace ?? []);
  if (!secrets.ok) return failWith(secrets.problems, options);
  const { sealed, beside } = secrets.value;
  const generated = await generate(texts.value, sealed, new Date());
  if (!generated.ok) return failWith(generated.problems, options);
  const { restore: named = [] } = options;
  const paths = [...generated.value.tree.files.keys()];
  const unknown = named.filter((name) => !paths.some((path) => isIn(path, name)));
  if (unknown.length > 0)
    return failWith(
      unknown.map((path) => notGenerated(path, generated.value.tree.files)),
      options,
    );
  const summary = summariseFolder(options.output, generated.value);
  const inspect = () => refuseDangers(summary, listAllowed(options));
  const restore = paths.filter((path) => named.some((name) => isIn(path, name)));
  const written = await writeRepository(options.output, generated.value.tree, { inspect, beside, restore });
  if (!written.ok) return failWith([...generated.problems, ...written.problems], options);
  if (options.json !== true) printReport(written.value, options);
  if (summary.hasPrevious) printSummary(summary, options);
  const problems = [...secrets.problems, ...generated.problems, ...(await inspectMerged(written.value))];
  // What was written stays: the errors are in what people wrote, or wait for them.
  if (hasErrors(problems)) return failWith(problems, options, { ...written.value, summary });
  return succeedWith({ ...written.value, summary }, problems, options);
}

function printRecovery({ state, files }: Recovery): void {
  if (state === 'completed') printStatus(`completed an interrupted run: ${files} files`);
  if (state === 'discarded')
    printStatus(`discarded an interrupted run, because files were changed since: ${files} files`);
}

/** Who says to remove an environment has named it. */
function listAllowed({ allowReplace = [], removeEnvironment }: RenderOptions): readonly string[] {
  return [...allowReplace, ...removeEnvironment.map((name) => `environment/${name}`)];
}

/** Values of one app that are worth a line here; `rootstock diff` lists more. */
const VALUES_SHOWN = 3;

/** Nothing is said where nothing changes, and nothing is too quiet for a danger. */
function printSummary(summary: Summary, { quiet }: RenderOptions): void {
  const dangers = formatDangers(summary);
  if (quiet === true && dangers !== '') printStatus(dangers);
  if (quiet !== true && summary.environments.length > 0)
    printStatus(formatSummary(summary, { values: VALUES_SHOWN }).trimEnd());
}

/**
 * The files given, and those that the repository already records, without the ones to remove.
 * Codes: IO-001, IO-007, IO-017; USE-003 and USE-004 for environments that cannot be removed.
 */
export function collectTexts(
  options: Pick<RenderOptions, 'environment' | 'output' | 'removeEnvironment'>,
): Outcome<readonly EnvironmentText[]> {
  const given = readEnvironmentFiles(options.environment);
  if (!given.ok) return given;
  const existing = readRecordedFolder(options.output);
  if (!existing.ok) return existing;
  const environments: Recorded = existing.value?.environments ?? new Map();
  const names = new Map(given.value.map(({ file, text }) => [findEnvironmentName(text), file]));
  const problems = options.removeEnvironment.flatMap((name) =>
    checkRemoval(name, names.get(name), [...environments.keys()], options.output),
  );
  const texts: EnvironmentText[] = [...given.value];
  for (const [name, { file, text }] of environments) {
    if (names.has(name) || options.removeEnvironment.includes(name)) continue;
    if (text === undefined) problems.push(gone(name, file));
    else {
      const current = findEnvironmentName(text) ?? name;
      if (current === name) texts.push({ file, text });
      else problems.push(renamed(file, name, current));
    }
  }
  return problems.length > 0 ? fail(problems) : succeed(texts.sort((a, b) => compareText(a.file, b.file)));
}

type Recorded = GeneratedFolder['environments'];

/** A name that changes nothing is a typing error, and what it meant to remove would stay. */
function checkRemoval(
  name: string,
  given: string | undefined,
  recorded: readonly string[],
  folder: string,
): readonly Problem[] {
  const key = '--remove-environment';
  if (given !== undefined) {
    const message = `The environment ${name} is to be removed, but ${given} describes it.`;
    return [makeProblem(CONTRADICTION, { key, message, hint: `leave out -e ${given}, or ${key} ${name}` })];
  }
  if (recorded.includes(name)) return [];
  const known = recorded.length === 0 ? 'none' : [...recorded].sort().join(', ');
  const hint = nearest(name, recorded) ?? `leave out ${key} ${name}`;
  return [
    makeProblem(NO_SUCH_NAME, { key, message: `${folder} has no environment ${name}; it records ${known}.`, hint }),
  ];
}

function renamed(file: string, before: string, now: string): Problem {
  const message = `${file} is called ${now} now, and the repository records it as ${before}.`;
  const hint = `write name: ${before}, or render with -e ${file} --remove-environment ${before}`;
  return makeProblem(RENAMED, { place: { file }, key: 'metadata.name', message, hint });
}

function gone(name: string, file: string): Problem {
  const message = `${file} is gone, but the repository still records the environment ${name}.`;
  const hint = `restore the file, or render with --remove-environment ${name}`;
  return makeProblem(UNREADABLE, { place: { file }, message, hint });
}

/** @param name of the file itself, or of a folder above it */
function isIn(path: string, name: string): boolean {
  return path === name || path.startsWith(name.endsWith('/') ? name : `${name}/`);
}

function notGenerated(path: string, files: FileTree): Problem {
  const key = '--restore';
  const message = `${path} is no file that is generated, and no folder of such files.`;
  return makeProblem(NO_SUCH_NAME, {
    key,
    message,
    hint: nearest(path, [...files.keys()]) ?? 'rootstock diff lists deleted files as absent with --json',
  });
}

function printReport(report: WriteReport, options: RenderOptions): void {
  if (options.quiet !== true) for (const { path, action } of report.files) printData(`${action.padEnd(6)}  ${path}`);
  const counts = new Map<string, number>();
  for (const { action } of report.files) counts.set(action, (counts.get(action) ?? 0) + 1);
  printStatus([...counts].map(([action, count]) => `${count} ${action}`).join(', '));
}
