// Single sign-on: clients belong to apps that sign people in, and the issuer is the issuer alone.
import { nearest } from '../../core/nearest.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { Finding, Rule } from './rule.ts';

const UNKNOWN_APP: ProblemKind = {
  code: 'AUTH-001',
  title: 'A client belongs to no app that signs people in',
  explanation: 'Argo CD, Grafana and Onyx sign people in. A client for anything else would never be used.',
};
const DISCOVERY: ProblemKind = {
  code: 'AUTH-002',
  title: 'The issuer is given with the path of its discovery document',
  explanation:
    'Apps add /.well-known/openid-configuration themselves, and compare the issuer with what that document says, letter by letter, a slash at the end included.',
};

/** Apps that sign people in by `auth.oidc`. */
const APPS = ['argo-cd', 'grafana', 'onyx'] as const;

export const signOn: Rule = {
  kinds: [UNKNOWN_APP, DISCOVERY],
  check: ({ auth }) => {
    const oidc = auth?.oidc;
    if (oidc === undefined) return [];
    return [...Object.keys(oidc.clientIds).flatMap(checkApp), ...checkIssuer(oidc.issuer)];
  },
};

function checkApp(app: string): Finding[] {
  if (APPS.some((name) => name === app)) return [];
  const at = ['auth', 'oidc', 'clientIds', app];
  const hint = nearest(app, APPS) ?? `remove it, or write one of ${APPS.join(', ')}`;
  return [{ kind: UNKNOWN_APP, at, message: `${app} signs nobody in.`, hint }];
}

function checkIssuer(issuer: string): Finding[] {
  const bare = issuer.replace(/\/\.well-known\/openid-configuration\/?$/, '');
  if (bare === issuer) return [];
  const message = `${issuer} is the address of a document, not the issuer.`;
  return [{ kind: DISCOVERY, at: ['auth', 'oidc', 'issuer'], message, hint: `write ${bare}` }];
}
