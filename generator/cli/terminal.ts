// The one place that prints: data to stdout, status to stderr, colour only where somebody looks.
import { styleText } from 'node:util';
import { HIDDEN, hideSecrets } from '../core/hide-secrets.ts';
import type { Problem, Severity } from '../core/problem.ts';

/** 0 done · 1 problems in the input · 2 wrong usage · 3 the outside refused · 4 our bug · 5 a difference was found */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5;

type Colour = Parameters<typeof styleText>[0];

const COLOURS: Readonly<Record<Severity, Colour>> = { error: 'red', pending: 'yellow', unchecked: 'cyan' };

/** Values of secrets that this process has seen: no error of ours or of a library may repeat one. */
const seen = new Set<string>();

/** Keeps values out of everything but data. Lines of keys count by themselves; short words would hide ordinary text. */
export function keepHidden(values: Iterable<string>): void {
  for (const value of values)
    for (const part of [value, ...value.split('\n')]) if (part.trim().length >= MIN_HIDDEN) seen.add(part);
}

const MIN_HIDDEN = 8;

/** The longest first, because one value may be a part of another. */
function hideSeen(text: string): string {
  let hidden = text;
  for (const value of [...seen].sort((a, b) => b.length - a.length)) hidden = hidden.replaceAll(value, HIDDEN);
  return hidden;
}

/** Problems and bugs as they may be shown: hidden before they become JSON, which writes line breaks in another way. */
export function hideInProblem(problem: Problem): Problem {
  const { place, key, message, hint } = problem;
  return {
    ...problem,
    ...(place === undefined ? {} : { place: { ...place, file: hideSeen(place.file) } }),
    ...(key === undefined ? {} : { key: hideSeen(key) }),
    message: hideSeen(message),
    ...(hint === undefined ? {} : { hint: hideSeen(hint) }),
  };
}

/** Data: what a pipe wants. */
export function printData(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Data as JSON, for `--json`. */
export function printJson(data: unknown): void {
  printData(JSON.stringify(data, null, 2));
}

/** Status: what a person watches, and what ends up in the logs of a pipeline. */
export function printStatus(text: string): void {
  process.stderr.write(`${hideSecrets(hideSeen(text))}\n`);
}

/** True if a person sits at both ends, so that asking makes sense. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true && process.env['CI'] === undefined;
}

/** Prints problems to stderr and counts them. */
export function printProblems(problems: readonly Problem[]): void {
  for (const problem of problems) printStatus(formatProblem(problem));
}

/** `error NET-003  file:line:column  key`, the message, and the hint. */
export function formatProblem(problem: Problem): string {
  const { place } = problem;
  const where =
    place === undefined ? '' : [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
  const head = [`${paint(COLOURS[problem.severity], problem.severity)} ${problem.code}`, where, problem.key ?? '']
    .filter((part) => part !== '')
    .join('  ');
  const more = `more: rootstock explain ${problem.code}`;
  const hint = problem.hint === undefined ? `  ${more}` : `  hint: ${problem.hint}\n  ${more}`;
  return `${head}\n${problem.message.replace(/^/gm, '  ')}\n${paint('dim', hint)}`;
}

function paint(colour: Colour, text: string): string {
  const wanted = process.stderr.isTTY === true && process.env['NO_COLOR'] === undefined;
  return wanted ? styleText(colour, text) : text;
}
