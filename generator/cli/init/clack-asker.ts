// Questions in a terminal, by @clack/prompts. On stderr: stdout is for data.
import { isCancel, select, text } from '@clack/prompts';
import type { Question } from './questions.ts';
import type { Asker } from './run-init.ts';

export const clackAsker: Asker = {
  async ask(question, initial, check) {
    const answer =
      question.choices === undefined ? await askText(question, initial, check) : await pick(question, initial);
    return isCancel(answer) ? undefined : answer.trim();
  },
};

function askText(question: Question, initial: string | undefined, check: (answer: string) => string | undefined) {
  return text({
    message: question.ask,
    placeholder: question.sample,
    ...(initial === undefined ? {} : { initialValue: initial }),
    validate: (answer) => check((answer ?? '').trim()),
    output: process.stderr,
  });
}

function pick({ ask, choices = [] }: Question, initial: string | undefined) {
  return select({
    message: ask,
    options: choices.map(({ value, label }) => ({ value, label })),
    ...(initial === undefined ? {} : { initialValue: initial }),
    output: process.stderr,
  });
}
