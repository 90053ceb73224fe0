// Environments + catalog → Plan: what will exist, in which order, with how many of each.
import type { AppBlueprint, AppContext } from '../core/blueprint.ts';
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
import { placeProblems } from '../environment/place-problems.ts';
import type { Environment } from '../environment/schema/environment-schema.ts';
import { type KnownApps, makeContexts, NO_APPS, NODE_PORTS } from './app-contexts.ts';
import { findUnfitInputs, inputProblems } from './app-inputs.ts';
import { capacityProblems, findCapacityProblems } from './capacity.ts';
import { chartVersionProblems, findVersionProblems, pinChart } from './chart-versions.ts';
import { findGpuMemoryProblems, gpuMemoryProblems } from './gpu-memory.ts';
import { planNetwork } from './network.ts';
import { planNodeGroups } from './node-groups.ts';
import { findPending, pendingProblems } from './pending.ts';
import type { EnvironmentPlan, ExposedHost, NetworkPlan, NodeGroupPlan, PlannedApp, RepositoryPlan } from './plan.ts';
import { addPullSecrets } from './pull-secrets.ts';
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
  ...chartVersionProblems,
];

/**
 * Plans all environments of one repository. Codes: PLAN-001 to PLAN-004, PLAN-010 to PLAN-014, PLAN-020, PLAN-030, PLAN-031.
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
    const planned = planEnvironment(file, catalog, sealed);
    const found = [...planned.problems, ...(planned.ok ? checkPlan(planned.value, catalog, sealed) : [])];
    problems.push(...placeProblems(found, file));
    if (planned.ok) environments.push(planned.value);
  }
  if (hasErrors(problems)) return fail(problems);
  return succeed({ environments: environments.sort((a, b) => compareText(a.name, b.name)) }, problems);
}

function checkPlan(
  plan: EnvironmentPlan,
  catalog: readonly AppBlueprint[],
  sealed: readonly SealedSecret[],
): readonly Problem[] {
  const present = catalog.filter(({ name }) => plan.apps.some(({ blueprint }) => blueprint.name === name));
  return [
    ...findCapacityProblems(plan),
    ...findGpuMemoryProblems(plan),
    ...findPending(plan, sealed),
    ...findVersionProblems(plan.source, present),
  ];
}

function planEnvironment(
  file: EnvironmentFile,
  catalog: readonly AppBlueprint[],
  allSealed: readonly SealedSecret[],
): Outcome<EnvironmentPlan> {
  const { environment } = file;
  const network = planNetwork(environment);
  const nodeGroups = planNodeGroups(environment);
  const wanted = findWanted(environment, network, nodeGroups, catalog);
  const hosts = planHosts(environment, wanted);
  const sealed = allSealed.filter((secret) => secret.environment === environment.metadata.name);
  const known = knowApps(wanted, { hosts, sealed }, (apps) => makeContexts(environment, network, nodeGroups, apps));
  const makeContext = makeContexts(environment, network, nodeGroups, known);
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
      blueprint: pinChart(blueprint, environment),
      wave: waves.value.get(blueprint.name) ?? 0,
      hard,
      soft,
      plan: addPullSecrets(blueprint.plan(context), blueprint.namespace.name, environment.egress.pullSecrets),
      ...(blueprint.route === undefined ? {} : { route: blueprint.route }),
    }),
  );
  return succeed({
    name: environment.metadata.name,
    source: file,
    environment,
    network,
    nodeGroups,
    apps: planned
      .flatMap((app) => [app, ...planFollowUp(app, environment)])
      .sort((a, b) => a.wave - b.wave || compareText(a.blueprint.name, b.blueprint.name)),
    argoRepositoryUrl: toArgoRepositoryUrl(environment.repository.url, environment.repository.access),
    nodePorts: NODE_PORTS,
    hosts,
  });
}

/** To everybody who comes later it is an app like any other. */
function planFollowUp({ blueprint, wave, plan: { followUp } }: PlannedApp, { egress }: Environment): PlannedApp[] {
  if (followUp === undefined) return [];
  const { namespace, project, inputs } = blueprint;
  const { name, title, summary } = followUp;
  const plan = addPullSecrets(followUp.plan, namespace.name, egress.pullSecrets);
  // The namespace is labelled by the app itself.
  const own = { name, title, summary, namespace: { name: namespace.name }, project, inputs, plan: () => plan };
  return [{ blueprint: { ...own, lastWave: true }, wave, hard: [], soft: [blueprint.name], plan }];
}

function findWanted(
  environment: Environment,
  network: NetworkPlan,
  nodeGroups: readonly NodeGroupPlan[],
  catalog: readonly AppBlueprint[],
): AppBlueprint[] {
  const makeContext = makeContexts(environment, network, nodeGroups, NO_APPS);
  const wanted = catalog.filter(
    (blueprint) => blueprint.onDemand !== true && (blueprint.isWanted?.(makeContext(blueprint.name)) ?? true),
  );
  return addOnDemand(wanted, catalog, makeContext);
}

/** Adds what the wanted apps depend on, and what that depends on, in the catalog's order. */
function addOnDemand(
  wanted: readonly AppBlueprint[],
  catalog: readonly AppBlueprint[],
  makeContext: (app: string) => AppContext<never>,
): AppBlueprint[] {
  const demanded = new Set(
    wanted.flatMap((blueprint) => {
      const { hard = [], soft = [] } = blueprint.dependencies?.(makeContext(blueprint.name)) ?? {};
      return [...hard, ...soft];
    }),
  );
  const present = catalog.filter(
    (blueprint) => wanted.includes(blueprint) || (blueprint.onDemand === true && demanded.has(blueprint.name)),
  );
  return present.length === wanted.length ? present : addOnDemand(present, catalog, makeContext);
}

function knowApps(
  wanted: readonly AppBlueprint[],
  rest: Pick<KnownApps, 'hosts' | 'sealed'>,
  contextsFor: (known: KnownApps) => (app: string) => AppContext<never>,
): KnownApps {
  const names = new Set(wanted.map(({ name }) => name));
  const makeContext = contextsFor({ ...rest, names, servedModels: [], gpuShares: [] });
  const servedModels = wanted.flatMap((blueprint) => blueprint.servedModels?.(makeContext(blueprint.name)) ?? []);
  const gpuShares = wanted.flatMap((blueprint) => blueprint.gpuShares?.(makeContext(blueprint.name)) ?? []);
  return { ...rest, names, servedModels, gpuShares };
}

function planHosts(environment: Environment, apps: readonly AppBlueprint[]): ExposedHost[] {
  const { domain, expose } = environment.ingress;
  const hasSignOn = environment.auth?.oidc !== undefined;
  const exposed = apps.filter(
    ({ name, route }) =>
      route !== undefined &&
      (expose?.includes(route.exposedAs ?? name) ?? (route.byDefault === 'with sign-on' ? hasSignOn : route.byDefault)),
  );
  return exposed.map(({ name, route }) => ({
    app: name,
    ...(domain === undefined || route === undefined ? {} : { host: `${route.subdomain}.${domain}` }),
  }));
}
