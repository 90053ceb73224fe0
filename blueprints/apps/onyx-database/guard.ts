// The guard: a Job before the Cluster that looks into the bucket and makes the Cluster if it may be made, and a policy
// of the API server by which nobody else can.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { BACKUP_STORAGE, ONYX_NAMESPACE, POSTGRES } from '../../../generator/core/data-services.ts';
import { planWayOut, proxyVariables, pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, stripProvenance, type YamlMap } from '../../../generator/core/provenance.ts';
import { CURL_IMAGE } from '../../../generator/core/unprivileged.ts';
import type { Inputs } from './inputs.ts';
import { type Archive, GUARD, WAVE, WAVES } from './names.ts';
import script from './scripts/guard.sh';

const LABELS = { 'app.kubernetes.io/name': GUARD } as const;
const ACCOUNT = `system:serviceaccount:${ONYX_NAMESPACE}:${GUARD}`;
/** Takes the place of the public CAs, as it does for the sidecars: what the guard can reach, they can. */
const CA_FILE = '/etc/rootstock/ca/ca.crt';
const FOLDER = '/guard';

export const GUARD_REQUESTS = { cpuMillis: 10, memoryMiB: 32 } as const;

/** @param cluster what the guard makes, the same object that lies in Git */
export function planGuard(context: AppContext<Inputs>, archive: Archive, cluster: Manifest): Manifest[] {
  return [
    ...planRights(),
    { file: 'guard-policy', object: POLICY },
    { file: 'guard-policy-binding', object: POLICY_BINDING },
    {
      file: 'guard-files',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: GUARD, namespace: ONYX_NAMESPACE },
        data: {
          'cluster.json': `${JSON.stringify(stripProvenance(cluster.object).plain, null, 2)}\n`,
          'guard.sh': script,
        },
      },
    },
    { file: 'guard', object: planJob(context, archive) },
  ];
}

function planRights(): Manifest[] {
  const metadata = { name: GUARD, namespace: ONYX_NAMESPACE };
  return [
    {
      file: 'guard-account',
      object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    },
    {
      file: 'guard-role',
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata,
        rules: [
          // The name of an object that does not exist yet cannot be held against a rule.
          { apiGroups: ['postgresql.cnpg.io'], resources: ['clusters'], verbs: ['create'] },
          {
            apiGroups: ['postgresql.cnpg.io'],
            resources: ['clusters'],
            resourceNames: [POSTGRES.cluster],
            verbs: ['get', 'patch'],
          },
          { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['list'] },
        ],
      },
    },
    {
      file: 'guard-role-binding',
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: GUARD },
        subjects: [{ kind: 'ServiceAccount', name: GUARD, namespace: ONYX_NAMESPACE }],
      },
    },
  ];
}

const RECORD = 'rootstock.dev/server-name';

/**
 * A sync of single objects runs no hook, and neither does `kubectl apply`: both would make an empty database, or send
 * the log of one generation into the archive of another. So the API server takes a new Cluster from the guard only, and
 * lets no Cluster change its generation.
 */
const POLICY: YamlMap = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: GUARD },
  spec: {
    failurePolicy: 'Fail',
    matchConstraints: {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ONYX_NAMESPACE } },
      resourceRules: [
        {
          apiGroups: ['postgresql.cnpg.io'],
          apiVersions: ['*'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['clusters'],
        },
      ],
    },
    matchConditions: [
      // Argo CD compares by dry runs: refused ones would keep it from running the guard, which knows what to do.
      { name: 'no-dry-run', expression: '!has(request.dryRun) || !request.dryRun' },
      { name: 'the-database', expression: `object.metadata.name == '${POSTGRES.cluster}'` },
    ],
    validations: [
      {
        expression: `request.operation != 'CREATE' || request.userInfo.username == '${ACCOUNT}'`,
        message: `Only the Job ${GUARD} makes ${POSTGRES.cluster}, after a look into its backups: sync the whole Application, not single objects, and read the log of that Job.`,
        reason: 'Forbidden',
      },
      {
        expression: [
          "request.operation != 'UPDATE'",
          `!has(oldObject.metadata.annotations) || !('${RECORD}' in oldObject.metadata.annotations)`,
          `!has(object.metadata.annotations) || !('${RECORD}' in object.metadata.annotations)`,
          `object.metadata.annotations['${RECORD}'] == oldObject.metadata.annotations['${RECORD}']`,
        ].join(' || '),
        message: `A database that runs keeps its generation. The log of the Job ${GUARD} says how to put another one in its place.`,
        reason: 'Forbidden',
      },
    ],
  },
};

const POLICY_BINDING: YamlMap = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: GUARD },
  spec: { policyName: GUARD, validationActions: ['Deny'] },
};

/** At each sync, before the Cluster. It fails rather than waits, so that Argo CD takes up new commits between attempts. */
function planJob(context: AppContext<Inputs>, archive: Archive): YamlMap {
  const { volumes } = planWayOut(context, { name: POSTGRES.cluster, namespace: ONYX_NAMESPACE });
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: GUARD,
      namespace: ONYX_NAMESPACE,
      annotations: {
        'argocd.argoproj.io/hook': 'Sync',
        'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
        [WAVE]: WAVES.guard,
      },
    },
    spec: {
      activeDeadlineSeconds: 300,
      backoffLimit: 0,
      template: {
        metadata: { labels: LABELS },
        spec: {
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          imagePullSecrets: pullSecretObjects(context.egress),
          restartPolicy: 'Never',
          securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: 'RuntimeDefault' } },
          serviceAccountName: GUARD,
          containers: [planContainer(context, archive)],
          volumes: [...volumes, { name: 'guard', configMap: { name: GUARD } }, { name: 'tmp', emptyDir: {} }],
        },
      },
    },
  };
}

function planContainer(context: AppContext<Inputs>, archive: Archive): YamlMap {
  const { mounts } = planWayOut(context, { name: POSTGRES.cluster, namespace: ONYX_NAMESPACE });
  return {
    name: 'guard',
    image: CURL_IMAGE,
    command: ['/bin/sh', `${FOLDER}/guard.sh`],
    env: [...planVariables(context, archive), ...proxyVariables(context.egress)],
    resources: {
      requests: { cpu: `${GUARD_REQUESTS.cpuMillis}m`, memory: `${GUARD_REQUESTS.memoryMiB}Mi` },
      limits: { memory: '64Mi' },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [...mounts, { name: 'guard', mountPath: FOLDER, readOnly: true }, { name: 'tmp', mountPath: '/tmp' }],
  };
}

function planVariables({ egress, inputs }: AppContext<Inputs>, archive: Archive): readonly YamlMap[] {
  const { accessKey, name, secretKey } = BACKUP_STORAGE.secret;
  const read = (key: string) => ({ secretKeyRef: { name, key } });
  return [
    { name: 'ACCESS_KEY_ID', valueFrom: read(accessKey) },
    { name: 'ACCESS_SECRET_KEY', valueFrom: read(secretKey) },
    { name: 'ARCHIVE', value: from('backup', archive.url) },
    { name: 'BUCKET', value: from('backup.bucket', archive.bucket) },
    ...(egress.caBundle === undefined ? [] : [{ name: 'CA_FILE', value: from('egress.caBundle', CA_FILE) }]),
    { name: 'CLUSTER', value: POSTGRES.cluster },
    { name: 'ENDPOINT', value: from('backup.endpoint', archive.endpoint) },
    { name: 'FOLDER', value: from('backup.folder', archive.folder) },
    { name: 'GENERATION', value: from('apps.onyx-database.generation', String(inputs.generation)) },
    { name: 'NAMESPACE', value: ONYX_NAMESPACE },
    { name: 'RECOVER_FROM', value: from('apps.onyx-database.generation', String(archive.source ?? 0)) },
    { name: 'REGION', value: from('backup.region', archive.region) },
  ];
}
