// `availability` → replica counts, budgets and spread: the only place where the switch turns into objects.
import type { Availability, AvailabilityPlan } from '../core/blueprint.ts';
import { from, type YamlMap } from '../core/provenance.ts';

/** Plans availability; `zones` above 1 adds a spread over zones that never blocks scheduling. */
export function planAvailability(mode: Availability, zones: number): AvailabilityPlan {
  const high = mode === 'high';
  return {
    mode,
    replicas: high ? 2 : 1,
    quorum: high ? 3 : 1,
    spread: (matchLabels) => {
      if (!high) return [];
      const over = (topologyKey: string, whenUnsatisfiable: string): YamlMap => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable,
        labelSelector: { matchLabels },
        // Counts the pods of one revision only: otherwise the old ones hold the places that an update needs, and it stops.
        matchLabelKeys: ['pod-template-hash'],
        // Tainted nodes (control, GPU) stay empty; counting them would cap every other node at one pod.
        nodeTaintsPolicy: 'Honor',
      });
      const hosts = over('kubernetes.io/hostname', 'DoNotSchedule');
      return zones > 1 ? [hosts, over('topology.kubernetes.io/zone', 'ScheduleAnyway')] : [hosts];
    },
    budget: ({ name, namespace, matchLabels, replicas }) => {
      if (replicas < 2) return undefined;
      return {
        file: `${name}-budget`,
        object: {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name, namespace },
          spec: { maxUnavailable: from('availability', 1), selector: { matchLabels } },
        },
      };
    },
  };
}
