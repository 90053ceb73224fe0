// Issuer → where Grafana signs people in. Grafana's settings file takes endpoints, not a discovery document, and this
// generator asks no network; so endpoints are known for issuers that build them from their own URL.
import type { AppContext, InputFinding } from '../../../generator/core/blueprint.ts';
import type { Inputs } from './inputs.ts';

export interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  readonly userinfo: string;
}

interface IssuerFacts {
  readonly isIssuer: (issuer: URL) => boolean;
  readonly endpoints: (issuer: string) => Endpoints;
}

function below(base: string, [authorization, token, userinfo]: readonly [string, string, string]): Endpoints {
  return { authorization: `${base}${authorization}`, token: `${base}${token}`, userinfo: `${base}${userinfo}` };
}

/** As the discovery documents of these services say, read in 2026-11. */
const ISSUERS: readonly IssuerFacts[] = [
  {
    // Keycloak, since version 17 without /auth in front.
    isIssuer: ({ pathname }) => /(^|\/)realms\/[^/]+\/?$/.test(pathname),
    endpoints: (issuer) => below(`${issuer}/protocol/openid-connect`, ['/auth', '/token', '/userinfo']),
  },
  {
    isIssuer: ({ hostname, pathname }) =>
      hostname === 'login.microsoftonline.com' && /^\/[^/]+\/v2\.0\/?$/.test(pathname),
    endpoints: (issuer) => {
      const tenant = issuer.replace(/\/v2\.0$/, '');
      return {
        authorization: `${tenant}/oauth2/v2.0/authorize`,
        token: `${tenant}/oauth2/v2.0/token`,
        userinfo: 'https://graph.microsoft.com/oidc/userinfo',
      };
    },
  },
  {
    isIssuer: ({ hostname }) => hostname === 'accounts.google.com',
    endpoints: () => ({
      authorization: 'https://accounts.google.com/o/oauth2/v2/auth',
      token: 'https://oauth2.googleapis.com/token',
      userinfo: 'https://openidconnect.googleapis.com/v1/userinfo',
    }),
  },
  {
    // The organisation's own server has no path, a custom one /oauth2/NAME.
    isIssuer: ({ hostname }) => /\.(okta|oktapreview|okta-emea)\.com$/.test(hostname),
    endpoints: (issuer) => {
      const base = new URL(issuer).pathname.startsWith('/oauth2/') ? issuer : `${issuer}/oauth2`;
      return below(base, ['/v1/authorize', '/v1/token', '/v1/userinfo']);
    },
  },
  {
    isIssuer: ({ hostname }) => hostname.endsWith('.auth0.com'),
    endpoints: (issuer) => below(issuer, ['/authorize', '/oauth/token', '/userinfo']),
  },
  {
    isIssuer: ({ hostname }) => hostname === 'gitlab.com',
    endpoints: (issuer) => below(issuer, ['/oauth/authorize', '/oauth/token', '/oauth/userinfo']),
  },
];

/** Endpoints that follow from the issuer, those of the inputs before them; undefined if one of the three is not known. */
export function findEndpoints({ oidc, inputs }: AppContext<Inputs>): Endpoints | undefined {
  if (oidc === undefined) return undefined;
  const url = new URL(oidc.issuer);
  const known = ISSUERS.find(({ isIssuer }) => isIssuer(url))?.endpoints(oidc.issuer.replace(/\/$/, ''));
  const { authorization, token, userinfo }: Partial<Endpoints> = { ...known, ...inputs.oidcEndpoints };
  if (authorization === undefined || token === undefined || userinfo === undefined) return undefined;
  return { authorization, token, userinfo };
}

/** True if people may sign in to Grafana with `auth.oidc`: the issuer sends them back to its public name. */
export function usesOidc({ oidc, ingress }: AppContext<Inputs>): boolean {
  return oidc !== undefined && ingress.hostOf('monitoring') !== undefined;
}

export function findOidcProblems(context: AppContext<Inputs>): InputFinding[] {
  const { oidc, inputs } = context;
  const key = 'apps.monitoring.oidcEndpoints';
  if (oidc === undefined && inputs.oidcEndpoints !== undefined)
    return [
      { key, message: 'there is no auth.oidc for Grafana to use them with.', hint: 'remove it, or add auth.oidc' },
    ];
  if (!usesOidc(context) || findEndpoints(context) !== undefined) return [];
  return [
    {
      key,
      message: `Grafana reads no discovery document, and the endpoints of ${oidc?.issuer} are not known.`,
      hint: 'add oidcEndpoints with authorization, token and userinfo from /.well-known/openid-configuration of the issuer',
    },
  ];
}
