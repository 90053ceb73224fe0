// What the command line itself can get wrong, and what is wrong with us: exit codes 2 and 4.
import type { ProblemKind } from '../core/problem.ts';

/** Unknown commands and options, missing and superfluous arguments: what the parser of the command line refuses. */
export const BAD_USAGE: ProblemKind = {
  code: 'USE-001',
  title: 'The command line is not understood',
  explanation:
    'A command, an option or an argument is unknown, missing or one too many. --help after a command lists what it takes.',
};
export const EMPTY_ARGUMENT: ProblemKind = {
  code: 'USE-002',
  title: 'An argument is empty',
  explanation:
    'Nothing takes an empty value, or an option in place of one. Mostly a variable of the shell was not set: `-o "$OUT" --json` without OUT is `-o "" --json`, and without the quotes `-o --json`.',
};
export const CONTRADICTION: ProblemKind = {
  code: 'USE-003',
  title: 'Arguments exclude each other',
  explanation:
    'One of the arguments would have to be ignored, so the command is probably not what you meant. Leave one out.',
};
export const NO_SUCH_NAME: ProblemKind = {
  code: 'USE-004',
  title: 'Nothing has this name',
  explanation: 'An argument names an app, a problem code or an environment that does not exist.',
};
export const OUR_BUG: ProblemKind = {
  code: 'BUG-001',
  title: 'Rootstock failed',
  explanation:
    'This is a bug of ours, not of your input. Please report it with the command you ran; ROOTSTOCK_DEBUG=1 prints where it happened.',
};

/** Each of them ends a command with exit code 2. */
export const usageProblems: readonly ProblemKind[] = [BAD_USAGE, EMPTY_ARGUMENT, CONTRADICTION, NO_SUCH_NAME];
