// Where people open Onyx: its address, and the objects that lead Traefik there.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import { API, SIGN_ON_NAME, WEB } from './names.ts';

/** After the Job that makes the administrator, which is in wave 1: the first visitor of all would become one. Before the models. */
const ROUTE_WAVE = { 'argocd.argoproj.io/sync-wave': '3' } as const;

const STRIP = 'strip-api';
const NOBODY = 'nobody';

const TRAEFIK_ANNOTATIONS = {
  // Traefik brings the kind, and nothing waits for Traefik.
  'argocd.argoproj.io/sync-options': 'SkipDryRunOnMissingResource=true',
  // Before the routes: what is to be closed is never open.
  'argocd.argoproj.io/sync-wave': '2',
} as const;

/** Whether anybody outside can open it. */
export function isExposed({ ingress }: AppContext<Inputs>): boolean {
  return ingress.hostOf('onyx') !== undefined || ingress.catchAll === 'onyx';
}

/** What browsers have in the address line; cookies are Secure where it is https. */
export function planSiteUrl(context: AppContext<Inputs>): string {
  const { ingress, environment } = context;
  if (!isExposed(context)) return `http://localhost:${WEB.port}`;
  // Without a domain and before the address is known, the name that Traefik's certificate has.
  return `https://${ingress.hostOf('onyx') ?? ingress.publicAddress ?? `${environment}.internal`}`;
}

/** Where the issuer of `auth.oidc` sends people back to. @see Onyx v4.6.1, backend/onyx/db/sso_provider.py */
export function planRedirectUri(context: AppContext<Inputs>): string {
  return `${planSiteUrl(context)}/api/auth/oidc/${SIGN_ON_NAME}/callback`;
}

/**
 * Two Ingresses, because Traefik takes middlewares for all paths of one. No timeouts are set: Traefik waits for answers
 * without end, and its own app gives uploads ten minutes.
 * @see https://github.com/onyx-dot-app/onyx/blob/v4.6.1/deployment/helm/charts/onyx/templates/nginx-conf.yaml
 */
export function planRoutes(context: AppContext<Inputs>): Manifest[] {
  if (!isExposed(context)) return [];
  const host = context.ingress.hostOf('onyx');
  return [
    { file: 'strip-api', object: STRIP_MIDDLEWARE },
    {
      file: 'ingress-api',
      object: ingress('onyx-api', host, [path('/api', API), path('/openapi.json', API)], {
        'traefik.ingress.kubernetes.io/router.middlewares': `${ONYX_NAMESPACE}-${STRIP}@kubernetescrd`,
      }),
    },
    // Identity providers call these two as they are.
    { file: 'ingress', object: ingress('onyx', host, [path('/auth/saml', API), path('/scim', API), path('/', WEB)]) },
    ...(context.inputs.passwordSignUp ? [] : planClosedSignUp(host)),
  ];
}

/**
 * The one way in which accounts with passwords are made, whatever stands before it: Traefik leads `/apiauth/register` to
 * the API server too, which also takes an encoded slash. Inside the cluster the way stays open, for the Job.
 * @see Onyx v4.6.1, backend/onyx/main.py (the router of fastapi-users under /auth)
 */
const SIGN_UP = '(?i)auth(/|%2f)+register';

/** Not an Ingress, which knows prefixes only. Above all other routes, whose priority is the length of their rule. */
function planClosedSignUp(host: string | undefined): Manifest[] {
  const isSignUp = `PathRegexp(\`${SIGN_UP}\`)`;
  const route: YamlMap = {
    kind: 'Rule',
    match: host === undefined ? isSignUp : from('ingress.domain', `Host(\`${host}\`) && ${isSignUp}`),
    priority: 100000,
    middlewares: [{ name: NOBODY }],
    services: [{ name: API.service, port: API.port }],
  };
  const of = (kind: string, name: string, spec: YamlMap): YamlMap => ({
    apiVersion: 'traefik.io/v1alpha1',
    kind,
    metadata: { name, namespace: ONYX_NAMESPACE, annotations: TRAEFIK_ANNOTATIONS },
    spec,
  });
  return [
    // An address that nobody has: Traefik answers 403.
    { file: 'nobody', object: of('Middleware', NOBODY, { ipAllowList: { sourceRange: ['255.255.255.255/32'] } }) },
    {
      file: 'closed-sign-up',
      object: of('IngressRoute', 'onyx-closed-sign-up', { entryPoints: ['websecure'], routes: [route] }),
    },
  ];
}

const STRIP_MIDDLEWARE: YamlMap = {
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'Middleware',
  metadata: { name: STRIP, namespace: ONYX_NAMESPACE, annotations: TRAEFIK_ANNOTATIONS },
  spec: { stripPrefix: { prefixes: ['/api'] } },
};

type Target = typeof API | typeof WEB;

function path(prefix: string, { service, port }: Target): YamlMap {
  return { path: prefix, pathType: 'Prefix', backend: { service: { name: service, port: { number: port } } } };
}

function ingress(
  name: string,
  host: string | undefined,
  paths: readonly YamlMap[],
  annotations: Readonly<Record<string, string>> = {},
): YamlMap {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: ONYX_NAMESPACE, annotations: { ...ROUTE_WAVE, ...annotations } },
    spec: {
      ingressClassName: 'traefik',
      rules: [{ host: host === undefined ? undefined : from('ingress.domain', host), http: { paths } }],
      // Without a Secret: Traefik answers with its default certificate, which covers the whole domain.
      tls: host === undefined ? undefined : [{ hosts: [from('ingress.domain', host)] }],
    },
  };
}
