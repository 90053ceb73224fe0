// Inputs of apps that the schema accepts and the environment does not, as problems.
import type { AppBlueprint, AppContext } from '../core/blueprint.ts';
import { makeProblem, type Problem, type ProblemKind } from '../core/problem.ts';

const UNFIT: ProblemKind = {
  code: 'PLAN-004',
  title: 'An input of an app does not fit the environment',
  explanation:
    'The value is of the right kind, but what it asks for is not there: a GPU model that no node group has, more GPU slices than a node offers, a memory limit below what the app is told to use.',
};

export const inputProblems: readonly ProblemKind[] = [UNFIT];

/** Asks each app about its inputs. Code: PLAN-004. */
export function findUnfitInputs(
  file: string,
  apps: readonly { readonly blueprint: AppBlueprint; readonly context: AppContext<never> }[],
): Problem[] {
  return apps.flatMap(({ blueprint, context }) =>
    (blueprint.check?.(context) ?? []).map((finding) => makeProblem(UNFIT, { place: { file }, ...finding })),
  );
}
