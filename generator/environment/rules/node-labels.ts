// Extra labels and taints keep out of the names that Kubernetes, NVIDIA and Rootstock set themselves.
import type { KeyPath } from '../../core/key-path.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { NodeGroup } from '../schema/environment-schema.ts';
import type { Finding, Rule } from './rule.ts';

const RESERVED: ProblemKind = {
  code: 'NODE-010',
  title: 'A label or taint uses a reserved prefix',
  explanation:
    'The kubelet refuses to start with most labels under kubernetes.io, and labels of NVIDIA and Rootstock decide where GPUs are and which pods go there. Use a domain of your own as prefix.',
};
const TWICE: ProblemKind = {
  code: 'NODE-011',
  title: 'A taint is given twice',
  explanation: 'A node has one taint per key and effect; a second one makes the kubelet fail at registration.',
};

const RESERVED_DOMAINS = ['kubernetes.io', 'k8s.io', 'k8s.aws', 'nvidia.com', 'rootstock.dev'];

export const nodeLabels: Rule = {
  kinds: [RESERVED, TWICE],
  check: ({ cluster }) =>
    Object.entries(cluster.nodeGroups).flatMap(([name, group]) => {
      const at = ['cluster', 'nodeGroups', name];
      return [...checkPrefixes(at, group), ...checkTwice(at, group)];
    }),
};

function checkPrefixes(at: KeyPath, { labels, taints }: NodeGroup): Finding[] {
  const places = [
    ...Object.keys(labels).map((key) => ({ key, at: [...at, 'labels', key] })),
    ...taints.map(({ key }, index) => ({ key, at: [...at, 'taints', index, 'key'] })),
  ];
  return places.flatMap((place) => {
    const [prefix = ''] = place.key.split('/');
    const domain = RESERVED_DOMAINS.find((reserved) => prefix === reserved || prefix.endsWith(`.${reserved}`));
    if (domain === undefined || !place.key.includes('/')) return [];
    const own = place.key.slice(prefix.length + 1);
    return [
      {
        kind: RESERVED,
        at: place.at,
        message: `${place.key} uses the prefix of ${domain}, which is not yours to set.`,
        hint: `write example.com/${own} with a domain of your own`,
      },
    ];
  });
}

function checkTwice(at: KeyPath, { taints }: NodeGroup): Finding[] {
  return taints.flatMap(({ key, effect }, index) => {
    const first = taints.findIndex((taint) => taint.key === key && taint.effect === effect);
    if (first === index) return [];
    const message = `${key}:${effect} stands in items ${first} and ${index} of the list.`;
    return [{ kind: TWICE, at: [...at, 'taints', index], message, hint: 'keep one of them' }];
  });
}
