// CronJobs that ask OpenSearch how it is: it has no metrics here, so that their last success is what alerts look at.

import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, OPENSEARCH } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import type { YamlMap } from '../../../generator/core/provenance.ts';
import { CURL_IMAGE, unprivileged } from '../../../generator/core/unprivileged.ts';
import { AFTER_OPERATOR, SEARCH_CHECK, SEARCH_COPIES, SEARCH_READABLE } from './names.ts';
import checkSearchHealth from './scripts/check-search-health.sh';
import checkSearchSnapshots from './scripts/check-search-snapshots.sh';

/** A snapshot is taken each night: after one that failed and half a day for the next. */
const MAX_HOURS = 36;

/** True where OpenSearch takes snapshots. */
export function hasSearchSnapshots({ has, backup }: AppContext): boolean {
  return has('opensearch') && backup !== undefined;
}

/** True where indices have copies. */
export function hasSearchCopies({ has, availability }: AppContext): boolean {
  return has('opensearch') && availability.mode === 'high';
}

interface SearchCheck {
  readonly name: string;
  /** Of ConfigMap and CronJob. */
  readonly files: readonly [string, string];
  readonly script: string;
  readonly schedule: string;
  readonly deadlineSeconds: number;
  readonly backoffLimit: number;
  /** How long what one of them found is kept: no news once the next one passed. */
  readonly keptSeconds: number;
  readonly env: readonly YamlMap[];
}

const HOUR_SECONDS = 3600;

const SNAPSHOT_AGE: SearchCheck = {
  name: SEARCH_CHECK,
  files: ['search-check', 'search-check-job'],
  script: checkSearchSnapshots,
  schedule: '40 */4 * * *',
  deadlineSeconds: 600,
  backoffLimit: 1,
  keptSeconds: 12 * HOUR_SECONDS,
  env: [
    { name: 'MAX_HOURS', value: String(MAX_HOURS) },
    { name: 'REPOSITORY', value: OPENSEARCH.repository },
  ],
};

/** Patient enough for a node that is replaced. */
const READABLE = planHealthCheck(SEARCH_READABLE, 'search-readable', 'yellow', '*/15 * * * *', 480);
/** Patient enough for copies that are made again. */
const COPIES = planHealthCheck(SEARCH_COPIES, 'search-all-copies', 'green', '25 * * * *', 1800);

function planHealthCheck(
  name: string,
  file: string,
  wanted: 'green' | 'yellow',
  schedule: string,
  patienceSeconds: number,
): SearchCheck {
  return {
    name,
    files: [file, `${file}-job`],
    script: checkSearchHealth,
    schedule,
    deadlineSeconds: patienceSeconds + 300,
    backoffLimit: 0,
    keptSeconds: HOUR_SECONDS,
    env: [
      { name: 'PATIENCE_SECONDS', value: String(patienceSeconds) },
      { name: 'WANTED', value: wanted },
    ],
  };
}

export function planSearchChecks(context: AppContext): Manifest[] {
  const checks = [
    ...(hasSearchSnapshots(context) ? [SNAPSHOT_AGE] : []),
    ...(context.has('opensearch') ? [READABLE] : []),
    ...(hasSearchCopies(context) ? [COPIES] : []),
  ];
  return checks.flatMap((check) => planCheck(context, check));
}

function planCheck(context: AppContext, check: SearchCheck): Manifest[] {
  const metadata = { name: check.name, namespace: ONYX_NAMESPACE };
  const [files, job] = check.files;
  return [
    {
      file: files,
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'check.sh': check.script } },
    },
    {
      file: job,
      // Beside what it could otherwise hold back: a check that failed is unhealthy to Argo CD.
      object: {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { ...metadata, annotations: AFTER_OPERATOR },
        spec: planSpec(context, check),
      },
    },
  ];
}

function planSpec({ egress }: AppContext, check: SearchCheck): YamlMap {
  return {
    schedule: check.schedule,
    concurrencyPolicy: 'Forbid',
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 1,
    jobTemplate: {
      spec: {
        activeDeadlineSeconds: check.deadlineSeconds,
        backoffLimit: check.backoffLimit,
        ttlSecondsAfterFinished: check.keptSeconds,
        template: {
          metadata: { labels: { 'app.kubernetes.io/name': check.name } },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            imagePullSecrets: pullSecretObjects(egress),
            restartPolicy: 'Never',
            containers: [planContainer(check)],
            volumes: [
              {
                name: 'ca',
                secret: { secretName: OPENSEARCH.tls.secret, items: [{ key: OPENSEARCH.tls.ca, path: 'ca.crt' }] },
              },
              { name: 'files', configMap: { name: check.name } },
              { name: 'tmp', emptyDir: {} },
            ],
          },
        },
      },
    },
  };
}

const login = (key: string) => ({ secretKeyRef: { name: OPENSEARCH.secret.name, key } });

function planContainer({ env }: SearchCheck): YamlMap {
  return {
    name: 'check',
    image: CURL_IMAGE,
    command: ['/bin/sh', '/files/check.sh'],
    env: [
      { name: 'CA_FILE', value: '/ca/ca.crt' },
      { name: 'INDICES', value: OPENSEARCH.indices },
      ...env,
      { name: 'SEARCH_PASSWORD', valueFrom: login(OPENSEARCH.secret.password) },
      { name: 'SEARCH_URL', value: `https://${OPENSEARCH.host}:${OPENSEARCH.port}` },
      { name: 'SEARCH_USER', valueFrom: login(OPENSEARCH.secret.username) },
    ],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
    securityContext: unprivileged(),
    volumeMounts: [
      { name: 'ca', mountPath: '/ca', readOnly: true },
      { name: 'files', mountPath: '/files', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}
