// rootstock init: flags and answers → one environment file that validates at once.
import { dirname, join } from 'node:path';
import { makeProblem, type Outcome, type Problem } from '../../core/problem.ts';
import { SCHEMA_FILE } from '../../environment/schema/environment-schema.ts';
import { failWith, type OutputOptions, succeedWith } from '../finish.ts';
import { type ExitCode, printData, printJson, printProblems, printStatus } from '../terminal.ts';
import { applies, fillDefaults } from './answers.ts';
import { composeChecked, composeSchema, findAnswerProblem } from './check-answers.ts';
import { cancelled, checkChoices, checkEffects, checkMissing, checkNoBastion, FILE_EXISTS } from './init-problems.ts';
import { type Given, QUESTIONS, type Question } from './questions.ts';

/** Asks a person. Gives undefined when the person gave up. */
export interface Asker {
  ask(
    question: Question,
    initial: string | undefined,
    check: (answer: string) => string | undefined,
  ): Promise<string | undefined>;
}

/** What init needs of the world. */
export interface InitWorld {
  /** Absent: no terminal. */
  readonly asker?: Asker;
  /** Turns a path of a .pub file into the key in it; gives anything else back unchanged. */
  readSshKey(keyOrPath: string): Outcome<string>;
  exists(file: string): boolean;
  write(file: string, text: string): Outcome<unknown>;
}

export interface InitOptions extends OutputOptions {
  readonly flags: Given;
  /** `-` is stdout; default: `<name>.yaml`. */
  readonly output?: string;
  readonly force?: boolean;
  /** The answer "none" to the question about SSH: a flag cannot be empty. */
  readonly noBastion?: boolean;
}

/** Runs init. Exit 0 written, 1 an answer is refused, 2 flags missing or contradictory, 3 the file cannot be written. */
export async function runInit(options: InitOptions, world: InitWorld): Promise<ExitCode> {
  const wrong = [...checkChoices(options.flags), ...(options.noBastion === true ? checkNoBastion(options.flags) : [])];
  if (wrong.length > 0) return refuse(wrong, options);
  const flags = options.noBastion === true ? { ...options.flags, 'ssh-from': '' } : options.flags;
  const answered = await collectAnswers(flags, world);
  if (answered === undefined) {
    if (options.json === true) printJson({ ok: false, problems: [cancelled()] });
    printStatus('cancelled; nothing was written');
    return 2;
  }
  if (!answered.ok) return refuse(answered.problems, options);
  const useless = checkEffects(flags, answered.value);
  if (useless.length > 0) return refuse(useless, options);
  const key = world.readSshKey(answered.value['ssh-key'] ?? '');
  if (!key.ok) return failWith(key.problems, options);
  return writeFile({ ...answered.value, 'ssh-key': key.value }, options, world);
}

async function collectAnswers(flags: Given, world: InitWorld): Promise<Outcome<Given> | undefined> {
  if (world.asker === undefined) {
    const problems = checkMissing(flags);
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value: fillDefaults(flags).given, problems };
  }
  let given = flags;
  for (const question of QUESTIONS) {
    if (given[question.flag] !== undefined || !applies(question, given)) continue;
    const answer = await world.asker.ask(
      question,
      question.fallback?.(given) ?? question.suggestion?.(given),
      makeCheck(question, given, world),
    );
    if (answer === undefined) return undefined;
    given = { ...given, [question.flag]: answer };
  }
  return { ok: true, value: given, problems: [] };
}

function makeCheck(question: Question, given: Given, world: InitWorld): (answer: string) => string | undefined {
  return (answer) => {
    if (question.flag !== 'ssh-key') return findAnswerProblem(question, { ...given, [question.flag]: answer });
    const key = world.readSshKey(answer);
    if (!key.ok) return key.problems[0]?.message;
    return findAnswerProblem(question, { ...given, [question.flag]: key.value });
  };
}

function writeFile(given: Given, options: InitOptions, world: InitWorld): ExitCode {
  const file = options.output ?? `${given['name'] ?? 'environment'}.yaml`;
  const checked = composeChecked(given, file);
  if (!checked.ok) return failWith(checked.problems, options);
  if (file === '-') {
    if (options.json !== true) printData(checked.value);
    return succeedWith({ file, text: checked.value }, checked.problems, options);
  }
  if (world.exists(file) && options.force !== true) return failWith([fileExists(file)], options);
  // First what the file refers to.
  for (const { path, text } of [...schemaBeside(file, options, world), { path: file, text: checked.value }]) {
    const action = world.exists(path) ? 'update' : 'create';
    const written = world.write(path, text);
    if (!written.ok) return failWith(written.problems, options);
    if (options.json !== true) printData(`${action} ${path}`);
  }
  printStatus(`next: rootstock render -e ${file} -o <folder of the repository>`);
  return succeedWith({ file }, checked.problems, options);
}

/** One that is there may be of another version, or not ours at all: only --force replaces it. */
function schemaBeside(
  file: string,
  { force }: InitOptions,
  world: InitWorld,
): readonly { readonly path: string; readonly text: string }[] {
  const path = join(dirname(file), SCHEMA_FILE);
  const isTaken = path === join(file) || (world.exists(path) && force !== true);
  return isTaken ? [] : [{ path, text: composeSchema() }];
}

function fileExists(file: string): Problem {
  return makeProblem(FILE_EXISTS, {
    place: { file },
    message: `${file} exists and was left as it is.`,
    hint: 'choose another file with -o, or add --force',
  });
}

function refuse(problems: readonly Problem[], options: InitOptions): ExitCode {
  if (options.json === true) printJson({ ok: false, problems });
  printProblems(problems);
  return 2;
}
