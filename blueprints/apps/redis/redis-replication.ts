// The RedisReplication that the operator makes everything of, its settings, a budget for Sentinel, and who may call.
import type { AppContext, Manifest } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE, REDIS } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type PlainMap, type YamlMap } from '../../../generator/core/provenance.ts';
import type { Inputs } from './inputs.ts';

/** Of Redis, and of Sentinel: two of three are a majority. */
export const NODES = 3;
/** As the operator names it. @see https://github.com/OT-CONTAINER-KIT/redis-operator/blob/v0.26.0/api/redisreplication/v1beta2/redisreplication_types_helper.go */
export const SENTINELS = `${REDIS.service}-s`;

export const REDIS_CPU_MILLIS = 100;
export const SENTINEL_REQUESTS = { cpuMillis: 25, memoryMiB: 64 } as const;

const CONFIG = 'onyx-redis-settings';
/** As the operator labels pods, and nothing that changes with a version. */
const REDIS_LABELS: PlainMap = { app: REDIS.service, role: 'replication' };
const SENTINEL_LABELS: PlainMap = { app: SENTINELS, role: 'sentinel' };

export function planRedis(context: AppContext<Inputs>): Manifest[] {
  const budget = context.availability.budget({
    name: SENTINELS,
    namespace: ONYX_NAMESPACE,
    matchLabels: SENTINEL_LABELS,
    replicas: NODES,
  });
  return [
    { file: 'redis-settings', object: planSettings(context.inputs) },
    { file: 'redis-replication', object: planReplication(context) },
    { file: 'redis-network-policy', object: NETWORK_POLICY },
    ...(budget === undefined ? [] : [budget]),
  ];
}

/** Without labels of its own: the operator puts them into selectors, which can never be changed. */
function planReplication(context: AppContext<Inputs>): YamlMap {
  return {
    apiVersion: 'redis.redis.opstreelabs.in/v1beta2',
    kind: 'RedisReplication',
    metadata: {
      name: REDIS.service,
      namespace: ONYX_NAMESPACE,
      // It stays when its Application goes, with its volumes.
      annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
    },
    spec: {
      clusterSize: NODES,
      kubernetesConfig: {
        ...imageOf('redis', context),
        redisSecret: { name: REDIS.secret.name, key: REDIS.secret.password },
        resources: planMemory(context.inputs),
        // What Argo CD writes here must not reach pods and Services, which it would take for its own.
        ignoreAnnotations: ['argocd.argoproj.io/sync-options', 'argocd.argoproj.io/tracking-id'],
      },
      redisConfig: { additionalRedisConfig: CONFIG },
      storage: planStorage(context.inputs),
      // Long enough to hand over: a master that is told to stop asks Sentinel for another one first.
      terminationGracePeriodSeconds: 60,
      pdb: { enabled: true, maxUnavailable: 1 },
      ...planPlacement(context, REDIS_LABELS),
      sentinel: planSentinel(context),
    },
  };
}

function planSentinel(context: AppContext<Inputs>): YamlMap {
  const { cpuMillis, memoryMiB } = SENTINEL_REQUESTS;
  return {
    size: NODES,
    ...imageOf('redis-sentinel', context),
    resources: { requests: { cpu: `${cpuMillis}m`, memory: `${memoryMiB}Mi` }, limits: { memory: '128Mi' } },
    downAfterMilliseconds: '5000',
    failoverTimeout: '10000',
    parallelSyncs: '1',
    ...planPlacement(context, SENTINEL_LABELS),
  };
}

function imageOf(name: string, { inputs, egress }: AppContext<Inputs>): YamlMap {
  return {
    image: from('apps.redis.imageTag', `quay.io/opstree/${name}:${inputs.imageTag}`),
    imagePullPolicy: 'IfNotPresent',
    imagePullSecrets: pullSecretObjects(egress),
  };
}

function planMemory({ memoryMiB }: Inputs): YamlMap {
  const memory = from('apps.redis.memoryMiB', `${memoryMiB}Mi`);
  return { requests: { cpu: `${REDIS_CPU_MILLIS}m`, memory }, limits: { memory } };
}

function planStorage({ storageGiB }: Inputs): YamlMap {
  return {
    keepAfterDelete: true,
    volumeClaimTemplate: {
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'gp3-retain',
        resources: { requests: { storage: from('apps.redis.storageGiB', `${storageGiB}Gi`) } },
      },
    },
  };
}

/** Never two of a kind on one host; Redis and Sentinel may share one, as it is lost with one of each. */
function planPlacement({ availability }: AppContext<Inputs>, matchLabels: PlainMap): YamlMap {
  const spread = availability.spread(matchLabels);
  return {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels }, topologyKey: 'kubernetes.io/hostname' },
        ],
      },
    },
    topologySpreadConstraints: spread.length === 0 ? undefined : from('availability', spread),
    podSecurityContext: {
      fsGroup: 1000,
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
}

/**
 * While Redis writes its log anew or feeds a new copy, a second process has the same memory, and each page that changes
 * meanwhile exists twice: at worst all of the data. What waits for copies comes on top of `maxmemory`, up to 256 MB by
 * default. So of the limit: twice the data 80 %, what waits for copies (one buffer for all of them since 7.0) 10 %, and
 * 10 % for Redis itself and what lies between its objects. A pod over its limit is killed, the master first.
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/ and redis.conf of 7.2
 */
const DATA_PART = 0.4;
const REPLICATION_PART = 0.1;

/**
 * It holds work, not a cache: full means no, not forgetting. The operator's own limit in percent is a variable that only
 * newer images read.
 */
function planSettings({ memoryMiB }: Inputs): YamlMap {
  const buffer = Math.max(1, Math.floor(memoryMiB * REPLICATION_PART));
  const lines = [
    'appendonly yes',
    'appendfsync everysec',
    `maxmemory ${Math.floor(memoryMiB * DATA_PART)}mb`,
    'maxmemory-policy noeviction',
    `client-output-buffer-limit replica ${buffer}mb ${buffer}mb 60`,
  ];
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: CONFIG, namespace: ONYX_NAMESPACE },
    data: { 'redis-additional.conf': from('apps.redis.memoryMiB', `${lines.join('\n')}\n`) },
  };
}

/** Sentinel as this operator makes it asks for no password, and whoever reaches it may name another master. */
const NETWORK_POLICY: YamlMap = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: REDIS.service, namespace: ONYX_NAMESPACE },
  spec: {
    podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: [REDIS.service, SENTINELS] }] },
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: {} }] }],
  },
};
