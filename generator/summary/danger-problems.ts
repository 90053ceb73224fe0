// Dangers that nobody allowed → problems that stop the run before anything is written.
import { makeProblem, type Problem, type ProblemKind } from '../core/problem.ts';
import type { Danger, Summary } from './summary.ts';

const DANGEROUS: ProblemKind = {
  code: 'DANGER-001',
  title: 'A change would delete or replace something that cannot be brought back',
  explanation:
    'Compared with what was generated last, this would delete or replace data, nodes, networks or a whole app. Nothing was written. The message says what would happen, and the hint how to avoid it. If it is what you want, name it with --allow-replace; the name stands for this one danger, and is repeated for each.',
};

export const summaryProblems: readonly ProblemKind[] = [DANGEROUS];

/**
 * One problem for each danger that is not allowed. Code: DANGER-001.
 * @param allowed names as `--allow-replace` takes them: `namespace/onyx`, or `prod:namespace/onyx` for one environment alone
 */
export function refuseDangers(summary: Summary, allowed: readonly string[]): Problem[] {
  const several = summary.environments.length > 1;
  return summary.environments.flatMap(({ name: environment, dangers }) =>
    dangers
      .filter(({ name }) => !allowed.includes(name) && !allowed.includes(`${environment}:${name}`))
      .map((danger) => refuse(environment, danger, several)),
  );
}

function refuse(environment: string, { name, key, what, avoid }: Danger, several: boolean): Problem {
  return makeProblem(DANGEROUS, {
    place: { file: `environments/${environment}.yaml` },
    key,
    message: `${name} of ${environment}: ${what}`,
    hint: `${avoid}; to do it all the same, --allow-replace ${several ? `${environment}:` : ''}${name}`,
  });
}
