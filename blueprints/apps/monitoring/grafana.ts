// What the grafana subchart is told. Nothing of it is fetched when it starts: no plugin, no dashboard, no news.
import type { AppContext, SecretNeed } from '../../../generator/core/blueprint.ts';
import { planWayOut, pullSecretNames, unlessEmpty } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';
import { AFTER_OPERATOR, AMOUNTS, GRAFANA, NAMESPACE, resourcesOf, STACK } from './names.ts';
import { findEndpoints, usesOidc } from './oidc-endpoints.ts';

/** @see https://github.com/grafana-community/helm-charts/tree/grafana-12.7.3/charts/grafana */
export function planGrafana(context: AppContext<Inputs>): YamlMap {
  const { egress, inputs } = context;
  const host = context.ingress.hostOf('monitoring');
  const way = planWayOut(context, { name: STACK, namespace: NAMESPACE });
  return {
    fullnameOverride: GRAFANA.service,
    annotations: AFTER_OPERATOR,
    // A volume that one pod at a time may mount.
    replicas: 1,
    deploymentStrategy: { type: 'Recreate' },
    admin: { existingSecret: GRAFANA.adminSecret, userKey: 'admin-user', passwordKey: 'admin-password' },
    persistence: {
      enabled: true,
      // A claim is bound when its pod is placed, so both are in one wave.
      annotations: AFTER_OPERATOR,
      type: 'pvc',
      storageClassName: 'gp3-retain',
      size: from('apps.monitoring.grafanaGiB', `${inputs.grafanaGiB}Gi`),
      // A look into the cluster, which Argo CD's rendering has not.
      lookupVolumeName: false,
    },
    // fsGroup gives the volume to Grafana; the init container would have to be root.
    initChownData: { enabled: false },
    testFramework: { enabled: false },
    // It reads ConfigMaps of its own namespace, and no Secrets.
    rbac: { namespaced: true },
    image: egress.pullSecrets.length === 0 ? undefined : { pullSecrets: pullSecretNames(egress) },
    resources: resourcesOf(AMOUNTS.grafana),
    podAnnotations: context.annotateWithSecrets(
      NAMESPACE,
      listGrafanaSecrets(context).map(({ name }) => name),
    ),
    sidecar: {
      resources: resourcesOf(AMOUNTS.grafanaSidecar),
      datasources: { resource: 'configmap' },
      dashboards: {
        resource: 'configmap',
        folderAnnotation: 'grafana_folder',
        provider: { foldersFromFilesStructure: true },
      },
    },
    env: unlessNone(planEnvironment(context, way.env)),
    envValueFrom: usesOidc(context)
      ? { GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: { secretKeyRef: { name: GRAFANA.oidcSecret, key: 'client-secret' } } }
      : undefined,
    extraVolumes: unlessEmpty(way.volumes),
    extraVolumeMounts: unlessEmpty(way.mounts),
    'grafana.ini': planSettings(context, host),
    ingress: host === undefined ? undefined : planIngress(host),
  };
}

function unlessNone(map: YamlMap): YamlMap | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}

/** Variables go where the settings file would take `;` and `#` in a value for the start of a comment. */
function planEnvironment(context: AppContext<Inputs>, wayOut: readonly YamlMap[]): YamlMap {
  const variables = Object.fromEntries(wayOut.map(({ name, value }) => [String(name), value]));
  const endpoints = findEndpoints(context);
  const { oidc } = context;
  if (!usesOidc(context) || oidc === undefined || endpoints === undefined) return variables;
  const oauth = (key: string, value: string) => [`GF_AUTH_GENERIC_OAUTH_${key}`, from('auth.oidc', value)];
  return {
    ...variables,
    ...Object.fromEntries([
      oauth('CLIENT_ID', oidc.clientIdOf(GRAFANA.service)),
      oauth('AUTH_URL', endpoints.authorization),
      oauth('TOKEN_URL', endpoints.token),
      oauth('API_URL', endpoints.userinfo),
      oauth('SCOPES', context.inputs.oidcScopes.join(' ')),
      oauth('ROLE_ATTRIBUTE_PATH', roleExpression(oidc.adminGroup, oidc.groupsClaim)),
    ]),
  };
}

/** JMESPath over the claims: a member of the group is Admin, everybody else may look. A claim may have any name. */
function roleExpression(adminGroup: string | undefined, claim: string): string {
  if (adminGroup === undefined) return "'Viewer'";
  const groups = `"${claim}"`;
  return `${groups} && contains(${groups}, '${adminGroup.replaceAll("'", "\\'")}') && 'Admin' || 'Viewer'`;
}

/** @see https://grafana.com/docs/grafana/v13.1/setup-grafana/configure-grafana/ */
function planSettings(context: AppContext<Inputs>, host: string | undefined): YamlMap {
  return {
    analytics: { check_for_updates: false, check_for_plugin_updates: false, reporting_enabled: false },
    news: { news_feed_enabled: false },
    // Grafana installs a list of plugins from grafana.com when it starts.
    plugins: { preinstall_disabled: true, plugin_admin_enabled: false },
    security: { disable_gravatar: true },
    snapshots: { external_enabled: false },
    users: { allow_sign_up: false, auto_assign_org_role: 'Viewer' },
    server:
      host === undefined
        ? undefined
        : { domain: from('ingress.domain', host), root_url: from('ingress.domain', `https://${host}`) },
    'auth.generic_oauth': usesOidc(context)
      ? {
          enabled: from('auth.oidc', true),
          name: 'Single sign-on',
          allow_sign_up: true,
          use_pkce: true,
          auto_login: false,
        }
      : undefined,
  };
}

function planIngress(host: string): YamlMap {
  return {
    enabled: true,
    ingressClassName: 'traefik',
    hosts: [from('ingress.domain', host)],
    // A TLS entry without a Secret: Traefik answers with its default certificate, which covers the whole domain.
    tls: [{ hosts: [from('ingress.domain', host)] }],
  };
}

export function listGrafanaSecrets(context: AppContext<Inputs>): SecretNeed[] {
  const usedBy = 'Grafana';
  return [
    {
      name: GRAFANA.adminSecret,
      namespace: NAMESPACE,
      usedBy,
      keys: [
        { key: 'admin-password', meaning: 'Password of the administrator', make: { kind: 'password', length: 32 } },
        { key: 'admin-user', meaning: 'Name of the administrator', make: { kind: 'text', text: 'admin' } },
      ],
      rotation: {
        kind: 'procedure',
        text: 'Grafana takes the password once, when its volume is empty. Set the same one in it: `rootstock secrets get . monitoring/grafana-admin/admin-password | kubectl -n monitoring exec -i deploy/grafana -c grafana -- grafana cli admin reset-admin-password --password-from-stdin`.',
      },
    },
    ...(usesOidc(context)
      ? [
          {
            name: GRAFANA.oidcSecret,
            namespace: NAMESPACE,
            usedBy,
            keys: [
              { key: 'client-secret', meaning: `Secret of the client ${context.oidc?.clientIdOf(GRAFANA.service)}` },
            ],
          },
        ]
      : []),
  ];
}
