// Autoscaling groups that Terraform destroys or replaces: their nodes end without being drained.
import type { EnvironmentPlan } from '../../plan/plan.ts';
import { isLost, listResources } from '../resource-changes.ts';
import type { Danger } from '../summary.ts';
import type { DangerInput, FindDangers } from './danger.ts';

const SCALING_GROUP = 'aws_autoscaling_group';

export const findNodeGroupDangers: FindDangers = (input) => {
  const lost = new Map<string, string[]>();
  for (const name of listLost(input)) {
    const group = findGroup(input, name);
    lost.set(group, [...(lost.get(group) ?? []), name]);
  }
  return [...lost].sort().map(([group, names]) => describe(input, group, names));
};

/**
 * Names of scaling groups, as the cloud knows them. What was generated tells them best: a plan of then is made by the
 * version of now, which may name them otherwise.
 */
function listLost({ before, after, environment, filesBefore, filesAfter }: DangerInput): readonly string[] {
  const generated = [...listResources(filesBefore, environment)].filter(([, { type }]) => type === SCALING_GROUP);
  if (generated.length === 0) {
    const stay = listPlanned(after);
    return listPlanned(before).filter((name) => !stay.includes(name));
  }
  // A group that another block makes under the same name is another group to Terraform, too.
  const now = listResources(filesAfter, environment);
  const lost = generated.filter(([address, then]) => isLost(then, now.get(address)));
  return lost
    .map(
      ([
        ,
        {
          arguments: { name = '' },
        },
      ]) => name.replaceAll('"', ''),
    )
    .sort();
}

function listPlanned(plan: EnvironmentPlan | undefined): readonly string[] {
  return plan?.nodeGroups.flatMap(({ scalingGroups }) => scalingGroups.map(({ name }) => name)).sort() ?? [];
}

/** The node group that a scaling group belongs to; its own name without the environment where nobody knows. */
function findGroup({ before, environment }: DangerInput, name: string): string {
  const group = before?.nodeGroups.find(({ scalingGroups }) => scalingGroups.some((one) => one.name === name));
  return group?.name ?? name.replace(`${environment}-`, '').replace(/-\d+$/, '');
}

function describe({ before, after }: DangerInput, group: string, names: readonly string[]): Danger {
  const then = before?.nodeGroups.find(({ name }) => name === group);
  const listed = names.join(', ');
  const name = `node-group/${group}`;
  const key = `cluster.nodeGroups.${group}`;
  if (then?.role === 'control') {
    const stays = after.nodeGroups.some((one) => one.name === group);
    const what = `Terraform ends ${names.length} of ${then.scalingGroups.length} control nodes at once (${listed}), and their members of etcd with them: without a majority the Kubernetes API is gone.`;
    const avoid = stays
      ? 'remove one control node at a time, its member of etcd first, and wait until the others are healthy'
      : `keep the name ${group}, or restore etcd from its backup into the new group`;
    return { name, takesEffect: 'apply', key, what, avoid };
  }
  return {
    name,
    takesEffect: 'apply',
    key,
    what: `Terraform deletes ${listed} at the next apply. Its nodes end without being drained: pods stop, and what lies on the disks of the nodes is gone, models of Ollama included.`,
    avoid: `kubectl drain the nodes of ${group} first, with the group that takes their work already there`,
  };
}
