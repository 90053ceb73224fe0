// Where etcd has several members, its snapshots and the marker of the cluster are kept outside of them.
import type { ProblemKind } from '../../core/problem.ts';
import { listControlGroups } from './node-group-facts.ts';
import type { Finding, Rule } from './rule.ts';

const MISSING: ProblemKind = {
  code: 'ETCD-001',
  title: 'Several control nodes need an etcd backup',
  explanation:
    'The bucket holds the snapshots to restore from when all are lost at once, and the marker that says this cluster existed. Without the marker a replaced seed starts a second, empty cluster beside the members that hold the data.',
};

export const etcdBackup: Rule = {
  kinds: [MISSING],
  check({ availability, cluster }): readonly Finding[] {
    if (cluster.etcdBackup !== undefined) return [];
    const at = ['cluster', 'etcdBackup'];
    const add = 'add etcdBackup: { endpoint: s3.example.com, bucket: prod-etcd }';
    if (availability === 'high') {
      const message = 'availability is high, but cluster.etcdBackup is not given.';
      return [{ kind: MISSING, at, message, hint: add }];
    }
    return listControlGroups(cluster.nodeGroups)
      .filter(({ group }) => group.size > 1)
      .map(({ name, group }) => ({
        kind: MISSING,
        at,
        message: `cluster.nodeGroups.${name}.size is ${group.size}, but cluster.etcdBackup is not given.`,
        hint: `${add}, or write size: 1`,
      }));
  },
};
