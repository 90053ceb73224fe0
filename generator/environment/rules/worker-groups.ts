// There is somewhere to run what needs no GPU, and every group's range is a range.
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment, WorkerGroup } from '../schema/environment-schema.ts';
import { listWorkerGroups } from './node-group-facts.ts';
import type { Finding, Rule } from './rule.ts';

const NO_PLAIN_WORKER: ProblemKind = {
  code: 'NODE-003',
  title: 'No worker group is free of GPUs',
  explanation:
    'GPU nodes refuse pods that need no GPU, and control nodes refuse workloads. Databases, ingress and everything else need a worker group without `gpu`, with at least one node.',
};
const RANGE: ProblemKind = {
  code: 'NODE-006',
  title: 'The sizes of a group contradict each other',
  explanation: 'The autoscaler moves between `min` and `max`, and starts at `desired`: min <= desired <= max.',
};

export const workerGroups: Rule = {
  kinds: [NO_PLAIN_WORKER, RANGE],
  check: (environment) => [
    ...checkPlainWorkers(environment),
    ...listWorkerGroups(environment.cluster.nodeGroups).flatMap(({ name, group }) => checkRange(name, group)),
  ],
};

function checkPlainWorkers({ cluster }: Environment): Finding[] {
  const plain = listWorkerGroups(cluster.nodeGroups).filter(({ group }) => group.gpu === undefined);
  const [first] = plain;
  if (first === undefined) {
    return [
      {
        kind: NO_PLAIN_WORKER,
        at: ['cluster', 'nodeGroups'],
        message: 'No node group with role: worker is without gpu.',
        hint: 'add worker: { role: worker, instanceType: …, min: 1, max: 3 }',
      },
    ];
  }
  if (plain.some(({ group }) => group.min > 0)) return [];
  return [
    {
      kind: NO_PLAIN_WORKER,
      at: ['cluster', 'nodeGroups', first.name, 'min'],
      message: `All worker groups without gpu may shrink to 0 (${plain.map(({ name }) => name).join(', ')}), and then nothing answers users.`,
      hint: 'write min: 1',
    },
  ];
}

function checkRange(name: string, { min, max, desired }: WorkerGroup): Finding[] {
  const at = ['cluster', 'nodeGroups', name];
  if (min > max) {
    const message = `min is ${min}, but max is ${max}.`;
    return [{ kind: RANGE, at: [...at, 'max'], message, hint: `write max: ${min} or more` }];
  }
  if (desired === undefined || (desired >= min && desired <= max)) return [];
  const message = `desired is ${desired}, which is not between min ${min} and max ${max}.`;
  const nearest = desired < min ? min : max;
  return [{ kind: RANGE, at: [...at, 'desired'], message, hint: `write desired: ${nearest}, or leave it out` }];
}
