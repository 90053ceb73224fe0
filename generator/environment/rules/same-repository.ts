// Environments that are rendered together live in one repository, on one branch.
import type { ProblemKind } from '../../core/problem.ts';
import type { RepositoryRule } from './rule.ts';

const DIFFERENT: ProblemKind = {
  code: 'REPO-001',
  title: 'Environments of one repository name different repositories',
  explanation:
    'All environments given to one run are written into one folder and pushed to one place, so `repository.url` and `repository.branch` are the same in all of them. Render environments of other repositories in a run of their own.',
};

export const sameRepository: RepositoryRule = {
  kinds: [DIFFERENT],
  check: ([first, ...others]) =>
    others.flatMap((other) =>
      (['url', 'branch'] as const).flatMap((key) =>
        first === undefined || other.repository[key] === first.repository[key]
          ? []
          : [
              {
                kind: DIFFERENT,
                environment: other.metadata.name,
                at: ['repository', key],
                message: `repository.${key} is ${other.repository[key]} here, but ${first.repository[key]} in environment ${first.metadata.name}.`,
                hint: `write ${key}: ${first.repository[key]}, or render ${other.metadata.name} by itself`,
              },
            ],
      ),
    ),
};
