// A CronJob that looks at the age of OpenSearch's snapshots: it takes them by itself, and has no metric of them.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, OPENSEARCH } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import type { YamlMap } from '../../../generator/core/provenance.ts';
import { AFTER_OPERATOR, CURL_IMAGE, SEARCH_CHECK } from './names.ts';
import checkSearchSnapshots from './scripts/check-search-snapshots.sh';

/** A snapshot is taken each night: after one that failed and half a day for the next. */
const MAX_HOURS = 36;

/** True where OpenSearch takes snapshots. */
export function hasSearchSnapshots({ has, backup }: AppContext): boolean {
  return has('opensearch') && backup !== undefined;
}

export function planSearchCheck(context: AppContext): Manifest[] {
  if (!hasSearchSnapshots(context)) return [];
  const metadata = { name: SEARCH_CHECK, namespace: ONYX_NAMESPACE };
  const data = { 'check.sh': checkSearchSnapshots };
  return [
    { file: 'search-check', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } },
    {
      file: 'search-check-job',
      // Beside what it could otherwise hold back: a check that failed is unhealthy to Argo CD.
      object: {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { ...metadata, annotations: AFTER_OPERATOR },
        spec: planSpec(context),
      },
    },
  ];
}

function planSpec({ egress }: AppContext): YamlMap {
  return {
    schedule: '40 */4 * * *',
    concurrencyPolicy: 'Forbid',
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 1,
    jobTemplate: {
      spec: {
        activeDeadlineSeconds: 600,
        backoffLimit: 1,
        // A check that failed is no news once the next one passed.
        ttlSecondsAfterFinished: 12 * 3600,
        template: {
          metadata: { labels: { 'app.kubernetes.io/name': SEARCH_CHECK } },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            imagePullSecrets: pullSecretObjects(egress),
            restartPolicy: 'Never',
            containers: [CONTAINER],
            volumes: [
              {
                name: 'ca',
                secret: { secretName: OPENSEARCH.tls.secret, items: [{ key: OPENSEARCH.tls.ca, path: 'ca.crt' }] },
              },
              { name: 'files', configMap: { name: SEARCH_CHECK } },
              { name: 'tmp', emptyDir: {} },
            ],
          },
        },
      },
    },
  };
}

const login = (key: string) => ({ secretKeyRef: { name: OPENSEARCH.secret.name, key } });

const CONTAINER: YamlMap = {
  name: 'check',
  image: CURL_IMAGE,
  command: ['/bin/sh', '/files/check.sh'],
  env: [
    { name: 'CA_FILE', value: '/ca/ca.crt' },
    { name: 'INDICES', value: OPENSEARCH.indices },
    { name: 'MAX_HOURS', value: String(MAX_HOURS) },
    { name: 'REPOSITORY', value: OPENSEARCH.repository },
    { name: 'SEARCH_PASSWORD', valueFrom: login(OPENSEARCH.secret.password) },
    { name: 'SEARCH_URL', value: `https://${OPENSEARCH.host}:${OPENSEARCH.port}` },
    { name: 'SEARCH_USER', valueFrom: login(OPENSEARCH.secret.username) },
  ],
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: 65532,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  volumeMounts: [
    { name: 'ca', mountPath: '/ca', readOnly: true },
    { name: 'files', mountPath: '/files', readOnly: true },
    { name: 'tmp', mountPath: '/tmp' },
  ],
};
