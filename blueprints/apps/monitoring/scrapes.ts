// What is scraped. k3s runs all of Kubernetes in one process, so what the chart takes for granted is not so here.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import type { PlainMap, YamlMap } from '../../../generator/core/provenance.ts';
import { NAMESPACE } from './names.ts';

/**
 * On a control node every `/metrics` of k3s answers with the metrics of all its parts, some 80 000 series each. So the
 * kubelet is asked for its own, the API server for the rest, and both for what somebody looks at.
 * @see https://github.com/k3s-io/k3s/issues/12917
 */
const KUBELET_METRICS = ['go_goroutines', 'k3s_', 'kubelet_', 'kubernetes_build_info', 'process_', 'volume_manager_'];
const API_SERVER_METRICS = [
  'apiserver_admission_webhook_rejection_count',
  'apiserver_client_certificate_expiration_seconds_',
  'apiserver_current_inflight_requests',
  'apiserver_request_total',
  'apiserver_storage_objects',
  'apiserver_storage_size_bytes',
  'etcd_request_errors_total',
  'etcd_request_duration_seconds_(count|sum)',
  'kubernetes_build_info',
  'process_',
  'scheduler_pending_pods',
  'workqueue_depth',
];

/**
 * Values of the chart's own scrapes. Scheduler, controller manager and etcd of k3s listen on the loopback address of
 * control nodes only, so they are not scraped; what matters of them is said by the API server. CoreDNS is scraped like
 * any other app, so that nothing has to be written into kube-system.
 * @see https://docs.k3s.io/cli/server (--etcd-expose-metrics: off; bind addresses of the components)
 */
export function planKubeletScrapes(): YamlMap {
  return {
    kubelet: {
      vmScrape: { spec: { relabelConfigs: NODE_LABELS, scrapeTimeout: '10s' } },
      vmScrapes: {
        kubelet: { spec: { metricRelabelConfigs: keep(KUBELET_METRICS) } },
        // Nobody asks for probes, and resources are those of cadvisor a second time: a sum over both would be double.
        probes: { enabled: false },
        resources: { enabled: false },
      },
    },
    kubeApiServer: {
      vmScrape: {
        spec: {
          endpoints: [
            {
              bearerTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
              port: 'https',
              scheme: 'https',
              tlsConfig: {
                caFile: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
                serverName: 'kubernetes',
              },
              metricRelabelConfigs: keep(API_SERVER_METRICS),
            },
          ],
        },
      },
    },
    coreDns: { enabled: false },
    kubeControllerManager: { enabled: false },
    kubeEtcd: { enabled: false },
    kubeProxy: { enabled: false },
    kubeScheduler: { enabled: false },
  };
}

/** In place of the chart's, which copies all labels of a node into each of its series. */
const NODE_LABELS: readonly YamlMap[] = [
  { sourceLabels: ['__meta_kubernetes_node_name'], targetLabel: 'node' },
  { sourceLabels: ['__metrics_path__'], targetLabel: 'metrics_path' },
  { targetLabel: 'job', replacement: 'kubelet' },
];

function keep(prefixes: readonly string[]): YamlMap[] {
  return [{ action: 'keep', sourceLabels: ['__name__'], regex: `(${prefixes.join('|')}).*` }];
}

/** Pods of another app that say how they are. */
interface Scrape {
  /** The app that has to be there. */
  readonly app: string;
  /** Name of the scrape and of its job. */
  readonly job: string;
  readonly namespace: string;
  readonly matchLabels: PlainMap;
  /** Name of the container's port, or its number where it has none. */
  readonly port: string | number;
}

const named = (name: string): PlainMap => ({ 'app.kubernetes.io/name': name });

/** Labels and ports as helm renders the charts of the catalog. Sorted by job. */
const SCRAPES: readonly Scrape[] = [
  scrape('argo-cd', 'argocd-application-controller', 'argocd', 'metrics'),
  scrape('argo-cd', 'argocd-repo-server', 'argocd', 'metrics'),
  scrape('argo-cd', 'argocd-server', 'argocd', 'metrics'),
  scrape('cert-manager', 'cert-manager', 'cert-manager', 'http-metrics'),
  scrape('cloudnative-pg', 'cloudnative-pg', 'cnpg-system', 'metrics'),
  {
    ...scrape('cluster-autoscaler', 'cluster-autoscaler', 'kube-system', 8085),
    matchLabels: named('aws-cluster-autoscaler'),
  },
  { ...scrape('coredns', 'coredns', 'kube-system', 9153), matchLabels: { 'k8s-app': 'kube-dns' } },
  scrape('dcgm-exporter', 'dcgm-exporter', 'dcgm-exporter', 'metrics'),
  scrape('external-dns', 'external-dns', 'external-dns', 'http'),
  {
    ...scrape('onyx-database', 'onyx-database', ONYX_NAMESPACE, 'metrics'),
    matchLabels: { 'cnpg.io/podRole': 'instance' },
  },
  scrape('sealed-secrets', 'sealed-secrets', 'kube-system', 'metrics'),
  scrape('traefik', 'traefik', 'traefik', 'metrics'),
];

function scrape(app: string, job: string, namespace: string, port: string | number): Scrape {
  return { app, job, namespace, port, matchLabels: named(job) };
}

/** Scrapes of what this environment has. They are here, so that other apps need no CRDs of monitoring. */
export function planScrapes({ has }: AppContext): Manifest[] {
  return SCRAPES.filter(({ app }) => has(app)).map(toManifest);
}

/** Jobs of this environment, for those who draw and for those who alert. */
export function listJobs({ has }: AppContext): string[] {
  return SCRAPES.filter(({ app }) => has(app)).map(({ job }) => job);
}

function toManifest({ job, namespace, matchLabels, port }: Scrape): Manifest {
  return {
    file: `scrape-${job}`,
    object: {
      apiVersion: 'operator.victoriametrics.com/v1beta1',
      kind: 'VMPodScrape',
      metadata: { name: job, namespace: NAMESPACE },
      spec: {
        namespaceSelector: { matchNames: [namespace] },
        selector: { matchLabels },
        podMetricsEndpoints: [
          {
            ...(typeof port === 'number' ? { portNumber: port } : { port }),
            // The metrics of Argo CD and cert-manager have a `namespace` of their own, that of what they speak of.
            honorLabels: true,
            relabelConfigs: [
              { targetLabel: 'job', replacement: job },
              { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' },
            ],
          },
        ],
      },
    },
  };
}
