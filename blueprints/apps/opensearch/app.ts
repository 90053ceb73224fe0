// OpenSearch: the index in which Onyx finds documents by words and by meaning.
import {
  type AppContext,
  defineApp,
  type EgressHost,
  type SecretNeed,
  type Store,
  type Workload,
} from '../../../generator/core/blueprint.ts';
import { BACKUP_STORAGE, ONYX_NAMESPACE, OPENSEARCH } from '../../../generator/core/data-services.ts';
import { planCertificates } from './certificates.ts';
import { type Inputs, inputs } from './inputs.ts';
import { KEYSTORE_SECRET, STATEFUL_SET, VERSION } from './names.ts';
import { NETWORK_POLICY } from './network-policy.ts';
import { planPlugin } from './plugin.ts';
import { describeRecovery } from './recovery.ts';
import { ADMIN, planUsers } from './settings.ts';
import { JOB_REQUESTS, nameJob, planSetUp } from './snapshots.ts';
import { planTrust } from './trust.ts';
import { memoryGiBOf, planValues } from './values.ts';

const ALONE =
  'Onyx finds no documents until the node runs elsewhere with the same volume, five to seven minutes later; chats without documents go on. If the volume is lost too, the newest snapshot is restored once somebody syncs the Application (runbook); without one, Onyx has to read all sources again.';
const THREE =
  'Searches go on: each part of the index is on two nodes, and two of three still decide. The lost one comes back on another node with its volume. Ready says that it has joined, not that all copies are back: wait until `_cluster/health` says green (runbook) before a second node is drained or replaced.';

export const app = defineApp({
  name: 'opensearch',
  title: 'OpenSearch',
  summary: 'Keeps the index in which Onyx finds documents by words and by meaning.',
  chart: {
    name: 'opensearch',
    version: '3.6.0',
    repository: 'https://opensearch-project.github.io/helm-charts/',
    appVersion: VERSION,
  },
  namespace: { name: ONYX_NAMESPACE, podSecurity: 'baseline' },
  project: 'workloads',
  // It waits for a secret, a volume and room on a node: nothing else may wait with it.
  lastWave: true,
  onDemand: true,
  inputs,
  dependencies: () => ({ hard: ['aws-ebs-csi-driver', 'cert-manager'] }),
  plan: (context) => {
    const plugin = planPlugin(context);
    return {
      values: planValues(context),
      manifests: [
        NETWORK_POLICY,
        ...planCertificates(),
        ...(plugin === undefined ? [] : [plugin.manifest]),
        ...planSetUp(context),
        ...(planTrust(context)?.manifests ?? []),
        planUsers(),
      ],
      workloads: listWorkloads(context),
      recovery: describeRecovery(context),
      secrets: listSecrets(context),
      stores: listStores(context),
      egress: listEgress(context),
      // None: helm template renders namespaced objects only.
      clusterKinds: [],
    };
  },
});

function listWorkloads(context: AppContext<Inputs>): Workload[] {
  const { availability, inputs } = context;
  const replicas = availability.quorum;
  return [
    {
      name: STATEFUL_SET,
      kind: 'StatefulSet',
      replicas,
      requests: { cpuMillis: inputs.cpuMillis, memoryMiB: memoryGiBOf(inputs) * 1024 },
      runsOn: 'worker',
      hasBudget: replicas > 1,
      onNodeLoss: replicas > 1 ? THREE : ALONE,
    },
    {
      name: nameJob(context),
      kind: 'Job',
      replicas: 1,
      requests: JOB_REQUESTS,
      runsOn: 'worker',
      hasBudget: false,
      onNodeLoss: 'Kubernetes runs it again on another node; it may be run as often as you like.',
    },
  ];
}

function listSecrets({ backup }: AppContext<Inputs>): SecretNeed[] {
  const { secret } = OPENSEARCH;
  const login: SecretNeed = {
    name: secret.name,
    namespace: ONYX_NAMESPACE,
    usedBy: 'OpenSearch and Onyx',
    keys: [
      {
        key: secret.username,
        meaning: `user of OpenSearch: always \`${ADMIN}\``,
        make: { kind: 'text', text: ADMIN },
      },
      {
        key: secret.password,
        meaning:
          'password of that user: at least 8 characters, with upper and lower case, a digit and another sign; not one that is easily guessed',
        make: { kind: 'strong-password', length: 32 },
      },
    ],
  };
  return backup === undefined ? [login] : [login, ...listBackupSecrets()];
}

function listBackupSecrets(): SecretNeed[] {
  const { name, accessKey, secretKey } = BACKUP_STORAGE.secret;
  const same = (key: string) => ({ kind: 'text' as const, text: `\${${ONYX_NAMESPACE}/${name}/${key}}` });
  return [
    {
      name,
      namespace: ONYX_NAMESPACE,
      usedBy: 'backups of Onyx',
      keys: [
        { key: accessKey, meaning: 'access key of the backup bucket' },
        { key: secretKey, meaning: 'secret key of the backup bucket' },
      ],
    },
    {
      name: KEYSTORE_SECRET,
      namespace: ONYX_NAMESPACE,
      usedBy: 'snapshots of OpenSearch, which takes the names of these keys literally',
      keys: [
        {
          key: 's3.client.default.access_key',
          meaning: 'access key of the backup bucket, again',
          make: same(accessKey),
        },
        {
          key: 's3.client.default.secret_key',
          meaning: 'secret key of the backup bucket, again',
          make: same(secretKey),
        },
      ],
    },
  ];
}

function listStores({ availability, inputs, backup }: AppContext<Inputs>): Store[] {
  const each = availability.quorum > 1 ? `one volume for each of ${availability.quorum} nodes` : 'one volume';
  return [
    {
      name: 'search index',
      where: `${each} of class gp3-retain (claims ${STATEFUL_SET}-${STATEFUL_SET}-<number>)`,
      sizeGiB: inputs.storageGiB * availability.quorum,
      losing:
        backup === undefined
          ? 'Onyx has to read all sources again; there are no snapshots without `backup`.'
          : 'What was indexed since the snapshot of last night. A new environment restores that one by itself; one that lives on does once somebody syncs the Application (runbook).',
    },
  ];
}

function listEgress(context: AppContext<Inputs>): EgressHost[] {
  const { backup, inputs } = context;
  const image = inputs.image === undefined ? 'registry-1.docker.io' : inputs.image.slice(0, inputs.image.indexOf('/'));
  const [imageHost = image, imagePort] = image.split(':');
  const hosts = [
    { host: imageHost, port: Number(imagePort ?? 443), purpose: 'image of OpenSearch' },
    { host: 'registry-1.docker.io', port: 443, purpose: 'image of curl' },
  ];
  if (backup === undefined) return hosts;
  const { hostname, port, protocol } = new URL(backup.endpoint);
  hosts.push({
    host: hostname,
    port: Number(port) || (protocol === 'http:' ? 80 : 443),
    purpose: 'snapshots of OpenSearch',
  });
  if (planPlugin(context) !== undefined)
    hosts.push({ host: 'artifacts.opensearch.org', port: 443, purpose: 'plugin of OpenSearch for S3, once a volume' });
  return hosts;
}
