// Alerts about monitoring itself, and the one that always fires.
import { WATCHDOG } from '../receivers.ts';
import type { RuleGroup } from './rule.ts';

export const monitoringRules: RuleGroup = {
  name: 'monitoring',
  alerts: [
    {
      alert: 'TargetDown',
      expr: 'count by (job, namespace) (up == 0) / count by (job, namespace) (up) > 0.1',
      for: '15m',
      severity: 'warning',
      summary: '{{ $value | humanizePercentage }} of the targets of {{ $labels.job }} cannot be scraped.',
      description: 'Alerts that need their metrics stay silent until then.',
    },
    {
      alert: 'NodesUnknown',
      expr: 'absent(kube_node_info)',
      for: '15m',
      severity: 'critical',
      summary: 'Nothing is known of nodes and pods.',
      description: 'kube-state-metrics is down: no alert about a node, a pod or a volume can fire.',
    },
    {
      alert: 'AlertsNotDelivered',
      expr: 'sum by (integration) (rate(alertmanager_notifications_failed_total[15m])) > 0',
      for: '15m',
      severity: 'critical',
      summary: 'Alerts do not reach {{ $labels.integration }}.',
      description: 'The receiver cannot be reached or refuses its key: see the logs of vmalertmanager-monitoring.',
    },
    {
      alert: 'AlertmanagerConfigRefused',
      expr: 'alertmanager_config_last_reload_successful == 0',
      for: '10m',
      severity: 'critical',
      summary: 'Alertmanager goes on with an old configuration: it refused the new one.',
      description: 'Its logs name the line.',
    },
    {
      alert: 'RulesFailing',
      expr: 'sum by (group) (increase(vmalert_alerting_rules_errors_total[15m])) > 0',
      for: '15m',
      severity: 'warning',
      summary: 'Rules of {{ $labels.group }} cannot be evaluated.',
      description: 'See the logs of vmalert-monitoring.',
    },
    {
      alert: 'MetricsLost',
      expr: 'sum(increase(vmagent_remotewrite_packets_dropped_total[15m])) > 0',
      for: '15m',
      severity: 'warning',
      summary: 'Metrics are dropped, since they cannot be stored.',
      description: 'The stores are down or full for longer than vmagent can wait.',
    },
  ],
};

/** Fires as long as rules are evaluated and Alertmanager is reached; it goes to heartbeats only. */
export const watchdogRule = {
  alert: WATCHDOG,
  expr: 'vector(1)',
  labels: { severity: 'none' },
  annotations: {
    summary: 'All is well with the way of an alert.',
    description: 'Whoever waits for this alert and does not get it knows that the cluster or its monitoring is gone.',
  },
} as const;
