// How every command ends: problems printed once, in the form that was asked for, and the exit code that follows.
import type { Problem } from '../core/problem.ts';
import { type ExitCode, hideInProblem, printJson, printProblems } from './terminal.ts';

export interface OutputOptions {
  readonly json?: boolean;
}

/** Reports a failure, with what was done all the same. Wrong usage is 2, the outside's refusal (Git, disk) 3; all others are problems of the input, 1. */
export function failWith(problems: readonly Problem[], options: OutputOptions, data: object = {}): ExitCode {
  const shown = problems.map(hideInProblem);
  if (options.json === true) printJson({ ok: false, ...data, problems: shown });
  printProblems(shown);
  const codes = problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  if (codes.some((code) => code.startsWith('USE-'))) return 2;
  return codes.some(isOutside) ? 3 : 1;
}

/** Reports success with the findings that did not block. */
export function succeedWith(data: object, problems: readonly Problem[], options: OutputOptions): ExitCode {
  const shown = problems.map(hideInProblem);
  if (options.json === true) printJson({ ok: true, ...data, problems: shown });
  printProblems(shown);
  return 0;
}

const OUTSIDE = new Set(['IO-005', 'IO-006', 'IO-011']);

function isOutside(code: string): boolean {
  return code.startsWith('GIT-') || code.startsWith('FORGE-') || OUTSIDE.has(code);
}
