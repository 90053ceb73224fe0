// Where controllers that speak to the cloud run: on control nodes, which alone have the rights for it.
import type { AppContext } from './blueprint.ts';
import type { YamlMap } from './provenance.ts';

/**
 * Node selector and tolerations for pods on control nodes. They tolerate the taints that control nodes have, and no
 * others: a pod that tolerates everything comes back to the node that is being drained, and is never moved off a lost one.
 * @see k3s v1.35: it writes the label with the value "true", where kubeadm leaves it empty
 */
export function controlNodePlacement({ nodePools }: Pick<AppContext, 'nodePools'>): {
  readonly nodeSelector: YamlMap;
  readonly tolerations: readonly YamlMap[];
} {
  const taints = nodePools.filter(({ role }) => role === 'control').flatMap((pool) => pool.taints);
  return {
    nodeSelector: { 'node-role.kubernetes.io/control-plane': 'true' },
    tolerations: taints.map(({ key, effect }) => ({ key, operator: 'Exists', effect })),
  };
}
