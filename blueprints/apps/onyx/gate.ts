// The gate: a Job before everything else of Onyx, which waits until it is decided whether the search index comes back
// from a snapshot. Apps wait for no other app here, so that one missing Secret holds back nothing else.

import type { AppContext, Manifest, Workload } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, OPENSEARCH } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import type { PlainMap, YamlMap } from '../../../generator/core/provenance.ts';
import { CURL_IMAGE, unprivileged } from '../../../generator/core/unprivileged.ts';
import type { Inputs } from './inputs.ts';
import { API, GATE, GATE_LABELS } from './names.ts';
import script from './scripts/await-search.sh';

/** Has curl and a shell, and nothing else: it is there long before the images of Onyx are. */
const REQUESTS = { cpuMillis: 10, memoryMiB: 32 } as const;
const FOLDER = '/gate';
const CA_FOLDER = '/ca';
/** What the script waits for; its pod may need a while before. */
const WAIT_SECONDS = 240;
const DEADLINE_SECONDS = 420;

const WAVE = 'argocd.argoproj.io/sync-wave';
/** Wave 0 is the chart's, and that of SealedSecrets: what this Job reads is none of Onyx's own. */
const BEFORE_GATE: PlainMap = { [WAVE]: '-2' };

/** Nothing without a `backup`: no index ever comes back then. */
export function planGate(context: AppContext<Inputs>): Manifest[] {
  if (context.backup === undefined) return [];
  return [
    ...planRights(),
    {
      file: 'gate-files',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: GATE, namespace: ONYX_NAMESPACE, annotations: BEFORE_GATE },
        data: { 'await-search.sh': script },
      },
    },
    { file: 'gate', object: planJob(context) },
  ];
}

export function listGateWorkloads({ backup }: Pick<AppContext, 'backup'>): Workload[] {
  if (backup === undefined) return [];
  return [
    {
      name: GATE,
      kind: 'Job',
      replicas: 1,
      requests: REQUESTS,
      runsOn: 'worker',
      hasBudget: false,
      onNodeLoss: 'It runs during a sync only; Argo CD tries again.',
    },
  ];
}

/** To see whether Onyx is there already: then nothing is left to protect, and a search that is away must hold no change back. */
function planRights(): Manifest[] {
  const metadata = { name: GATE, namespace: ONYX_NAMESPACE, annotations: BEFORE_GATE };
  return [
    {
      file: 'gate-account',
      object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    },
    {
      file: 'gate-role',
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata,
        rules: [{ apiGroups: ['apps'], resources: ['deployments'], resourceNames: [API.deployment], verbs: ['get'] }],
      },
    },
    {
      file: 'gate-role-binding',
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: GATE },
        subjects: [{ kind: 'ServiceAccount', name: GATE, namespace: ONYX_NAMESPACE }],
      },
    },
  ];
}

/** One attempt of some minutes: the Application tries again for ever, each time with the newest commit. */
function planJob({ egress }: AppContext<Inputs>): YamlMap {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: GATE,
      namespace: ONYX_NAMESPACE,
      annotations: {
        'argocd.argoproj.io/hook': 'Sync',
        'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
        [WAVE]: '-1',
      },
    },
    spec: {
      activeDeadlineSeconds: DEADLINE_SECONDS,
      backoffLimit: 0,
      template: {
        metadata: { labels: GATE_LABELS },
        spec: {
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          imagePullSecrets: pullSecretObjects(egress),
          restartPolicy: 'Never',
          serviceAccountName: GATE,
          containers: [planContainer()],
          volumes: [
            {
              name: 'ca',
              secret: {
                secretName: OPENSEARCH.tls.secret,
                items: [{ key: OPENSEARCH.tls.ca, path: OPENSEARCH.tls.ca }],
              },
            },
            { name: 'gate', configMap: { name: GATE } },
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
    },
  };
}

function planContainer(): YamlMap {
  const { host, port, restoreMark, secret, tls } = OPENSEARCH;
  const login = (key: string) => ({ secretKeyRef: { name: secret.name, key } });
  return {
    name: 'gate',
    image: CURL_IMAGE,
    command: ['/bin/sh', `${FOLDER}/await-search.sh`],
    env: [
      { name: 'CA_FILE', value: `${CA_FOLDER}/${tls.ca}` },
      { name: 'DEPLOYMENT', value: API.deployment },
      { name: 'NAMESPACE', value: ONYX_NAMESPACE },
      { name: 'RESTORE_MARK', value: restoreMark },
      { name: 'SEARCH_PASSWORD', valueFrom: login(secret.password) },
      { name: 'SEARCH_URL', value: `https://${host}:${port}` },
      { name: 'SEARCH_USER', valueFrom: login(secret.username) },
      { name: 'WAIT_SECONDS', value: String(WAIT_SECONDS) },
    ],
    resources: {
      requests: { cpu: `${REQUESTS.cpuMillis}m`, memory: `${REQUESTS.memoryMiB}Mi` },
      limits: { memory: '64Mi' },
    },
    securityContext: unprivileged(),
    volumeMounts: [
      { name: 'ca', mountPath: CA_FOLDER, readOnly: true },
      { name: 'gate', mountPath: FOLDER, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}
