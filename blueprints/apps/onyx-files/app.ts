// Copies of the files of Onyx: a bucket of their own is not safe from those who may delete in it, nor from a cluster that is lost.
import {
  type AppContext,
  type AppPlan,
  defineApp,
  type EgressHost,
  type SecretNeed,
  type Workload,
} from '../../../generator/core/blueprint.ts';
import { BACKUP_STORAGE, OBJECT_STORAGE, ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { planWayOut } from '../../../generator/core/egress.ts';
import { type Inputs, inputs } from './inputs.ts';
import { COPY_JOB, CPU_MILLIS, planJobs, RESTORE_JOB } from './jobs.ts';
import { describeRecovery } from './recovery.ts';
import { findBuckets } from './remotes.ts';

export const app = defineApp({
  name: 'onyx-files',
  title: 'Copies of the files of Onyx',
  summary: 'Copies the bucket with the files of Onyx to the backup bucket every night, and brings it back once.',
  namespace: { name: ONYX_NAMESPACE, podSecurity: 'baseline' },
  project: 'workloads',
  // Bringing files back may take hours.
  lastWave: true,
  onDemand: true,
  inputs,
  // Soft: its Jobs try again until the buckets are there.
  dependencies: ({ objectStorage }) => ({ soft: objectStorage?.kind === 'in-cluster' ? ['seaweedfs'] : [] }),
  plan: (context): AppPlan => {
    const way = planWayOut(context, { name: 'onyx-files', namespace: ONYX_NAMESPACE });
    return {
      manifests: [...way.manifests, ...planJobs(context, way)],
      workloads: [planWorkload(context, COPY_JOB), planWorkload(context, RESTORE_JOB)],
      secrets: listSecrets(context),
      recovery: describeRecovery(context),
      egress: listEgress(context),
      clusterKinds: [],
    };
  },
});

function planWorkload({ inputs }: AppContext<Inputs>, name: string): Workload {
  return {
    name,
    kind: 'Job',
    replicas: 1,
    requests: { cpuMillis: CPU_MILLIS, memoryMiB: inputs.memoryMiB },
    runsOn: 'worker',
    hasBudget: false,
    onNodeLoss: 'It runs again on another node, and copies only what is not copied yet.',
  };
}

/** The store in the cluster asks for its keys itself. */
function listSecrets({ objectStorage }: AppContext<Inputs>): SecretNeed[] {
  const files = OBJECT_STORAGE.secret;
  const copies = BACKUP_STORAGE.secret;
  return [
    ...(objectStorage?.kind === 'in-cluster'
      ? []
      : [
          {
            name: files.name,
            namespace: ONYX_NAMESPACE,
            usedBy: 'Onyx and the copies of its files',
            keys: [
              {
                key: files.accessKey,
                meaning: 'access key for the bucket of `objectStorage`: it may list, read, write and delete',
              },
              { key: files.secretKey, meaning: 'the secret of that key' },
            ],
          },
        ]),
    {
      name: copies.name,
      namespace: ONYX_NAMESPACE,
      usedBy: 'backups of Onyx',
      keys: [
        { key: copies.accessKey, meaning: 'access key of the backup bucket' },
        { key: copies.secretKey, meaning: 'secret key of the backup bucket' },
      ],
    },
  ];
}

function listEgress(context: AppContext<Inputs>): EgressHost[] {
  const { files, copies } = findBuckets(context);
  const ofUrl = (url: string, purpose: string): EgressHost => {
    const { hostname, port, protocol } = new URL(url);
    return { host: hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443), purpose };
  };
  return [
    { host: 'registry-1.docker.io', port: 443, purpose: 'image of rclone' },
    ofUrl(copies.endpoint, 'copies of the files of Onyx'),
    ...(files.inCluster ? [] : [ofUrl(files.endpoint, 'files of Onyx')]),
  ];
}
