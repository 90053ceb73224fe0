// The PostgreSQL of Onyx: users, chats, settings, and what is indexed of which document.
import {
  type AppContext,
  type AppPlan,
  defineApp,
  type EgressHost,
  type InputFinding,
  type Manifest,
  type SecretNeed,
  type Store,
  type Workload,
} from '../../../generator/core/blueprint.ts';
import { BACKUP_STORAGE, ONYX_NAMESPACE, POSTGRES } from '../../../generator/core/data-services.ts';
import { planWayOut } from '../../../generator/core/egress.ts';
import { planBackups, SIDECAR_REQUESTS } from './backups.ts';
import { planCluster } from './cluster.ts';
import { GUARD_REQUESTS, planGuard } from './guard.ts';
import { type Inputs, inputs } from './inputs.ts';
import { type Archive, GUARD, planArchive, STORAGE_CLASS } from './names.ts';
import { planNetworkPolicies } from './network-policies.ts';
import { describeRecovery } from './recovery.ts';

export const app = defineApp({
  name: 'onyx-database',
  title: 'PostgreSQL of Onyx',
  summary: 'Keeps the users, chats and settings of Onyx in PostgreSQL.',
  namespace: { name: ONYX_NAMESPACE, podSecurity: 'baseline' },
  // It brings a policy of the API server along.
  project: 'platform',
  // It waits for a secret, a volume and room on a node: nothing else may wait with it.
  lastWave: true,
  onDemand: true,
  inputs,
  dependencies: ({ backup }) => ({
    hard: ['aws-ebs-csi-driver', ...(backup === undefined ? [] : ['barman-cloud']), 'cloudnative-pg'],
  }),
  check: findProblems,
  plan: planApp,
});

function planApp(context: AppContext<Inputs>): AppPlan {
  const archive = planArchive(context);
  const cluster = planCluster(context, archive);
  return {
    manifests: [
      cluster,
      ...planNetworkPolicies(archive !== undefined),
      ...(archive === undefined ? [] : planArchiveObjects(context, archive, cluster)),
    ],
    workloads: [listInstances(context, archive), ...(archive === undefined ? [] : [GUARD_JOB])],
    secrets: listSecrets(archive),
    stores: listStores(context, archive),
    egress: listEgress(archive),
    // Made anew by healing, the Cluster would be made without its guard.
    ...(archive === undefined ? {} : { selfHeal: false as const }),
    clusterKinds:
      archive === undefined
        ? []
        : ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'].map((kind) => ({
            group: 'admissionregistration.k8s.io',
            kind,
          })),
    recovery: describeRecovery(context),
    exceptions: listExceptions(context, archive),
  };
}

function planArchiveObjects(context: AppContext<Inputs>, archive: Archive, cluster: Manifest): Manifest[] {
  const { manifests } = planWayOut(context, { name: POSTGRES.cluster, namespace: ONYX_NAMESPACE });
  return [...manifests, ...planBackups(context, archive), ...planGuard(context, archive, cluster)];
}

/** Pods are made by the operator, not by a StatefulSet, but behave like those of one. */
function listInstances({ availability, inputs }: AppContext<Inputs>, archive: Archive | undefined): Workload {
  const sidecar = archive === undefined ? { cpuMillis: 0, memoryMiB: 0 } : SIDECAR_REQUESTS;
  const paired = availability.quorum > 1;
  return {
    name: POSTGRES.cluster,
    kind: 'StatefulSet',
    replicas: availability.quorum,
    requests: {
      cpuMillis: inputs.cpuMillis + sidecar.cpuMillis,
      memoryMiB: inputs.memoryGiB * 1024 + sidecar.memoryMiB,
    },
    runsOn: 'worker',
    hasBudget: paired,
    onNodeLoss: paired ? describeFailover(archive) : ALONE,
  };
}

const GUARD_JOB: Workload = {
  name: GUARD,
  kind: 'Job',
  replicas: 1,
  requests: GUARD_REQUESTS,
  runsOn: 'worker',
  hasBudget: false,
  onNodeLoss: 'It runs during a sync only; Argo CD tries again.',
};

const ALONE =
  'Onyx answers nobody until the instance runs again: on its node once that is back, or, with the same volume, on another node of the same zone once the cloud has removed the lost machine. Nothing that was committed is lost.';

function describeFailover(archive: Archive | undefined): string {
  const slower = archive === undefined ? '' : ' (two to three if the Barman plugin was on the same node)';
  return `If it held the primary, Onyx gets errors for about a minute${slower}, until another instance leads; otherwise nobody notices. Nothing that was committed is lost. While a second node is lost, too, nothing can be written.`;
}

function listExceptions(
  { availability }: AppContext<Inputs>,
  archive: Archive | undefined,
): NonNullable<AppPlan['exceptions']> {
  const alone = { what: 'PostgreSQL of Onyx: one instance, with one volume.', onNodeLoss: ALONE };
  const uncopied = {
    what: 'PostgreSQL of Onyx has no copy outside the cluster, because `backup` is not set.',
    onNodeLoss:
      'A lost node loses nothing. A lost volume or zone, or a re-created cluster, does: the database starts empty then. Disks that are left in the cloud can only be brought back by hand.',
  };
  return [...(availability.quorum > 1 ? [] : [alone]), ...(archive === undefined ? [uncopied] : [])];
}

function listSecrets(archive: Archive | undefined): SecretNeed[] {
  const { owner, secret } = POSTGRES;
  const { accessKey, name, secretKey } = BACKUP_STORAGE.secret;
  const login: SecretNeed = {
    name: secret.name,
    namespace: ONYX_NAMESPACE,
    type: 'kubernetes.io/basic-auth',
    // The operator watches Secrets with this label: it gives the owner the new password when the value changes.
    labels: { 'cnpg.io/reload': 'true' },
    keys: [
      { key: secret.username, meaning: `Owner of the database: ${owner}.`, make: { kind: 'text', text: owner } },
      { key: secret.password, meaning: 'Password of the owner.', make: { kind: 'password', length: 32 } },
    ],
    usedBy: 'PostgreSQL of Onyx',
  };
  if (archive === undefined) return [login];
  return [
    {
      name,
      namespace: ONYX_NAMESPACE,
      keys: [
        { key: accessKey, meaning: 'Access key of the backup bucket; it may list, read, write and delete there.' },
        { key: secretKey, meaning: 'Secret key of the backup bucket.' },
      ],
      usedBy: 'Backups of Onyx',
    },
    login,
  ];
}

function listStores({ availability, inputs }: AppContext<Inputs>, archive: Archive | undefined): Store[] {
  const copies =
    archive === undefined
      ? 'with no copy outside the cluster'
      : `copied to ${archive.url}, at most five minutes behind`;
  const each = availability.quorum > 1 ? `one for each of ${availability.quorum} instances` : 'one';
  const lost =
    archive === undefined
      ? 'Users, chats and settings are gone.'
      : 'Users, chats and settings come back from the copy with a new generation; the last five minutes may be gone.';
  return [
    {
      name: 'database',
      where: `volumes of class ${STORAGE_CLASS}, ${each}, ${copies}`,
      sizeGiB: inputs.storageGiB,
      losing: availability.quorum > 1 ? `An instance makes a new copy from another. All of them: ${lost}` : lost,
    },
    {
      name: 'database-wal',
      where: `volumes of class ${STORAGE_CLASS}, ${each}`,
      sizeGiB: inputs.walGiB,
      losing: 'The same: data and log belong together.',
    },
  ];
}

function listEgress(archive: Archive | undefined): EgressHost[] {
  const image = (hosts: readonly string[], purpose: string) => hosts.map((host) => ({ host, port: 443, purpose }));
  const postgres = image(['ghcr.io', 'pkg-containers.githubusercontent.com'], 'image of PostgreSQL');
  if (archive === undefined) return postgres;
  const { hostname, port, protocol } = new URL(archive.endpoint);
  const standard = protocol === 'http:' ? 80 : 443;
  return [
    ...postgres,
    ...image(
      ['auth.docker.io', 'production.cloudflare.docker.com', 'registry-1.docker.io'],
      'image of curl, for the guard of the database',
    ),
    { host: hostname, port: port === '' ? standard : Number(port), purpose: 'backups of PostgreSQL' },
  ];
}

function findProblems({ backup, inputs }: AppContext<Inputs>): InputFinding[] {
  const { generation, recoverFrom, recoverUntil } = inputs;
  const at = (name: keyof Inputs) => `apps.onyx-database.${name}`;
  const findings: InputFinding[] = [];
  if (generation > 1 && backup === undefined)
    findings.push({
      key: at('generation'),
      message: `generation ${generation} is recovered from backups, and the environment has no backup.`,
      hint: 'write backup with the bucket that holds them, or generation: 1',
    });
  if (recoverUntil !== undefined && generation === 1)
    findings.push({
      key: at('recoverUntil'),
      message: `${recoverUntil} has no effect on generation 1, which starts empty.`,
      hint: 'write generation: 2, or take recoverUntil out',
    });
  if (recoverFrom !== undefined && recoverFrom >= generation)
    findings.push({
      key: at('recoverFrom'),
      message: `generation ${generation} cannot be recovered from generation ${recoverFrom}, which is not older.`,
      hint: generation === 1 ? 'take recoverFrom out' : `write recoverFrom: ${generation - 1}, or take it out`,
    });
  return findings;
}
