// Environments that show what this app's output depends on: availability, GPUs, receivers, sign-on, and the way out.
import type { AppCase } from '../../../generator/core/blueprint.ts';

export const cases: readonly AppCase[] = [
  { name: 'single', environment: 'zcompute-single' },
  {
    name: 'high-with-receivers',
    environment: 'zcompute-high-wildcard',
    inputs: {
      retentionDays: 90,
      metricsGiB: 60,
      receivers: [
        { name: 'on-call', kind: 'pagerduty', severity: 'critical' },
        { name: 'chat', kind: 'slack', channel: '#platform' },
        { name: 'alive', kind: 'heartbeat', host: 'hc-ping.com' },
        {
          name: 'mail',
          kind: 'email',
          to: 'ops@example.com',
          from: 'alerts@example.com',
          smarthost: 'smtp.example.com:587',
          username: 'alerts',
        },
      ],
    },
  },
  {
    name: 'high-with-sign-on',
    environment: 'aws-high',
    overrides: {
      ingress: { expose: ['grafana'] },
      auth: {
        oidc: {
          issuer: 'https://login.example.com/realms/acme',
          clientId: 'ai-platform',
          clientIds: { grafana: 'grafana' },
          adminGroup: 'platform-admins',
        },
      },
    },
  },
  {
    name: 'high-with-onyx',
    environment: 'aws-high',
    overrides: {
      objectStorage: { kind: 's3', bucket: 'acme-onyx-files', region: 'eu-central-1' },
      backup: { bucket: 'acme-backup', region: 'eu-central-1' },
    },
  },
  {
    name: 'single-behind-a-proxy',
    environment: 'zcompute-single',
    inputs: { receivers: [{ name: 'desk', kind: 'webhook', host: 'desk.example.com' }] },
    overrides: {
      egress: {
        proxy: { url: 'http://proxy.example.com:3128', noProxy: ['.internal.example.com'] },
        pullSecrets: ['registry-login'],
      },
    },
  },
];
