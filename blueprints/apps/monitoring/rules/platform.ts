// Alerts about what keeps the platform: the API, certificates, Argo CD, names, requests from outside, the autoscaler.
import type { Alert, RuleGroup } from './rule.ts';

/** Groups of what this environment has. */
export function platformRules(has: (app: string) => boolean): RuleGroup[] {
  return [
    CONTROL_PLANE,
    certificateRules(has),
    ...(has('argo-cd') ? [GITOPS] : []),
    ...(has('cluster-autoscaler') ? [AUTOSCALER] : []),
    ...(has('coredns') ? [DNS] : []),
    ...(has('traefik') ? [INGRESS] : []),
  ];
}

const CONTROL_PLANE: RuleGroup = {
  name: 'control-plane',
  alerts: [
    {
      alert: 'ApiServerFailing',
      expr: 'sum(rate(apiserver_request_total{code=~"5.."}[5m])) / sum(rate(apiserver_request_total[5m])) > 0.05',
      for: '10m',
      severity: 'critical',
      summary: '{{ $value | humanizePercentage }} of the requests to the Kubernetes API fail.',
      description: 'Most often etcd is slow or has lost its majority: look at the control nodes and their disks.',
    },
    {
      alert: 'EtcdSlow',
      expr: 'sum(rate(etcd_request_duration_seconds_sum{operation=~"create|get|update"}[10m])) / sum(rate(etcd_request_duration_seconds_count{operation=~"create|get|update"}[10m])) > 0.25',
      for: '15m',
      severity: 'warning',
      summary: 'etcd takes {{ $value | humanizeDuration }} for a request on average.',
      description: 'Its disk is too slow or shared with something that writes a lot.',
    },
    {
      alert: 'EtcdLarge',
      expr: 'max by (instance) (apiserver_storage_size_bytes) > 1.6e9',
      for: '15m',
      severity: 'warning',
      summary: 'The database of etcd has {{ $value | humanize1024 }}B.',
      description: 'At 2 GiB etcd takes no further writes. Find what makes so many objects, then defragment.',
    },
  ],
};

const CLUSTER_CERTIFICATES: readonly Alert[] = [
  {
    alert: 'NodeCertificateExpires',
    expr: 'min by (node) (k3s_certificate_expiration_seconds) < 30 * 24 * 3600',
    for: '1h',
    severity: 'warning',
    summary: 'A certificate of k3s on {{ $labels.node }} runs out in {{ $value | humanizeDuration }}.',
    description: 'k3s renews its certificates when it starts, if they have less than 120 days left: restart it there.',
  },
  {
    alert: 'NodeCertificateExpires',
    expr: 'min by (node) (k3s_certificate_expiration_seconds) < 7 * 24 * 3600',
    for: '1h',
    severity: 'critical',
    summary: 'A certificate of k3s on {{ $labels.node }} runs out in {{ $value | humanizeDuration }}.',
    description: 'After that the node leaves the cluster. Restart k3s there.',
  },
];

const ISSUED_CERTIFICATES: readonly Alert[] = [
  {
    alert: 'CertificateExpires',
    expr: 'min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds > 0) - time() < 14 * 24 * 3600',
    for: '1h',
    severity: 'warning',
    summary: 'Certificate {{ $labels.namespace }}/{{ $labels.name }} runs out in {{ $value | humanizeDuration }}.',
    description: 'It should have been renewed by now: kubectl describe certificate tells what holds it back.',
  },
  {
    alert: 'CertificateExpires',
    expr: 'min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds > 0) - time() < 3 * 24 * 3600',
    for: '15m',
    severity: 'critical',
    summary: 'Certificate {{ $labels.namespace }}/{{ $labels.name }} runs out in {{ $value | humanizeDuration }}.',
    description: 'Browsers and services will refuse it.',
  },
  {
    alert: 'CertificateNotReady',
    expr: 'max by (namespace, name) (certmanager_certificate_ready_status{condition=~"False|Unknown"}) == 1',
    for: '1h',
    severity: 'warning',
    summary: 'Certificate {{ $labels.namespace }}/{{ $labels.name }} has not been issued for an hour.',
    description: 'kubectl describe certificate, then its CertificateRequest, Order and Challenge, tell what failed.',
  },
];

function certificateRules(has: (app: string) => boolean): RuleGroup {
  const alerts = has('cert-manager') ? [...CLUSTER_CERTIFICATES, ...ISSUED_CERTIFICATES] : CLUSTER_CERTIFICATES;
  return { name: 'certificates', alerts };
}

/**
 * By name only: an Application that changes between Degraded and Progressing is unhealthy all the time. Suspended is,
 * too: that is what Argo CD calls a database that waits for a person.
 */
const GITOPS: RuleGroup = {
  name: 'gitops',
  alerts: [
    {
      alert: 'ApplicationUnhealthy',
      expr: 'max by (name, project) (argocd_app_info{health_status!="Healthy"}) == 1',
      for: '30m',
      severity: 'warning',
      summary: 'Application {{ $labels.name }} has been unhealthy for half an hour.',
      description:
        'kubectl -n argocd describe application {{ $labels.name }} tells which of its objects is not healthy.',
    },
    {
      alert: 'ApplicationOutOfSync',
      expr: 'max by (name, project) (argocd_app_info{sync_status!="Synced"}) == 1',
      for: '1h',
      severity: 'warning',
      summary: 'Application {{ $labels.name }} has differed from Git for an hour.',
      description: 'A sync fails, or something else writes the same objects.',
    },
    {
      alert: 'ApplicationsUnknown',
      expr: 'absent(argocd_app_info)',
      for: '15m',
      severity: 'warning',
      summary: 'Argo CD says nothing of its Applications.',
      description: 'Its application controller is down, or cannot be scraped: until then nothing is synced from Git.',
    },
  ],
};

const AUTOSCALER: RuleGroup = {
  name: 'autoscaler',
  alerts: [
    {
      alert: 'ScaleUpFailed',
      expr: 'sum by (reason) (increase(cluster_autoscaler_failed_scale_ups_total[30m])) > 0',
      for: '0s',
      severity: 'warning',
      summary: 'The cloud gave no new node: {{ $labels.reason }}.',
      description: 'The quota is used up, or the site has no such machine left.',
    },
    {
      alert: 'PodsWithoutNode',
      expr: 'cluster_autoscaler_unschedulable_pods_count > 0',
      for: '45m',
      severity: 'warning',
      summary: '{{ $value }} pods have found no node for 45 minutes.',
      description: 'Every node group that could take them is at its max, or none could.',
    },
  ],
};

const DNS: RuleGroup = {
  name: 'dns',
  alerts: [
    {
      alert: 'NameServerDown',
      expr: 'absent(up{job="coredns"} == 1)',
      for: '5m',
      severity: 'critical',
      summary: 'No replica of CoreDNS answers.',
      description: 'Without names hardly anything in the cluster finds anything else.',
    },
    {
      alert: 'NameServerFailing',
      expr: 'sum(rate(coredns_dns_responses_total{rcode="SERVFAIL"}[5m])) / sum(rate(coredns_dns_responses_total[5m])) > 0.05',
      for: '10m',
      severity: 'warning',
      summary: '{{ $value | humanizePercentage }} of all names cannot be resolved.',
      description: 'The name servers of the nodes, which CoreDNS asks for names outside, do not answer.',
    },
  ],
};

const INGRESS: RuleGroup = {
  name: 'ingress',
  alerts: [
    {
      alert: 'RequestsFailing',
      expr: 'sum by (service) (rate(traefik_service_requests_total{code=~"5.."}[5m])) / sum by (service) (rate(traefik_service_requests_total[5m])) > 0.1 and sum by (service) (rate(traefik_service_requests_total[5m])) > 0.02',
      for: '15m',
      severity: 'warning',
      summary: '{{ $value | humanizePercentage }} of the requests to {{ $labels.service }} fail.',
      description: 'Its pods do not answer, or answer with errors of their own.',
    },
    {
      alert: 'IngressDown',
      expr: 'absent(up{job="traefik"} == 1)',
      for: '5m',
      severity: 'critical',
      summary: 'Traefik answers on no node.',
      description: 'Nothing in the cluster can be reached from outside.',
    },
  ],
};
