// What traefik 41.3.0 is told. The load balancer in front of it is Terraform's.
import type { AppContext, ResourceAmounts } from '../../../generator/core/blueprint.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import { isIpAddress } from './address.ts';
import { CERTIFICATE_SECRET } from './certificate.ts';

export const REQUESTS: ResourceAmounts = { cpuMillis: 100, memoryMiB: 128 };

/** Between SIGTERM and the last packet: first the endpoints forget the pod, then streams may end. */
const ACCEPT_GRACE_SECONDS = 10;
const STREAM_GRACE_SECONDS = 45;
const TERMINATION_SECONDS = ACCEPT_GRACE_SECONDS + STREAM_GRACE_SECONDS + 5;

/** Traefik cuts a request whose body takes longer; its own default of a minute ends uploads of large documents. */
const UPLOAD_SECONDS = 600;

/** Helm values for one environment. @see https://github.com/traefik/traefik-helm-chart/tree/v41.3.0/traefik */
export function planValues(context: AppContext, accessLog: boolean): YamlMap {
  return {
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    api: { dashboard: false, insecure: false },
    ingressClass: { enabled: true, isDefaultClass: true, name: 'traefik' },
    providers: {
      // Whoever may write into any other namespace must not be able to replace everybody's certificate.
      kubernetesCRD: { defaultTLSResourcesNamespace: 'traefik' },
      kubernetesIngress: {
        // The Service is a NodePort: published, it would put the addresses of private nodes into every Ingress.
        publishedService: { enabled: false },
        ingressEndpoint: ingressEndpoint(context),
      },
    },
    ports: {
      web: {
        ...entryPoint(context, context.ingress.nodePorts.http),
        http: { redirections: { entryPoint: { to: 'websecure', scheme: 'https', permanent: true } } },
      },
      websecure: {
        ...entryPoint(context, context.ingress.nodePorts.https),
        // Every router has TLS without saying so, and the default certificate covers it.
        http: { tls: { enabled: true } },
      },
    },
    tlsStore: { default: { defaultCertificate: { secretName: CERTIFICATE_SECRET } } },
    // Local: the client's address survives, and the load balancer's checks fail on nodes without a pod.
    service: { spec: { type: 'NodePort', externalTrafficPolicy: 'Local' } },
    ...placement(context),
    accessLog: accessLog ? { enabled: from('apps.traefik.accessLog', true), format: 'json' } : undefined,
  };
}

/** What Traefik writes into the status of each Ingress; nothing until the address is known, and nothing is better than a guess. */
function ingressEndpoint({ ingress: { publicAddress } }: AppContext): YamlMap | undefined {
  if (publicAddress === undefined) return undefined;
  const address = from('ingress.publicAddress', publicAddress);
  return isIpAddress(publicAddress) ? { ip: address } : { hostname: address };
}

/**
 * Who connects from inside the VPC may say with a PROXY header for whom; a connection without one counts as its own.
 * Anybody else's header is skipped. X-Forwarded-* is believed from nobody: the load balancer passes bytes on, so that
 * header could only be the client's own.
 */
function entryPoint({ cluster }: AppContext, nodePort: number): YamlMap {
  return {
    nodePort,
    proxyProtocol: { trustedIPs: [from('network.cidr', cluster.vpcCidr)] },
    transport: {
      respondingTimeouts: { readTimeout: `${UPLOAD_SECONDS}s` },
      lifeCycle: {
        requestAcceptGraceTimeout: `${ACCEPT_GRACE_SECONDS}s`,
        graceTimeOut: `${STREAM_GRACE_SECONDS}s`,
      },
    },
  };
}

/**
 * One pod on each node that the load balancer sends to. An update starts the new pod beside the old one on the same
 * node, so the load balancer never notices; with a few replicas anywhere, each move would cost the two checks (twenty
 * seconds) that it needs to see that a node went silent. GPU and control nodes are tainted, hence left out.
 */
function placement({ egress }: AppContext): YamlMap {
  return {
    deployment: {
      kind: 'DaemonSet',
      terminationGracePeriodSeconds: TERMINATION_SECONDS,
      imagePullSecrets: pullSecretObjects(egress),
    },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    // A pod that is ready before it has read the routes would answer 404.
    readinessProbe: { initialDelaySeconds: 10 },
    nodeSelector: { 'rootstock.dev/role': 'worker' },
    resources: { requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` } },
  };
}
