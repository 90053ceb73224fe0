// Egress → what docs/<environment>/egress.md shows.
import { type EgressEntry, planEgress } from '../../plan/egress.ts';
import type { EnvironmentPlan } from '../../plan/plan.ts';
import { code, markdownTable } from '../markdown.ts';

export function egressView(plan: EnvironmentPlan): Record<string, unknown> {
  const entries = planEgress(plan);
  const pick = (from: EgressEntry['from'], when?: EgressEntry['when']) =>
    entries.filter((entry) => entry.from === from && (when === undefined || entry.when === when));
  const later = pick('cluster', 'later');
  return {
    gatewayWord: plan.network.natGateways === 1 ? 'gateway' : `gateways (${plan.network.natGateways})`,
    bootTable: egressTable(pick('cluster', 'boot')),
    laterTable: later.length === 0 ? false : egressTable(later),
    workstationTable: egressTable(pick('workstation')),
  };
}

function egressTable(entries: readonly EgressEntry[]): string {
  return markdownTable(
    ['Host', 'Port', 'Protocol', 'What for'],
    entries.map(({ host, port, protocol, purposes }) => [code(host), String(port), protocol, purposes.join('; ')]),
    [1],
  );
}
