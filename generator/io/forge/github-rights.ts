// Which rights a token for GitHub has, told before anything is written: by scopes, by permissions, by trying.
import { makeProblem, type Problem } from '../../core/problem.ts';
import type { Right } from './forge.ts';
import { NO_RIGHT } from './forge-problems.ts';
import type { FailureContext } from './github-requests.ts';

interface RightRow {
  /** Scopes of a classic token, one of which is enough; `public_repo` counts for public repositories only. */
  readonly scopes: readonly string[];
  /** Permission of a fine-grained token or an app. */
  readonly permission: string;
  /** What the person behind the token must be. */
  readonly role: 'push' | 'admin';
}

/**
 * @see https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
 */
export const RIGHTS: Readonly<Record<Right, RightRow>> = {
  push: { scopes: ['repo', 'public_repo'], permission: 'Contents: write', role: 'push' },
  'pull requests': { scopes: ['repo', 'public_repo'], permission: 'Pull requests: write', role: 'push' },
  workflows: { scopes: ['workflow'], permission: 'Workflows: write', role: 'push' },
  'deploy keys': { scopes: ['repo', 'public_repo'], permission: 'Administration: write', role: 'admin' },
  webhooks: {
    scopes: ['repo', 'public_repo', 'admin:repo_hook', 'write:repo_hook'],
    permission: 'Webhooks: write',
    role: 'admin',
  },
};

/** Scopes of a classic token from `X-OAuth-Scopes`; undefined for tokens that have permissions instead. */
export function parseScopes(header: string | number | undefined): ReadonlySet<string> | undefined {
  if (typeof header !== 'string') return undefined;
  const scopes = header.split(',').map((scope) => scope.trim());
  return new Set(scopes.filter((scope) => scope !== ''));
}

export interface KnownRights {
  readonly scopes: ReadonlySet<string> | undefined;
  readonly isPrivate: boolean;
  /** Role of whoever has the token. */
  readonly roles: { readonly push: boolean; readonly admin: boolean };
}

/** One problem for each thing that is missing. Code: FORGE-004. */
export function findMissingRights(
  wanted: readonly Right[],
  known: KnownRights,
  context: FailureContext,
): readonly Problem[] {
  const missing = [...new Set(wanted)].sort().flatMap((right) => findMissing(right, known, context) ?? []);
  // Several rights may lack the same scope.
  return [...new Map(missing.map((problem) => [problem.hint, problem])).values()];
}

function findMissing(right: Right, known: KnownRights, context: FailureContext): Problem | undefined {
  const { scopes, role } = RIGHTS[right];
  const { subject, tokenSource, tokenPage, again } = context;
  const usable = scopes.filter((scope) => scope !== 'public_repo' || !known.isPrivate);
  if (known.scopes !== undefined && !usable.some((scope) => known.scopes?.has(scope))) {
    const has = [...known.scopes].sort().join(', ');
    return makeProblem(NO_RIGHT, {
      message: `${subject}: for ${right} a token needs the scope ${usable.join(' or ')}, and the one from ${tokenSource} has ${has === '' ? 'none' : has}. Nothing was written.`,
      hint: `add the scope ${usable[0]} at ${tokenPage}, then ${again}`,
    });
  }
  if (known.roles[role]) return undefined;
  const needs = role === 'admin' ? 'an administrator' : 'somebody who may write';
  return makeProblem(NO_RIGHT, {
    message: `${subject}: ${right} take ${needs}, and the token from ${tokenSource} belongs to somebody who is not. Nothing was written.`,
    hint: `use a token of ${needs} of the repository, then ${again}`,
  });
}

/** A permission that was tried and found missing. Code: FORGE-004. */
export function missingPermission(right: Right, said: string, context: FailureContext): Problem {
  const { subject, tokenSource, tokenPage, again } = context;
  const { permission } = RIGHTS[right];
  return makeProblem(NO_RIGHT, {
    message: `${subject}: ${right} take the permission ${permission}, which the token from ${tokenSource} lacks (${said}). Nothing was written.`,
    hint: `add ${permission} at ${tokenPage}, then ${again}`,
  });
}
