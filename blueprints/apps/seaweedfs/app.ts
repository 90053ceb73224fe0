// SeaweedFS: an S3 store on volumes of the cluster, for sites that have none. A bucket outside is the better choice.
import {
  type AppContext,
  type AppPlan,
  defineApp,
  type SecretNeed,
  type Store,
  type Workload,
} from '../../../generator/core/blueprint.ts';
import { OBJECT_STORAGE, ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { type Inputs, inputs } from './inputs.ts';
import { planManifests } from './manifests.ts';
import { BUCKET_JOB, BUCKET_REQUESTS, IDENTITIES, PREFIX, REQUESTS, VERSION } from './names.ts';
import { describeRecovery } from './recovery.ts';
import { planValues } from './values.ts';

type Context = AppContext<Inputs>;

const ALONE =
  'Onyx can neither show nor take files until it runs elsewhere with the same volume, five to seven minutes later.';

const NO_NEW_FILES =
  'Onyx can show files, but take no new ones, until it runs elsewhere with the same volume, five to seven minutes later.';

export const app = defineApp({
  name: 'seaweedfs',
  title: 'SeaweedFS',
  summary: 'Keeps the files of Onyx on volumes of the cluster, where there is no S3 store.',
  chart: {
    name: 'seaweedfs',
    version: '4.44.0',
    repository: 'https://seaweedfs.github.io/seaweedfs/helm',
    appVersion: VERSION,
  },
  namespace: { name: ONYX_NAMESPACE, podSecurity: 'baseline' },
  project: 'workloads',
  // It waits for a secret, a volume and room on a node: nothing else may wait with it.
  lastWave: true,
  onDemand: true,
  inputs,
  dependencies: () => ({ hard: ['aws-ebs-csi-driver'] }),
  plan: (context): AppPlan => ({
    values: planValues(context),
    manifests: planManifests(context),
    workloads: [...listServers(context), BUCKET],
    secrets: SECRETS,
    stores: listStores(context),
    egress: [{ host: 'registry-1.docker.io', port: 443, purpose: 'images of SeaweedFS and curl' }],
    // None: helm template renders namespaced objects only, with createClusterRole off.
    clusterKinds: [],
    exceptions: listExceptions(context),
    recovery: describeRecovery(context),
  }),
});

function listServers({ availability }: Context): Workload[] {
  const count = availability.quorum;
  const part = (name: 'filer' | 'master' | 'volume', replicas: number, onNodeLoss: string): Workload => ({
    name: `${PREFIX}-${name}`,
    kind: 'StatefulSet',
    replicas,
    requests: REQUESTS[name],
    runsOn: 'worker',
    hasBudget: replicas > 1,
    onNodeLoss,
  });
  return [
    part('filer', 1, ALONE),
    part('master', count, count > 1 ? 'The other two choose a leader among them within half a minute.' : NO_NEW_FILES),
    part(
      'volume',
      count,
      count > 1 ? 'Each file is on another one, too; new ones go to the two that are left.' : ALONE,
    ),
  ];
}

const BUCKET: Workload = {
  name: BUCKET_JOB,
  kind: 'Job',
  replicas: 1,
  requests: BUCKET_REQUESTS,
  runsOn: 'worker',
  hasBudget: false,
  onNodeLoss: 'It runs again on another node; a bucket that is there stays as it is.',
};

const { secret } = OBJECT_STORAGE;

const SECRETS: readonly SecretNeed[] = [
  {
    name: secret.name,
    namespace: ONYX_NAMESPACE,
    usedBy: 'Onyx and SeaweedFS',
    keys: [
      {
        key: secret.accessKey,
        meaning: 'access key of the store in the cluster; letters and digits only',
        make: { kind: 'password', length: 20 },
      },
      {
        key: secret.secretKey,
        meaning: 'the secret of that key; letters and digits only',
        make: { kind: 'password', length: 40 },
      },
    ],
  },
  {
    name: IDENTITIES.secret,
    namespace: ONYX_NAMESPACE,
    usedBy: 'SeaweedFS',
    keys: [
      {
        key: IDENTITIES.key,
        meaning: `JSON of SeaweedFS with the two values of ${secret.name}`,
        make: { kind: 'text', text: formatIdentities() },
      },
    ],
  },
];

/** @see https://github.com/seaweedfs/seaweedfs/wiki/Amazon-S3-API#static-configuration (4.44) */
function formatIdentities(): string {
  const reference = (key: string) => `\${${ONYX_NAMESPACE}/${secret.name}/${key}}`;
  const credentials = [{ accessKey: reference(secret.accessKey), secretKey: reference(secret.secretKey) }];
  return JSON.stringify({
    identities: [{ name: 'onyx', credentials, actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] }],
  });
}

function listStores({ availability, inputs, objectStorage, backup }: Context): Store[] {
  const sizeGiB = objectStorage?.kind === 'in-cluster' ? objectStorage.sizeGiB : 0;
  const losing =
    backup === undefined
      ? 'All files are gone: there are no copies without `backup`.'
      : 'The copies of last night bring the files back: in a new environment by themselves, in one that lives on as the runbook says.';
  const count = availability.quorum;
  return [
    {
      name: 'files',
      where: `${count > 1 ? 'three volumes of class gp3-retain, each file on two of them' : 'one volume of class gp3-retain'} (claims data-${PREFIX}-volume-<number>)`,
      sizeGiB: sizeGiB * count,
      losing: count > 1 ? `One of them: nothing. Two: ${losing.charAt(0).toLowerCase()}${losing.slice(1)}` : losing,
    },
    {
      name: 'list of files',
      where: `one volume of class gp3-retain (claim data-filer-${PREFIX}-filer-0)`,
      sizeGiB: inputs.filerGiB,
      losing: `Nobody knows any more which file is where. ${losing}`,
    },
  ];
}

function listExceptions({ availability }: Context): NonNullable<AppPlan['exceptions']> {
  if (availability.mode !== 'high') return [];
  return [
    {
      what: `The filer of the store in the cluster (${PREFIX}-filer) has one replica: two would each keep a list of files of their own. A bucket outside has no such part.`,
      onNodeLoss: ALONE,
    },
  ];
}
