// Onyx: people chat with the models of this cluster, over the documents of their company.
import {
  type AppContext,
  type AppPlan,
  defineApp,
  type EgressHost,
  type InputFinding,
  type Manifest,
  type Workload,
} from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { planWayOut } from '../../../generator/core/egress.ts';
import { BOOTSTRAP_REQUESTS, planBootstrap } from './bootstrap.ts';
import { type Component, listExceptions } from './components.ts';
import { listGateWorkloads, planGate } from './gate.ts';
import { type Inputs, inputs } from './inputs.ts';
import { ACCESS, APP_VERSION, BOOTSTRAP, MODELS, SECRETS, WEB } from './names.ts';
import { planNetworkPolicies } from './network-policies.ts';
import { findPlacementProblems, planGpuMemory, planPlacement, planShares } from './placement.ts';
import { findAdminProblems, listAccessSecrets, listSecrets, planAdminEmail } from './secrets.ts';
import { planDefaultAccount } from './service-account.ts';
import { planRedirectUri, planRoutes } from './site.ts';
import { countReplicas, labelsOf, listComponents, planRequests, planValues } from './values.ts';

type Context = AppContext<Inputs>;

export const app = defineApp({
  name: 'onyx',
  title: 'Onyx',
  summary: 'Lets people chat with the models of the cluster, over the documents of their company.',
  chart: {
    name: 'onyx',
    version: '0.8.19',
    repository: 'https://onyx-dot-app.github.io/onyx/',
    appVersion: APP_VERSION,
  },
  // As every app of this namespace says.
  namespace: { name: ONYX_NAMESPACE, podSecurity: 'baseline' },
  project: 'workloads',
  // It waits for its data, for GPU nodes, for images of many GiB, and for a bucket that somebody has to make.
  lastWave: true,
  inputs,
  isWanted: ({ inputs: { enabled }, objectStorage }) => enabled ?? objectStorage !== undefined,
  // None is hard: the gate waits for what may come back from a backup, and pods try again until the rest is there.
  dependencies: (context) => ({ soft: listSoft(context) }),
  // Whoever reaches the site can make an account: only where people sign in elsewhere is it open by itself.
  route: { subdomain: 'onyx', service: WEB.service, port: WEB.port, byDefault: 'with sign-on' },
  gpuShares: (context) => planShares(planPlacement(context)),
  check: (context) => [
    ...findStorageProblems(context),
    ...findPlacementProblems(context),
    ...findAdminProblems(context),
    ...findResourceProblems(context),
  ],
  plan: (context) => {
    const way = planWayOut(context, { name: 'onyx', namespace: ONYX_NAMESPACE });
    const components = listComponents(context);
    return {
      values: planValues(context, findName(way.manifests[0])),
      manifests: [
        ...way.manifests,
        ...planDefaultAccount(context),
        ...planGate(context),
        ...components.flatMap((component) => planBudget(context, component)),
        ...planNetworkPolicies(context),
      ],
      followUp: {
        name: ACCESS,
        title: 'Access to Onyx',
        summary: 'Makes the first administrator of Onyx, opens the way in, and registers the models.',
        plan: {
          manifests: [...planBootstrap(context), ...planRoutes(context)],
          secrets: listAccessSecrets(context),
          workloads: ACCESS_JOBS,
        },
      },
      workloads: [...components.map((component) => planWorkload(context, component)), ...listGateWorkloads(context)],
      gpuMemory: planGpuMemory(planPlacement(context)),
      secrets: listSecrets(context),
      ...planSignOn(context),
      firstUser: {
        user: { text: planAdminEmail(context) },
        namespace: ONYX_NAMESPACE,
        secret: SECRETS.admin.name,
        key: SECRETS.admin.password,
      },
      egress: listEgress(context),
      // None: helm template renders Deployments, Services, ConfigMaps and a ServiceAccount of onyx 0.8.19 with these values.
      clusterKinds: [],
      exceptions: listExceptions(components),
    };
  },
});

function listSoft({ availability, backup, objectStorage }: Context): string[] {
  return [
    'nvidia-device-plugin',
    'ollama',
    'onyx-database',
    'opensearch',
    ...(backup === undefined ? [] : ['onyx-files']),
    ...(availability.mode === 'high' ? ['redis'] : ['valkey']),
    ...(objectStorage?.kind === 'in-cluster' ? ['seaweedfs'] : []),
    'traefik',
  ];
}

function findName(manifest: Manifest | undefined): string | undefined {
  return (manifest?.object['metadata'] as { readonly name?: string } | undefined)?.name;
}

function planBudget(context: Context, component: Component): Manifest[] {
  const budget = context.availability.budget({
    name: component.deployment,
    namespace: ONYX_NAMESPACE,
    matchLabels: labelsOf(component),
    replicas: countReplicas(context, component),
  });
  return budget === undefined ? [] : [budget];
}

function planWorkload(context: Context, component: Component): Workload {
  const replicas = countReplicas(context, component);
  const requests = planRequests(context, component);
  return {
    name: component.deployment,
    kind: 'Deployment',
    replicas,
    requests,
    runsOn: requests.gpuUnits === undefined ? 'worker' : 'gpu',
    hasBudget: replicas > 1,
    onNodeLoss: component.alone?.onNodeLoss ?? component.onNodeLoss[replicas > 1 ? 'high' : 'single'],
  };
}

function planSignOn(context: Context): Pick<AppPlan, 'signOn'> {
  const { oidc } = context;
  if (oidc === undefined) return {};
  return { signOn: { clientId: oidc.clientIdOf('onyx'), redirectUris: [planRedirectUri(context)] } };
}

const ACCESS_JOBS: readonly Workload[] = [BOOTSTRAP, MODELS].map((name) => ({
  name,
  kind: 'Job',
  replicas: 1,
  requests: BOOTSTRAP_REQUESTS,
  runsOn: 'worker',
  hasBudget: false,
  onNodeLoss: 'It runs again on another node; what it has done already it leaves alone.',
}));

function findStorageProblems({ objectStorage }: Context): InputFinding[] {
  if (objectStorage !== undefined) return [];
  return [
    {
      key: 'apps.onyx.enabled',
      message: 'enabled is true, but there is no objectStorage: Onyx would have no place for files.',
      hint: 'add objectStorage: { kind: s3, bucket: … }, or { kind: in-cluster } where there is no S3 store',
    },
  ];
}

function findResourceProblems(context: Context): InputFinding[] {
  const { resources, slackbot } = context.inputs;
  const unused: InputFinding[] =
    resources['slackbot'] === undefined || slackbot
      ? []
      : [
          {
            key: 'apps.onyx.resources.slackbot',
            message: 'resources names slackbot, which does not run.',
            hint: 'write slackbot: true, or remove it from resources',
          },
        ];
  return [...unused, ...listComponents(context).flatMap((component) => findComponentProblems(context, component))];
}

function findComponentProblems(context: Context, component: Component): InputFinding[] {
  const { name, alone } = component;
  const given = context.inputs.resources[name];
  if (given === undefined) return [];
  const { memoryMiB } = planRequests(context, component);
  const limit = given.memoryLimitMiB ?? component.memoryLimitMiB;
  return [
    ...(alone === undefined || given.replicas === undefined || given.replicas === 1
      ? []
      : [
          {
            key: `apps.onyx.resources.${name}.replicas`,
            message: `${given.replicas} replicas of ${name} cannot be: ${alone.what}`,
            hint: 'leave replicas out',
          },
        ]),
    ...(limit >= memoryMiB
      ? []
      : [
          {
            key: `apps.onyx.resources.${name}.memoryLimitMiB`,
            message: `a limit of ${limit} MiB is less than the ${memoryMiB} MiB that a replica of ${name} reserves.`,
            hint: `write memoryLimitMiB: ${memoryMiB}`,
          },
        ]),
  ];
}

/** Beside these Onyx calls what people connect: nobody can list that here. */
function listEgress({ objectStorage, oidc }: Context): EgressHost[] {
  const ofUrl = (url: string, purpose: string): EgressHost => {
    const { hostname, port, protocol } = new URL(url);
    return { host: hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443), purpose };
  };
  return [
    ...['auth.docker.io', 'production.cloudflare.docker.com', 'registry-1.docker.io'].map((host) => ({
      host,
      port: 443,
      purpose: 'images of Onyx',
    })),
    ...(objectStorage?.kind === 's3' ? [ofUrl(objectStorage.endpoint, 'files of Onyx')] : []),
    ...(oidc === undefined ? [] : [ofUrl(oidc.issuer, 'single sign-on of Onyx')]),
    { host: 'huggingface.co', port: 443, purpose: 'embedding models other than the one in the image of Onyx' },
    { host: 'raw.githubusercontent.com', port: 443, purpose: 'news and lists of models that Onyx looks up; optional' },
  ];
}
