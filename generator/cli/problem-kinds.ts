// All problem codes of all rooms: what `explain` can explain and the reference page lists.
import { compareText, type ProblemKind } from '../core/problem.ts';
import { environmentProblems } from '../environment/parse-environment.ts';
import { forgeProblems } from '../io/forge/forge-problems.ts';
import { checkoutProblems } from '../io/git-checkout.ts';
import { gitProblems } from '../io/git-problems.ts';
import { ioProblems } from '../io/io-problems.ts';
import { planProblems } from '../plan/plan-repository.ts';
import { secretProblems } from '../secrets/secret-problems.ts';
import { summaryProblems } from '../summary/danger-problems.ts';
import { verifyProblems } from '../verify/verify.ts';
import { pushProblems } from './commands/push-proof.ts';
import { initProblems } from './init/init-problems.ts';
import { OUR_BUG, usageProblems } from './usage-problems.ts';

/** In order of their codes. */
export function listProblemKinds(): readonly ProblemKind[] {
  return [
    ...environmentProblems,
    ...planProblems,
    ...verifyProblems,
    ...ioProblems,
    ...gitProblems,
    ...checkoutProblems,
    ...forgeProblems,
    ...secretProblems,
    ...summaryProblems,
    ...pushProblems,
    ...initProblems,
    ...usageProblems,
    OUR_BUG,
  ].sort((a, b) => compareText(a.code, b.code));
}
