// Plans for tests: a small environment file, changed where a test needs it, with apps that the test brings along.
import Type from 'typebox';
import type { AppBlueprint, AppPlan, Workload } from '../core/blueprint.ts';
import { parseEnvironments } from '../environment/parse-environment.ts';
import { makeEnvironmentSchema } from '../environment/schema/environment-schema.ts';
import type { EnvironmentPlan, RepositoryPlan } from '../plan/plan.ts';
import { planRepository } from '../plan/plan-repository.ts';
import type { SealedSecret } from '../plan/sealing.ts';

/** A complete environment as data: zCompute, one control node, one to three workers, one GPU node. */
export const SMALL = {
  apiVersion: 'rootstock.dev/v1alpha1',
  kind: 'Environment',
  metadata: { name: 'lab' },
  platform: { kind: 'zcompute', endpoint: 'https://compute.example.com' },
  repository: { url: 'https://github.com/acme/ai-lab.git' },
  state: { kind: 'local' },
  network: { bastion: { sshFrom: ['203.0.113.0/24'] } },
  cluster: {
    sshPublicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5iF3g0kYq1uQwq8Q2bG3cQ9mXo0d5o1cR9q1n2E3aB ops@example.com',
    nodeGroups: {
      control: { role: 'control', instanceType: 'z4.large', size: 1 },
      worker: { role: 'worker', instanceType: 'z8.3xlarge', min: 1, max: 3 },
      gpu: { role: 'worker', instanceType: 'ZGL4.7large', min: 1, max: 2, rootVolumeGiB: 200, gpu: { model: 'L4' } },
    },
  },
};

/** The same on AWS, in one zone. */
export const SMALL_AWS = {
  ...SMALL,
  platform: { kind: 'aws', region: 'eu-central-1', availabilityZones: ['eu-central-1a'] },
  cluster: {
    ...SMALL.cluster,
    nodeGroups: {
      control: { role: 'control', instanceType: 'm7i.large', size: 1 },
      worker: { role: 'worker', instanceType: 'r7i.4xlarge', min: 1, max: 3 },
      gpu: { role: 'worker', instanceType: 'g6.4xlarge', min: 1, max: 2, rootVolumeGiB: 200, gpu: { model: 'L4' } },
    },
  },
};

/** A workload of 1 vCPU and 1 GiB, one replica, on workers. */
export function workload(changes: Partial<Workload> = {}): Workload {
  return {
    name: 'web',
    kind: 'Deployment',
    replicas: 1,
    requests: { cpuMillis: 1000, memoryMiB: 1024 },
    runsOn: 'worker',
    hasBudget: false,
    onNodeLoss: 'Nobody notices.',
    ...changes,
  };
}

/** An app without a chart that plans what it is given. */
export function app(plan: AppPlan, changes: Partial<AppBlueprint> = {}): AppBlueprint {
  return {
    name: 'demo',
    title: 'Demo',
    summary: 'For tests.',
    namespace: { name: 'demo', podSecurity: 'restricted' },
    project: 'workloads',
    inputs: Type.Object({}, { additionalProperties: false }),
    plan: () => plan,
    ...changes,
  };
}

/** Examples may expose apps that a test does not bring along. */
function exposeOnly(environment: object, catalog: readonly AppBlueprint[]): object {
  const { ingress } = environment as { readonly ingress?: { readonly expose?: readonly string[] } };
  if (ingress?.expose === undefined) return environment;
  const expose = ingress.expose.filter((name) =>
    catalog.some(({ name: app, route }) => (route?.exposedAs ?? app) === name),
  );
  return { ...environment, ingress: { ...ingress, expose } };
}

/** Plans environments given as data; throws with all problems if one is refused. */
export function planOf(
  environments: readonly object[],
  catalog: readonly AppBlueprint[] = [],
  sealed: readonly SealedSecret[] = [],
): RepositoryPlan {
  const schema = makeEnvironmentSchema(Object.fromEntries(catalog.map(({ name, inputs }) => [name, inputs])));
  const texts = environments.map((data, index) => ({
    file: `${index}.yaml`,
    text: JSON.stringify(exposeOnly(data, catalog)),
  }));
  const routes = Object.fromEntries(
    catalog.flatMap(({ name, route }) =>
      route === undefined ? [] : [[route.exposedAs ?? name, { byDefault: route.byDefault }]],
    ),
  );
  const parsed = parseEnvironments(texts, schema, { apps: catalog.map(({ name }) => name), routes });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2));
  const planned = planRepository(parsed.value, catalog, sealed);
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems, null, 2));
  return planned.value;
}

/** Plans one environment. */
export function planOne(
  environment: object,
  catalog: readonly AppBlueprint[] = [],
  sealed: readonly SealedSecret[] = [],
): EnvironmentPlan {
  const [plan] = planOf([environment], catalog, sealed).environments;
  if (plan === undefined) throw new Error('nothing was planned');
  return plan;
}
