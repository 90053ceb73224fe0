// Context and components → Helm values of onyx 0.8.19: its bundled services off, every secret from one that exists.
import type { AppContext, ResourceAmounts } from '../../../generator/core/blueprint.ts';
import { OBJECT_STORAGE, ONYX_NAMESPACE, OPENSEARCH, POSTGRES, REDIS } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type PlainMap, type YamlMap, type YamlValue } from '../../../generator/core/provenance.ts';
import { COMPONENTS, type Component, SLACKBOT } from './components.ts';
import type { Inputs } from './inputs.ts';
import { APP_VERSION, INFERENCE_LABELS, RELEASE_LABELS, SEARCH_CA_FOLDER, SECRETS } from './names.ts';
import { type GpuPlacement, planPlacement } from './placement.ts';
import { READ_AT_START } from './secrets.ts';
import { planSettings } from './settings.ts';

const GPU = 'nvidia.com/gpu';
type Context = AppContext<Inputs>;

/** Components that this environment runs. */
export function listComponents({ inputs }: Context): Component[] {
  return [...COMPONENTS, ...(inputs.slackbot ? [SLACKBOT] : [])];
}

/** @see https://github.com/onyx-dot-app/onyx/tree/helm/onyx-0.8.19/deployment/helm/charts/onyx */
export function planValues(context: Context, caConfigMap: string | undefined): YamlMap {
  const { inputs, egress } = context;
  return {
    global: { version: APP_VERSION },
    ...BUNDLED_OFF,
    // On by default in the chart.
    slackbot: { enabled: from('apps.onyx.slackbot', inputs.slackbot) },
    // Onyx asks the Kubernetes API for nothing.
    serviceAccount: { create: true, name: 'onyx', automount: false },
    imagePullSecrets: pullSecretObjects(egress),
    customCACerts:
      caConfigMap === undefined ? undefined : { enabled: true, configMapName: from('egress.caBundle', caConfigMap) },
    auth: AUTH,
    configMap: planSettings(context),
    ...Object.fromEntries(
      listComponents(context).map((component) => [component.key, planComponent(context, component)]),
    ),
  };
}

/** Data services are apps of their own, and Traefik is the way in. The interpreter would run code that models write. */
const BUNDLED_OFF: YamlMap = {
  codeInterpreter: { enabled: false },
  // It asks the cluster, which Argo CD does not let a chart do.
  legacyVespaCheck: { enabled: false },
  minio: { enabled: false },
  nginx: { enabled: false },
  opensearch: { enabled: false },
  postgresql: { enabled: false },
  postgresqlOperator: { enabled: false },
  redis: { enabled: false },
  redisOperator: { enabled: false },
};

const AUTH: YamlMap = {
  postgresql: {
    existingSecret: POSTGRES.secret.name,
    secretKeys: { POSTGRES_USER: POSTGRES.secret.username, POSTGRES_PASSWORD: POSTGRES.secret.password },
  },
  redis: { existingSecret: REDIS.secret.name, secretKeys: { REDIS_PASSWORD: REDIS.secret.password } },
  objectstorage: {
    existingSecret: OBJECT_STORAGE.secret.name,
    secretKeys: {
      S3_AWS_ACCESS_KEY_ID: OBJECT_STORAGE.secret.accessKey,
      S3_AWS_SECRET_ACCESS_KEY: OBJECT_STORAGE.secret.secretKey,
    },
  },
  opensearch: {
    existingSecret: OPENSEARCH.secret.name,
    secretKeys: {
      OPENSEARCH_ADMIN_USERNAME: OPENSEARCH.secret.username,
      OPENSEARCH_ADMIN_PASSWORD: OPENSEARCH.secret.password,
    },
  },
  userauth: {
    enabled: true,
    existingSecret: SECRETS.userAuth.name,
    secretKeys: { USER_AUTH_SECRET: SECRETS.userAuth.key },
  },
};

function planComponent(context: Context, component: Component): YamlMap {
  const { availability, inputs } = context;
  const gpu = component.kind === 'model server' ? planPlacement(context) : undefined;
  const inSingle = availability.mode === 'single';
  return {
    ...(component.name === 'slackbot' ? { enabled: from('apps.onyx.slackbot', inputs.slackbot) } : {}),
    replicaCount: from('availability', countReplicas(context, component)),
    resources: planResources(context, component, gpu),
    ...(component.alone !== undefined || inSingle ? {} : { affinity: planAffinity(context, component) }),
    ...planKind(context, component, gpu),
  };
}

/** What the kinds of pods have, each for themselves. */
function planKind(context: Context, { kind, name }: Component, gpu: GpuPlacement | undefined): YamlMap {
  const podAnnotations = context.annotateWithSecrets(ONYX_NAMESPACE, READ_AT_START);
  switch (kind) {
    case 'backend':
      return {
        podAnnotations,
        volumes: [SEARCH_CA_VOLUME],
        volumeMounts: [{ name: 'search-ca', mountPath: SEARCH_CA_FOLDER, readOnly: true }],
        ...(name === 'api' ? API_PROBES : {}),
      };
    case 'web':
      return { podAnnotations, extraEnv: FORWARDED, ...WEB_PROBES };
    case 'model server':
      return { ...MODEL_SERVER_PROBES, ...(gpu === undefined ? {} : planGpu(gpu)) };
  }
}

const SEARCH_CA_VOLUME: YamlMap = {
  name: 'search-ca',
  secret: { secretName: OPENSEARCH.tls.secret, items: [{ key: OPENSEARCH.tls.ca, path: OPENSEARCH.tls.ca }] },
};

/** Traefik leads /api to the API server; for who comes by port-forward, the web server does it. */
const FORWARDED: readonly YamlMap[] = [{ name: 'OVERRIDE_API_PRODUCTION', value: 'true' }];

/**
 * The API server answers after the migrations of its database, which take minutes after an upgrade. `/health/ready` of
 * newer versions is not there yet.
 */
const API_PROBES: YamlMap = {
  startupProbe: httpProbe('/health', 'api-server-port', { periodSeconds: 10, failureThreshold: 180 }),
  readinessProbe: httpProbe('/health', 'api-server-port', { periodSeconds: 10, failureThreshold: 3 }),
  // Slow is not dead: under load it answers late, and a restart would make that worse.
  livenessProbe: httpProbe('/health', 'api-server-port', { periodSeconds: 20, failureThreshold: 6 }),
};

/** A file, since pages ask the API server: it must not take the web server with it. */
const WEB_PROBES: YamlMap = {
  startupProbe: httpProbe('/onyx.ico', 'http', { periodSeconds: 5, failureThreshold: 36 }),
  readinessProbe: httpProbe('/onyx.ico', 'http', { periodSeconds: 10, failureThreshold: 3 }),
  livenessProbe: httpProbe('/onyx.ico', 'http', { periodSeconds: 20, failureThreshold: 6 }),
};

const MODEL_SERVER_PROBES: YamlMap = {
  startupProbe: httpProbe('/api/health', 'model-server', { periodSeconds: 10, failureThreshold: 60 }),
  readinessProbe: httpProbe('/api/health', 'model-server', { periodSeconds: 10, failureThreshold: 6 }),
};

function httpProbe(path: string, port: string, counts: PlainMap): YamlMap {
  return { httpGet: { path, port }, timeoutSeconds: 10, ...counts };
}

/** Nodes with GPUs start every pod with NVIDIA's runtime, as the chart knows no RuntimeClass. */
function planGpu({ pool }: GpuPlacement): YamlMap {
  const own = pool.taints.map(({ key, value, effect }) => ({ key, operator: 'Equal', value, effect }));
  return {
    nodeSelector: { 'nvidia.com/device-plugin.config': from('apps.onyx.gpuModel', pool.configName) },
    tolerations: [{ key: GPU, operator: 'Exists', effect: 'NoSchedule' }, ...own],
    // The image has no word of GPUs: without this the driver's libraries would be a matter of the runtime's defaults.
    extraEnv: [{ name: 'NVIDIA_DRIVER_CAPABILITIES', value: 'compute,utility' }],
    // GPUs are full: a new pod fits only where an old one was.
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
  };
}

/** What each replica requests, for the plan of capacity and for the chart. */
export function planRequests(context: Context, component: Component): ResourceAmounts {
  const { cpuMillis, memoryMiB } = { ...component, ...amountsOf(context, component) };
  const gpu = component.kind === 'model server' ? planPlacement(context) : undefined;
  return { cpuMillis, memoryMiB, ...(gpu === undefined ? {} : { gpuUnits: gpu.slices }) };
}

export function countReplicas({ inputs, availability }: Context, { name, alone }: Component): number {
  if (alone !== undefined) return 1;
  return Math.max(availability.replicas, inputs.resources[name]?.replicas ?? 1);
}

function planResources(context: Context, component: Component, gpu: GpuPlacement | undefined): YamlMap {
  const { cpuMillis, memoryMiB } = planRequests(context, component);
  const { memoryLimitMiB } = { ...component, ...amountsOf(context, component) };
  const ofInputs = (amount: string): YamlValue => from('apps.onyx.resources', amount);
  return {
    requests: { cpu: ofInputs(`${cpuMillis}m`), memory: ofInputs(`${memoryMiB}Mi`) },
    limits: {
      cpu: ofInputs(`${Math.max(component.cpuLimitMillis, cpuMillis)}m`),
      memory: ofInputs(`${memoryLimitMiB}Mi`),
      ...(gpu === undefined ? {} : { [GPU]: from('apps.onyx.modelServers', gpu.slices) }),
    },
  };
}

type Amounts = Partial<Pick<Component, 'cpuMillis' | 'memoryMiB' | 'memoryLimitMiB'>>;

/** As the file says; a key that it does not say is not there. */
function amountsOf({ inputs }: Context, { name }: Component): Amounts {
  const { replicas: _replicas, ...amounts } = inputs.resources[name] ?? {};
  return amounts;
}

/** Labels of its pods, as the chart selects them. */
export function labelsOf({ name, app }: Component): PlainMap {
  return name === 'inference-model' ? INFERENCE_LABELS : { ...RELEASE_LABELS, app };
}

/**
 * The chart offers no topology spread. Two replicas never share a host; more of them than that only if there are hosts
 * enough. Pods of one revision count, so that an update needs no third host.
 */
function planAffinity(context: Context, component: Component): YamlValue {
  const { availability } = context;
  const matchLabels = labelsOf(component);
  const apart = (topologyKey: string): YamlMap => ({
    labelSelector: { matchLabels },
    matchLabelKeys: ['pod-template-hash'],
    topologyKey,
  });
  const rather = (topologyKey: string): YamlMap => ({ weight: 100, podAffinityTerm: apart(topologyKey) });
  const hosts = 'kubernetes.io/hostname';
  const isStrict = countReplicas(context, component) === availability.replicas;
  const preferred = [
    ...(isStrict ? [] : [rather(hosts)]),
    ...(availability.spread(matchLabels).length > 1 ? [rather('topology.kubernetes.io/zone')] : []),
  ];
  return from('availability', {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: isStrict ? [apart(hosts)] : undefined,
      preferredDuringSchedulingIgnoredDuringExecution: preferred.length === 0 ? undefined : preferred,
    },
  });
}
