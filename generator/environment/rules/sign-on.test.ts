import { describe, expect, it } from 'vitest';
import { makeEnvironment, runRule } from '../../testing/make-environment.ts';
import { signOn } from './sign-on.ts';

const OIDC = { issuer: 'https://login.example.com/realms/acme', clientId: 'ai-platform' };
const run = (settings: object) => runRule(signOn, makeEnvironment({ auth: { oidc: { ...OIDC, ...settings } } }));

describe('generator/environment/rules/sign-on', () => {
  it.each([
    ['one client for all', {}],
    ['clients of their own', { clientIds: { 'argo-cd': 'argocd', grafana: 'grafana', onyx: 'onyx' } }],
    ['an issuer that ends in a slash', { issuer: 'https://acme.auth0.example.com/' }],
  ])('accepts %s', (_name, settings) => {
    expect(run(settings)).toEqual([]);
  });

  it('says nothing where nobody signs on', () => {
    expect(runRule(signOn, makeEnvironment())).toEqual([]);
  });

  it.each([
    {
      name: 'a misspelt app',
      settings: { clientIds: { argocd: 'argocd' } },
      code: 'AUTH-001',
      key: 'auth.oidc.clientIds.argocd',
      says: 'argocd signs nobody in',
      hint: 'did you mean argo-cd?',
    },
    {
      name: 'an app without people',
      settings: { clientIds: { 'cert-manager': 'cm' } },
      code: 'AUTH-001',
      key: 'auth.oidc.clientIds.cert-manager',
      says: 'cert-manager signs nobody in',
      hint: 'remove it, or write one of argo-cd, grafana, onyx',
    },
    {
      name: 'the discovery document',
      settings: { issuer: 'https://login.example.com/realms/acme/.well-known/openid-configuration' },
      code: 'AUTH-002',
      key: 'auth.oidc.issuer',
      says: 'is the address of a document, not the issuer',
      hint: 'write https://login.example.com/realms/acme',
    },
  ])('refuses $name', ({ settings, code, key, says, hint }) => {
    const findings = run(settings);

    expect(findings).toMatchObject([{ code, key, hint }]);
    expect(findings[0]?.message).toContain(says);
  });
});
