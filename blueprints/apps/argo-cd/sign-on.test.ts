import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type PlainMap, stripProvenance } from '../../../generator/core/provenance.ts';
import { planOne, SMALL } from '../../../generator/testing/plan-builder.ts';
import { app } from './app.ts';

const OIDC = {
  issuer: 'https://login.example.com/realms/acme',
  clientId: 'ai-platform',
  adminGroup: 'platform admins',
  groupsClaim: 'roles',
};
const EXPOSED = { ingress: { domain: 'ai.example.com', expose: ['argo-cd'] } };

function planned(changes: object) {
  const [only] = planOne({ ...SMALL, ...changes }, [app]).apps;
  if (only === undefined) throw new Error('argo-cd was not planned');
  return only.plan;
}

/** `configs` of the values. */
function configs(changes: object): { readonly cm: PlainMap; readonly rbac?: PlainMap } {
  const { plain } = stripProvenance(planned(changes).values ?? {});
  return (plain as unknown as { readonly configs: { readonly cm: PlainMap; readonly rbac?: PlainMap } }).configs;
}

describe('blueprints/apps/argo-cd/sign-on.ts', () => {
  it('is not there unless the environment has an issuer', () => {
    const plan = planned({});

    expect(configs({}).cm).not.toHaveProperty('oidc.config');
    expect(configs({}).rbac).toBeUndefined();
    expect(plan.secrets).toEqual([]);
    expect(plan.signOn).toBeUndefined();
  });

  it('is a client of its own, whose secret stands in a labelled Secret', () => {
    const settings = { auth: { oidc: { ...OIDC, clientIds: { 'argo-cd': 'argocd' } } } };

    const config: unknown = parse(String(configs(settings).cm['oidc.config']));

    expect(config).toEqual({
      name: 'Single sign-on',
      issuer: 'https://login.example.com/realms/acme',
      clientID: 'argocd',
      clientSecret: '$argocd-oidc:clientSecret',
      requestedScopes: ['openid', 'profile', 'email'],
      requestedIDTokenClaims: { roles: { essential: true } },
    });
    expect(planned(settings).secrets).toMatchObject([
      {
        name: 'argocd-oidc',
        namespace: 'argocd',
        keys: [{ key: 'clientSecret' }],
        labels: { 'app.kubernetes.io/part-of': 'argocd' },
      },
    ]);
  });

  it('lets the group of administrators do everything, and everyone else look', () => {
    const { rbac } = configs({ auth: { oidc: OIDC } });

    expect(rbac).toEqual({
      'policy.default': 'role:readonly',
      'policy.csv': 'g, platform admins, role:admin\n',
      scopes: '["roles"]',
    });
  });

  it('lets everyone look where there is no such group', () => {
    const { rbac } = configs({ auth: { oidc: { issuer: OIDC.issuer, clientId: 'ai' } } });

    expect(rbac).toEqual({ 'policy.default': 'role:readonly', scopes: '["groups"]' });
  });

  it.each([
    [
      'exposed',
      EXPOSED,
      ['https://argocd.ai.example.com/auth/callback', 'http://localhost:8085/auth/callback'],
      undefined,
    ],
    [
      'reached through a port-forward',
      {},
      ['http://localhost:8080/auth/callback', 'http://localhost:8085/auth/callback'],
      '- http://localhost:8080\n',
    ],
  ])('sends people back to where they came from: %s', (_title, changes, redirectUris, additionalUrls) => {
    const settings = { ...changes, auth: { oidc: OIDC } };

    expect(planned(settings).signOn).toEqual({ clientId: 'ai-platform', redirectUris });
    expect(configs(settings).cm['additionalUrls']).toBe(additionalUrls);
  });

  it('is not a reason to expose it', () => {
    const hosts = planOne({ ...SMALL, ingress: { domain: 'ai.example.com' }, auth: { oidc: OIDC } }, [app]).hosts;

    expect(hosts).toEqual([]);
  });

  it('asks the issuer', () => {
    const { egress } = planned({ auth: { oidc: { ...OIDC, issuer: 'https://login.example.com:8443/' } } });

    expect(egress).toContainEqual({ host: 'login.example.com', port: 8443, purpose: 'identities, for Argo CD' });
  });
});
