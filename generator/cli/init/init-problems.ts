// What `rootstock init` can refuse before it has written anything.

import { nearest } from '../../core/nearest.ts';
import { makeProblem, type Problem, type ProblemKind } from '../../core/problem.ts';
import { CONTRADICTION } from '../usage-problems.ts';
import { applies } from './answers.ts';
import { listMissingFlags, type MissingFlag } from './missing-flags.ts';
import { type Given, QUESTIONS, type Question } from './questions.ts';

const MISSING: ProblemKind = {
  code: 'INIT-001',
  title: 'Flags are missing',
  explanation:
    'Without a terminal rootstock init cannot ask, and some things only you know. Give them as flags, or run it in a terminal.',
};
const NO_SUCH_CHOICE: ProblemKind = {
  code: 'INIT-002',
  title: 'A flag does not take this value',
  explanation: 'The flag takes one of a few words; rootstock init --help lists them.',
};
const NO_EFFECT: ProblemKind = {
  code: 'INIT-003',
  title: 'A flag has no effect here',
  explanation:
    'Together with the other flags, this one changes nothing in the file, so something is probably not as you meant it.',
};
export const FILE_EXISTS: ProblemKind = {
  code: 'INIT-004',
  title: 'The file exists',
  explanation: 'rootstock init does not overwrite an environment file unless you say --force.',
};
const CANCELLED: ProblemKind = {
  code: 'INIT-005',
  title: 'The questions were cancelled',
  explanation: 'Somebody gave up before the last question. Nothing was written.',
};

export const NO_PUBLIC_KEY: ProblemKind = {
  code: 'INIT-006',
  title: 'This is not a public SSH key',
  explanation:
    'rootstock init takes the line of a .pub file, or the path of one. The environment file is copied into the repository, so a private key in it would be published; nothing of what was given is shown or kept.',
};

export const initProblems: readonly ProblemKind[] = [
  MISSING,
  NO_SUCH_CHOICE,
  NO_EFFECT,
  FILE_EXISTS,
  CANCELLED,
  NO_PUBLIC_KEY,
];

/** Somebody gave up. Code: INIT-005. */
export function cancelled(): Problem {
  return makeProblem(CANCELLED, { message: 'Cancelled; nothing was written.', hint: 'rootstock init --help' });
}

/** Flags with a value that is none of their words. Code: INIT-002. */
export function checkChoices(flags: Given): readonly Problem[] {
  return QUESTIONS.flatMap((question) => {
    const value = flags[question.flag];
    return value === undefined ? [] : checkChoice(question, value);
  });
}

/** Flags that were given but are never asked for in this combination. Code: INIT-003. */
export function checkEffects(flags: Given, answered: Given): readonly Problem[] {
  return QUESTIONS.filter((question) => flags[question.flag] !== undefined && !applies(question, answered)).map(
    ({ flag, needs }) => {
      const wanted = Object.entries(needs ?? {}).filter(([other, value]) => !isAnswered(answered[other], other, value));
      const add = wanted.map(([other, value]) => `--${other} ${value}`).join(' ');
      return makeProblem(NO_EFFECT, {
        key: `--${flag}`,
        message: `--${flag} changes nothing together with the other answers.`,
        hint: add === '' ? `leave --${flag} out` : `add ${add}, or leave --${flag} out`,
      });
    },
  );
}

/** Of a few words it must be the right one; of other answers any will do. */
function isAnswered(answer: string | undefined, flag: string, value: string): boolean {
  const isChoice = QUESTIONS.some((question) => question.flag === flag && question.choices !== undefined);
  return isChoice ? answer === value : answer !== undefined && answer !== '';
}

/** Who may open SSH to a bastion that is not wanted. Code: USE-003. */
export function checkNoBastion({ 'ssh-from': sshFrom }: Given): readonly Problem[] {
  if (sshFrom === undefined) return [];
  const message = `--no-bastion wants none, and --ssh-from says that ${sshFrom} may open SSH to it.`;
  const hint = "leave out --ssh-from, and say --private-access 'Site-to-site VPN'; or leave out --no-bastion";
  return [makeProblem(CONTRADICTION, { key: '--no-bastion', message, hint })];
}

function checkChoice({ flag, choices }: Question, value: string): Problem[] {
  const words = choices?.map((choice) => choice.value);
  if (words === undefined || words.includes(value)) return [];
  const message = `"${value}" is none of ${words.join(', ')}.`;
  const hint = nearest(value, words) ?? `write --${flag} ${words[0] ?? ''}`;
  return [makeProblem(NO_SUCH_CHOICE, { key: `--${flag}`, message, hint })];
}

/** One problem that lists every missing flag. Code: INIT-001. */
export function checkMissing(flags: Given): readonly Problem[] {
  const missing = listMissingFlags(flags);
  if (missing.length === 0) return [];
  const message = `There is no terminal to ask in, and these flags are missing:\n${missing.map(describe).join('\n')}`;
  const [first] = missing.flatMap(({ onlyOn }) => onlyOn ?? []);
  const wanted = missing.filter(({ onlyOn }) => onlyOn === undefined || onlyOn === first);
  const example = wanted.map(({ question }) => `--${question.flag} ${quote(question.sample)}`).join(' ');
  return [makeProblem(MISSING, { message, hint: `add ${example}, with your values` })];
}

function describe({ question, onlyOn }: MissingFlag): string {
  const flag = `--${question.flag} ${question.value}`.padEnd(30);
  return `  ${flag} ${question.help}${onlyOn === undefined ? '' : ` (if --platform ${onlyOn})`}`;
}

function quote(text: string): string {
  return /^[A-Za-z0-9@%+=:,./_-]+$/.test(text) ? text : `'${text}'`;
}
