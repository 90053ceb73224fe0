// How every command ends: problems printed once, in the form that was asked for, and the exit code that follows.
import type { Problem } from '../core/problem.ts';
import { type ExitCode, printJson, printProblems } from './terminal.ts';

export interface OutputOptions {
  readonly json?: boolean;
}

/** Reports a failure. Codes of Git are the outside's refusal (3); all others are problems of the input (1). */
export function failWith(problems: readonly Problem[], options: OutputOptions): ExitCode {
  if (options.json === true) printJson({ ok: false, problems });
  printProblems(problems);
  return problems.some(({ code, severity }) => severity === 'error' && isOutside(code)) ? 3 : 1;
}

/** Reports success with the findings that did not block. */
export function succeedWith(data: object, problems: readonly Problem[], options: OutputOptions): ExitCode {
  if (options.json === true) printJson({ ok: true, ...data, problems });
  printProblems(problems);
  return 0;
}

const OUTSIDE = new Set(['IO-005', 'IO-006']);

function isOutside(code: string): boolean {
  return code.startsWith('GIT-') || OUTSIDE.has(code);
}
