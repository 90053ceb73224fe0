// Labels and taints of worker groups reach the autoscaler as tags of their autoscaling groups, and tags have limits.
import { NODE_TEMPLATE_TAG, TAG_KEY_LIMIT, TAGS_LIMIT } from '../../core/cloud-names.ts';
import type { ProblemKind } from '../../core/problem.ts';
import { findInstanceSize } from '../instance-types.ts';
import type { Environment, WorkerGroup } from '../schema/environment-schema.ts';
import { listWorkerGroups } from './node-group-facts.ts';
import type { Finding, Rule } from './rule.ts';

const TOO_LONG: ProblemKind = {
  code: 'NODE-015',
  title: 'The key of a label or taint is too long for a tag',
  explanation:
    'The autoscaler reads the labels and taints of a group from tags k8s.io/cluster-autoscaler/node-template/label/<key>. The key of a tag has 128 characters at most, which leaves 82 for that of a label or taint, and the cloud refuses a longer one at terraform apply.',
};
const TOO_MANY: ProblemKind = {
  code: 'NODE-016',
  title: 'A node group has too many labels and taints',
  explanation:
    'An autoscaling group has 50 tags at most. Each label and the key of each taint takes one of them, beside those by which the autoscaler, the cloud controller and zCompute know the group and its nodes.',
};

type Platform = Environment['platform']['kind'];

export const scalingTags: Rule = {
  kinds: [TOO_LONG, TOO_MANY],
  check: ({ platform, cluster }) =>
    listWorkerGroups(cluster.nodeGroups).flatMap(({ name, group }) => {
      const at = ['cluster', 'nodeGroups', name];
      return [
        ...checkKeys([...at, 'labels'], 'label', Object.keys(group.labels)),
        ...group.taints.flatMap(({ key }, index) => checkKeys([...at, 'taints', index, 'key'], 'taint', [key])),
        ...checkCount(name, platform.kind, group),
      ];
    }),
};

/** A label is found at its own key, a taint at the key that names it. */
function checkKeys(at: Finding['at'], what: 'label' | 'taint', keys: readonly string[]): Finding[] {
  const limit = TAG_KEY_LIMIT - `${NODE_TEMPLATE_TAG}/${what}/`.length;
  return keys
    .filter((key) => key.length > limit)
    .map((key) => ({
      kind: TOO_LONG,
      at: what === 'label' ? [...at, key] : at,
      message: `${key} has ${key.length} characters; as the key of a ${what} it has ${limit} at most.`,
      hint: `shorten it by ${key.length - limit}`,
    }));
}

function checkCount(name: string, platform: Platform, group: WorkerGroup): Finding[] {
  const tags = countScalingTags(platform, group);
  if (tags <= TAGS_LIMIT) return [];
  const own = countOwn(group);
  const message = `${name} would have ${tags} tags, ${own} of them for its labels and taints; there are ${TAGS_LIMIT} at most.`;
  const at = ['cluster', 'nodeGroups', name, Object.keys(group.labels).length === 0 ? 'taints' : 'labels'];
  return [{ kind: TOO_MANY, at, message, hint: `take out ${tags - TAGS_LIMIT}: ${own - tags + TAGS_LIMIT} fit` }];
}

/** Tags of an autoscaling group: a test holds it against those that are written. */
export function countScalingTags(platform: Platform, group: WorkerGroup): number {
  // Name, cluster, node group, role; enabled, owner; labels node group and role; ephemeral storage.
  const always = 9;
  // One label, four labels with a taint and a resource, two resources.
  const zone = platform === 'zcompute' ? 1 : 0;
  const gpu = group.gpu === undefined ? 0 : 6;
  const size = (group.instanceSize ?? findInstanceSize(platform, group.instanceType)) === undefined ? 0 : 2;
  return always + zone + gpu + size + countOwn(group);
}

/** A taint has one tag, whatever its effects. */
function countOwn({ labels, taints }: WorkerGroup): number {
  return Object.keys(labels).length + new Set(taints.map(({ key }) => key)).size;
}
