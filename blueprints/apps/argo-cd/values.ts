// What argo-cd 10.1.1 is told: the same values for the first install and for the Application that takes it over.
import type { AppContext } from '../../../generator/core/blueprint.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type YamlMap, type YamlValue } from '../../../generator/core/provenance.ts';
import applicationHealth from './application-health.lua';
import { planOidcSettings, planRoles } from './sign-on.ts';
import { planRepoServerWayOut, planServerWayOut } from './way-out.ts';
import { WEBHOOK_REFERENCE } from './webhook.ts';
import { type Component, REQUESTS } from './workloads.ts';

export interface Inputs {
  readonly knownHosts: readonly string[];
  readonly webhook: boolean;
}

/** Longer than any bring-up: the limit counts over all waves and retries, and a revision that ran into it is not tried again. */
const SYNC_TIMEOUT_SECONDS = 7200;

/** `.invalid` never resolves (RFC 2606), so a link to a host that nobody exposed cannot lead anywhere. */
const NO_DOMAIN = 'argocd.invalid';

/**
 * Argo CD waits for an address in the status of an Ingress, which comes after the first apply or, without
 * `ingress.publicAddress`, never: a sync of several waves would not end, and no later commit begin.
 */
const INGRESS_HEALTH = 'return {status = "Healthy"}\n';

/** Controllers write these after admission; a chart that renders the field would never be in sync. */
const IGNORE_CA_BUNDLE = "jqPathExpressions:\n  - '.webhooks[]?.clientConfig.caBundle'\n";

/**
 * Helm values for one environment. No toleration for control nodes: repo-servers run charts of others, and whoever runs
 * on a control node can reach its instance profile. At first boot Argo CD waits for the first worker.
 * @see https://github.com/argoproj/argo-helm/tree/argo-cd-10.1.1/charts/argo-cd
 */
export function planValues(context: AppContext, { knownHosts, webhook }: Inputs): YamlMap {
  const host = context.ingress.hostOf('argo-cd');
  return {
    global: {
      domain: host === undefined ? NO_DOMAIN : from('ingress.domain', host),
      imagePullSecrets: pullSecretObjects(context.egress),
    },
    configs: {
      cm: {
        'resource.customizations.health.argoproj.io_Application': applicationHealth,
        'resource.customizations.health.networking.k8s.io_Ingress': INGRESS_HEALTH,
        'resource.customizations.ignoreDifferences.admissionregistration.k8s.io_MutatingWebhookConfiguration':
          IGNORE_CA_BUNDLE,
        'resource.customizations.ignoreDifferences.admissionregistration.k8s.io_ValidatingWebhookConfiguration':
          IGNORE_CA_BUNDLE,
        ...planOidcSettings(context),
      },
      rbac: planRoles(context),
      params: {
        'controller.diff.server.side': 'true',
        'controller.sync.timeout.seconds': String(SYNC_TIMEOUT_SECONDS),
        // Traefik ends TLS; inside the cluster the server speaks HTTP on port 80.
        'server.insecure': 'true',
      },
      secret: webhook ? { githubSecret: from('apps.argo-cd.webhook', WEBHOOK_REFERENCE) } : undefined,
      ssh: knownHosts.length === 0 ? undefined : { extraHosts: from('apps.argo-cd.knownHosts', joinLines(knownHosts)) },
    },
    controller: { replicas: 1, resources: requests('controller') },
    server: {
      ...replicated(context, 'server'),
      ...planServerWayOut(context),
      ingress: host === undefined ? undefined : ingress(host),
    },
    repoServer: { ...replicated(context, 'repoServer'), ...planRepoServerWayOut(context) },
    redis: { resources: requests('redis') },
    redisSecretInit: { resources: requests('redisSecretInit') },
    // Nothing of ours is an ApplicationSet: the generator writes each Application out. The CRD stays, the server wants it.
    applicationSet: { replicas: 0 },
    dex: { enabled: false },
    notifications: { enabled: false },
  };
}

/** Labels that the chart selects the pods of a component by. */
const SELECTED_AS = { server: 'argocd-server', repoServer: 'argocd-repo-server' } as const;

function replicated(context: AppContext, component: keyof typeof SELECTED_AS): YamlMap {
  const { replicas, spread } = context.availability;
  const constraints = spread({
    'app.kubernetes.io/instance': 'argocd',
    'app.kubernetes.io/name': SELECTED_AS[component],
  });
  return {
    replicas: from('availability', replicas),
    resources: requests(component),
    // The chart reads an enabled budget without a number as "none has to stay".
    pdb: replicas < 2 ? undefined : { enabled: true, minAvailable: from('availability', replicas - 1) },
    topologySpreadConstraints: constraints.length === 0 ? undefined : from('availability', constraints),
  };
}

function ingress(host: string): YamlMap {
  return {
    enabled: true,
    ingressClassName: 'traefik',
    hostname: from('ingress.domain', host),
    // A TLS entry without a Secret: Traefik answers with its default certificate, which covers the whole domain.
    extraTls: [{ hosts: [from('ingress.domain', host)] }],
  };
}

function requests(component: Component): YamlValue {
  const { cpuMillis, memoryMiB } = REQUESTS[component];
  return { requests: { cpu: `${cpuMillis}m`, memory: `${memoryMiB}Mi` } };
}

function joinLines(lines: readonly string[]): string {
  return `${[...lines].sort().join('\n')}\n`;
}
