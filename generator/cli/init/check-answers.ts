// Answers are checked by the real parser on the real text, so that a file that init wrote is never refused later.
import { listCatalogFacts, listInputSchemas } from '../../catalog/catalog.ts';
import type { Outcome, Problem } from '../../core/problem.ts';
import { succeed } from '../../core/problem.ts';
import { composeEnvironment } from '../../environment/compose-environment.ts';
import { parseEnvironments } from '../../environment/parse-environment.ts';
import { formatJsonSchema, makeEnvironmentSchema } from '../../environment/schema/environment-schema.ts';
import { fillDefaults, toAnswers } from './answers.ts';
import { type Given, QUESTIONS, type Question } from './questions.ts';

/** Composes the file and parses it; problems name the flag that mends them. */
export function composeChecked(given: Given, file: string): Outcome<string> {
  const text = composeEnvironment(toAnswers(given));
  const parsed = parseEnvironments([{ file, text }], makeEnvironmentSchema(listInputSchemas()), listCatalogFacts());
  const problems = parsed.problems.map((problem) => nameFlag(problem));
  return parsed.ok ? succeed(text, problems) : { ok: false, problems };
}

/** The schema that the first line of the file names, for editors. */
export function composeSchema(): string {
  return formatJsonSchema(makeEnvironmentSchema(listInputSchemas()));
}

/** What is wrong with one answer, while the others may still be open; undefined if nothing is. */
export function findAnswerProblem(question: Question, given: Given): string | undefined {
  const checked = composeChecked(completeWithSamples(given), 'environment.yaml');
  if (checked.ok) return undefined;
  const problem = checked.problems.find(({ severity, key }) => severity === 'error' && findOwner(key) === question);
  if (problem === undefined) return undefined;
  return problem.hint === undefined ? problem.message : `${problem.message} Hint: ${problem.hint}`;
}

/** Each sample may open further questions, so it goes question by question. */
function completeWithSamples(given: Given): Given {
  let complete = given;
  for (;;) {
    const { given: filled, missing } = fillDefaults(complete);
    const [first] = missing;
    if (first === undefined) return filled;
    complete = { ...complete, [first.flag]: first.sample };
  }
}

/** The place is one in a file that does not exist yet, so the flag takes its stead. */
function nameFlag({ place: _, ...problem }: Problem): Problem {
  const owner = findOwner(problem.key);
  return owner === undefined ? problem : { ...problem, key: `--${owner.flag} (${problem.key ?? ''})` };
}

/** The question with the longest key at or above a key. */
function findOwner(key: string | undefined): Question | undefined {
  const path = /\((.+)\)$/.exec(key ?? '')?.[1] ?? key ?? '';
  return QUESTIONS.filter((question) => path === question.key || /^[.[]/.test(path.slice(question.key.length)))
    .filter((question) => path.startsWith(question.key))
    .sort((a, b) => b.key.length - a.key.length)[0];
}
