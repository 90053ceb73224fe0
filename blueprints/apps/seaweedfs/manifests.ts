// What the chart lacks: the Service under the name that callers know, budgets, a bucket, and who may call what.

import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { OBJECT_STORAGE, ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import type { YamlMap } from '../../../generator/core/provenance.ts';
import { CURL_IMAGE, unprivileged } from '../../../generator/core/unprivileged.ts';
import type { Inputs } from './inputs.ts';
import { BUCKET_JOB, BUCKET_REQUESTS, labelsOf, PREFIX } from './names.ts';
import makeBucket from './scripts/make-bucket.sh';

type Context = AppContext<Inputs>;

export function planManifests(context: Context): Manifest[] {
  return [
    { file: 'service', object: SERVICE },
    { file: 'network-policy', object: NETWORK_POLICY },
    { file: 'bucket-script', object: SCRIPT },
    { file: 'bucket', object: planBucketJob(context) },
    ...planBudgets(context),
  ];
}

/** The gateway runs inside the filer. */
const SERVICE: YamlMap = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: OBJECT_STORAGE.service, namespace: ONYX_NAMESPACE },
  spec: {
    selector: labelsOf('filer'),
    ports: [{ name: 's3', port: OBJECT_STORAGE.port, targetPort: OBJECT_STORAGE.port }],
  },
};

function planBudgets({ availability }: Context): Manifest[] {
  return ['master', 'volume'].flatMap((part) => {
    const budget = availability.budget({
      name: `${PREFIX}-${part}`,
      namespace: ONYX_NAMESPACE,
      matchLabels: labelsOf(part),
      replicas: availability.quorum,
    });
    return budget === undefined ? [] : [budget];
  });
}

const PODS = { matchLabels: { 'app.kubernetes.io/instance': 'seaweedfs', 'app.kubernetes.io/name': 'seaweedfs' } };

/** Only S3 asks for keys: whoever reaches the other ports may read and delete every file. */
const NETWORK_POLICY: YamlMap = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: PREFIX, namespace: ONYX_NAMESPACE },
  spec: {
    podSelector: PODS,
    policyTypes: ['Ingress'],
    ingress: [
      { from: [{ podSelector: PODS }] },
      { from: [{ podSelector: {} }], ports: [{ port: OBJECT_STORAGE.port, protocol: 'TCP' }] },
    ],
  },
};

const SCRIPT: YamlMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: BUCKET_JOB, namespace: ONYX_NAMESPACE },
  data: { 'make-bucket.sh': makeBucket },
};

/** At each sync, after the store. Not by the chart's own hook, which has no keys and so needs ports that are closed. */
function planBucketJob({ egress }: Context): YamlMap {
  const { bucket, host, port, secret } = OBJECT_STORAGE;
  const fromSecret = (key: string) => ({ secretKeyRef: { name: secret.name, key } });
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: BUCKET_JOB,
      namespace: ONYX_NAMESPACE,
      annotations: {
        'argocd.argoproj.io/hook': 'Sync',
        'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
        'argocd.argoproj.io/sync-wave': '1',
      },
    },
    spec: {
      activeDeadlineSeconds: 1800,
      backoffLimit: 3,
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': BUCKET_JOB } },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          imagePullSecrets: pullSecretObjects(egress),
          restartPolicy: 'Never',
          containers: [
            {
              name: 'make-bucket',
              image: CURL_IMAGE,
              command: ['/bin/sh', '/scripts/make-bucket.sh'],
              env: [
                { name: 'ACCESS_KEY', valueFrom: fromSecret(secret.accessKey) },
                { name: 'BUCKET', value: bucket },
                { name: 'REGION', value: 'us-east-1' },
                { name: 'SECRET_KEY', valueFrom: fromSecret(secret.secretKey) },
                { name: 'STORE_URL', value: `http://${host}:${port}` },
              ],
              resources: {
                requests: { cpu: `${BUCKET_REQUESTS.cpuMillis}m`, memory: `${BUCKET_REQUESTS.memoryMiB}Mi` },
                limits: { memory: '64Mi' },
              },
              securityContext: unprivileged(),
              volumeMounts: [
                { name: 'scripts', mountPath: '/scripts', readOnly: true },
                { name: 'tmp', mountPath: '/tmp' },
              ],
            },
          ],
          volumes: [
            { name: 'scripts', configMap: { name: BUCKET_JOB } },
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
    },
  };
}
