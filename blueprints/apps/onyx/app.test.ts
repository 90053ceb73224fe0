import { describe, expect, it } from 'vitest';
import { catalog, listCatalogFacts, listInputSchemas } from '../../../generator/catalog/catalog.ts';
import type { AppPlan } from '../../../generator/core/blueprint.ts';
import { type PlainMap, stripProvenance, type YamlMap } from '../../../generator/core/provenance.ts';
import { parseEnvironments } from '../../../generator/environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../../../generator/environment/schema/environment-schema.ts';
import { planSecrets } from '../../../generator/plan/pending.ts';
import type { EnvironmentPlan } from '../../../generator/plan/plan.ts';
import { planRepository } from '../../../generator/plan/plan-repository.ts';
import { environmentText, mergeDeep } from '../../../generator/testing/environment-text.ts';
import { planOf, requireValue } from '../../../generator/testing/plan-of.ts';

interface Change {
  readonly example?: string;
  readonly inputs?: PlainMap;
  readonly overrides?: PlainMap;
}

const HIGH = 'zcompute-high-wildcard';
const BUCKET: PlainMap = { objectStorage: { kind: 's3', bucket: 'files', endpoint: 'https://s3.example.com' } };
const SIGN_ON: PlainMap = { auth: { oidc: { issuer: 'https://login.example.com/', clientId: 'platform' } } };
const NO_GPU: PlainMap = { cluster: { nodeGroups: { gpu: null } } };
const COPIES: PlainMap = { backup: { endpoint: 'https://s3.example.com', bucket: 'copies' } };
const GATE_FILES = ['gate-account', 'gate-role', 'gate-role-binding', 'gate-files', 'gate', 'network-policy-onyx-gate'];
const EXPOSED: PlainMap = { ingress: { expose: ['onyx'] } };

/** Overrides take the place of the bucket as a whole: merged deeply, a `null` would be gone before it removes anything. */
function textOf({ example, inputs = {}, overrides = {} }: Change): string {
  const apps = mergeDeep((overrides['apps'] ?? {}) as PlainMap, { onyx: inputs });
  return environmentText({ ...BUCKET, ...overrides, apps }, example);
}

function planEnvironment(change: Change = {}): EnvironmentPlan {
  return planOf(textOf(change));
}

function findApp(change: Change = {}, name = 'onyx') {
  return planEnvironment(change).apps.find(({ blueprint }) => blueprint.name === name);
}

function planApp(change: Change = {}): AppPlan {
  const app = findApp(change);
  if (app === undefined) throw new Error('Onyx is not wanted');
  return app.plan;
}

/** Of both its Applications. */
function planBoth(change: Change = {}): Required<Pick<AppPlan, 'manifests' | 'secrets' | 'workloads'>> {
  const { manifests = [], secrets = [], workloads = [], followUp } = planApp(change);
  return {
    manifests: [...manifests, ...(followUp?.plan.manifests ?? [])],
    secrets: [...secrets, ...(followUp?.plan.secrets ?? [])],
    workloads: [...workloads, ...(followUp?.plan.workloads ?? [])],
  };
}

function plain(map: YamlMap | undefined): PlainMap {
  return stripProvenance(map ?? {}).plain as PlainMap;
}

function valuesOf(change: Change = {}): PlainMap {
  return plain(planApp(change).values);
}

function settingsOf(change: Change = {}): PlainMap {
  return valuesOf(change)['configMap'] as PlainMap;
}

function objectOf(file: string, change: Change = {}): PlainMap {
  return plain(planBoth(change).manifests.find((manifest) => manifest.file === file)?.object);
}

function waveOf(object: PlainMap): number {
  const { annotations } = object['metadata'] as { readonly annotations?: Readonly<Record<string, string>> };
  return Number(annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);
}

/** What the Job is told. */
function bootstrapOf(change: Change = {}) {
  const { data } = objectOf('bootstrap-settings', change) as { readonly data: Readonly<Record<string, string>> };
  return JSON.parse(data['settings.json'] ?? '') as {
    readonly providers: readonly { readonly models: readonly PlainMap[] }[];
    readonly signOn: PlainMap | null;
  };
}

function findProblems(change: Change) {
  const files = [{ file: 'environment.yaml', text: textOf(change) }];
  const parsed = parseEnvironments(files, makeEnvironmentSchema(listInputSchemas()), listCatalogFacts());
  return planRepository(requireValue(parsed), catalog).problems.filter(({ severity }) => severity === 'error');
}

/** Slices of a GPU that Ollama takes. */
function ollamaSlices(change: Change): unknown {
  const plan = findApp(change, 'ollama')?.plan;
  return plan?.workloads?.[0]?.requests.gpuUnits;
}

/** Names under any `secretKeyRef`, `secretName` and `existingSecret`. */
function listSecretNames(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    if (['existingSecret', 'secretName'].includes(key)) return [String(item)];
    if (key === 'secretKeyRef') return [String((item as PlainMap)['name'])];
    return listSecretNames(item);
  });
}

describe('blueprints/apps/onyx/app.ts', () => {
  it.each([
    { name: 'is there with a place for files', change: {}, wanted: true },
    { name: 'is not there without one', change: { overrides: { objectStorage: null } }, wanted: false },
    { name: 'can be left out', change: { inputs: { enabled: false } }, wanted: false },
  ])('$name', ({ change, wanted }) => {
    expect(findApp(change) !== undefined).toBe(wanted);
  });

  it.each([
    { name: 'single', change: {}, there: ['valkey'], absent: ['redis'] },
    { name: 'high', change: { example: HIGH }, there: ['redis'], absent: ['valkey'] },
  ])('brings its data services, and nothing waits for any of them: $name', (row) => {
    const { apps } = planEnvironment(row.change);
    const names = apps.map(({ blueprint }) => blueprint.name);
    const onyx = apps.find(({ blueprint }) => blueprint.name === 'onyx');

    expect(onyx?.hard).toEqual([]);
    expect(names).toEqual(expect.arrayContaining([...row.there, 'onyx-database', 'opensearch']));
    for (const name of row.absent) expect(names).not.toContain(name);
    // The operator of Redis is there for its CRD, and waits for no secret and no volume.
    const own = apps.filter(
      ({ blueprint: { name, namespace } }) => namespace.name === 'onyx' && name !== 'redis-operator',
    );
    expect(own.filter(({ wave }) => wave !== 100).map(({ blueprint }) => blueprint.name)).toEqual([]);
    const ownNames = own.map(({ blueprint }) => blueprint.name);
    expect(apps.flatMap(({ hard }) => hard).filter((name) => ownNames.includes(name))).toEqual([]);
  });

  it.each([
    { name: 'a backup', change: { overrides: COPIES }, files: GATE_FILES },
    { name: 'no backup, so that nothing ever comes back', change: { overrides: { backup: null } }, files: [] },
  ])('waits for the index before anything of its own is there: $name', ({ change, files }) => {
    const { manifests, workloads } = planBoth(change);

    const gate = manifests.filter(({ file }) => /^(network-policy-onyx-)?gate/.test(file)).map(({ file }) => file);

    expect(gate).toEqual(files);
    expect(workloads.filter(({ name }) => name === 'onyx-gate')).toHaveLength(files.length === 0 ? 0 : 1);
  });

  it('keeps the gate before the chart, and lets a commit that mends it through after some minutes', () => {
    const job = objectOf('gate', { overrides: COPIES });
    const [container] = ((job['spec'] as PlainMap)['template'] as { spec: { containers: PlainMap[] } }).spec.containers;

    expect(job).toMatchObject({
      metadata: {
        annotations: {
          'argocd.argoproj.io/hook': 'Sync',
          'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
        },
      },
      spec: { activeDeadlineSeconds: 420, backoffLimit: 0 },
    });
    expect(waveOf(job)).toBe(-1);
    for (const file of ['gate-account', 'gate-role', 'gate-role-binding', 'gate-files'])
      expect(waveOf(objectOf(file, { overrides: COPIES }))).toBe(-2);
    expect(container?.['env']).toContainEqual({ name: 'RESTORE_MARK', value: 'cluster.metadata.rootstock_restore' });
    expect(objectOf('gate-role', { overrides: COPIES })['rules']).toEqual([
      { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['onyx-api-server'], verbs: ['get'] },
    ]);
  });

  it('has no secret in its folder that those need which its gate waits for', () => {
    const overrides = { ...COPIES, egress: { pullSecrets: ['registry-login'] } };
    const gated = ['onyx-user-auth'];

    const own = planSecrets(planEnvironment({ overrides })).filter(({ app }) => app === 'onyx');

    expect(own.map(({ name }) => name)).toEqual(gated);
  });

  it.each([{ change: {} }, { change: { example: HIGH, overrides: SIGN_ON } }])(
    'reads every secret from one that somebody declares: $change',
    ({ change }) => {
      const { apps } = planEnvironment(change);
      const declared = apps.flatMap(({ plan }) => plan.secrets ?? []).map(({ name }) => name);
      const { values } = planApp(change);
      const { manifests } = planBoth(change);

      const names = [plain(values), ...manifests.map(({ object }) => plain(object))].flatMap(listSecretNames);

      // By cert-manager, not by people.
      expect([...new Set(names)].filter((name) => name !== 'onyx-search-tls' && !declared.includes(name))).toEqual([]);
      expect(names).toContain('onyx-user-auth');
      expect(valuesOf(change)['auth']).not.toHaveProperty('postgresql.values');
    },
  );

  it('switches off all that the chart bundles, and pins what it runs', () => {
    const values = valuesOf();

    expect(values).toMatchObject({ global: { version: 'v4.6.1' }, slackbot: { enabled: false } });
    for (const name of ['codeInterpreter', 'minio', 'nginx', 'opensearch', 'postgresql', 'redis'])
      expect(values[name]).toEqual({ enabled: false });
  });

  it.each([
    { name: 'single', change: { overrides: COPIES }, replicas: 1, budgets: 0 },
    { name: 'high', change: { example: HIGH, overrides: COPIES }, replicas: 2, budgets: 10 },
  ])('runs $replicas of what can be replicated, in $name', ({ change, replicas, budgets }) => {
    const { workloads, manifests } = planBoth(change);
    const alone = ['onyx-celery-beat', 'onyx-celery-worker-primary', 'onyx-bootstrap', 'onyx-models', 'onyx-gate'];

    const others = workloads.filter(({ name }) => !alone.includes(name));

    expect(new Set(others.map((workload) => workload.replicas))).toEqual(new Set([replicas]));
    expect(workloads.filter(({ name }) => alone.includes(name)).map((workload) => workload.replicas)).toEqual(
      alone.map(() => 1),
    );
    expect(manifests.filter(({ file }) => file.endsWith('-budget'))).toHaveLength(budgets);
  });

  it('keeps two replicas apart, and more of them only where there are hosts enough', () => {
    const inputs = { resources: { docprocessing: { replicas: 4 } } };
    const values = valuesOf({ example: HIGH, inputs });

    const apart = (key: string) =>
      (values[key] as { readonly affinity: { readonly podAntiAffinity: PlainMap } }).affinity;

    expect(Object.keys(apart('api').podAntiAffinity)).toEqual(['requiredDuringSchedulingIgnoredDuringExecution']);
    expect(Object.keys(apart('celery_worker_docprocessing').podAntiAffinity)).toEqual([
      'preferredDuringSchedulingIgnoredDuringExecution',
    ]);
    expect(values['celery_worker_docprocessing']).toMatchObject({ replicaCount: 4 });
    expect(values['celery_beat']).not.toHaveProperty('affinity');
  });

  it('asks Sentinel for the master in high, and one server in single', () => {
    const high = settingsOf({ example: HIGH });
    const single = settingsOf();

    expect(high['REDIS_SENTINEL_HOSTS']).toMatch(/\.onyx\.svc\.cluster\.local:26379$/);
    expect(Object.keys(single).filter((name) => name.includes('SENTINEL'))).toEqual([]);
    expect(single['REDIS_HOST']).toBe('onyx-redis.onyx.svc.cluster.local');
    expect([high['OPENSEARCH_INDEX_NUM_REPLICAS'], single['OPENSEARCH_INDEX_NUM_REPLICAS']]).toEqual(['1', '0']);
  });

  it.each([
    {
      name: 'a bucket',
      overrides: {},
      expected: {
        S3_ENDPOINT_URL: 'https://s3.example.com',
        S3_FILE_STORE_BUCKET_NAME: 'files',
        S3_VERIFY_SSL: 'true',
      },
    },
    {
      name: 'a bucket without TLS',
      overrides: { objectStorage: { kind: 's3', bucket: 'files', endpoint: 'http://s3.example.com:9000' } },
      expected: { S3_ENDPOINT_URL: 'http://s3.example.com:9000' },
    },
    {
      name: 'the cluster',
      overrides: { objectStorage: { kind: 'in-cluster' } },
      expected: {
        S3_ENDPOINT_URL: 'http://onyx-files.onyx.svc.cluster.local:8333',
        S3_FILE_STORE_BUCKET_NAME: 'onyx-files',
      },
    },
  ])('keeps files in $name', ({ overrides, expected }) => {
    const settings = settingsOf({ overrides });

    expect(Object.fromEntries(Object.keys(expected).map((key) => [key, settings[key]]))).toEqual(expected);
    expect('S3_VERIFY_SSL' in settings).toBe('S3_VERIFY_SSL' in expected);
  });

  it.each([
    {
      name: 'nobody signs in elsewhere',
      change: { overrides: { ingress: { expose: null } } },
      site: 'http://localhost:3000',
      ingresses: 0,
    },
    { name: 'the file says so', change: { overrides: EXPOSED }, site: 'https://lab.internal', ingresses: 2 },
    {
      name: 'people sign in elsewhere',
      change: { example: HIGH, overrides: { ...SIGN_ON, ingress: { expose: null } } },
      site: 'https://onyx.ai.example.com',
      ingresses: 2,
    },
    {
      name: 'the file says which, and it is another',
      change: { example: HIGH, overrides: { ...SIGN_ON, ingress: { expose: ['argo-cd'] } } },
      site: 'http://localhost:3000',
      ingresses: 0,
    },
  ])('is exposed if $name', ({ change, site, ingresses }) => {
    const { manifests } = planBoth(change);

    expect(settingsOf(change)['WEB_DOMAIN']).toBe(site);
    expect(manifests.filter(({ object }) => object['kind'] === 'Ingress')).toHaveLength(ingresses);
  });

  it.each([{}, EXPOSED])('serves its API through the web server for port-forwards: %j', (overrides) => {
    const forwarded = [{ name: 'OVERRIDE_API_PRODUCTION', value: 'true' }];

    expect(valuesOf({ overrides })).toMatchObject({ webserver: { extraEnv: forwarded } });
  });

  it('leads /api to the API server without its prefix, and what identity providers call with it', () => {
    const paths = (file: string) => {
      const { spec } = objectOf(file, { overrides: EXPOSED }) as {
        readonly spec: { readonly rules: readonly PlainMap[] };
      };
      const [rule] = spec.rules as unknown as readonly { readonly http: { readonly paths: readonly PlainMap[] } }[];
      return rule?.http.paths.map(({ path, backend }) => [
        path,
        ((backend as PlainMap)['service'] as PlainMap)['name'],
      ]);
    };

    expect(paths('ingress-api')).toEqual([
      ['/api', 'onyx-api-service'],
      ['/openapi.json', 'onyx-api-service'],
    ]);
    expect(paths('ingress')).toEqual([
      ['/auth/saml', 'onyx-api-service'],
      ['/scim', 'onyx-api-service'],
      ['/', 'onyx-webserver'],
    ]);
    expect(objectOf('ingress-api', { overrides: EXPOSED })).toMatchObject({
      metadata: { annotations: { 'traefik.ingress.kubernetes.io/router.middlewares': 'onyx-strip-api@kubernetescrd' } },
    });
    expect(objectOf('ingress', { overrides: EXPOSED })['spec']).not.toHaveProperty('rules.0.host');
  });

  it.each([
    { name: 'closed where nobody signs in elsewhere', change: { overrides: EXPOSED }, closed: true },
    { name: 'closed where people do', change: { overrides: { ...SIGN_ON, ...EXPOSED } }, closed: true },
    {
      name: 'open if the file says so',
      change: { inputs: { passwordSignUp: true }, overrides: { ...SIGN_ON, ...EXPOSED } },
      closed: false,
    },
  ])('keeps sign-up with a password $name', ({ change, closed }) => {
    const files = planBoth(change).manifests.map(({ file }) => file);

    expect(files.includes('closed-sign-up')).toBe(closed);
  });

  it.each([
    { path: '/api/auth/register', closed: true },
    { path: '/api/auth/register/', closed: true },
    { path: '/apiauth/register', closed: true },
    { path: '/api/auth%2Fregister', closed: true },
    { path: '/api/AUTH/register', closed: true },
    { path: '/api/auth/mobile/login', closed: false },
    { path: '/api/auth/oidc/rootstock/callback', closed: false },
    { path: '/auth/signup', closed: false },
  ])('closes sign-up and nothing else: $path', ({ path, closed }) => {
    const route = JSON.stringify(objectOf('closed-sign-up', { example: HIGH, overrides: { ...SIGN_ON, ...EXPOSED } }));
    const [, host, pattern = ''] = /Host\(`(.*?)`\) && PathRegexp\(`\(\?i\)(.*?)`\)/.exec(route) ?? [];

    expect(host).toBe('onyx.ai.example.com');
    expect(new RegExp(pattern, 'i').test(path)).toBe(closed);
  });

  it('makes the administrator before anybody can open the site', () => {
    const job = objectOf('bootstrap', { overrides: EXPOSED });
    const closed = { overrides: EXPOSED };

    const waves = (files: readonly string[]) => files.map((file) => waveOf(objectOf(file, closed)));

    expect(waves(['bootstrap'])).toEqual([1]);
    expect(waves(['strip-api', 'nobody', 'closed-sign-up'])).toEqual([2, 2, 2]);
    expect(waves(['ingress', 'ingress-api'])).toEqual([3, 3]);
    expect(waves(['models'])).toEqual([4]);
    expect(job).toMatchObject({ metadata: { annotations: { 'argocd.argoproj.io/hook': 'Sync' } } });
  });

  it('registers what answers questions, with the context that was checked', () => {
    const overrides = { apps: { ollama: { models: ['qwen3:8b', 'nomic-embed-text:v1.5'], contextLength: 16384 } } };

    const { providers, signOn } = bootstrapOf({ overrides });

    expect(providers).toEqual([
      {
        name: 'rootstock-ollama',
        apiBase: 'http://ollama.ollama.svc.cluster.local:11434',
        models: [{ name: 'qwen3:8b', maxInputTokens: 16384, seesImages: false }],
      },
    ]);
    expect(signOn).toBeNull();
  });

  it('registers nothing without a server of models', () => {
    const { providers } = bootstrapOf({ overrides: { apps: { ollama: { enabled: false } } } });

    expect(providers).toEqual([]);
  });

  it('runs the Job again when models change', () => {
    const digest = (models: readonly string[]) =>
      (objectOf('bootstrap', { overrides: { apps: { ollama: { models } } } })['metadata'] as PlainMap)['annotations'];

    expect(digest(['llama3.2:1b'])).toEqual(digest(['llama3.2:1b']));
    expect(digest(['llama3.2:1b'])).not.toEqual(digest(['llama3.2:1b', 'llama3.2:3b']));
  });

  it('brings single sign-on with the client of Onyx', () => {
    const auth = { auth: { oidc: { clientIds: { onyx: 'onyx-prod' }, emailDomains: ['example.com'] } } };
    const change = { overrides: mergeDeep(SIGN_ON, auth) };

    expect(bootstrapOf(change).signOn).toMatchObject({
      clientId: 'onyx-prod',
      openidConfigUrl: 'https://login.example.com/.well-known/openid-configuration',
      emailDomains: ['example.com'],
    });
    expect(settingsOf(change)['VALID_EMAIL_DOMAINS']).toBe('example.com');
    expect(planBoth(change).secrets.map(({ name }) => name)).toContain('onyx-sign-on');
    expect(planApp({ ...change, example: HIGH, overrides: { ...change.overrides, ...EXPOSED } }).signOn).toEqual({
      clientId: 'onyx-prod',
      redirectUris: ['https://onyx.ai.example.com/api/auth/oidc/rootstock/callback'],
    });
  });

  it.each([
    { name: 'of the input', change: { inputs: { adminEmail: 'ops@example.net' } }, email: 'ops@example.net' },
    { name: 'under the domain', change: { example: HIGH }, email: 'admin@ai.example.com' },
    { name: 'without a domain', change: {}, email: 'admin@example.com' },
  ])('names the administrator: $name', ({ change, email }) => {
    const admin = planBoth(change).secrets.find(({ name }) => name === 'onyx-admin');

    expect(admin?.keys.map(({ key, make, optional }) => [key, make?.kind, optional])).toEqual([
      ['email', 'text', undefined],
      ['password', 'strong-password', undefined],
      ['api_key', undefined, true],
    ]);
    expect(admin?.keys[0]?.make).toEqual({ kind: 'text', text: email });
  });

  it('shares the GPU of Ollama, which leaves it room, and names its memory', () => {
    const plan = planApp();
    const values = valuesOf();

    expect(values['inferenceCapability']).toMatchObject({
      resources: { limits: { 'nvidia.com/gpu': 3 } },
      nodeSelector: { 'nvidia.com/device-plugin.config': 'tesla-27b8' },
      tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
      strategy: { rollingUpdate: { maxSurge: 0 } },
    });
    expect(plan.gpuMemory?.map(({ workload, slices }) => [workload, slices])).toEqual([
      ['onyx-inference-model', 3],
      ['onyx-indexing-model', 3],
    ]);
    expect(ollamaSlices({})).toBe(25 - 2 * 3);
  });

  it.each([
    { name: 'the file says so', change: { inputs: { modelServers: 'cpu' } }, ollama: 25 },
    { name: 'there is no GPU', change: { overrides: NO_GPU }, ollama: undefined },
    {
      name: 'the GPU is not shared',
      change: { overrides: { cluster: { nodeGroups: { gpu: { gpu: { slices: 1 } } } } } },
      ollama: 1,
    },
  ])('runs model servers on CPUs if $name', ({ change, ollama }) => {
    const text = JSON.stringify(valuesOf(change));

    expect(text).not.toContain('nvidia.com');
    expect(planApp(change).gpuMemory).toEqual([]);
    expect(ollamaSlices(change)).toBe(ollama);
  });

  it('takes the way out that the environment has, without a detour to its own parts', () => {
    const egress = { proxy: { url: 'http://proxy.example.com:3128' }, pullSecrets: ['login'] };
    const change = { overrides: { egress } };

    expect(settingsOf(change)).toMatchObject({ HTTPS_PROXY: 'http://proxy.example.com:3128' });
    expect(String(settingsOf(change)['NO_PROXY']).split(',')).toEqual(
      expect.arrayContaining(['.cluster.local', 'onyx-api-service', 'onyx-inference-model-service']),
    );
    expect(valuesOf(change)['imagePullSecrets']).toEqual([{ name: 'login' }]);
    expect(objectOf('service-account-default', change)).toMatchObject({ imagePullSecrets: [{ name: 'login' }] });
  });

  it.each([
    {
      name: 'Onyx without a place for files',
      change: { inputs: { enabled: true }, overrides: { objectStorage: null } },
      key: 'apps.onyx.enabled',
      message: 'enabled is true, but there is no objectStorage: Onyx would have no place for files.',
      hint: 'add objectStorage: { kind: s3, bucket: … }, or { kind: in-cluster } where there is no S3 store',
    },
    {
      name: 'GPUs that are not there',
      change: { inputs: { modelServers: 'gpu' }, overrides: NO_GPU },
      key: 'apps.onyx.modelServers',
      message: 'modelServers is gpu, but no node group has a GPU in 3 slices or more.',
      hint: 'write modelServers: cpu, or give a node group a gpu',
    },
    {
      name: 'a GPU that no group has',
      change: { example: 'gpu-mix', inputs: { gpuModel: 'H100', modelServers: 'gpu' } },
      key: 'apps.onyx.gpuModel',
      message: 'no node group has the GPU H100 in 3 slices or more.',
      hint: 'write gpuModel: A16 or L4 or L40S',
    },
    {
      name: 'a GPU for servers on CPUs',
      change: { inputs: { gpuModel: 'L4', modelServers: 'cpu' } },
      key: 'apps.onyx.gpuModel',
      message: 'gpuModel is L4, but modelServers is cpu.',
      hint: 'leave gpuModel out, or write modelServers: gpu',
    },
    {
      name: 'a second scheduler',
      change: { inputs: { resources: { beat: { replicas: 2 } } } },
      key: 'apps.onyx.resources.beat.replicas',
      message: '2 replicas of beat cannot be: Onyx has one Celery beat: two schedulers would start every task twice.',
      hint: 'leave replicas out',
    },
    {
      name: 'a limit below the reservation',
      change: { inputs: { resources: { web: { memoryMiB: 2048 } } } },
      key: 'apps.onyx.resources.web.memoryLimitMiB',
      message: 'a limit of 1024 MiB is less than the 2048 MiB that a replica of web reserves.',
      hint: 'write memoryLimitMiB: 2048',
    },
    {
      name: 'numbers for a bot that does not run',
      change: { inputs: { resources: { slackbot: { cpuMillis: 100 } } } },
      key: 'apps.onyx.resources.slackbot',
      message: 'resources names slackbot, which does not run.',
      hint: 'write slackbot: true, or remove it from resources',
    },
    {
      name: 'an address that Onyx refuses',
      change: { inputs: { adminEmail: 'admin@company.local' } },
      key: 'apps.onyx.adminEmail',
      message: 'Onyx refuses admin@company.local: names under .local are not for the internet.',
      hint: 'write adminEmail: with an address that need not receive mail, such as admin@example.com',
    },
    {
      name: 'an administrator outside the domains that may sign in',
      change: {
        inputs: { adminEmail: 'ops@example.net' },
        overrides: mergeDeep(SIGN_ON, { auth: { oidc: { emailDomains: ['example.com'] } } }),
      },
      key: 'apps.onyx.adminEmail',
      message: 'ops@example.net is under none of the domains of auth.oidc.emailDomains, and Onyx would refuse it.',
      hint: 'write adminEmail: admin@example.com, or add example.net to auth.oidc.emailDomains',
    },
  ])('refuses $name', ({ change, key, message, hint }) => {
    const problems = findProblems(change);

    expect(problems).toMatchObject([{ code: 'PLAN-004', severity: 'error', key, message, hint }]);
  });

  it('says how to make room where models and model servers do not fit together', () => {
    const overrides = { apps: { ollama: { models: ['qwen3:14b'], parallel: 2, kvCacheType: 'f16' } } };

    const problems = findProblems({ overrides });

    expect(problems.map(({ code, key }) => [code, key])).toContainEqual(['PLAN-013', 'apps.onyx.modelServers']);
    expect(problems.map(({ hint }) => hint).join()).toContain('write apps.onyx.modelServers: cpu');
  });
});
