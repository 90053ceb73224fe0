// One group of control nodes, with a number of nodes that etcd can form a majority of.
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import { listControlGroups } from './node-group-facts.ts';
import type { Finding, Rule } from './rule.ts';

const EXACTLY_ONE: ProblemKind = {
  code: 'NODE-001',
  title: 'There is not exactly one control group',
  explanation:
    'The control nodes form one etcd cluster, and the first of them is the seed. A second group would be a second cluster; none would be no cluster.',
};
const SIZE: ProblemKind = {
  code: 'NODE-002',
  title: 'The number of control nodes gives no majority',
  explanation:
    'etcd needs more than half of its members. An even number tolerates no more losses than the odd one below it, and `high` must survive one loss, which takes three.',
};

export const controlGroup: Rule = {
  kinds: [EXACTLY_ONE, SIZE],
  check: (environment) => [...checkCount(environment), ...checkSize(environment)],
};

function checkCount({ cluster }: Environment): Finding[] {
  const names = listControlGroups(cluster.nodeGroups).map(({ name }) => name);
  if (names.length === 1) return [];
  if (names.length === 0) {
    return [
      {
        kind: EXACTLY_ONE,
        at: ['cluster', 'nodeGroups'],
        message: 'No node group has role: control.',
        hint: 'add control: { role: control, instanceType: … }',
      },
    ];
  }
  return [
    {
      kind: EXACTLY_ONE,
      at: ['cluster', 'nodeGroups', names[1] ?? ''],
      message: `${names.join(' and ')} all have role: control; there is one group of control nodes.`,
      hint: `keep ${names[0] ?? ''} and give it the size you need`,
    },
  ];
}

function checkSize({ cluster, availability }: Environment): Finding[] {
  return listControlGroups(cluster.nodeGroups).flatMap(({ name, group }) => {
    const at = ['cluster', 'nodeGroups', name, 'size'];
    if (availability === 'high' && group.size < 3) {
      const message = `${group.size} control ${group.size === 1 ? 'node has' : 'nodes have'} no majority after a loss, but availability is high.`;
      return [{ kind: SIZE, at, message, hint: 'write size: 3, or availability: single' }];
    }
    if (group.size % 2 === 1) return [];
    const message = `${group.size} is even: ${group.size} control nodes survive no more losses than ${group.size - 1}.`;
    return [{ kind: SIZE, at, message, hint: `write size: ${group.size + 1}` }];
  });
}
