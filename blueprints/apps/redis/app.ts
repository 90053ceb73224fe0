// Redis: queue, locks and sessions of Onyx on three nodes, with Sentinel to choose another master.
import {
  type AppContext,
  type AppPlan,
  defineApp,
  type SecretNeed,
  type Workload,
} from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, REDIS } from '../../../generator/core/data-services.ts';
import { type Inputs, inputs } from './inputs.ts';
import { NODES, planRedis, REDIS_CPU_MILLIS, SENTINEL_REQUESTS, SENTINELS } from './redis-replication.ts';

export const app = defineApp({
  name: 'redis',
  title: 'Redis with Sentinel',
  summary: 'Keeps queue, locks and sessions of Onyx on three nodes, one of which is the master.',
  namespace: { name: ONYX_NAMESPACE, podSecurity: 'baseline' },
  project: 'workloads',
  // It waits for a secret, a volume and room on a node: nothing else may wait with it.
  lastWave: true,
  onDemand: true,
  inputs,
  // The operator brings the CRD.
  dependencies: () => ({ hard: ['aws-ebs-csi-driver', 'redis-operator'] }),
  plan: (context): AppPlan => ({
    manifests: planRedis(context),
    workloads: listWorkloads(context),
    secrets: [SECRET],
    stores: [
      {
        name: 'queue and sessions',
        where: `one volume of class gp3-retain for each of ${NODES} nodes (claims ${REDIS.service}-${REDIS.service}-<number>)`,
        sizeGiB: context.inputs.storageGiB * NODES,
        losing: 'With all of them, everybody signs in again and Onyx queues its work anew. No documents are in it.',
      },
    ],
    egress: [{ host: 'quay.io', port: 443, purpose: 'images of Redis and its operator' }],
    clusterKinds: [],
  }),
});

/** Made by the operator; with budgets of the operator and of ours. */
function listWorkloads({ inputs }: AppContext<Inputs>): Workload[] {
  const shared = { kind: 'StatefulSet', replicas: NODES, runsOn: 'worker', hasBudget: true } as const;
  return [
    {
      ...shared,
      name: REDIS.service,
      requests: { cpuMillis: REDIS_CPU_MILLIS, memoryMiB: inputs.memoryMiB },
      onNodeLoss:
        'If the master was there, Sentinel makes another node the master after ten to fifteen seconds, and up to a second of what was written may be lost. Onyx sets no time limit on its connections: those that wait for the lost node hang for about two minutes, in the worst case a quarter of an hour, and what uses them with them. Otherwise nothing.',
    },
    {
      ...shared,
      name: SENTINELS,
      requests: SENTINEL_REQUESTS,
      onNodeLoss: 'The other two still agree on a master.',
    },
  ];
}

const SECRET: SecretNeed = {
  name: REDIS.secret.name,
  namespace: ONYX_NAMESPACE,
  usedBy: 'Redis and Onyx',
  keys: [
    {
      key: REDIS.secret.password,
      meaning: 'password of the queue; letters, digits and -_.+ only, as it becomes part of an address',
      make: { kind: 'password', length: 40 },
    },
  ],
  rotation: {
    kind: 'procedure',
    text: `All nodes have to change at once, or the copies cannot sign in at the master: once the Secret in the cluster is new, \`kubectl -n ${ONYX_NAMESPACE} delete pod -l 'app in (${REDIS.service}, ${SENTINELS})'\`. Onyx answers with errors for about a minute.`,
  },
};
