// The form of our alerts, and their way into a VMRule. Expressions are MetricsQL, which reads all of PromQL.
import type { Manifest } from '../../../../generator/core/blueprint.ts';
import type { YamlMap } from '../../../../generator/core/provenance.ts';
import { NAMESPACE } from '../names.ts';

/** `critical`: users notice, or data is in danger, today. `warning`: somebody has to look this week. */
export type Severity = 'critical' | 'warning';

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long it has to be so: `15m`. */
  readonly for: string;
  readonly severity: Severity;
  /** One sentence, with the labels of the alert as `{{ $labels.x }}`. */
  readonly summary: string;
  /** What to do, or what it means, in a sentence or two. */
  readonly description: string;
}

export interface RuleGroup {
  /** Name of the VMRule and of its group: a DNS label. */
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/** A VMRule; groups without alerts make none. */
export function toManifest({ name, alerts }: RuleGroup): Manifest {
  return {
    file: `rules-${name}`,
    object: {
      apiVersion: 'operator.victoriametrics.com/v1beta1',
      kind: 'VMRule',
      metadata: { name, namespace: NAMESPACE },
      spec: { groups: [{ name, rules: alerts.map(toRule) }] },
    },
  };
}

function toRule({ alert, expr, for: pending, severity, summary, description }: Alert): YamlMap {
  return { alert, expr, for: pending, labels: { severity }, annotations: { summary, description } };
}
