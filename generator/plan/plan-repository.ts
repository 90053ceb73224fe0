// Environments + catalog → Plan: what will exist, in which order, with how many of each.
import type { AppBlueprint, AppContext, GpuPool, NodePool } from '../core/blueprint.ts';
import {
  compareText,
  fail,
  hasErrors,
  type Outcome,
  type Problem,
  type ProblemKind,
  succeed,
} from '../core/problem.ts';
import type { EnvironmentFile } from '../environment/parse-environment.ts';
import type { Environment } from '../environment/schema/environment-schema.ts';
import { findUnfitInputs, inputProblems } from './app-inputs.ts';
import { planAvailability } from './availability.ts';
import { capacityProblems, findCapacityProblems } from './capacity.ts';
import { findGpuMemoryProblems, gpuMemoryProblems } from './gpu-memory.ts';
import { planNetwork } from './network.ts';
import { planNodeGroups } from './node-groups.ts';
import { findPending, pendingProblems } from './pending.ts';
import type { EnvironmentPlan, ExposedHost, NetworkPlan, NodeGroupPlan, PlannedApp, RepositoryPlan } from './plan.ts';
import { toArgoRepositoryUrl } from './repository-url.ts';
import type { SealedSecret } from './sealing.ts';
import { planWaves, waveProblems } from './waves.ts';

/** Every code this room can return. */
export const planProblems: readonly ProblemKind[] = [
  ...waveProblems,
  ...inputProblems,
  ...capacityProblems,
  ...gpuMemoryProblems,
  ...pendingProblems,
];

/** NodePorts of Traefik: fixed, so that Terraform's target groups and the Service agree without asking each other. */
export const NODE_PORTS = { http: 30080, https: 30443 } as const;

/**
 * Plans all environments of one repository. Codes: PLAN-001 to PLAN-004, PLAN-010 to PLAN-014, PLAN-020.
 * @param sealed SealedSecrets that the repository holds already
 */
export function planRepository(
  files: readonly EnvironmentFile[],
  catalog: readonly AppBlueprint[],
  sealed: readonly SealedSecret[] = [],
): Outcome<RepositoryPlan> {
  const problems: Problem[] = [];
  const environments: EnvironmentPlan[] = [];
  for (const file of files) {
    const planned = planEnvironment(file, catalog);
    problems.push(...planned.problems);
    if (!planned.ok) continue;
    problems.push(
      ...findCapacityProblems(planned.value),
      ...findGpuMemoryProblems(planned.value),
      ...findPending(planned.value, sealed),
    );
    environments.push(planned.value);
  }
  if (hasErrors(problems)) return fail(problems);
  return succeed({ environments: environments.sort((a, b) => compareText(a.name, b.name)) }, problems);
}

function planEnvironment(file: EnvironmentFile, catalog: readonly AppBlueprint[]): Outcome<EnvironmentPlan> {
  const { environment } = file;
  const network = planNetwork(environment);
  const nodeGroups = planNodeGroups(environment);
  const wanted = findWanted(environment, network, nodeGroups, catalog);
  const hosts = planHosts(environment, wanted);
  const makeContext = contextMaker(environment, network, nodeGroups, new Set(wanted.map(({ name }) => name)), hosts);
  const apps = wanted.map((blueprint) => {
    const context = makeContext(blueprint.name);
    const dependencies = blueprint.dependencies?.(context) ?? {};
    const present = (names: readonly string[] = []) =>
      names.filter((name) => wanted.some((other) => other.name === name));
    return { blueprint, context, hard: [...(dependencies.hard ?? [])].sort(), soft: present(dependencies.soft).sort() };
  });
  const waves = planWaves(
    apps.map(({ blueprint, hard }) => ({ name: blueprint.name, hard, lastWave: blueprint.lastWave === true })),
  );
  if (!waves.ok) return waves;
  const unfit = findUnfitInputs(file.file, apps);
  if (unfit.length > 0) return fail(unfit);
  const planned = apps.map(
    ({ blueprint, context, hard, soft }): PlannedApp => ({
      blueprint,
      wave: waves.value.get(blueprint.name) ?? 0,
      hard,
      soft,
      plan: blueprint.plan(context),
      ...(blueprint.route === undefined ? {} : { route: blueprint.route }),
    }),
  );
  return succeed({
    name: environment.metadata.name,
    source: file,
    environment,
    network,
    nodeGroups,
    apps: planned.sort((a, b) => a.wave - b.wave || compareText(a.blueprint.name, b.blueprint.name)),
    argoRepositoryUrl: toArgoRepositoryUrl(environment.repository.url, environment.repository.access),
    nodePorts: NODE_PORTS,
    hosts,
  });
}

function findWanted(
  environment: Environment,
  network: NetworkPlan,
  nodeGroups: readonly NodeGroupPlan[],
  catalog: readonly AppBlueprint[],
): AppBlueprint[] {
  const makeContext = contextMaker(environment, network, nodeGroups, new Set(), []);
  return catalog.filter((blueprint) => blueprint.isWanted?.(makeContext(blueprint.name)) ?? true);
}

function planHosts(environment: Environment, apps: readonly AppBlueprint[]): ExposedHost[] {
  const { domain, expose } = environment.ingress;
  const exposed = apps.filter(({ name, route }) => route !== undefined && (expose?.includes(name) ?? route.byDefault));
  return exposed.map(({ name, route }) => ({
    app: name,
    ...(domain === undefined || route === undefined ? {} : { host: `${route.subdomain}.${domain}` }),
  }));
}

function contextMaker(
  environment: Environment,
  network: NetworkPlan,
  nodeGroups: readonly NodeGroupPlan[],
  wanted: ReadonlySet<string>,
  hosts: readonly ExposedHost[],
): (app: string) => AppContext<never> {
  const { platform, ingress, cluster, repository } = environment;
  const catchAll = hosts.find(({ host }) => host === undefined)?.app;
  const shared: Omit<AppContext<never>, 'inputs'> = {
    environment: environment.metadata.name,
    platform: {
      kind: platform.kind,
      region: platform.region,
      ...(platform.kind === 'zcompute' ? { endpoint: platform.endpoint.replace(/\/$/, '') } : {}),
    },
    availability: planAvailability(environment.availability, network.zones.length),
    cluster: {
      version: cluster.version,
      minor: cluster.version.replace(/^v(\d+\.\d+)\..*$/, '$1'),
      vpcCidr: network.vpcCidr,
      podCidr: network.podCidr,
      serviceCidr: network.serviceCidr,
      clusterDns: network.clusterDns,
    },
    nodePools: nodeGroups.map(toNodePool),
    gpuPools: nodeGroups.flatMap(toGpuPool),
    ingress: {
      ...(ingress.domain === undefined ? {} : { domain: ingress.domain }),
      ...(ingress.publicAddress === undefined ? {} : { publicAddress: ingress.publicAddress }),
      nodePorts: NODE_PORTS,
      dns: ingress.dns,
      tls: { ...ingress.tls, issuer: nameIssuer(ingress.tls) },
      hostOf: (app) => hosts.find((host) => host.app === app)?.host,
      ...(catchAll === undefined ? {} : { catchAll }),
    },
    repository: { url: toArgoRepositoryUrl(repository.url, repository.access), branch: repository.branch },
    has: (app) => wanted.has(app),
  };
  // The inputs passed the app's own schema; each blueprint knows their static type.
  return (app) => ({ ...shared, inputs: environment.apps[app] as never });
}

/** Named here, because the app that makes the issuer and the one that asks it for a certificate must not know each other. */
function nameIssuer(tls: Environment['ingress']['tls']): string {
  return tls.kind === 'acme' ? `letsencrypt-${tls.server}` : 'rootstock-ca';
}

function toNodePool({ name, role, min, max, taints }: NodeGroupPlan): NodePool {
  return { group: name, role, minNodes: min, maxNodes: max, taints };
}

function toGpuPool(group: NodeGroupPlan): GpuPool[] {
  const { gpu } = group;
  if (gpu === undefined) return [];
  const { model, configName, memoryGiB, slicesPerGpu, gpusPerNode } = gpu;
  return [
    {
      model,
      configName,
      memoryGiB,
      slicesPerGpu,
      gpusPerNode,
      minNodes: group.min,
      maxNodes: group.max,
      group: group.name,
      taints: group.taints.filter(({ key }) => key !== 'nvidia.com/gpu'),
    },
  ];
}
