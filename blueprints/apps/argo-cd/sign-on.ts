// Single sign-on for Argo CD: its own OpenID Connect client, without Dex.
import type { AppContext, EgressHost, SecretNeed, SignOn } from '../../../generator/core/blueprint.ts';
import { from, type YamlMap, type YamlValue } from '../../../generator/core/provenance.ts';

const SECRET = 'argocd-oidc';
const CLIENT_SECRET = 'clientSecret';

/** Where people reach an Argo CD that nobody exposed: the port-forward of the runbook. */
const FORWARDED = 'http://localhost:8080';
/** `argocd login --sso` listens there. */
const COMMAND_LINE = 'http://localhost:8085/auth/callback';

/**
 * Settings in `argocd-cm`. No `rootCA`: it would take the place of the public CAs, while the certificates that the
 * server mounts are added to them.
 * @see https://argo-cd.readthedocs.io/en/release-3.4/operator-manual/user-management/#existing-oidc-provider
 */
export function planOidcSettings({ oidc, ingress }: AppContext): YamlMap {
  if (oidc === undefined) return {};
  return {
    // Argo CD sends people back to one of its own URLs only.
    ...(ingress.hostOf('argo-cd') === undefined ? { additionalUrls: `- ${FORWARDED}\n` } : {}),
    'oidc.config': from(
      'auth.oidc',
      [
        'name: Single sign-on',
        `issuer: ${JSON.stringify(oidc.issuer)}`,
        `clientID: ${JSON.stringify(oidc.clientIdOf('argo-cd'))}`,
        `clientSecret: $${SECRET}:${CLIENT_SECRET}`,
        'requestedScopes: ["openid", "profile", "email"]',
        // Some issuers leave the groups out unless they are asked for.
        `requestedIDTokenClaims: {${JSON.stringify(oidc.groupsClaim)}: {"essential": true}}`,
        '',
      ].join('\n'),
    ),
  };
}

/** Who may do what: the group of administrators everything, everyone else who signs in may look. */
export function planRoles({ oidc }: AppContext): YamlMap | undefined {
  if (oidc === undefined) return undefined;
  return {
    'policy.default': from('auth.oidc', 'role:readonly'),
    'policy.csv': planAdministrators(oidc.adminGroup),
    scopes: from('auth.oidc.groupsClaim', JSON.stringify([oidc.groupsClaim])),
  };
}

function planAdministrators(group: string | undefined): YamlValue | undefined {
  return group === undefined ? undefined : from('auth.oidc.adminGroup', `g, ${group}, role:admin\n`);
}

/** Argo CD reads Secrets of others only if they carry this label. */
export function planSignOnSecret({ oidc }: AppContext): SecretNeed[] {
  if (oidc === undefined) return [];
  const meaning = `Secret of the client ${oidc.clientIdOf('argo-cd')} at ${oidc.issuer}.`;
  return [
    {
      name: SECRET,
      namespace: 'argocd',
      keys: [{ key: CLIENT_SECRET, meaning }],
      usedBy: 'Argo CD, to sign people in',
      labels: { 'app.kubernetes.io/part-of': 'argocd' },
    },
  ];
}

/** What to register at the issuer. */
export function planSignOn({ oidc, ingress }: AppContext): SignOn | undefined {
  if (oidc === undefined) return undefined;
  const host = ingress.hostOf('argo-cd');
  const url = host === undefined ? FORWARDED : `https://${host}`;
  return { clientId: oidc.clientIdOf('argo-cd'), redirectUris: [`${url}/auth/callback`, COMMAND_LINE] };
}

/** The server asks the issuer for its keys, and for the identity of whoever signs in. */
export function listSignOnEgress({ oidc }: AppContext): EgressHost[] {
  if (oidc === undefined) return [];
  const { hostname, port } = new URL(oidc.issuer);
  return [{ host: hostname, port: port === '' ? 443 : Number(port), purpose: 'identities, for Argo CD' }];
}
