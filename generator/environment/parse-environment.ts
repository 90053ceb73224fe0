// Text of environment files → Environments, or every problem with its place.
import type { TSchema } from 'typebox';
import {
  fail,
  hasErrors,
  makeProblem,
  type Outcome,
  type Problem,
  type ProblemKind,
  sortProblems,
  succeed,
} from '../core/problem.ts';
import { formRules, repositoryRules, rules } from './rules/index.ts';
import type { CatalogFacts, Finding } from './rules/rule.ts';
import type { Environment } from './schema/environment-schema.ts';
import { compileSchema, schemaProblems } from './schema-problems.ts';
import { parseSource, type Source, sourceProblems } from './source.ts';

/** An environment file that was read: where it came from and what it says. */
export interface EnvironmentFile {
  readonly file: string;
  /** The bytes of the file as text, for the copy in the repository. */
  readonly text: string;
  readonly environment: Environment;
}

export interface EnvironmentText {
  readonly file: string;
  readonly text: string;
}

/** Every code this room can return, for `rootstock explain`. */
export const environmentProblems: readonly ProblemKind[] = [
  ...sourceProblems,
  ...schemaProblems,
  ...[...formRules, ...rules, ...repositoryRules].flatMap((rule) => rule.kinds),
];

/**
 * Parses and validates all environment files of one repository. All problems of all files come at once;
 * cross-field rules run only on files that the schema accepts.
 */
export function parseEnvironments(
  texts: readonly EnvironmentText[],
  schema: TSchema,
  facts: CatalogFacts,
): Outcome<readonly EnvironmentFile[]> {
  const validate = compileSchema(schema);
  const problems: Problem[] = [];
  const parsed: { readonly source: Source; readonly environment: Environment }[] = [];
  for (const { file, text } of texts) {
    const source = parseSource(file, text);
    problems.push(...source.problems);
    if (!source.ok) continue;
    const found = validate(source.value);
    problems.push(...found);
    if (found.length > 0) continue;
    // The schema that `validate` was compiled from is the one that Environment is the static type of.
    const environment = source.value.data as Environment;
    problems.push(...checkRules(environment, facts, source.value));
    parsed.push({ source: source.value, environment });
  }
  problems.push(...checkRepositoryRules(parsed));
  if (hasErrors(problems)) return fail(sortProblems(problems));
  const files = parsed.map(({ source, environment }) => ({ file: source.file, text: source.text, environment }));
  return succeed(files, sortProblems(problems));
}

function checkRules(environment: Environment, facts: CatalogFacts, source: Source): Problem[] {
  const form = formRules.flatMap((rule) => rule.check(environment, facts));
  const findings = form.length > 0 ? form : rules.flatMap((rule) => rule.check(environment, facts));
  return findings.map((finding) => place(finding, source));
}

function checkRepositoryRules(
  parsed: readonly { readonly source: Source; readonly environment: Environment }[],
): Problem[] {
  const environments = parsed.map(({ environment }) => environment);
  return repositoryRules.flatMap((rule) =>
    rule.check(environments).map((finding) => {
      const owner = parsed.findLast(({ environment }) => environment.metadata.name === finding.environment);
      if (owner === undefined)
        throw new Error(`a repository rule names an unknown environment: ${finding.environment}`);
      return place(finding, owner.source);
    }),
  );
}

function place(finding: Finding, source: Source): Problem {
  return makeProblem(finding.kind, {
    place: source.placeOf(finding.at),
    key: finding.at,
    message: finding.message,
    hint: finding.hint,
  });
}
