import { describe, expect, it } from 'vitest';
import type { AppPlan, Workload } from '../core/blueprint.ts';
import { app, planOne, SMALL, SMALL_AWS, workload } from '../testing/plan-builder.ts';
import { findCapacityProblems, planCapacity } from './capacity.ts';
import type { EnvironmentPlan } from './plan.ts';

type Groups = Record<string, Record<string, unknown>>;
const groups = SMALL.cluster.nodeGroups;
const withGroups = (nodeGroups: Groups, rest: object = {}) => ({
  ...SMALL,
  cluster: { ...SMALL.cluster, nodeGroups },
  ...rest,
});

/** Problems stop the pipeline, so a plan with too large workloads is made by hand. */
function planWith(workloads: readonly Workload[], environment: object = SMALL): EnvironmentPlan {
  const plan = planOne(environment, [app({})]);
  const appPlan: AppPlan = { workloads };
  return { ...plan, apps: plan.apps.map((planned) => ({ ...planned, plan: appPlan })) };
}

describe('generator/plan/capacity', () => {
  it('adds up the small zCompute environment', () => {
    const capacity = planCapacity(planOne(SMALL));

    // 1 z4.large (2/8), 1..3 z8.3xlarge (12/96), 1..2 ZGL4.7large (14/112), bastion z2.large (2/4)
    expect(capacity.total.min).toEqual({
      instances: 4,
      vcpu: { known: 30, complete: true },
      memoryGiB: { known: 220, complete: true },
      gpus: 1,
      gpuSlices: 25,
      rootDiskGiB: 64 + 128 + 200 + 32,
      privateAddresses: 3 + 1 + 2 + 1,
      publicAddresses: 3,
    });
    expect(capacity.total.max).toEqual({
      instances: 7,
      vcpu: { known: 68, complete: true },
      memoryGiB: { known: 524, complete: true },
      gpus: 2,
      gpuSlices: 50,
      rootDiskGiB: 64 + 384 + 400 + 32,
      privateAddresses: 6 + 1 + 2 + 1,
      publicAddresses: 3,
    });
    expect(capacity.serviceMachines).toBe(3);
    expect(capacity.rows.map(({ name }) => name)).toEqual([
      'control',
      'gpu',
      'worker',
      'bastion',
      'load balancers, NAT',
    ]);
  });

  it('counts load balancers and gateways once for each zone on AWS, and no machines for them', () => {
    const zones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];
    const aws = {
      ...SMALL_AWS,
      platform: { ...SMALL_AWS.platform, availabilityZones: zones, natGateways: 'per-zone' },
    };

    const capacity = planCapacity(planOne(aws));

    expect(capacity.serviceMachines).toBe(0);
    expect(capacity.rows.at(-1)?.at.min).toMatchObject({ privateAddresses: 9, publicAddresses: 6 });
  });

  it('says of a sum with an unknown part that it is incomplete', () => {
    const capacity = planCapacity(
      planOne(withGroups({ ...groups, worker: { ...groups.worker, instanceType: 'z99.huge' } })),
    );

    expect(capacity.total.max.vcpu).toEqual({ known: 32, complete: false });
    expect(capacity.total.max.instances).toBe(7);
  });

  it('leaves out a bastion that is not there', () => {
    const capacity = planCapacity(
      planOne({ ...SMALL, network: { bastion: { enabled: false }, privateAccess: 'VPN of the office' } }),
    );

    expect(capacity.rows.some(({ name }) => name === 'bastion')).toBe(false);
  });

  it.each([
    ['what one worker can hold', [workload({ replicas: 11 })], SMALL, { min: 'fits', desired: 'fits', max: 'fits' }],
    [
      'what two workers are needed for',
      [workload({ replicas: 13 })],
      SMALL,
      { min: 'does not fit', desired: 'does not fit', max: 'fits' },
    ],
    [
      'what three workers cannot hold',
      [workload({ replicas: 37 })],
      SMALL,
      { min: 'does not fit', desired: 'does not fit', max: 'does not fit' },
    ],
    [
      'workers of unknown size',
      [workload()],
      withGroups({ ...groups, worker: { ...groups.worker, instanceType: 'z99.huge' } }),
      { min: 'unknown', desired: 'unknown', max: 'unknown' },
    ],
    [
      'an instance size that the file tells',
      [workload()],
      withGroups({
        ...groups,
        worker: { ...groups.worker, instanceType: 'z99.huge', instanceSize: { vcpu: 2, memoryGiB: 8 } },
      }),
      { min: 'fits', desired: 'fits', max: 'fits' },
    ],
    [
      'more at the first apply than at least',
      [workload({ replicas: 13 })],
      withGroups({ ...groups, worker: { ...groups.worker, desired: 2 } }),
      { min: 'does not fit', desired: 'fits', max: 'fits' },
    ],
    [
      'a DaemonSet on every node, twice over',
      [
        workload({ kind: 'DaemonSet', runsOn: 'every node', requests: { cpuMillis: 6000, memoryMiB: 64 } }),
        workload({ replicas: 6 }),
      ],
      SMALL,
      { min: 'fits', desired: 'fits', max: 'fits' },
    ],
  ] as const)('judges the worker pool: %s', (_, workloads, environment, expected) => {
    const capacity = planCapacity(planWith(workloads, environment));

    expect(capacity.pools.find(({ pool }) => pool === 'worker')?.verdict).toEqual(expected);
  });

  it('counts a DaemonSet once for each node, and what it takes of them', () => {
    const daemon = workload({
      kind: 'DaemonSet',
      replicas: 9,
      runsOn: 'gpu',
      requests: { cpuMillis: 250, memoryMiB: 512 },
    });
    const ollama = workload({ runsOn: 'gpu', requests: { cpuMillis: 4000, memoryMiB: 26624, gpuUnits: 12 } });

    const pool = planCapacity(planWith([daemon, ollama])).pools.find((candidate) => candidate.pool === 'gpu');

    expect(pool?.requested.max).toEqual({ cpuMillis: 4500, memoryMiB: 27648, gpuUnits: 12 });
    expect(pool?.allocatable.max).toEqual({
      cpuMillis: 28000,
      memoryMiB: 2 * (Math.floor(112 * 1024 * 0.97) - 100),
      gpuUnits: 50,
    });
  });

  it('counts what k3s runs by itself on control nodes', () => {
    const pool = planCapacity(planOne(SMALL)).pools.find((candidate) => candidate.pool === 'control');

    expect(pool?.requested.min).toEqual({ cpuMillis: 200, memoryMiB: 140, gpuUnits: 0 });
  });

  it('does not count on nodes whose own taints keep pods away', () => {
    const batch = { ...groups.gpu, taints: [{ key: 'example.com/batch' }] };
    const plan = planWith(
      [workload({ runsOn: 'gpu', requests: { cpuMillis: 1, memoryMiB: 1, gpuUnits: 1 } })],
      withGroups({ ...groups, gpu: batch }),
    );

    const pool = planCapacity(plan).pools.find((candidate) => candidate.pool === 'gpu');
    const problems = findCapacityProblems(plan);

    expect(pool).toMatchObject({ groups: [], setAside: ['gpu'], verdict: { max: 'does not fit' } });
    expect(problems[0]?.hint).toBe(
      'take the taints off cluster.nodeGroups.gpu, or add a worker group with a gpu without any',
    );
  });

  it.each([
    [
      'too many workers',
      [workload({ replicas: 37 })],
      'the worker pool of lab request 37 vCPU, 37 GiB, but its nodes can give 36 vCPU, 279.1 GiB',
      'raise cluster.nodeGroups.worker.max above 3, or choose a larger instanceType there',
    ],
    [
      'too many slices',
      [workload({ runsOn: 'gpu', replicas: 3, requests: { cpuMillis: 1, memoryMiB: 1024, gpuUnits: 20 } })],
      'the gpu pool of lab request 0 vCPU, 3 GiB and 60 GPU slices',
      'raise cluster.nodeGroups.gpu.max above 2, or choose a larger instanceType there',
    ],
    [
      'a large pod on a small control node',
      [workload({ runsOn: 'control', requests: { cpuMillis: 4000, memoryMiB: 64 } })],
      'the control pool of lab request 4.2 vCPU, 0.2 GiB',
      'choose a larger cluster.nodeGroups.control.instanceType',
    ],
  ] as const)('refuses what cannot fit at max: %s', (_, workloads, message, hint) => {
    const [problem] = findCapacityProblems(planWith(workloads));

    expect(problem).toMatchObject({
      code: 'PLAN-010',
      severity: 'error',
      key: 'cluster.nodeGroups',
      place: { file: '0.yaml' },
      hint,
    });
    expect(problem?.message).toContain(message);
  });

  it('refuses more nodes than the private subnet has addresses', () => {
    const plan = planOne(SMALL);
    const zones = plan.network.zones.map((zone) => ({ ...zone, privateCidr: '10.0.128.0/29' }));

    const [problem] = findCapacityProblems({ ...plan, network: { ...plan.network, zones } });

    // 8 addresses less 5 reserved ones, for 1 + 3 + 2 nodes and the API load balancer
    expect(problem).toMatchObject({
      code: 'PLAN-011',
      key: 'network.subnets.private',
      hint: expect.stringContaining('network.subnets.private'),
    });
    expect(problem?.message).toBe('lab needs 7 private addresses at its maximum, but the private subnets have 3.');
  });

  it.each([
    [
      'an unknown size',
      withGroups({ ...groups, worker: { ...groups.worker, instanceType: 'z99.huge' } }),
      workload(),
      'cluster.nodeGroups.worker.instanceSize',
      'add instanceSize: { vcpu: …, memoryGiB: … }',
    ],
    [
      'a placement that was not found',
      withGroups({ ...groups, worker: { ...groups.worker, max: 2 } }),
      workload({ replicas: 3, requests: { cpuMillis: 7000, memoryMiB: 64 } }),
      'cluster.nodeGroups',
      'raise cluster.nodeGroups.worker.max above 2, or choose a larger instanceType there',
    ],
  ] as const)('says that it could not tell: %s', (_, environment, heavy, key, hint) => {
    const problems = findCapacityProblems(planWith([heavy], environment));

    expect(problems).toMatchObject([{ code: 'PLAN-012', severity: 'unchecked', key, hint }]);
  });
});
