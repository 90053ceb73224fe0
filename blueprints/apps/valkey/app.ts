// Valkey: queue, locks and sessions of Onyx on one node. With `availability: high` the app `redis` takes its place.
import Type, { type Static } from 'typebox';
import {
  type AppContext,
  type AppPlan,
  defineApp,
  type SecretNeed,
  type Workload,
} from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, REDIS } from '../../../generator/core/data-services.ts';
import { pullSecretNames } from '../../../generator/core/egress.ts';
import { from, type YamlMap } from '../../../generator/core/provenance.ts';
import { key } from '../../../generator/core/schema-key.ts';

const VERSION = '9.1.1';

const ALONE =
  'Onyx answers with errors until it runs elsewhere with the same volume, five to seven minutes later. What was in the queue and who was signed in is on that volume; a second of it may be lost.';

const inputs = Type.Object(
  {
    memoryMiB: Type.Integer(
      key({
        description:
          'Memory that it may take; two fifths of it for data, because all data may exist twice while they are written down.',
        takesEffect: 'commit',
        default: 1024,
        minimum: 128,
        maximum: 262144,
      }),
    ),
    storageGiB: Type.Integer(
      key({
        description: 'Volume for its data. It can grow, never shrink.',
        takesEffect: 'commit',
        default: 8,
        minimum: 1,
        maximum: 16000,
      }),
    ),
  },
  { additionalProperties: false },
);

type Inputs = Static<typeof inputs>;

const CPU_MILLIS = 100;

export const app = defineApp({
  name: 'valkey',
  title: 'Valkey',
  summary: 'Keeps queue, locks and sessions of Onyx, on one node.',
  chart: { name: 'valkey', version: '0.11.0', repository: 'https://valkey.io/valkey-helm/', appVersion: VERSION },
  namespace: { name: ONYX_NAMESPACE, podSecurity: 'baseline' },
  project: 'workloads',
  // It waits for a secret, a volume and room on a node: nothing else may wait with it.
  lastWave: true,
  onDemand: true,
  inputs,
  dependencies: () => ({ hard: ['aws-ebs-csi-driver'] }),
  plan: planApp,
});

function planApp(context: AppContext<Inputs>): AppPlan {
  const { availability, inputs } = context;
  return {
    values: planValues(context),
    workloads: [planWorkload(inputs)],
    secrets: [SECRET],
    stores: [
      {
        name: 'queue and sessions',
        where: `one volume of class gp3-retain (claim ${REDIS.service})`,
        sizeGiB: inputs.storageGiB,
        losing: 'Everybody signs in again, and work in the queue is queued anew by Onyx. No documents are in it.',
      },
    ],
    egress: [{ host: 'registry-1.docker.io', port: 443, purpose: 'image of Valkey' }],
    // None: helm template renders namespaced objects only.
    clusterKinds: [],
    exceptions:
      availability.mode === 'high'
        ? [{ what: `Valkey (${REDIS.service}) has one replica: its chart fails over to no other.`, onNodeLoss: ALONE }]
        : [],
  };
}

function planWorkload({ memoryMiB }: Inputs): Workload {
  return {
    name: REDIS.service,
    kind: 'Deployment',
    replicas: 1,
    requests: { cpuMillis: CPU_MILLIS, memoryMiB },
    runsOn: 'worker',
    hasBudget: false,
    onNodeLoss: ALONE,
  };
}

const SECRET: SecretNeed = {
  name: REDIS.secret.name,
  namespace: ONYX_NAMESPACE,
  usedBy: 'Valkey and Onyx',
  keys: [
    {
      key: REDIS.secret.password,
      meaning: 'password of the queue; letters, digits and -_.+ only, as it becomes part of an address',
      make: { kind: 'password', length: 40 },
    },
  ],
};

/** @see https://github.com/valkey-io/valkey-helm/tree/valkey-0.11.0/valkey */
function planValues(context: AppContext<Inputs>): YamlMap {
  const { inputs, egress } = context;
  const memory = from('apps.valkey.memoryMiB', `${inputs.memoryMiB}Mi`);
  return {
    fullnameOverride: REDIS.service,
    image: { tag: VERSION },
    imagePullSecrets: pullSecretNames(egress),
    // Two pods cannot have the volume at the same time, and a new one would wait for the old one for ever.
    deploymentStrategy: 'Recreate',
    podAnnotations: context.annotateWithSecrets(ONYX_NAMESPACE, [REDIS.secret.name]),
    resources: { requests: { cpu: `${CPU_MILLIS}m`, memory }, limits: { memory } },
    initResources: { requests: { cpu: '10m', memory: '16Mi' } },
    readinessProbe: { enabled: true },
    dataStorage: {
      enabled: true,
      requestedSize: from('apps.valkey.storageGiB', `${inputs.storageGiB}Gi`),
      className: 'gp3-retain',
      keepPvc: true,
    },
    auth: {
      enabled: true,
      usersExistingSecret: REDIS.secret.name,
      aclUsers: { default: { permissions: '~* &* +@all', passwordKey: REDIS.secret.password } },
    },
    valkeyConfig: formatConfig(inputs),
  };
}

/**
 * While Valkey writes its log anew a second process has the same memory, and each page that changes meanwhile exists twice:
 * at worst all of the data, 80 % of the limit. The rest is for Valkey itself and what lies between its objects.
 */
const DATA_PART = 0.4;

/** A full queue says no to new work: forgetting some of it, as a cache would, loses work. */
function formatConfig({ memoryMiB }: Inputs) {
  const lines = [
    'appendonly yes',
    'appendfsync everysec',
    `maxmemory ${Math.floor(memoryMiB * DATA_PART)}mb`,
    'maxmemory-policy noeviction',
  ];
  return from('apps.valkey.memoryMiB', `${lines.join('\n')}\n`);
}
